//! The device as the reader's insides see it: a failure is a number there, and what the device said is kept aside.

use crate::device::{SectorDevice, Work};
use crate::error::Code;
use crate::sector::FileSector;

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
        self.device.read_sectors(first.0, buf).map_err(|error| {
            self.error = Some(error);
            Code::Device
        })
    }

    /// Reads sectors from `first` on, and runs `work` once, meanwhile if the device can.
    pub(crate) fn read_while(
        &mut self,
        first: FileSector,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), Code> {
        let result = self.device.read_sectors_while(first.0, buf, work);
        result.map_err(|error| {
            self.error = Some(error);
            Code::Device
        })
    }
}
