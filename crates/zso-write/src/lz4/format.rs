//! What a sequence costs, and the rules for a block's end.

/// The shortest match.
pub(super) const MIN_MATCH: usize = 4;
/// The farthest that a match is copied from.
pub(super) const FARTHEST: usize = u16::MAX as usize;
/// R9: this many bytes at the end are literals.
pub(super) const LAST_LITERALS: usize = 5;
/// R9: no match starts in this many bytes at the end.
pub(super) const NO_MATCH_START: usize = 12;
/// Smaller blocks are literals only.
pub(super) const SMALLEST: usize = NO_MATCH_START + 1;
/// Bytes that are compared at once.
const WORD: usize = size_of::<u64>();
/// Token and offset.
pub(super) const SEQUENCE: u16 = 3;
/// A length that exceeds the shortest one by this takes a byte beside the token.
pub(super) const MORE: u16 = 15;
/// What such a byte adds, before another one is needed.
pub(super) const EACH: u16 = 255;

/// Bytes that a length takes beside the token; matches are counted from [`MIN_MATCH`] on.
#[inline(always)]
pub(super) fn more(len: u16) -> u16 {
    match len.checked_sub(MORE) {
        Some(rest) => rest / EACH + 1,
        None => 0,
    }
}

/// The most bytes that a block for `len` bytes can take.
pub(super) const fn worst(len: usize) -> usize {
    len + len / EACH as usize + 16
}

/// Four bytes of a text as a number.
#[inline(always)]
pub(super) fn four(text: &[u8], at: usize) -> u32 {
    let four = text[at..at + MIN_MATCH].first_chunk();
    u32::from_le_bytes(*four.unwrap_or(&[0; MIN_MATCH]))
}

/// A hash of four bytes: they are a number, whose product has its best bits at the top.
#[inline(always)]
pub(super) fn hash<const BITS: u32>(four: u32) -> usize {
    (four.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)) as usize
}

/// How many bytes from `at` and from `from`, which is before it, are alike; those at `reach` and after it do not count.
#[inline(always)]
pub(super) fn alike(text: &[u8], at: usize, from: usize, reach: usize) -> usize {
    let mut len = 0;
    while at + len + WORD <= reach {
        let different = eight(text, at + len) ^ eight(text, from + len);
        if different != 0 {
            return len + (different.trailing_zeros() / u8::BITS) as usize;
        }
        len += WORD;
    }
    while at + len < reach && text[at + len] == text[from + len] {
        len += 1;
    }
    len
}

#[inline(always)]
fn eight(text: &[u8], at: usize) -> u64 {
    let eight = text[at..at + WORD].first_chunk();
    u64::from_le_bytes(*eight.unwrap_or(&[0; WORD]))
}
