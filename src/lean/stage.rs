//! The stage: a run of file sectors that were read and wait to be decoded, in memory of the reader's own or, where
//! there is none, in that of the request.

use crate::room::Room;
use crate::sector::FileSector;

/// Consecutive file sectors.
pub(crate) struct Stage<'m> {
    /// The reader's own memory for them; empty if they wait in the caller's buffer.
    pub(crate) memory: Room<'m>,
    /// The first sector staged.
    pub(crate) first: FileSector,
    /// The sector behind the last one staged.
    pub(crate) end: FileSector,
    /// Where that would be, in sectors from the start of the memory.
    pub(crate) end_at: u32,
    /// The sector behind those that follow at the start of the memory; the same if there are none.
    #[cfg(feature = "overlap")]
    pub(crate) ahead: FileSector,
}

impl<'m> Stage<'m> {
    /// Nothing is staged.
    pub(crate) fn new() -> Self {
        Self {
            memory: Room::NONE,
            first: FileSector(0),
            end: FileSector(0),
            end_at: 0,
            #[cfg(feature = "overlap")]
            ahead: FileSector(0),
        }
    }

    /// Forgets everything, and uses this memory from now on.
    pub(crate) fn move_to(&mut self, memory: Room<'m>) {
        self.memory = memory;
        self.begin(FileSector(0), 0, 0);
    }

    /// Has so many sectors from `first` on, up to number `end_at` of the memory, and no others.
    pub(crate) fn begin(&mut self, first: FileSector, count: u32, end_at: u32) {
        self.first = first;
        self.end = first.plus(count);
        self.end_at = end_at;
        #[cfg(feature = "overlap")]
        {
            self.ahead = self.end;
        }
    }

    /// Where a sector is, in sectors from the start of the memory, if it is staged.
    pub(crate) fn place(&self, sector: FileSector) -> Option<u32> {
        let rest = self.end.since(sector);
        // None, or in front of the first one.
        let is_staged = rest.wrapping_sub(1) < self.end.since(self.first);
        is_staged.then_some(self.end_at.wrapping_sub(rest))
    }

    /// Whether sectors wait in the caller's buffer.
    pub(crate) fn is_lent(&self) -> bool {
        cfg!(feature = "isofs") || self.memory.len() == 0
    }

    /// How many sectors of the memory hold output when so many sectors are delivered.
    pub(crate) fn reached(&self, delivered: u32) -> u32 {
        if self.is_lent() { delivered } else { 0 }
    }
}

#[cfg(feature = "overlap")]
impl Stage<'_> {
    /// How many sectors follow at the start of the memory.
    pub(crate) fn second(&self) -> u32 {
        self.ahead.since(self.end)
    }

    /// Counts sectors as staged that were read to number `at` of the memory: behind the others there, or to its start.
    pub(crate) fn extend(&mut self, at: u32, count: u32) {
        self.ahead = self.ahead.plus(count);
        if at == self.end_at {
            self.end = self.ahead;
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
