//! The device as the reader's insides see it: a failure is a number there, and what the device said is kept aside.

use crate::device::SectorDevice;
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
    #[inline(never)]
    pub(crate) fn read(&mut self, first: FileSector, buf: &mut [u8]) -> Result<(), Code> {
        self.device.read_sectors(first.0, buf).map_err(|error| {
            self.error = Some(error);
            Code::Device
        })
    }
}
