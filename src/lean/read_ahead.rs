//! The read-ahead buffer: consecutive sectors of the file that were read and wait to be decoded, in memory of the
//! reader's own or, where there is none, at the end of the caller's buffer.

use core::marker::PhantomData;

use super::memory::Memory;
use super::plan::Span;
use super::policy::Policy;
use crate::sector::FileSector;

/// Consecutive sectors of the file, and where they are.
pub(crate) struct ReadAhead<'m, P> {
    /// The reader's own memory for them; empty if they wait in the caller's buffer.
    pub(crate) memory: Memory<'m>,
    /// The first sector buffered.
    pub(crate) first: FileSector,
    /// With overlap, bytes of it that are not there.
    pub(crate) lacking: u32,
    /// The sector after the last one buffered.
    pub(crate) end: FileSector,
    /// Where that would be, in sectors from the start of the memory.
    pub(crate) end_at: u32,
    policy: PhantomData<P>,
}

impl<'m, P: Policy> ReadAhead<'m, P> {
    /// Nothing is buffered.
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::NONE,
            first: FileSector(0),
            lacking: 0,
            end: FileSector(0),
            end_at: 0,
            policy: PhantomData,
        }
    }

    /// Forgets everything, and uses this memory from now on.
    pub(crate) fn move_to(&mut self, memory: Memory<'m>) {
        self.memory = memory;
        self.begin(FileSector(0), 0, 0);
    }

    /// Has so many sectors from `first` on, up to number `end_at` of the memory, and no others.
    pub(crate) fn begin(&mut self, first: FileSector, count: u32, end_at: u32) {
        self.first = first;
        self.end = first.plus(count);
        self.end_at = end_at;
        if P::OVERLAPS {
            self.lacking = 0;
        }
    }

    /// Where a sector is, in sectors from the start of the memory, if it is buffered.
    pub(crate) fn place(&self, sector: FileSector) -> Option<u32> {
        let rest = self.end.since(sector);
        // None, or before the first one.
        let is_buffered = rest.wrapping_sub(1) < self.end.since(self.first);
        is_buffered.then_some(self.end_at.wrapping_sub(rest))
    }

    /// Where a block's first sector is, if what the block has of it is buffered.
    #[inline(never)]
    pub(crate) fn place_of(&self, span: &Span) -> Option<u32> {
        if span.first == self.first && span.skip < self.lacking {
            return None;
        }
        self.place(span.first)
    }

    /// Forgets what comes before a sector.
    pub(crate) fn forget_before(&mut self, first: FileSector) {
        if first != self.first {
            self.first = first;
            self.lacking = 0;
        }
    }

    /// Where sectors wait: in this memory, or in the caller's buffer.
    pub(crate) fn memory_or<'b>(&'b self, out: &'b Memory<'_>) -> &'b Memory<'b> {
        if self.joins_in_place() {
            out
        } else {
            &self.memory
        }
    }

    /// Whether blocks are joined from sectors in the caller's buffer: with overlap, there is no other reason to join them.
    pub(crate) fn joins_in_place(&self) -> bool {
        P::OVERLAPS || self.is_in_place()
    }

    /// Whether sectors wait in the caller's buffer.
    pub(crate) fn is_in_place(&self) -> bool {
        P::IN_PLACE_ONLY || self.memory.len() == 0
    }

    /// How many units of the memory hold output when so many sectors are delivered.
    pub(crate) fn reached(&self, delivered: u32) -> u32 {
        if self.joins_in_place() {
            delivered << P::UNITS_SHIFT
        } else {
            0
        }
    }
}
