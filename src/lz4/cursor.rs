//! The two ends of a decoder: a source that is read once, and a destination that is filled once.
//!
//! Every method checks its own bounds and is sound on its own; the decoder above holds no pointer.
#![allow(unsafe_code, reason = "copies by words, with one check a run")]

use core::marker::PhantomData;

use super::DecodeError;
use super::copy::{
    LARGE, OVERSHOOT, PAIR, SHORT_MATCH, WIDE, WORD, copy_bytes, copy_pairs, copy_short_match,
    copy_word, copy_words,
};

/// A length of 15 in the token goes on in further bytes.
pub(super) const EXTENDED: usize = 15;
/// The shortest match; the token counts from here.
pub(super) const MIN_MATCH: usize = 4;
/// Matches from less far back are copied by smaller words.
const NEAR: usize = size_of::<u64>();
/// Token, literals, and offset of a short sequence, if its literals are copied by a large word.
const SHORT_SOURCE: usize = 1 + LARGE + 2;
/// Its literals and its match.
const SHORT_TEXT: usize = LARGE + SHORT_MATCH;

/// The compressed bytes that are still to be read: `ptr..end` is readable for `'a`.
pub(super) struct Input<'a> {
    ptr: *const u8,
    end: *const u8,
    source: PhantomData<&'a [u8]>,
}

impl<'a> Input<'a> {
    pub(super) fn new(source: &'a [u8]) -> Self {
        let range = source.as_ptr_range();
        Self {
            ptr: range.start,
            end: range.end,
            source: PhantomData,
        }
    }

    #[inline(always)]
    fn left(&self) -> usize {
        self.end.addr().wrapping_sub(self.ptr.addr())
    }

    /// The next byte, if one is left.
    #[inline(always)]
    pub(super) fn byte(&mut self) -> Option<u8> {
        if self.ptr == self.end {
            return None;
        }
        // SAFETY: `ptr` is inside `ptr..end`.
        let byte = unsafe { self.ptr.read() };
        self.ptr = self.ptr.wrapping_add(1);
        Some(byte)
    }

    /// The distance of a match, if one is left: two bytes, little endian.
    #[inline(always)]
    pub(super) fn offset(&mut self) -> Option<usize> {
        if self.left() < 2 {
            return None;
        }
        // SAFETY: two bytes are left.
        let low = unsafe { self.ptr.read() };
        // SAFETY: likewise, and this is the second.
        let high = unsafe { self.ptr.wrapping_add(1).read() };
        self.ptr = self.ptr.wrapping_add(2);
        Some(usize::from(low) | usize::from(high) << 8)
    }
}

/// The destination: `start..ptr` is written, `ptr..end` is still to be, all of it writable for `'a`.
pub(super) struct Output<'a> {
    start: *mut u8,
    ptr: *mut u8,
    end: *mut u8,
    destination: PhantomData<&'a mut [u8]>,
}

impl<'a> Output<'a> {
    pub(super) fn new(destination: &'a mut [u8]) -> Self {
        let range = destination.as_mut_ptr_range();
        Self {
            start: range.start,
            ptr: range.start,
            end: range.end,
            destination: PhantomData,
        }
    }

    #[inline(always)]
    pub(super) fn is_full(&self) -> bool {
        self.ptr == self.end
    }

    #[inline(always)]
    pub(super) fn left(&self) -> usize {
        self.end.addr().wrapping_sub(self.ptr.addr())
    }

    /// Copies the next `len` bytes of the source.
    #[inline(always)]
    pub(super) fn literals(
        &mut self,
        input: &mut Input<'_>,
        len: usize,
    ) -> Result<(), DecodeError> {
        let Some(room) = self.left().checked_sub(len) else {
            return Err(DecodeError::Overrun);
        };
        let Some(after) = input.left().checked_sub(len) else {
            return Err(DecodeError::InputEnd);
        };
        let from = input.ptr;
        input.ptr = from.wrapping_add(len);
        // SAFETY: both sides have `len` bytes, `after` and `room` more than that, and are different slices.
        unsafe { self.copy(from, len, after.min(room), usize::MAX) };
        Ok(())
    }

    /// Takes one sequence of the most frequent kind, if it is of that: both its lengths are in the token, the match is not
    /// near, and no end is. This takes one check of both ends. Else nothing is taken.
    #[inline(always)]
    pub(super) fn short_sequence(&mut self, input: &mut Input<'_>) -> bool {
        if input.left() < SHORT_SOURCE || self.left() < SHORT_TEXT {
            return false;
        }
        // SAFETY: a byte is left.
        let token = usize::from(unsafe { input.ptr.read() });
        let (literals, matched) = (token >> 4, token & 0xF);
        if literals == EXTENDED || matched == EXTENDED {
            return false;
        }
        let from = input.ptr.wrapping_add(1);
        // SAFETY: both sides have a large word, and are different slices.
        unsafe { copy_word::<u128>(self.ptr, from) };
        let (from, to) = (from.wrapping_add(literals), self.ptr.wrapping_add(literals));
        // SAFETY: the source has two bytes more than the large word, of which the literals are a part.
        let offset = unsafe { from.cast::<[u8; 2]>().read() };
        let offset = usize::from(u16::from_le_bytes(offset));
        let written = to.addr().wrapping_sub(self.start.addr());
        if offset < NEAR || offset > written {
            return false;
        }
        // SAFETY: the destination has so many bytes after the literals, and what is read is written: it is not near.
        unsafe { copy_short_match(to, to.wrapping_sub(offset)) };
        input.ptr = from.wrapping_add(2);
        self.ptr = to.wrapping_add(matched).wrapping_add(MIN_MATCH);
        true
    }

