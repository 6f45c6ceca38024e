//! A file on the disc, as a device of the reader.

use zso::{SECTOR_SIZE, SectorDevice};

use crate::cdvd::{Cdvd, CdvdError};
use crate::reader::Waits;
use crate::volume::Extent;

/// A file whose sectors lie side by side.
pub(crate) struct DiscFile<'d> {
    cdvd: &'d mut Cdvd,
    extent: Extent,
}

impl<'d> DiscFile<'d> {
    pub(crate) fn new(cdvd: &'d mut Cdvd, extent: Extent) -> Self {
        Self { cdvd, extent }
    }
}

impl SectorDevice for DiscFile<'_> {
    type Error = CdvdError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), CdvdError> {
        let lsn = self.extent.lsn.saturating_add(first);
        let end = first.saturating_add((buf.len() / SECTOR_SIZE) as u32);
        if end > self.extent.sectors() {
            return Err(CdvdError::PastEnd(lsn));
        }
        self.cdvd.read_sectors(lsn, buf)
    }

    fn sectors(&self) -> Option<u32> {
        Some(self.extent.sectors())
    }
}

impl Waits for DiscFile<'_> {
    fn waited(&self) -> u64 {
        self.cdvd.waited
    }
}
