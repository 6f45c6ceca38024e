//! A file in fragments on a block device: USB, MX4SIO, iLink, exFAT on a hard disk, UDPBD.

use core::fmt;

use heapless::Vec;

use super::map::{MapError, take};
use super::{BlockDevice, DEVICE_SECTOR_SIZE, SectorDevice};
use crate::sector::SECTOR_SIZE;

/// Most extents of a file: the console's block device manager hands up to 64 fragments to a game, and a game on the
/// internal hard disk has up to 65 parts.
pub const MAX_EXTENTS: usize = 65;

/// `log2` of how many sectors of 512 bytes make the largest of any device.
const MAX_SCALE: u32 = 3;

/// Consecutive 512-byte sectors of the device, as file systems' tables have them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fragment {
    /// The first sector, counted from the device's start.
    pub start: u64,
    /// How many.
    pub count: u32,
}

impl Fragment {
    /// `count` sectors from `start` on of a device whose sectors have `512 << scale` bytes, which are 4096 at most;
    /// nothing where there cannot be as many.
    #[must_use]
    #[inline]
    pub fn of_larger(mut start: u64, mut count: u32, scale: u32) -> Option<Self> {
        if scale > MAX_SCALE {
            return None;
        }
        // Doubled, as the console's processor multiplies 32 bits.
        for _ in 0..scale {
            start = start.checked_add(start)?;
            count = count.checked_add(count)?;
        }
        Some(Self { start, count })
    }
}

/// Why a fragment cannot be a file's next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FragmentError {
    /// There are [`MAX_EXTENTS`] extents already, and it adjoins none.
    TooMany,
    /// It begins beyond the 2^63rd sector, or the file would have 2^31 sectors of the device: 1 TiB.
    TooLong {
        /// The fragment.
        fragment: Fragment,
        /// Sectors of the device before it in the file.
        before: u32,
    },
}

impl fmt::Display for FragmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "a file in more than {MAX_EXTENTS} pieces"),
            Self::TooLong { fragment, before } => {
                let Fragment { start, count } = *fragment;
                write!(
                    f,
                    "a fragment of {count} sectors from {start} on, after {before} others"
                )
            }
        }
    }
}

impl core::error::Error for FragmentError {}

/// An extent as it is looked up.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed(4))]
struct Extent {
    /// How far its sectors lie after their places in the file, which is the same for an extent that adjoins it.
    shift: u64,
    /// The place in the file after it.
    end: u32,
}

/// The sectors of a file, by its table of fragments.
///
/// A request becomes one transfer for each extent that it touches.
///
/// ```
/// use zso::SectorDevice;
/// use zso::device::{BlockDevice, Fragment, FragmentDevice};
/// # struct Disk(Vec<[u8; 512]>);
/// # impl BlockDevice for Disk {
/// #     type Error = embedded_io::ErrorKind;
/// #     fn read_blocks(&mut self, first: u64, buf: &mut [[u8; 512]]) -> Result<(), Self::Error> {
/// #         buf.copy_from_slice(&self.0[first as usize..][..buf.len()]);
/// #         Ok(())
/// #     }
/// # }
/// # let disk = Disk((0..100).map(|n| [n; 512]).collect());
///
/// // `disk` is a BlockDevice; the file system's table says where the file lies on it.
/// let mut file = FragmentDevice::new(disk);
/// file.push(Fragment { start: 40, count: 2 })?;
/// assert_eq!(file.push(Fragment { start: 7, count: 6 })?, 2); // 8 sectors of 512 bytes
///
/// let mut sector = [0; 2048];
/// file.read_sectors(0, &mut sector)?;
/// assert_eq!((sector[512], sector[1024]), (41, 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FragmentDevice<B> {
    pub(super) device: B,
    /// Sectors of the device that the file has: the end of the last extent.
    pub(super) blocks: u32,
    extents: Vec<Extent, MAX_EXTENTS>,
}

impl<B: BlockDevice> FragmentDevice<B> {
    /// A file on `device` without any fragments so far.
    pub fn new(device: B) -> Self {
        Self {
            device,
            blocks: 0,
            extents: Vec::new(),
        }
    }

    /// Appends the file's next fragment; one that adjoins the one before it becomes a part of it. Returns the sectors
    /// of the file so far, a last partial one included.
    ///
    /// # Errors
    /// When the file would be too long, or in too many pieces; it is then as before.
    #[inline]
    pub fn push(&mut self, fragment: Fragment) -> Result<u32, FragmentError> {
        let before = self.blocks;
        let end = before.wrapping_add(fragment.count);
        let high = (fragment.start >> 32) as u32;
        if (end | fragment.count | high) > i32::MAX as u32 {
            return Err(FragmentError::TooLong { fragment, before });
        }
        let shift = fragment.start.wrapping_sub(before.into());
        match self.extents.as_mut_slice() {
            [.., last] if last.shift == shift => last.end = end,
            _ => {
                let pushed = self.extents.push(Extent { shift, end });
                pushed.map_err(|_| FragmentError::TooMany)?;
            }
        }
        self.blocks = end;
        Ok(file_sectors(end))
    }

    /// How many extents there are: fragments, those that adjoin being one.
    #[must_use]
    pub fn extents(&self) -> usize {
        self.extents.len()
    }
}

/// Sectors of a file of fewer than 2^31 sectors of the device.
fn file_sectors(blocks: u32) -> u32 {
    blocks.wrapping_add(PER_SECTOR - 1) / PER_SECTOR
}

/// How many of the device's sectors make one of the file's.
const PER_SECTOR: u32 = (SECTOR_SIZE / DEVICE_SECTOR_SIZE) as u32;

/// A place after the end of any file.
const BEYOND: u32 = 1 << 31;

impl<B: BlockDevice> SectorDevice for FragmentDevice<B> {
    type Error = MapError<B::Error>;

    #[inline]
    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        let (mut rest, _) = buf.as_chunks_mut();
        let mut at = first.min(BEYOND / PER_SECTOR).wrapping_mul(PER_SECTOR);
        for extent in &self.extents {
            if at < extent.end {
                let left = extent.end.wrapping_sub(at) as usize;
                let start = extent.shift.wrapping_add(at.into());
                let now = take(&mut rest, left);
                if now.is_empty() {
                    break;
                }
                at = at.wrapping_add(now.len() as u32);
                self.device
                    .read_blocks(start, now)
                    .map_err(MapError::Device)?;
            }
        }
        // Of the last sector, the device may have only a part.
        if rest.len() < PER_SECTOR as usize {
            return Ok(());
        }
        let sectors = file_sectors(self.blocks);
        Err(MapError::PastEnd { first, sectors })
    }

    fn sectors(&self) -> Option<u32> {
        Some(file_sectors(self.blocks))
    }
}
