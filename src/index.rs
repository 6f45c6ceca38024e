//! The windows of the index that are in memory.

use crate::device::SectorDevice;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::{Entry, entry_place};
use crate::sector::{FileSector, Sector};

/// Most windows kept: two, so that two streams far apart don't take each other's.
pub(crate) const MAX_WINDOWS: usize = 2;

/// One or two windows on the index, each one sector of the file: 512 entries.
///
/// The header's own sector is a window as well.
pub(crate) struct Index<'m> {
    windows: &'m mut [Sector],
    /// Which sector each window holds; nowhere while it is being filled, so that a failed read leaves nothing valid.
    labels: [FileSector; MAX_WINDOWS],
    /// The window used last.
    latest: usize,
}

impl<'m> Index<'m> {
    /// Windows in `memory` (at most [`MAX_WINDOWS`] sectors), the first of which holds sector 0 of the file.
    pub(crate) fn new(memory: &'m mut [Sector]) -> Self {
        Self { windows: memory, labels: [FileSector(0), FileSector::NOWHERE], latest: 0 }
    }

    /// Entry `i`, read from the device if its window is not in memory.
    #[inline(never)]
    pub(crate) fn load<D: SectorDevice>(&mut self, drive: &mut Drive<D>, i: u32) -> Result<Entry, Code> {
        let (sector, slot) = entry_place(i);
        if self.label() != sector {
            // Of two windows the other one is the older; of one it is the same.
            self.latest = self.windows.len().wrapping_sub(1) & !self.latest;
            if self.label() != sector {
                self.fill(drive, sector)?;
            }
        }
        Ok(self.entry(slot))
    }

    /// Entry `i`, or the last one before it that is in the window used last.
    pub(crate) fn latest_up_to(&self, i: u32) -> Entry {
        let (sector, slot) = entry_place(i);
        self.entry(if sector == self.label() { slot } else { usize::MAX })
    }

    fn label(&self) -> FileSector {
        self.labels.get(self.latest).copied().unwrap_or(FileSector::NOWHERE)
    }

    /// An entry of the latest window, or its last one if it has none of that number.
    fn entry(&self, slot: usize) -> Entry {
        let Some(window) = self.windows.get(self.latest) else {
            return Entry(0);
        };
        let (words, _) = window.0.as_chunks();
        Entry(words.get(slot).or(words.last()).map_or(0, |word| u32::from_le_bytes(*word)))
    }

    /// Reads a sector into the latest window.
    fn fill<D: SectorDevice>(&mut self, drive: &mut Drive<D>, sector: FileSector) -> Result<(), Code> {
        if let (Some(window), Some(label)) = (self.windows.get_mut(self.latest), self.labels.get_mut(self.latest)) {
            *label = FileSector::NOWHERE;
            drive.read(sector, &mut window.0)?;
            *label = sector;
        }
        Ok(())
    }
}
