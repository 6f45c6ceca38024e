//! A file that is larger than memory, of which only some bytes matter.

use zso::{SECTOR_SIZE, SectorDevice};

use super::ram::check_promises;
use super::{DeviceError, Log, Request};

/// A file of any size: given pieces of bytes, and zeros between them.
#[derive(Clone, Debug)]
pub struct SparseDevice {
    pieces: Vec<(u64, Vec<u8>)>,
    sectors: u32,
    log: Log,
}

impl SparseDevice {
    /// A file of `sectors` sectors with the given bytes at the given byte offsets.
    #[must_use]
    pub fn new(sectors: u32, pieces: Vec<(u64, Vec<u8>)>, log: &Log) -> Self {
        Self {
            pieces,
            sectors,
            log: log.clone(),
        }
    }

    fn byte(&self, at: u64) -> u8 {
        let inside = |(start, bytes): &(u64, Vec<u8>)| {
            let place = usize::try_from(at.checked_sub(*start)?).ok()?;
            bytes.get(place).copied()
        };
        self.pieces.iter().find_map(inside).unwrap_or(0)
    }
}

impl SectorDevice for SparseDevice {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        check_promises(first, buf, self.sectors);
        self.log.push(Request::new(first, buf));
        let start = u64::from(first) * SECTOR_SIZE as u64;
        for (at, byte) in (start..).zip(buf) {
            *byte = self.byte(at);
        }
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        Some(self.sectors)
    }
}
