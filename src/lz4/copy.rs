//! The innermost loops.
#![allow(unsafe_code, reason = "copies by words at any alignment")]

/// Bytes copied at a time.
pub(super) const WORD: usize = size_of::<u32>();
/// Bytes by which a copy by words can overshoot.
pub(super) const OVERSHOOT: usize = WORD - 1;

/// Copies words forward until `to` has reached or passed `end`.
///
/// # Safety
/// `to` up to `end`, rounded up to words, is writable, and as much is readable at `from` when the copy reaches it.
#[inline(always)]
pub(super) unsafe fn copy_words(mut to: *mut u8, mut from: *const u8, end: *mut u8) {
    while to < end {
        // SAFETY: a word of the range that the caller vouches for.
        let word = unsafe { from.cast::<u32>().read_unaligned() };
        // SAFETY: likewise.
        unsafe { to.cast::<u32>().write_unaligned(word) };
        from = from.wrapping_add(WORD);
        to = to.wrapping_add(WORD);
    }
}

/// Copies `len` bytes forward, one by one.
///
/// # Safety
/// `len` bytes are writable at `to`, and readable at `from` when the copy reaches them.
#[inline(always)]
pub(super) unsafe fn copy_bytes(mut to: *mut u8, mut from: *const u8, len: usize) {
    let end = to.wrapping_add(len);
    while to != end {
        // SAFETY: a byte of the range that the caller vouches for.
        let byte = unsafe { from.read() };
        // SAFETY: likewise.
        unsafe { to.write(byte) };
        from = from.wrapping_add(1);
        to = to.wrapping_add(1);
    }
}
