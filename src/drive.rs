//! The device as the reader's insides see it: a failure is a number there, and what the device said is kept aside.

use crate::device::SectorDevice;
#[cfg(feature = "overlap")]
use crate::device::Work;
use crate::error::Code;
use crate::format::Header;
use crate::sector::{FileSector, Sector};

/// Whether errors are kept: loaders' own functions do not tell them to anybody.
const KEEPS_ERRORS: bool = cfg!(not(all(feature = "opl", target_arch = "mips")));

/// A device and its last error.
pub(crate) struct Drive<D: SectorDevice> {
    pub(crate) device: D,
    pub(crate) error: Option<D::Error>,
}

impl<D: SectorDevice> Drive<D> {
    pub(crate) fn new(device: D) -> Self {
        Self {
            device,
            error: None,
        }
    }

    /// Reads sectors from `first` on.
    #[cfg_attr(not(feature = "overlap"), inline(never))]
    pub(crate) fn read(&mut self, first: FileSector, buf: &mut [u8]) -> Result<(), Code> {
        let result = self.device.read_sectors(first.0, buf);
        result.map_err(|error| self.failed(error))
    }

    /// Reads the file's first sector and the header in it.
    pub(crate) fn read_header(&mut self, sector: &mut Sector) -> Result<Header, Code> {
        if self.device.sectors() == Some(0) {
            return Err(Code::NotZso);
        }
        self.read(FileSector(0), &mut sector.0)?;
        Header::read(sector.0.first_chunk().ok_or(Code::Internal)?)
    }

    /// Reads sectors from `first` on, and runs `work` once, meanwhile if the device can.
    #[cfg(feature = "overlap")]
    pub(crate) fn read_while(
        &mut self,
        first: FileSector,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), Code> {
        let result = self.device.read_sectors_while(first.0, buf, work);
        result.map_err(|error| self.failed(error))
    }

    /// The device's last error, once.
    pub(crate) fn take_error(&mut self) -> Option<D::Error> {
        self.error.take()
    }

    fn failed(&mut self, error: D::Error) -> Code {
        if KEEPS_ERRORS {
            self.error = Some(error);
        }
        Code::Device
    }
}