    /// Copies the next `len` bytes of the source at once, if they are few, and no end is near.
    #[inline(always)]
    pub(super) fn few_literals(&mut self, input: &mut Input<'_>, len: usize) -> bool {
        if len > LARGE || input.left() < LARGE || self.left() <= LARGE {
            return false;
        }
        // SAFETY: both sides have a large word, and are different slices.
        unsafe { copy_word::<u128>(self.ptr, input.ptr) };
        input.ptr = input.ptr.wrapping_add(len);
        self.ptr = self.ptr.wrapping_add(len);
        true
    }

    /// Copies `len` bytes from `offset` bytes back, if they are few, and neither the end nor these are near.
    #[inline(always)]
    pub(super) fn repeat_few(&mut self, offset: usize, len: usize) -> bool {
        let written = self.ptr.addr().wrapping_sub(self.start.addr());
        if len > SHORT_MATCH || self.left() < SHORT_MATCH || offset < NEAR || offset > written {
            return false;
        }
        // SAFETY: there is room for so many, and what is read is written: it is not near.
        unsafe { copy_short_match(self.ptr, self.ptr.wrapping_sub(offset)) };
        self.ptr = self.ptr.wrapping_add(len);
        true
    }

    /// Copies `len` bytes, at least a word, from `offset` bytes back; where the two overlap, the result repeats.
    #[inline(always)]
    pub(super) fn repeat(&mut self, mut offset: usize, mut len: usize) -> Result<(), DecodeError> {
        let Some(room) = self.left().checked_sub(len) else {
            return Err(DecodeError::Overrun);
        };
        let written = self.ptr.addr().wrapping_sub(self.start.addr());
        if offset.wrapping_sub(1) >= written {
            return Err(DecodeError::Offset);
        }
        if offset < WORD {
            // What repeats every 1, 2 or 3 bytes repeats every 4, 4 or 6, and words can be copied from there.
            let more = if offset == 2 { 2 } else { 3 };
            // SAFETY: `offset` bytes back is written, and there is room for `len` bytes, which is more than three.
            unsafe { copy_bytes(self.ptr, self.ptr.wrapping_sub(offset), more) };
            self.ptr = self.ptr.wrapping_add(more);
            offset = offset.wrapping_add(more);
            len = len.wrapping_sub(more);
        }
        while WIDE && offset < LARGE && len >= PAIR {
            // What repeats every `offset` bytes repeats every two times as many, and larger words can be copied from there.
            // SAFETY: there is room for `offset` bytes, which are fewer than `len`, and for `room` more; as below.
            unsafe { self.copy(self.ptr.wrapping_sub(offset), offset, room, offset) };
            len = len.wrapping_sub(offset);
            offset = offset.wrapping_add(offset);
        }
        let from = self.ptr.wrapping_sub(offset);
        // SAFETY: there is room for `len` bytes, and `room` more than that; a copy forward by words from at least a
        // word back reads only what is written.
        unsafe { self.copy(from, len, room, offset) };
        Ok(())
    }

    /// Copies `len` bytes forward by words, as large as can be, and what is left of them by bytes if `extra` is too
    /// small.
    ///
    /// # Safety
    /// `len` bytes are writable at `ptr`, and readable at `from` when the copy reaches them; `extra` bytes more on both
    /// sides. `from` is at least `distance` bytes before `ptr`, or in another slice.
    #[inline(always)]
    unsafe fn copy(&mut self, from: *const u8, len: usize, extra: usize, distance: usize) {
        let to = self.ptr;
        self.ptr = to.wrapping_add(len);
        if WIDE && extra >= PAIR && distance >= LARGE {
            // SAFETY: two words for no byte, and rounding up to them, overshoot by no more than that.
            unsafe { copy_pairs(to, from, self.ptr) };
            return;
        }
        if WIDE && extra >= size_of::<u64>() && distance >= size_of::<u64>() {
            // SAFETY: rounding up to a word overshoots by less than a word.
            unsafe { copy_words::<u64>(to, from, self.ptr) };
            return;
        }
        if extra >= OVERSHOOT {
            // SAFETY: rounding up to a word overshoots by at most OVERSHOOT.
            unsafe { copy_words::<u32>(to, from, self.ptr) };
            return;
        }
        let words = len & !OVERSHOOT;
        // SAFETY: whole words inside `len`.
        unsafe { copy_words::<u32>(to, from, to.wrapping_add(words)) };
        // SAFETY: the rest of `len`.
        unsafe {
            copy_bytes(
                to.wrapping_add(words),
                from.wrapping_add(words),
                len & OVERSHOOT,
            )
        };
    }
}
