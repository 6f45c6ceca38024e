//! The first match that is found.

use super::format::{
    FARTHEST, LAST_LITERALS, MIN_MATCH, NO_MATCH_START, SMALLEST, alike, four, hash,
};
use super::put::Put;
use super::window::boxed;

/// Bits of the hash of four bytes.
const HASH_BITS: u32 = 14;
/// After so many places without a match, one more of them is left out each time.
const PATIENCE: usize = 64;
/// Where the first text begins: an entry of 0 is too far back.
const BASE: u32 = FARTHEST as u32 + 1;

/// Where four bytes were last.
#[derive(Debug)]
pub(super) struct Fast {
    /// By hash. Places are counted on from text to text, so that nothing has to be cleared.
    last: Box<[u32; 1 << HASH_BITS]>,
    /// What the first place of a text counts as.
    base: u32,
}

impl Fast {
    pub(super) fn new() -> Self {
        let last = boxed();
        Self { last, base: BASE }
    }

    /// Encodes a text.
    pub(super) fn encode(&mut self, text: &[u8], put: &mut Put) {
        if self.base > u32::MAX / 2 {
            *self = Self::new();
        }
        let mut known = Known {
            text,
            last: &mut self.last,
            base: self.base,
        };
        known.encode(put);
        self.base += text.len() as u32;
    }
}

/// A text, and where its bytes are known to have been.
struct Known<'a> {
    text: &'a [u8],
    last: &'a mut [u32; 1 << HASH_BITS],
    base: u32,
}

impl Known<'_> {
    #[inline(always)]
    fn encode(&mut self, put: &mut Put) {
        // So the compiler knows that what is read below is inside the text.
        if self.text.len() < SMALLEST {
            return;
        }
        let starts = self.text.len() - NO_MATCH_START;
        let reach = self.text.len() - LAST_LITERALS;
        self.replace(0, four(self.text, 0));
        let mut at = 1;
        while let Some((mut start, mut from)) = self.next(at, starts) {
            while start > put.at() && from > 0 && self.text[start - 1] == self.text[from - 1] {
                (start, from) = (start - 1, from - 1);
            }
            loop {
                let len = MIN_MATCH + alike(self.text, start + MIN_MATCH, from + MIN_MATCH, reach);
                put.sequence(start, start + len, start - from);
                start += len;
                if start > starts {
                    return;
                }
                self.replace(start - 2, four(self.text, start - 2));
                match self.before(start) {
                    Some(place) => from = place,
                    None => break,
                }
            }
            at = start + 1;
        }
    }

    /// The first place from `at` on with a match, and where that is copied from.
    #[inline(always)]
    fn next(&mut self, mut at: usize, starts: usize) -> Option<(usize, usize)> {
        let (mut step, mut tries) = (1, PATIENCE);
        while at <= starts {
            if let Some(from) = self.before(at) {
                return Some((at, from));
            }
            at += step;
            step = tries / PATIENCE;
            tries += 1;
        }
        None
    }

    /// Where the four bytes at `at` were before, if that is known.
    #[inline(always)]
    fn before(&mut self, at: usize) -> Option<usize> {
        let bytes = four(self.text, at);
        let from = self.replace(at, bytes);
        let found = from < at && at - from <= FARTHEST && four(self.text, from) == bytes;
        found.then_some(from)
    }

    /// Where bytes with the same hash were before, from now on at `at`; not before it if nowhere in this text.
    #[inline(always)]
    fn replace(&mut self, at: usize, bytes: u32) -> usize {
        let place = &mut self.last[hash::<HASH_BITS>(bytes)];
        let from = place.wrapping_sub(self.base);
        *place = self.base + at as u32;
        from as usize
    }
}
