//! The device as the reader's insides see it: a failure is a number there, and what the device said is kept aside.

use crate::device::SectorDevice;
#[cfg(feature = "overlap")]
use crate::device::Work;
use crate::error::Code;
use crate::format::Header;
use crate::sector::{FileSector, Sector};

/// A device and its last error.
pub(crate) struct Drive<D: SectorDevice> {
    pub(crate) device: D,
    // Loaders' own functions do not tell it to anybody.
    #[cfg(not(all(feature = "opl", target_arch = "mips")))]
    pub(crate) error: Option<D::Error>,
}

impl<D: SectorDevice> Drive<D> {
    pub(crate) fn new(device: D) -> Self {
        Self {
            device,
            #[cfg(not(all(feature = "opl", target_arch = "mips")))]
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
    #[cfg(not(all(feature = "opl", target_arch = "mips")))]
    pub(crate) fn take_error(&mut self) -> Option<D::Error> {
        self.error.take()
    }

    /// The same where it is not kept.
    #[cfg(all(feature = "opl", target_arch = "mips"))]
    pub(crate) fn take_error(&mut self) -> Option<D::Error> {
        None
    }

    #[cfg(not(all(feature = "opl", target_arch = "mips")))]
    fn failed(&mut self, error: D::Error) -> Code {
        self.error = Some(error);
        Code::Device
    }

    #[cfg(all(feature = "opl", target_arch = "mips"))]
    fn failed(&mut self, _: D::Error) -> Code {
        Code::Device
    }
}
