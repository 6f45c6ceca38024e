//! The stage: a run of file sectors that were read and are kept, in memory of the reader's own.

use crate::device::SectorDevice;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::HEADER_SIZE;
use crate::plan::Span;
use crate::sector::{FileSector, Sector, copy_to};

/// Consecutive file sectors, from the start of the memory on.
pub(crate) struct Stage<'m> {
    memory: &'m mut [Sector],
    /// The first sector staged.
    first: FileSector,
    /// The sector behind the last one staged: the next to be added.
    end: FileSector,
}

impl<'m> Stage<'m> {
    pub(crate) fn new(memory: &'m mut [Sector]) -> Self {
        Self { memory, first: FileSector(0), end: FileSector(0) }
    }

    /// Gives the memory back.
    pub(crate) fn take(&mut self) -> &'m mut [Sector] {
        core::mem::take(&mut self.memory)
    }

    /// The header, when the first sector is staged.
    pub(crate) fn header(&self) -> Option<&[u8; HEADER_SIZE]> {
        self.memory.first()?.0.first_chunk()
    }

    /// The sector behind the last one staged: the next to be added.
    pub(crate) fn end(&self) -> FileSector {
        self.end
    }

    /// The first sector for which there is no room.
    pub(crate) fn limit(&self) -> FileSector {
        self.first.plus(self.memory.len() as u32)
    }

    /// Whether all of a block is staged.
    pub(crate) fn holds(&self, span: &Span) -> bool {
        self.first <= span.first && span.end <= self.end
    }

    /// The staged sectors from `first` on, and the free ones behind them.
    fn from(&mut self, first: FileSector) -> &mut [Sector] {
        self.memory.get_mut(first.since(self.first) as usize..).unwrap_or_default()
    }

    /// A staged block's bytes.
    pub(crate) fn bytes(&mut self, span: &Span) -> &[u8] {
        span.bytes(Sector::bytes(self.from(span.first)))
    }

    /// Makes `first` the stage's first sector: what is staged from there on is kept, all else is dropped.
    ///
    /// What is kept is short, the sectors in which the last block ends and the next one begins, so that moving it
    /// costs less than reading it again. What would not fit in front of itself is dropped, too.
    #[inline(never)]
    pub(crate) fn keep(&mut self, first: FileSector) {
        let drop = first.since(self.first);
        let kept = self.end.since(first);
        if drop != 0 {
            if first < self.first || first > self.end || kept > drop {
                self.end = first;
            } else if let Some((front, back)) = self.memory.split_at_mut_checked(drop as usize) {
                copy_to(Sector::bytes_mut(front), Sector::bytes(back.get(..kept as usize).unwrap_or_default()));
            }
            self.first = first;
        }
    }

    /// Adds sectors that are in memory already; they must fit.
    pub(crate) fn add(&mut self, sectors: &[u8], until: FileSector) {
        let end = self.end;
        copy_to(Sector::bytes_mut(self.from(end)), sectors);
        self.end = until;
    }

    /// Reads sectors from the device, from [`end`](Self::end) up to `until` or the limit.
    ///
    /// The added sectors count as staged only once the read has succeeded.
    #[inline(never)]
    pub(crate) fn read<D: SectorDevice>(&mut self, drive: &mut Drive<D>, until: FileSector) -> Result<(), Code> {
        let end = self.end;
        let until = until.min(self.limit());
        let free = self.from(end).get_mut(..until.since(end) as usize).unwrap_or_default();
        drive.read(end, Sector::bytes_mut(free))?;
        self.end = until;
        Ok(())
    }
}
