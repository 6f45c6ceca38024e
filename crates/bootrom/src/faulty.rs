//! A device that fails once.

use zso::SectorDevice;

use crate::cdvd::CdvdError;
use crate::reader::Waits;

/// Fails at one request and passes on all others.
pub(crate) struct Faulty<D> {
    pub(crate) device: D,
    /// How many requests before that one.
    pub(crate) requests_left: u32,
    pub(crate) error: CdvdError,
}

impl<D: SectorDevice<Error = CdvdError>> SectorDevice for Faulty<D> {
    type Error = CdvdError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), CdvdError> {
        let fails = self.requests_left == 0;
        self.requests_left = self.requests_left.wrapping_sub(1);
        if fails {
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
