//! The longest match at each place of a small block.

use std::mem;

use super::format::{self, hash};
use super::shortest::{Match, Matches};

/// An array with this many entries needs no check of an index that is a `u16`.
pub(super) const PLACES: usize = 1 << 16;
const MIN_MATCH: u16 = format::MIN_MATCH as u16;
/// Bytes that are compared at once.
const WORD: usize = size_of::<u64>();
/// Bits of the hash of four bytes.
const HASH_BITS: u32 = 15;
/// Bytes of a text for each place that has its four bytes before, so that no encoding is smaller.
const PER_PLACE: u16 = 255 + 4 + 14;
/// It is looked for such texts if of the places in the last quarter not even one in so many has the hash of one before.
const FEW: u16 = 8;
/// After so many looks for a longer match, those go on where its last four bytes were, if that leads farther back.
pub(super) const PATIENCE: u32 = 4;

/// A block, and for each place where its four bytes were before.
#[derive(Debug)]
pub(super) struct Window {
    /// Words can be read at any place.
    text: Box<[u8; PLACES + WORD]>,
    /// By hash: the last place with it. Places are counted on from block to block, so that this is seldom cleared.
    last: Box<[u16; 1 << HASH_BITS]>,
    /// What the first place of the next block counts as, not 0.
    next: u16,
    /// By place: the last place before it with the same hash; if there is none, a place after the block.
    before: Box<[u16; PLACES]>,
    /// Places that are looked at for one match, at most.
    looks: u16,
}

impl Window {
    pub(super) fn new(looks: u16) -> Self {
        Self {
            text: boxed(),
            last: boxed(),
            next: 1,
            before: boxed(),
            looks,
        }
    }

    /// Takes a block in, and returns whether an encoding can be smaller.
    pub(super) fn fill(&mut self, text: &[u8]) -> bool {
        self.text[..text.len()].copy_from_slice(text);
        let len = text.len() as u16;
        let base = match self.next.checked_add(len) {
            Some(next) => mem::replace(&mut self.next, next),
            None => {
                self.last.fill(0);
                self.next = 1 + len;
                1
            }
        };
        for at in 0..len - (MIN_MATCH - 1) {
            let last = &mut self.last[hash::<HASH_BITS>(four(&self.text, at))];
            // Counted from an earlier block's places, this wraps.
            self.before[usize::from(at)] = last.wrapping_sub(base);
            *last = base + at;
        }
        self.can_shrink(len)
    }

    /// Whether an encoding can be smaller than the text. Some texts are found for which none can be.
    ///
    /// A match takes three bytes, and has three places fewer that have their four bytes before than it has bytes. So it
    /// saves at most a byte for each such place. With `n` of them, there are `n` matches of `4 * n` bytes in all at
    /// most; and literals take a byte beside the token for every 255, but for 14 in each of the `n + 1` runs. Together
    /// that is not less than the text if there are [`PER_PLACE`] bytes of it for each place.
    fn can_shrink(&self, len: u16) -> bool {
        let places = || (0..len - (MIN_MATCH - 1)).zip(&self.before[..]);
        let last_quarter = places().skip(usize::from(len / 4 * 3));
        let likely: u16 = last_quarter
            .map(|(at, before)| u16::from(*before < at))
            .sum();
        if likely > len / 4 / FEW {
            return true;
        }
        let mut found = places().filter(|&(at, before)| {
            let end = at + MIN_MATCH;
            *before < at && self.search(at, end, end, *before) != Match::NONE
        });
        found.nth((len / PER_PLACE).into()).is_some()
    }

    /// The longest match at `at`, as far as to `enough`; its bytes could be those at `place`, and where those were
    /// before.
    ///
    /// It is a call of its own, so that the parser's loop has the registers.
    #[inline(never)]
    fn search(&self, at: u16, reach: u16, enough: u16, mut place: u16) -> Match {
        let mut longest = Match::NONE;
        // The last four bytes that a longer match has, and where they are.
        let mut skip = 0;
        let mut tail = four(&self.text, at);
        // Where a match has the four bytes of the chain: these are its first ones, or the last.
        let mut chain = 0;
        let mut looks = 0;
        for _ in 0..self.looks {
            if four(&self.text, place + skip - chain) == tail {
                let Some(from) = place.checked_sub(chain) else {
                    break;
                };
                let end = self.alike(at, from, reach);
                if end >= at + skip + MIN_MATCH {
                    longest = Match {
                        end,
                        offset: at - from,
                    };
                    if end >= enough {
                        break;
                    }
                    skip = end + 1 - MIN_MATCH - at;
                    tail = four(&self.text, at + skip);
                    (place, chain, looks) = (from, 0, 0);
                }
            }
            looks += 1;
            if looks == PATIENCE && self.before[usize::from(at + skip)] < place + skip {
                (place, chain) = (at + skip, skip);
            }
            let before = self.before[usize::from(place)];
            if before > place {
                break;
            }
            place = before;
        }
        longest
    }

    /// The longest match at `at` from `nearest` bytes back or more; the rest as [`Matches::longest`] has it.
    #[inline(always)]
    pub(super) fn longest_from(&self, nearest: u16, at: u16, reach: u16, next: Match) -> Match {
        if next.end != 0 && next.offset <= at && self.is_repeated(at, next.offset) {
            return next;
        }
        let mut from = self.before[usize::from(at)];
        while nearest > 1 && from < at && at - from < nearest {
            from = self.before[usize::from(from)];
        }
        match from < at {
            true => self.search(at, reach, next.end.max(at + MIN_MATCH), from),
            false => Match::NONE,
        }
    }

    /// Whether a byte is the same as `offset` bytes back.
    #[inline(always)]
    pub(super) fn is_repeated(&self, at: u16, offset: u16) -> bool {
        self.byte(at) == self.byte(at - offset)
    }

    /// Up to where the bytes at `at` and `from` are alike.
    #[inline(always)]
    pub(super) fn alike(&self, at: u16, from: u16, reach: u16) -> u16 {
        let mut len = 0;
        while at + len < reach {
            let different = self.eight(at + len) ^ self.eight(from + len);
            if different != 0 {
                len += (different.trailing_zeros() / u8::BITS) as u16;
                break;
            }
            len += WORD as u16;
        }
        (at + len).min(reach)
    }

    #[inline(always)]
    fn byte(&self, at: u16) -> u8 {
        self.text[usize::from(at)]
    }

    #[inline(always)]
    fn eight(&self, at: u16) -> u64 {
        let at = usize::from(at);
        let eight = self.text[at..at + WORD].first_chunk();
        u64::from_le_bytes(*eight.unwrap_or(&[0; WORD]))
    }
}

impl Matches for Window {
    #[inline(always)]
    fn longest(&self, at: u16, reach: u16, next: Match) -> Match {
        self.longest_from(1, at, reach, next)
    }
}

/// Four bytes at a place.
#[inline(always)]
fn four(text: &[u8; PLACES + WORD], at: u16) -> u32 {
    let at = usize::from(at);
    let four = text[at..at + 4].first_chunk();
    u32::from_le_bytes(*four.unwrap_or(&[0; 4]))
}

/// An array that was never on the stack.
pub(super) fn boxed<T: Clone + Default, const N: usize>() -> Box<[T; N]> {
    let slice = vec![T::default(); N].into_boxed_slice();
    // invariant: it has the length of the array.
    slice.try_into().unwrap_or_else(|_| unreachable!())
}
