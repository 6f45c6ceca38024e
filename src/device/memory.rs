//! A compressed file that is already in memory.

use core::fmt;

use super::SectorDevice;
use crate::sector::SECTOR_SIZE;

/// The bytes of a ZSO file, as a device.
#[derive(Clone, Copy, Debug)]
pub struct MemoryDevice<'a> {
    file: &'a [u8],
}

impl<'a> MemoryDevice<'a> {
    /// A device that reads `file`; a last partial sector reads as padded with zeros.
    #[must_use]
    pub fn new(file: &'a [u8]) -> Self {
        Self { file }
    }
}

/// Sectors were asked for that the file does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PastEnd {
    /// The first sector asked for.
    pub first: u32,
    /// Sectors that the file has.
    pub sectors: u32,
}

impl fmt::Display for PastEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the read from sector {} on goes past the file's {} sectors",
            self.first, self.sectors
        )
    }
}

impl core::error::Error for PastEnd {}

impl embedded_io::Error for PastEnd {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::InvalidInput
    }
}

impl SectorDevice for MemoryDevice<'_> {
    type Error = PastEnd;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), PastEnd> {
        let sectors = self.file.len().div_ceil(SECTOR_SIZE) as u32;
        let past_end = PastEnd { first, sectors };
        let start = (first as usize).checked_mul(SECTOR_SIZE).ok_or(past_end)?;
        let rest = self.file.get(start..).ok_or(past_end)?;
        if buf.len().div_ceil(SECTOR_SIZE) > rest.len().div_ceil(SECTOR_SIZE) {
            return Err(past_end);
        }
        let (filled, padding) = buf.split_at_mut(buf.len().min(rest.len()));
        let (file, _) = rest.split_at(filled.len());
        filled.copy_from_slice(file);
        padding.fill(0);
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        u32::try_from(self.file.len().div_ceil(SECTOR_SIZE)).ok()
    }
}
