//! A file on the disc, as a device of the reader.

use zso::device::Work;
use zso::{SECTOR_SIZE, SectorDevice};

use super::cdvd::{Cdvd, CdvdError};
use super::reader::Waits;
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

    /// Where on the disc a sector of the file is, from which on `buf` is filled.
    fn lsn(&self, first: u32, buf: &[u8]) -> Result<u32, CdvdError> {
        let lsn = self.extent.lsn.saturating_add(first);
        let end = first.saturating_add((buf.len() / SECTOR_SIZE) as u32);
        if end > self.extent.sectors() {
            return Err(CdvdError::PastEnd(lsn));
        }
        Ok(lsn)
    }
}

impl SectorDevice for DiscFile<'_> {
    type Error = CdvdError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), CdvdError> {
        let lsn = self.lsn(first, buf)?;
        self.cdvd.read_sectors(lsn, buf)
    }

    fn sectors(&self) -> Option<u32> {
        Some(self.extent.sectors())
    }

    fn overlaps(&self) -> bool {
        self.cdvd.overlaps()
    }

    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), CdvdError> {
        match self.lsn(first, buf) {
            Ok(lsn) => self.cdvd.read_sectors_while(lsn, buf, work),
            Err(error) => {
                work.run();
                Err(error)
            }
        }
    }
}

impl Waits for DiscFile<'_> {
    fn waited(&self) -> u64 {
        self.cdvd.waited
    }
}
