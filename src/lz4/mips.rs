//! The decoder of `mips.s`, which is `own.rs` in the console's own instructions.
#![allow(unsafe_code, reason = "calls assembly")]

use super::DecodeError;

// With `memcpy` where `c/rt.rs` brings along what a bare-metal archive needs.
core::arch::global_asm!(include_str!("mips.s"), MEMCPY = const cfg!(any(feature = "capi", feature = "_lean-object")) as u32);

unsafe extern "C" {
    /// Reads `src..src_end`, writes `dst..dst_end`.
    fn zso_lz4_decode(
        src: *const u8,
        src_end: *const u8,
        dst: *mut u8,
        dst_end: *mut u8,
    ) -> Outcome;
}

/// What the assembly returns: 0, or the number of a [`DecodeError`].
#[repr(i32)]
#[expect(dead_code, reason = "made by the assembly")]
enum Outcome {
    Done = 0,
    InputEnd = DecodeError::InputEnd as i32,
    Offset = DecodeError::Offset as i32,
    Overrun = DecodeError::Overrun as i32,
}

/// Decodes the raw LZ4 block at the start of `src` until `dst` is full. See `own::decode_block`.
///
/// # Errors
/// [`DecodeError`] says what is wrong with `src`.
#[inline]
pub fn decode_block(src: &[u8], dst: &mut [u8]) -> Result<(), DecodeError> {
    let src = src.as_ptr_range();
    let dst = dst.as_mut_ptr_range();
    // SAFETY: the ranges are those of two slices, one of them exclusive; the assembly reads and writes nothing else.
    match unsafe { zso_lz4_decode(src.start, src.end, dst.start, dst.end) } {
        Outcome::Done => Ok(()),
        Outcome::InputEnd => Err(DecodeError::InputEnd),
        Outcome::Offset => Err(DecodeError::Offset),
        Outcome::Overrun => Err(DecodeError::Overrun),
    }
}
