//! The windows of the index that are in memory.

use core::mem::swap;

use crate::device::SectorDevice;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::{Entry, entry_place};
use crate::sector::{FileSector, Sector};

/// Windows on the index, each one sector of the file: 512 entries. The header's own sector is one, too.
pub(crate) struct Index<'m> {
    /// The window used last.
    latest: Window<'m>,
    /// Another one, or none. A list would cost 60 bytes of code.
    other: Option<Window<'m>>,
    /// The first sector that the file does not have: a cut file may end inside the index.
    file_end: FileSector,
}

struct Window<'m> {
    data: &'m mut Sector,
    /// Which sector it is; nowhere while it is being filled, so that a failed read leaves nothing valid.
    sector: FileSector,
}

impl<'m> Index<'m> {
    /// Windows, at least one, of which the first holds sector `held` of the file, on an index that ends before
    /// `file_end`.
    pub(crate) fn new(
        windows: &'m mut [Sector],
        held: FileSector,
        file_end: FileSector,
    ) -> Result<Self, Code> {
        let (first, others) = windows.split_first_mut().ok_or(Code::Memory)?;
        let other = others.first_mut().map(|data| Window {
            data,
            sector: FileSector::NOWHERE,
        });
        Ok(Self {
            file_end,
            latest: Window {
                data: first,
                sector: held,
            },
            other,
        })
    }

    /// Entry `i`, read from the device if its window is not in memory.
    #[inline(never)]
    pub(crate) fn load<D: SectorDevice>(
        &mut self,
        drive: &mut Drive<D>,
        i: u32,
    ) -> Result<Entry, Code> {
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
                drive.read(sector, &mut self.latest.data.0)?;
                self.latest.sector = sector;
            }
        }
        Ok(self.latest.entry(slot))
    }

    /// Entry `i`, or another one before it, or behind: the last one of the window used last if that does not hold it.
    pub(crate) fn at_hand(&self, i: u32) -> Entry {
        let (sector, slot) = entry_place(i);
        self.latest.entry(if sector == self.latest.sector {
            slot
        } else {
            usize::MAX
        })
    }
}

impl Window<'_> {
    /// An entry, counted from the start of the sector; the last one where there are not as many.
    fn entry(&self, slot: usize) -> Entry {
        let (words, _) = self.data.0.as_chunks();
        let last = words.len().wrapping_sub(1);
        Entry(
            words
                .get(slot.min(last))
                .map_or(0, |word| u32::from_le_bytes(*word)),
        )
    }
}
