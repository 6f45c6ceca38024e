//! Sequences to bytes.

use super::format::{EACH, LAST_LITERALS, MIN_MATCH, MORE, alike, worst};

/// Literals that are copied at once, whether there are as many or fewer.
const AT_ONCE: usize = 16;

/// A block in the making.
pub(super) struct Put<'a> {
    text: &'a [u8],
    /// Up to where the text is encoded.
    at: usize,
    /// As much as the block could become; what comes after `len` has no meaning.
    room: &'a mut [u8],
    len: usize,
}

impl<'a> Put<'a> {
    /// An empty block for `text`; `room` becomes as large as it has to be.
    pub(super) fn new(text: &'a [u8], room: &'a mut Vec<u8>) -> Self {
        let least = worst(text.len()) + AT_ONCE;
        if room.len() < least {
            room.resize(least, 0);
        }
        let (at, len) = (0, 0);
        Self {
            text,
            at,
            room,
            len,
        }
    }

    /// Up to where the text is encoded.
    #[inline(always)]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Up to where a match can go on that goes to `end` at least.
    pub(super) fn reach(&self, end: usize, offset: usize) -> usize {
        let reach = self.text.len() - LAST_LITERALS;
        end + alike(self.text, end, end - offset, reach)
    }

    /// Appends literals up to `start`, and a match from there to `end`.
    #[inline(always)]
    pub(super) fn sequence(&mut self, start: usize, end: usize, offset: usize) {
        let matched = end - start - MIN_MATCH;
        let mut tail = self.tail();
        tail.literals(start, matched);
        tail.bytes((offset as u16).to_le_bytes());
        tail.more(matched);
        self.len = tail.len;
        self.at = end;
    }

    /// Appends the rest as literals, and returns the block.
    pub(super) fn finish(mut self) -> &'a [u8] {
        let mut tail = self.tail();
        tail.literals(tail.text.len(), 0);
        let len = tail.len;
        &self.room[..len]
    }

    /// A copy that stays in registers.
    #[inline(always)]
    fn tail(&mut self) -> Put<'_> {
        Put {
            room: self.room,
            ..*self
        }
    }

    #[inline(always)]
    fn literals(&mut self, end: usize, matched: usize) {
        let literals = end - self.at;
        let [high, low] = [literals, matched].map(|len| len.min(usize::from(MORE)) as u8);
        self.bytes([high << 4 | low]);
        self.more(literals);
        let (from, to) = (self.at, self.len);
        if literals <= AT_ONCE && from + AT_ONCE <= self.text.len() {
            self.room[to..to + AT_ONCE].copy_from_slice(&self.text[from..from + AT_ONCE]);
        } else {
            self.room[to..to + literals].copy_from_slice(&self.text[from..end]);
        }
        self.len += literals;
    }

    /// Appends what a token's four bits have no room for.
    #[inline(always)]
    fn more(&mut self, len: usize) {
        if let Some(mut rest) = len.checked_sub(usize::from(MORE)) {
            while let Some(less) = rest.checked_sub(usize::from(EACH)) {
                self.bytes([u8::MAX]);
                rest = less;
            }
            self.bytes([rest as u8]);
        }
    }

    #[inline(always)]
    fn bytes<const N: usize>(&mut self, bytes: [u8; N]) {
        self.room[self.len..self.len + N].copy_from_slice(&bytes);
        self.len += N;
    }
}
