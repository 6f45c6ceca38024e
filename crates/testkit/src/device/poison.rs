//! A device that spoils its buffers before it fills them.

use zso::SectorDevice;

use super::DeviceError;

/// Fills the whole buffer with junk before the inner device delivers.
///
/// What the inner device does not write is then visible, such as the rest of a last partial sector.
#[derive(Clone, Debug)]
pub struct Poison<D> {
    inner: D,
    junk: u8,
}

impl<D> Poison<D> {
    /// `inner`, on top of junk.
    #[must_use]
    pub fn new(inner: D) -> Self {
        Self { inner, junk: 0x5A }
    }
}

impl<D: SectorDevice<Error = DeviceError>> SectorDevice for Poison<D> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        self.junk = self.junk.wrapping_mul(5).wrapping_add(0x33);
        buf.fill(self.junk);
        self.inner.read_sectors(first, buf)
    }

    fn sectors(&self) -> Option<u32> {
        self.inner.sectors()
    }
}
