//! The index cache: the sectors of the index that are in memory, one or two.

use core::mem::swap;

use super::plan::Plan;
use super::read_ahead::ReadAhead;
use crate::code::Code;
use crate::device::SectorDevice;
use crate::format::{Entry, entry_place};
use crate::sector::{Block, FileSector, Sector};
use crate::source;

/// Cached sectors of the index, each of 512 entries. The header's own sector is one, too.
pub(crate) struct IndexCache<'m> {
    /// The one used last.
    latest: CachedSector<'m>,
    /// Another one, or none. A list would cost 60 bytes of code.
    other: Option<CachedSector<'m>>,
    /// The first sector that the file does not have: a cut file may end inside the index.
    file_end: FileSector,
}

struct CachedSector<'m> {
    data: &'m mut Sector,
    /// Which sector it is; nowhere while it is being filled, so that a failed read leaves nothing valid.
    sector: FileSector,
}

impl<'m> IndexCache<'m> {
    /// Memory for sectors, at least one, of which the first holds sector `held` of the file, on an index that ends
    /// before `file_end`.
    pub(crate) fn new(
        memory: &'m mut [Sector],
        held: FileSector,
        file_end: FileSector,
    ) -> Result<Self, Code> {
        let (first, others) = memory.split_first_mut().ok_or(Code::Memory)?;
        let other = others.first_mut().map(|data| CachedSector {
            data,
            sector: FileSector::NOWHERE,
        });
        Ok(Self {
            file_end,
            latest: CachedSector {
                data: first,
                sector: held,
            },
            other,
        })
    }

    /// Entry `i`, read from the device if its sector is not cached.
    #[inline(never)]
    pub(crate) fn load<D: SectorDevice>(&mut self, device: &mut D, i: u32) -> Result<Entry, Code> {
        let (sector, slot) = entry_place(i);
        if self.latest.sector != sector {
            if let Some(other) = &mut self.other {
                swap(&mut self.latest, other);
            }
            if self.latest.sector != sector {
                if sector >= self.file_end {
                    return Err(Code::Truncated);
                }
                self.latest.sector = FileSector::NOWHERE;
                source::read(device, sector, &mut self.latest.data.0)?;
                self.latest.sector = sector;
            }
        }
        Ok(self.latest.entry(slot))
    }

    /// The first one of `count` sectors of the file that are the blocks from `first` on, if those are one plain run, of
    /// which the entries are in memory, or can be read to what the read-ahead buffer has no use for.
    #[inline(always)]
    pub(crate) fn all_plain<D: SectorDevice>(
        &self,
        ahead: &mut ReadAhead<'_>,
        device: &mut D,
        plan: &Plan,
        first: u32,
        count: u32,
    ) -> Option<FileSector> {
        let align = plan.header.align();
        let (place, slot) = entry_place(first);
        let words = if self.latest.sector == place {
            self.latest.data.words()
        } else {
            ahead.index(device, place, self.file_end)?
        };
        let (own, others) = words.get(slot..)?.split_first()?;
        let own = Entry(u32::from_le(*own));
        let sector = plan.plain_sectors(Block(first), own, count)?;
        let others = others.get(..count as usize)?;
        (own.differs(others, align) == 0).then_some(sector)
    }

    /// The first sector after the data of the blocks before block `i`, or before another one of which the entry is
    /// cached; as far as the file goes.
    #[inline(never)]
    pub(crate) fn end_before(&self, plan: &Plan, i: u32) -> FileSector {
        plan.end_at(self.cached(i))
    }

    /// Entry `i`, or another one before it, or after it: the last one of the sector used last if that does not hold it.
    fn cached(&self, i: u32) -> Entry {
        let (sector, slot) = entry_place(i);
        self.latest.entry(if sector == self.latest.sector {
            slot
        } else {
            usize::MAX
        })
    }
}

impl CachedSector<'_> {
    /// An entry, counted from the start of the sector; the last one where there are not as many.
    fn entry(&self, slot: usize) -> Entry {
        let words = self.data.words();
        let last = words.len().wrapping_sub(1);
        Entry(
            words
                .get(slot.min(last))
                .map_or(0, |word| u32::from_le(*word)),
        )
    }
}
