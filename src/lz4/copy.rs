//! The innermost loops.
#![allow(unsafe_code, reason = "copies by words at any alignment")]

/// Bytes copied at a time.
pub(super) const WORD: usize = size_of::<u32>();
/// Whether larger words are copied, too. The console has none.
pub(super) const WIDE: bool = cfg!(not(target_arch = "mips"));
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

/// The same, but for the first word, which is copied in any case: most runs are shorter than a large one, and need no
/// loop.
///
/// # Safety
/// Likewise, and a word is writable at `to`, and readable at `from`, also if `to` is `end`.
#[inline(always)]
pub(super) unsafe fn copy_a_word_at_least<W: Copy>(to: *mut u8, from: *const u8, end: *mut u8) {
    // SAFETY: the caller vouches for a word.
    unsafe { copy_word::<W>(to, from) };
    let [next, from] = [to.cast_const(), from].map(|place| place.wrapping_add(size_of::<W>()));
    // SAFETY: the caller vouches for the rest.
    unsafe { copy_words::<W>(next.cast_mut(), from, end) };
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
