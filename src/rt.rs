//! What a bare-metal archive has to bring along: the memory functions that the compiler calls, and a panic handler
//! that nothing calls.
#![allow(unsafe_code, reason = "the compiler's memory functions")]

use core::panic::PanicInfo;

/// No function of the object panics, and the object's check refuses one that could: this is never linked into it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Bytes copied or set at a time.
const WORD: usize = size_of::<u32>();

/// Copies `len` bytes forward; compiler_builtins' own is four times as long.
///
/// # Safety
/// `len` bytes are readable at `from` and writable at `to`; `to` does not lie inside `from..from + len`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    let end = to.wrapping_add(len);
    let last_word = to.wrapping_add(len & !(WORD - 1));
    let (mut at, mut from) = (to, from);
    while at != last_word {
        // SAFETY: a whole word inside `len`.
        let word = unsafe { from.cast::<u32>().read_unaligned() };
        // SAFETY: likewise.
        unsafe { at.cast::<u32>().write_unaligned(word) };
        from = from.wrapping_add(WORD);
        at = at.wrapping_add(WORD);
    }
    while at != end {
        // SAFETY: a byte inside `len`.
        let byte = unsafe { from.read() };
        // SAFETY: likewise.
        unsafe { at.write(byte) };
        from = from.wrapping_add(1);
        at = at.wrapping_add(1);
    }
    to
}

/// Sets `len` bytes to `byte`: the padding behind an image's last partial sector, so it need not be fast.
///
/// # Safety
/// `len` bytes are writable at `to`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, len: usize) -> *mut u8 {
    let end = to.wrapping_add(len);
    let mut at = to;
    while at != end {
        // SAFETY: a byte inside `len`.
        unsafe { at.write(byte as u8) };
        at = at.wrapping_add(1);
    }
    to
}
