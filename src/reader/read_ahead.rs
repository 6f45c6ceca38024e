//! The read-ahead buffer: consecutive sectors of the file that were read and are kept, in memory of the reader's own.

use super::plan::Span;
use crate::code::Code;
use crate::device::SectorDevice;
use crate::format::ENTRY_SIZE;
use crate::sector::{FileSector, SECTOR_SHIFT, SECTOR_SIZE, Sector, copy_to};
use crate::source;

/// Consecutive file sectors, from the start of the memory on.
pub(crate) struct ReadAhead<'m> {
    memory: &'m mut [Sector],
    /// The first sector buffered.
    first: FileSector,
    /// The sector after the last one buffered: the next to be added.
    end: FileSector,
    /// Which sector of the index is at the start of the memory, if nothing is buffered; nowhere while it is read.
    index: FileSector,
}

impl<'m> ReadAhead<'m> {
    pub(crate) fn new(memory: &'m mut [Sector]) -> Self {
        Self {
            memory,
            first: FileSector(0),
            end: FileSector(0),
            index: FileSector::NOWHERE,
        }
    }

    /// The sector after the last one buffered: the next to be added.
    pub(crate) fn end(&self) -> FileSector {
        self.end
    }

    /// The first sector for which there is no room.
    pub(crate) fn limit(&self) -> FileSector {
        self.first.plus(self.memory.len() as u32)
    }

    /// Whether all of a block is buffered.
    pub(crate) fn holds(&self, span: &Span) -> bool {
        self.first <= span.first && span.end <= self.end
    }

    /// The bytes of a buffered block.
    pub(crate) fn bytes(&self, span: &Span) -> Result<&[u8], Code> {
        let start = (span.first.since(self.first) << SECTOR_SHIFT).wrapping_add(span.skip) as usize;
        Sector::bytes(self.memory)
            .get(start..start.wrapping_add(span.len as usize))
            .ok_or(Code::Internal)
    }

    /// Drops the index: sectors are about to be added.
    pub(crate) fn drop_index(&mut self) {
        self.index = FileSector::NOWHERE;
    }

    /// Drops all that is buffered.
    pub(crate) fn clear(&mut self) {
        self.end = self.first;
    }

    /// A sector of the index, of a file that ends before `file_end`, as words; none if anything is buffered.
    #[inline(always)]
    pub(crate) fn index<D: SectorDevice>(
        &mut self,
        device: &mut D,
        sector: FileSector,
        file_end: FileSector,
    ) -> Option<&[u32; SECTOR_SIZE / ENTRY_SIZE]> {
        let memory = self.memory.first_mut()?;
        if self.index != sector {
            if self.first != self.end || sector >= file_end {
                return None;
            }
            self.index = FileSector::NOWHERE;
            source::read(device, sector, &mut memory.0).ok()?;
            self.index = sector;
        }
        Some(memory.words())
    }

    /// Memory for the sectors to be added.
    fn free(&mut self) -> Result<&mut [Sector], Code> {
        self.memory
            .get_mut(self.end.since(self.first) as usize..)
            .ok_or(Code::Internal)
    }

    /// Makes `first` the buffer's first sector: what is buffered from there on is kept, all else is dropped.
    ///
    /// What is kept is the sectors in which the last block ends and the next one begins, so that moving it costs less
    /// than reading it again. What would not fit before itself is dropped, too.
    pub(crate) fn keep(&mut self, first: FileSector) {
        if first == self.first {
            return;
        }
        let drop = first.since(self.first) as usize;
        let kept = self.end.since(first) as usize;
        // Before the first sector and after the last one `drop` or `kept` have wrapped.
        let is_kept = self
            .memory
            .split_at_mut_checked(drop)
            .and_then(|(before, after)| Some((before, after.get(..kept)?)))
            .is_some_and(|(to, from)| copy_to(Sector::bytes_mut(to), Sector::bytes(from)));
        self.end = if is_kept { self.end } else { first };
        self.first = first;
    }

    /// Adds sectors that are in memory already, as many as there is room for.
    pub(crate) fn add(&mut self, sectors: &[[u8; SECTOR_SIZE]]) -> Result<(), Code> {
        let free = self.free()?;
        let count = free.len().min(sectors.len());
        let added = sectors.get(..count).ok_or(Code::Internal)?;
        copy_to(Sector::bytes_mut(free), added.as_flattened());
        self.end = self.end.plus(count as u32);
        Ok(())
    }

    /// Reads sectors from the device, from [`end`](Self::end) up to `until`, which is after it, or as far as there
    /// is room.
    ///
    /// The added sectors count as buffered only once the read has succeeded.
    pub(crate) fn read<D: SectorDevice>(
        &mut self,
        device: &mut D,
        until: FileSector,
    ) -> Result<(), Code> {
        let end = self.end;
        let free = self.free()?;
        let count = free.len().min(until.since(end) as usize);
        source::read(
            device,
            end,
            Sector::bytes_mut(free.get_mut(..count).ok_or(Code::Internal)?),
        )?;
        self.end = end.plus(count as u32);
        Ok(())
    }
}
