//! Block devices whose sectors have 4096 bytes: more than a sector of a file.

use super::map::take;
use super::{BlockDevice, DEVICE_SECTOR_SIZE};

/// How many of the sectors that others see make one of the device's.
const PER_LARGE: usize = 8;

/// A sector of such a device.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct LargeSector([[u8; DEVICE_SECTOR_SIZE]; PER_LARGE]);

/// Transfers of a block device in sectors of 4096 bytes.
pub trait LargeBlockDevice {
    /// The device's own error.
    type Error: embedded_io::Error;

    /// Reads consecutive sectors, from `first` on, until `buf` is full, which is a whole number of them, never empty,
    /// and aligned to 4 bytes at least.
    ///
    /// # Errors
    /// When not all of `buf` could be filled.
    fn read_large(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), Self::Error>;
}

/// A device with large sectors, as one whose sectors have 512 bytes.
///
/// Whole sectors go to where they are wanted. A part of one goes through memory in here, which keeps its sector: what
/// reads on from the middle of one does not read it again.
///
/// ```
/// use zso::device::{BlockDevice, LargeBlockDevice, LargeSectors};
///
/// /// A disk whose sectors have 4096 bytes: 8 buffers each.
/// struct Disk;
///
/// impl LargeBlockDevice for Disk {
///     type Error = embedded_io::ErrorKind;
///
///     fn read_large(&mut self, first: u64, buf: &mut [[u8; 512]]) -> Result<(), Self::Error> {
///         for (n, block) in (first * 8..).zip(buf) {
///             block.fill(n as u8);
///         }
///         Ok(())
///     }
/// }
///
/// let mut blocks = [[0; 512]; 2];
/// LargeSectors::new(Disk).read_blocks(15, &mut blocks)?;
/// assert_eq!((blocks[0][0], blocks[1][0]), (15, 16));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct LargeSectors<B> {
    start: Start<B>,
    bounce: LargeSector,
}

/// What is before the memory: all that has to be written where any bytes will do for the rest.
#[derive(Debug)]
pub(crate) struct Start<B> {
    device: B,
    /// The sector in the memory; nowhere while it is being read.
    bounced: u64,
}

/// No sector of any device.
const NOWHERE: u64 = u64::MAX;

impl<B> Start<B> {
    /// Before memory that holds no sector yet.
    pub(crate) fn new(device: B) -> Self {
        Self {
            device,
            bounced: NOWHERE,
        }
    }
}

impl<B: LargeBlockDevice> LargeSectors<B> {
    /// `device`, with memory for one of its sectors: 4160 bytes.
    pub fn new(device: B) -> Self {
        Self {
            start: Start::new(device),
            bounce: LargeSector([[0; DEVICE_SECTOR_SIZE]; PER_LARGE]),
        }
    }
}

impl<B: LargeBlockDevice> BlockDevice for LargeSectors<B> {
    type Error = B::Error;

    #[inline]
    fn read_blocks(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), B::Error> {
        let (mut sector, mut rest) = (first >> PER_LARGE.trailing_zeros(), buf);
        let mut skip = first as usize % PER_LARGE;
        while !rest.is_empty() {
            let whole = rest.len() / PER_LARGE;
            if skip == 0 && whole > 0 {
                let now = take(&mut rest, whole.wrapping_mul(PER_LARGE));
                self.start.device.read_large(sector, now)?;
                sector = sector.wrapping_add(whole as u64);
                continue;
            }
            if self.start.bounced != sector {
                self.start.bounced = NOWHERE;
                self.start.device.read_large(sector, &mut self.bounce.0)?;
                self.start.bounced = sector;
            }
            let part = self.bounce.0.get(skip..).unwrap_or_default();
            let now = take(&mut rest, part.len());
            // invariant: `now` is no longer than `part`.
            now.copy_from_slice(part.get(..now.len()).unwrap_or_default());
            sector = sector.wrapping_add(1);
            skip = 0;
        }
        Ok(())
    }
}
