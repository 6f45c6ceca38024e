//! The device: what the compressed file is read from.

mod block;
mod bytes;
mod fhi;
mod fragments;
mod hdl;
pub(crate) mod large;
pub(crate) mod map;
mod memory;
mod parts;

pub use block::{BlockDevice, DEVICE_SECTOR_SIZE};
pub use bytes::{ByteDevice, ByteDeviceError};
pub use fhi::{FhiDevice, FhiError, FileHandle};
pub use fragments::{Fragment, FragmentDevice, FragmentError, MAX_EXTENTS};
pub use hdl::{HDL_HEADER_OFFSET, HdlError, HdlHeader};
pub use large::{LargeBlockDevice, LargeSectors};
pub use map::MapError;
pub use memory::{MemoryDevice, PastEnd};
pub use parts::{MAX_PARTS, PartDevice, PartFiles, UL_PART_SECTORS};

use crate::sector::{SECTOR_MASK, SECTOR_SIZE, Sector};

/// A compressed file, read in whole sectors of 2048 bytes.
///
/// The reader keeps these promises, so that a DMA driver can implement the trait as it is:
/// a buffer is a whole number of sectors, never empty, and aligned to 4 bytes at least (to 64 if it is not the
/// caller's own); no sector at or after [`sectors`](Self::sectors) is asked for.
///
/// ```
/// use zso::SectorDevice;
///
/// /// A file in the memory of a cartridge, from address 0 on.
/// struct Cartridge(Vec<u8>);
///
/// impl SectorDevice for Cartridge {
///     type Error = embedded_io::ErrorKind;
///
///     fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
///         let start = first as usize * zso::SECTOR_SIZE;
///         let bytes = self.0.get(start..start + buf.len());
///         buf.copy_from_slice(bytes.ok_or(embedded_io::ErrorKind::InvalidInput)?);
///         Ok(())
///     }
///
///     fn sectors(&self) -> Option<u32> {
///         Some((self.0.len() / zso::SECTOR_SIZE) as u32)
///     }
/// }
/// # let mut buf = [0; 2048];
/// # assert_eq!(Cartridge(vec![7; 4096]).read_sectors(1, &mut buf), Ok(()));
/// # assert_eq!((buf[0], Cartridge(vec![7; 4096]).sectors()), (7, Some(2)));
/// ```
pub trait SectorDevice {
    /// The device's own error, which reaches the caller of the reader unchanged.
    type Error: embedded_io::Error;

    /// Reads consecutive sectors of the file, from `first` on, until `buf` is full.
    ///
    /// The last sector of a file may be partial; the rest of it is then anything, zeros by custom.
    ///
    /// # Errors
    /// When not all of `buf` could be filled; what it then holds is not used.
    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error>;

    /// Reads consecutive device sectors of [`DEVICE_SECTOR_SIZE`] bytes of the file, from number `first` on, until `buf`
    /// is full: for readers that read little from many places, and so save most of the bytes that they do not need.
    ///
    /// Device sectors are asked for up to the end of the file's last sector. Unless a device can do better, whole sectors
    /// are read, and what is wanted of them is copied.
    ///
    /// # Errors
    /// As [`read_sectors`](Self::read_sectors).
    fn read_device_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        const EACH: u32 = (SECTOR_SIZE / DEVICE_SECTOR_SIZE) as u32;
        let (mut at, mut rest, mut sector) = (first, buf, Sector::ZERO);
        while !rest.is_empty() {
            let skip = (at.wrapping_rem(EACH) as usize).wrapping_mul(DEVICE_SECTOR_SIZE);
            let whole = rest.len() & !(SECTOR_MASK as usize);
            let is_whole = skip == 0 && whole > 0;
            let len = if is_whole {
                whole
            } else {
                SECTOR_SIZE.wrapping_sub(skip)
            };
            let now = map::take(&mut rest, len);
            if is_whole {
                self.read_sectors(at / EACH, now)?;
            } else {
                self.read_sectors(at / EACH, &mut sector.0)?;
                for (to, from) in now.iter_mut().zip(sector.0.iter().skip(skip)) {
                    *to = *from;
                }
            }
            at = at.wrapping_add((len / DEVICE_SECTOR_SIZE) as u32);
        }
        Ok(())
    }

    /// Sectors of the file, a last partial one included, or `None` if that is not known.
    fn sectors(&self) -> Option<u32> {
        None
    }

    /// Whether the processor has time for other work in [`read_sectors_while`](Self::read_sectors_while).
    fn overlaps(&self) -> bool {
        false
    }

    /// Reads as [`read_sectors`](Self::read_sectors) does, and runs `work` once: meanwhile, if the device can.
    ///
    /// Both are done when this returns, whatever became of the read. So the device has the buffer for no longer than
    /// the call, and a device is never left in the middle of a transfer that nobody waits for.
    ///
    /// # Errors
    /// As `read_sectors`.
    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), Self::Error> {
        let result = self.read_sectors(first, buf);
        work.run();
        result
    }
}

/// Something to do while a device reads, perhaps on another thread.
pub trait Work: Send {
    /// Does it.
    fn run(&mut self);
}

impl<F: FnMut() + Send> Work for F {
    fn run(&mut self) {
        self();
    }
}

impl<D: SectorDevice + ?Sized> SectorDevice for &mut D {
    type Error = D::Error;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        (**self).read_sectors(first, buf)
    }

    fn read_device_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        (**self).read_device_sectors(first, buf)
    }

    fn sectors(&self) -> Option<u32> {
        (**self).sectors()
    }

    fn overlaps(&self) -> bool {
        (**self).overlaps()
    }

    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), Self::Error> {
        (**self).read_sectors_while(first, buf, work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_sectors_are_parts_of_sectors() {
        let file: [u8; 5 * SECTOR_SIZE] = core::array::from_fn(|at| (at / 7) as u8);
        let mut device = MemoryDevice::new(&file);
        let mut buf = [0; 5 * SECTOR_SIZE];
        for first in 0..20 {
            for end in first + 1..=20 {
                let (start, end) = (first * DEVICE_SECTOR_SIZE, end * DEVICE_SECTOR_SIZE);
                let right = file.get(start..end).unwrap();
                let buf = buf.get_mut(..right.len()).unwrap();
                assert_eq!(device.read_device_sectors(first as u32, buf), Ok(()));
                assert_eq!(buf, right);
            }
        }
        assert!(device.read_device_sectors(19, &mut buf[..1024]).is_err());
    }
}
