//! The innermost loops.
#![allow(unsafe_code, reason = "copies by words at any alignment")]

/// Bytes copied at a time.
pub(super) const WORD: usize = size_of::<u32>();
/// Whether larger words are copied, too. The console has none.
pub(super) const WIDE: bool = cfg!(not(target_arch = "mips"));
/// The largest word, and two of them.
pub(super) const LARGE: usize = size_of::<u128>();
pub(super) const PAIR: usize = size_of::<[u128; 2]>();
/// Bytes by which a copy by words can overshoot.
pub(super) const OVERSHOOT: usize = WORD - 1;

/// Copies a word.
///
/// # Safety
/// A word is writable at `to`, and readable at `from`.
#[inline(always)]
pub(super) unsafe fn copy_word<W: Copy>(to: *mut u8, from: *const u8) {
    // SAFETY: the caller vouches for it.
    let word = unsafe { from.cast::<W>().read_unaligned() };
    // SAFETY: likewise.
    unsafe { to.cast::<W>().write_unaligned(word) };
}

/// Copies words, each a `W`, forward until `to` has reached or passed `end`.
///
/// # Safety
/// `to` up to `end`, rounded up to words, is writable, and as much is readable at `from` when the copy reaches it.
#[inline(always)]
pub(super) unsafe fn copy_words<W: Copy>(mut to: *mut u8, mut from: *const u8, end: *mut u8) {
    while to < end {
        // SAFETY: a word of the range that the caller vouches for.
        unsafe { copy_word::<W>(to, from) };
        from = from.wrapping_add(size_of::<W>());
        to = to.wrapping_add(size_of::<W>());
    }
}

/// The same by two large words at a time, and two in any case: most runs that are not short need no loop then.
///
/// # Safety
/// Likewise, but rounded up to two large words, and not less than that.
#[inline(always)]
pub(super) unsafe fn copy_pairs(mut to: *mut u8, mut from: *const u8, end: *mut u8) {
    loop {
        for at in [0, LARGE] {
            // SAFETY: a word of the range that the caller vouches for.
            unsafe { copy_word::<u128>(to.wrapping_add(at), from.wrapping_add(at)) };
        }
        (to, from) = (to.wrapping_add(PAIR), from.wrapping_add(PAIR));
        if to >= end {
            break;
        }
    }
}

/// The longest match that a token has room for.
pub(super) const SHORT_MATCH: usize = 18;

/// Copies [`SHORT_MATCH`] bytes forward, and reads no more: bytes that were just written, by other words, take long.
///
/// # Safety
/// So many are writable at `to`, and readable at `from` when the copy reaches them, by words of 64 bits.
#[inline(always)]
pub(super) unsafe fn copy_short_match(to: *mut u8, from: *const u8) {
    for at in [0, 8] {
        // SAFETY: the caller vouches for it.
        unsafe { copy_word::<u64>(to.wrapping_add(at), from.wrapping_add(at)) };
    }
    // SAFETY: likewise.
    unsafe { copy_word::<u16>(to.wrapping_add(16), from.wrapping_add(16)) };
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
