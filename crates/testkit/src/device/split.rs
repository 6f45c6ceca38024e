//! A device with small transfers.

use zso::{SECTOR_SIZE, SectorDevice};

use super::DeviceError;

/// Serves every request in pieces, the last one first.
#[derive(Clone, Debug)]
pub struct Split<D> {
    inner: D,
    sectors: usize,
}

impl<D> Split<D> {
    /// `inner`, asked for at most `sectors` sectors at a time.
    #[must_use]
    pub fn new(inner: D, sectors: usize) -> Self {
        Self { inner, sectors }
    }
}

impl<D: SectorDevice<Error = DeviceError>> SectorDevice for Split<D> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        let pieces: Vec<_> = buf
            .chunks_mut(self.sectors * SECTOR_SIZE)
            .enumerate()
            .collect();
        for (n, piece) in pieces.into_iter().rev() {
            self.inner
                .read_sectors(first + (n * self.sectors) as u32, piece)?;
        }
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        self.inner.sectors()
    }
}
