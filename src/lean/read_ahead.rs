//! The read-ahead buffer: consecutive sectors of the file that were read and wait to be decoded, in memory of the
//! reader's own or, where there is none, at the end of the caller's buffer.

use core::marker::PhantomData;

use super::memory::Memory;
use super::policy::Policy;
use crate::sector::FileSector;

/// Consecutive sectors of the file, and where they are.
pub(crate) struct ReadAhead<'m, P> {
    /// The reader's own memory for them; empty if they wait in the caller's buffer.
    pub(crate) memory: Memory<'m>,
    /// The first sector buffered.
    pub(crate) first: FileSector,
    /// The sector after the last one buffered.
    pub(crate) end: FileSector,
    /// Where that would be, in sectors from the start of the memory.
    pub(crate) end_at: u32,
    /// With overlap, the sector after those that follow at the start of the memory; `end` if there are none.
    pub(crate) second_end: FileSector,
    policy: PhantomData<P>,
}

impl<'m, P: Policy> ReadAhead<'m, P> {
    /// Nothing is buffered.
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::NONE,
            first: FileSector(0),
            end: FileSector(0),
            end_at: 0,
            second_end: FileSector(0),
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
            self.second_end = self.end;
        }
    }

    /// Where a sector is, in sectors from the start of the memory, if it is buffered.
    pub(crate) fn place(&self, sector: FileSector) -> Option<u32> {
        let rest = self.end.since(sector);
        // None, or before the first one.
        let is_buffered = rest.wrapping_sub(1) < self.end.since(self.first);
        is_buffered.then_some(self.end_at.wrapping_sub(rest))
    }

    /// Where sectors wait: in this memory, or in the caller's buffer.
    pub(crate) fn memory_or<'b>(&'b self, out: &'b Memory<'_>) -> &'b Memory<'b> {
        if self.is_in_place() {
            out
        } else {
            &self.memory
        }
    }

    /// Whether sectors wait in the caller's buffer.
    pub(crate) fn is_in_place(&self) -> bool {
        P::IN_PLACE_ONLY || self.memory.len() == 0
    }

    /// How many units of the memory hold output when so many sectors are delivered.
    pub(crate) fn reached(&self, delivered: u32) -> u32 {
        if self.is_in_place() {
            delivered << P::UNITS_SHIFT
        } else {
            0
        }
    }

    /// How many sectors follow at the start of the memory.
    pub(crate) fn second(&self) -> u32 {
        self.second_end.since(self.end)
    }

    /// Counts sectors as buffered that were read to number `at` of the memory: after the others, or to its start.
    pub(crate) fn extend(&mut self, at: u32, count: u32) {
        self.second_end = self.second_end.plus(count);
        if at == self.end_at {
            self.end = self.second_end;
            self.end_at = at.wrapping_add(count);
        }
    }

    /// Goes on to the sectors at the start of the memory, if there are some and `sector` is the first of them.
    pub(crate) fn go_on(&mut self, sector: FileSector) {
        let second = self.second();
        if sector == self.end && second > 0 {
            self.begin(sector, second, second);
        }
    }
}
