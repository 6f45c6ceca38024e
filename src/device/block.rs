//! Block devices: what lies under a file system.

/// Bytes of a block device's sector.
pub const DEVICE_SECTOR_SIZE: usize = 512;

/// Transfers of a block device, in its sectors of 512 bytes, anywhere on it.
///
/// A buffer is never empty, and aligned to 4 bytes at least.
pub trait BlockDevice {
    /// The device's own error.
    type Error: embedded_io::Error;

    /// Reads consecutive sectors, from `first` on, until `buf` is full.
    ///
    /// # Errors
    /// When not all of `buf` could be filled.
    fn read_blocks(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), Self::Error>;
}

impl<B: BlockDevice + ?Sized> BlockDevice for &mut B {
    type Error = B::Error;

    fn read_blocks(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), Self::Error> {
        (**self).read_blocks(first, buf)
    }
}
