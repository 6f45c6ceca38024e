//! The device as the readers see it: a failure is one number, and what the device itself said is kept aside.

use core::fmt;

use crate::code::Code;
use crate::device::{SectorDevice, Work};
use crate::format::HEADER_SIZE;
use crate::sector::{FileSector, Sector};

/// Reads sectors from `first` on.
#[inline(never)]
pub(crate) fn read<D: SectorDevice>(
    device: &mut D,
    first: FileSector,
    buf: &mut [u8],
) -> Result<(), Code> {
    read_inlined(device, first, buf)
}

/// The same, where a call of its own would take more code.
#[inline(always)]
pub(crate) fn read_inlined<D: SectorDevice>(
    device: &mut D,
    first: FileSector,
    buf: &mut [u8],
) -> Result<(), Code> {
    device.read_sectors(first.0, buf).map_err(|_| Code::Device)
}

/// Reads device sectors from `first` on.
#[cfg(feature = "lean")]
#[inline(never)]
pub(crate) fn read_device_sectors<D: SectorDevice>(
    device: &mut D,
    first: FileSector,
    buf: &mut [u8],
) -> Result<(), Code> {
    let result = device.read_device_sectors(first.0, buf);
    result.map_err(|_| Code::Device)
}

/// Reads the file's first sector, and returns the bytes of the header in it.
pub(crate) fn read_header<'s, D: SectorDevice>(
    device: &mut D,
    sector: &'s mut Sector,
) -> Result<&'s [u8; HEADER_SIZE], Code> {
    if device.sectors() == Some(0) {
        return Err(Code::NotZso);
    }
    read(device, FileSector(0), &mut sector.0)?;
    sector.0.first_chunk().ok_or(Code::Internal)
}

/// A device that keeps its last error, for callers who want to know more than [`Code::Device`].
pub(crate) struct Source<D: SectorDevice> {
    pub(crate) device: D,
    pub(crate) error: Option<D::Error>,
}

impl<D: SectorDevice> Source<D> {
    pub(crate) fn new(device: D) -> Self {
        Self {
            device,
            error: None,
        }
    }

    /// The device's last error, once.
    pub(crate) fn take_error(&mut self) -> Option<D::Error> {
        self.error.take()
    }

    /// Keeps what the device said.
    fn keep(&mut self, result: Result<(), D::Error>) -> Result<(), Failed> {
        result.map_err(|error| {
            self.error = Some(error);
            Failed
        })
    }
}

/// The device failed; its own error is elsewhere, or of no use to anyone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the device failed")
    }
}

impl core::error::Error for Failed {}

impl embedded_io::Error for Failed {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}

impl<D: SectorDevice> SectorDevice for Source<D> {
    type Error = Failed;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Failed> {
        let result = self.device.read_sectors(first, buf);
        self.keep(result)
    }

    fn read_device_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Failed> {
        let result = self.device.read_device_sectors(first, buf);
        self.keep(result)
    }

    fn sectors(&self) -> Option<u32> {
        self.device.sectors()
    }

    fn overlaps(&self) -> bool {
        self.device.overlaps()
    }

    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), Failed> {
        let result = self.device.read_sectors_while(first, buf, work);
        self.keep(result)
    }
}
