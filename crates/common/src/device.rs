//! The compressed file as the reader's device.

use std::cell::Cell;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::rc::Rc;

use testkit::device::DeviceError;
use zso::{SECTOR_SIZE, SectorDevice};

/// What a device was asked for so far; clones count together.
#[derive(Clone, Default)]
pub struct Asked(Rc<(Cell<u64>, Cell<u64>)>);

impl Asked {
    pub fn requests(&self) -> u64 {
        self.0.0.get()
    }

    pub fn sectors(&self) -> u64 {
        self.0.1.get()
    }

    /// Starts again at nothing.
    pub fn reset(&self) {
        self.0.0.set(0);
        self.0.1.set(0);
    }

    fn add(&self, sectors: u64) {
        self.0.0.set(self.requests() + 1);
        self.0.1.set(self.sectors() + sectors);
    }
}

/// A file of any size, read as it is asked for.
pub struct FileDevice<'f> {
    file: &'f File,
    len: u64,
    asked: Asked,
}

impl<'f> FileDevice<'f> {
    /// A device that holds `len` bytes of `file`.
    pub fn new(file: &'f File, len: u64, asked: &Asked) -> Self {
        Self {
            file,
            len,
            asked: asked.clone(),
        }
    }

    /// Fills `buf` from sector `first` on, and the rest of a last partial sector with junk.
    pub fn fill(&self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        self.asked.add((buf.len() / SECTOR_SIZE) as u64);
        self.fill_bytes(u64::from(first) * SECTOR_SIZE as u64, buf)
    }

    /// The same from byte `start` on; it does not count.
    pub fn fill_bytes(&self, start: u64, buf: &mut [u8]) -> Result<(), DeviceError> {
        if start + buf.len() as u64 > self.len.next_multiple_of(SECTOR_SIZE as u64) {
            return Err(DeviceError::PAST_END);
        }
        let there = self.len.saturating_sub(start).min(buf.len() as u64) as usize;
        let (data, junk) = buf.split_at_mut(there);
        junk.fill(0x5A);
        self.file
            .read_exact_at(data, start)
            .map_err(|_| DeviceError::IO)
    }
}

impl SectorDevice for FileDevice<'_> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        self.fill(first, buf)
    }

    fn sectors(&self) -> Option<u32> {
        u32::try_from(self.len.div_ceil(SECTOR_SIZE as u64)).ok()
    }
}
