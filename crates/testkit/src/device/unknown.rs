//! A device that does not know how long its file is.

use zso::SectorDevice;

use super::{DeviceError, Log, Request};

/// Keeps the size of the inner device to itself.
///
/// Reads past the end fail, as on a driver that knows of no file system, and are recorded.
#[derive(Clone, Debug)]
pub struct UnknownSize<D> {
    inner: D,
    past_end: Log,
}

impl<D> UnknownSize<D> {
    /// `inner`, whose size is known; requests past its end go to `past_end`.
    #[must_use]
    pub fn new(inner: D, past_end: &Log) -> Self {
        Self {
            inner,
            past_end: past_end.clone(),
        }
    }
}

impl<D: SectorDevice<Error = DeviceError>> SectorDevice for UnknownSize<D> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        let request = Request::new(first, buf);
        if request.end() > self.inner.sectors().unwrap_or(u32::MAX).into() {
            self.past_end.push(request);
            return Err(DeviceError::PAST_END);
        }
        self.inner.read_sectors(first, buf)
    }
}
