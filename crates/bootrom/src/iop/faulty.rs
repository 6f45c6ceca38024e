//! A device that fails for a while.

use zso::SectorDevice;

use super::cdvd::CdvdError;
use super::reader::Waits;

/// Passes on some requests, fails at the next ones, and passes on all that follow.
pub(crate) struct Faulty<D> {
    pub(crate) device: D,
    /// How many requests are passed on first.
    pub(crate) good: u32,
    /// How many fail then.
    pub(crate) bad: u32,
    pub(crate) error: CdvdError,
}

impl<D: SectorDevice<Error = CdvdError>> SectorDevice for Faulty<D> {
    type Error = CdvdError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), CdvdError> {
        if let Some(good) = self.good.checked_sub(1) {
            self.good = good;
        } else if let Some(bad) = self.bad.checked_sub(1) {
            self.bad = bad;
            return Err(self.error);
        }
        self.device.read_sectors(first, buf)
    }

    fn sectors(&self) -> Option<u32> {
        self.device.sectors()
    }
}

impl<D: Waits> Waits for Faulty<D> {
    fn waited(&self) -> u64 {
        self.device.waited()
    }
}
