//! Games on the internal hard disk, as HDLoader installs them: a header that tells where their parts are, each in a
//! partition of APA's.

use core::fmt;

use super::{BlockDevice, DEVICE_SECTOR_SIZE, Fragment, FragmentDevice, FragmentError};
use crate::sector::SECTOR_SIZE;

/// Where the header is: so many sectors of 512 bytes after the start of the game's main partition.
pub const HDL_HEADER_OFFSET: u32 = 0x808;

/// What the header begins with.
const MAGIC: u32 = 0xDEAD_FEED;

/// How many of the disk's sectors make one of the file's.
const PER_SECTOR: u32 = (SECTOR_SIZE / DEVICE_SECTOR_SIZE) as u32;

/// Where things are in the header, in words.
mod word {
    pub const MAGIC: usize = 0;
    pub const LAYER_BREAK: usize = 0xE8 / 4;
    pub const MEDIA: usize = 0xEC / 4;
    pub const PARTS: usize = 0xF0 / 4;
    pub const FIRST_PART: usize = 0xF4 / 4;
    pub const PER_PART: usize = 3;
}

/// Memory for the header, which is two sectors of the disk.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct HdlHeader(pub [[u8; DEVICE_SECTOR_SIZE]; 2]);

impl HdlHeader {
    /// Zeros.
    pub const ZERO: Self = Self([[0; DEVICE_SECTOR_SIZE]; 2]);

    /// Where the disc's second layer begins; 0 if it has one layer.
    #[must_use]
    pub fn layer_break(&self) -> u32 {
        self.word(word::LAYER_BREAK)
    }

    /// What kind of disc it is: 0x12 for a CD, 0x14 for a DVD.
    #[must_use]
    pub fn media(&self) -> u32 {
        self.word(word::MEDIA)
    }

    /// The parts, each three words: its place in the file in sectors of 2048 bytes, its start on the disk in sectors of
    /// 512, and its size in bytes.
    fn parts(&self, count: u32) -> Option<&[[[u8; 4]; word::PER_PART]]> {
        let (words, _) = self.0.as_flattened().as_chunks();
        let (parts, _) = words.get(word::FIRST_PART..)?.as_chunks();
        parts
            .get(..count as usize)
            .filter(|parts| !parts.is_empty())
    }

    /// A little-endian word, or 0 after the end.
    fn word(&self, n: usize) -> u32 {
        let (words, _) = self.0.as_flattened().as_chunks();
        words.get(n).map_or(0, |word| u32::from_le_bytes(*word))
    }
}

/// Why there is no game at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HdlError<E> {
    /// The disk failed; this is its own error.
    Device(E),
    /// The header does not begin with HDLoader's number.
    NotHdl {
        /// What it begins with.
        magic: u32,
    },
    /// There are no parts, or more than the header has room for.
    Parts {
        /// How many the header says that there are.
        parts: u32,
    },
    /// A part does not begin where the one before it ends.
    Gap {
        /// Where it begins, in sectors of 2048 bytes.
        offset: u32,
        /// Where the one before it ends, in sectors of 512 bytes.
        before: u32,
    },
    /// A part cannot be where it is.
    Part(FragmentError),
}

impl<E: fmt::Display> fmt::Display for HdlError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(error) => error.fmt(f),
            Self::NotHdl { magic } => write!(f, "not a game of HDLoader's: magic {magic:#010x}"),
            Self::Parts { parts } => write!(f, "a game in {parts} parts"),
            Self::Gap { offset, before } => write!(
                f,
                "a part of the game begins at sector {offset}, the one before it ends at {before} quarters"
            ),
            Self::Part(error) => error.fmt(f),
        }
    }
}

impl<E: embedded_io::Error> core::error::Error for HdlError<E> {}

impl<B: BlockDevice> FragmentDevice<B> {
    /// Reads the header at sector `header_at` of the disk, which is [`HDL_HEADER_OFFSET`] after the partition's start,
    /// and appends the game's parts: to an empty map, as a rule. Returns the sectors of the file, a last partial one
    /// included.
    ///
    /// # Errors
    /// When the disk fails, or there is no game. The map is then of no use.
    ///
    /// ```
    /// use zso::SectorDevice;
    /// use zso::device::{BlockDevice, DEVICE_SECTOR_SIZE, FragmentDevice, HDL_HEADER_OFFSET, HdlHeader};
    ///
    /// /// A disk in memory.
    /// struct Disk(Vec<u8>);
    ///
    /// impl BlockDevice for Disk {
    ///     type Error = embedded_io::ErrorKind;
    ///
    ///     fn read_blocks(&mut self, first: u64, buf: &mut [[u8; DEVICE_SECTOR_SIZE]]) -> Result<(), Self::Error> {
    ///         let start = first as usize * DEVICE_SECTOR_SIZE;
    ///         let bytes = self.0.get(start..start + buf.as_flattened().len());
    ///         buf.as_flattened_mut().copy_from_slice(bytes.ok_or(Self::Error::InvalidInput)?);
    ///         Ok(())
    ///     }
    /// }
    ///
    /// // A game of two sectors of 2048 bytes, in a part that begins at sector 4096 of the disk.
    /// let mut disk = vec![0; 4104 * DEVICE_SECTOR_SIZE];
    /// disk[4096 * DEVICE_SECTOR_SIZE..].fill(7);
    /// // The magic, the number of parts, and the part: its place in the file, its start, and its size in bytes.
    /// let header_at = HDL_HEADER_OFFSET as usize * DEVICE_SECTOR_SIZE;
    /// for (at, word) in [(0, 0xDEAD_FEED_u32), (0xF0, 1), (0xF4, 0), (0xF8, 4096), (0xFC, 4096)] {
    ///     disk[header_at + at..][..4].copy_from_slice(&word.to_le_bytes());
    /// }
    ///
    /// // The game's main partition begins with the disk.
    /// let mut file = FragmentDevice::new(Disk(disk));
    /// assert_eq!(file.push_hdl(HDL_HEADER_OFFSET, &mut HdlHeader::ZERO.clone())?, 2);
    /// let mut sectors = [0; 2 * 2048];
    /// file.read_sectors(0, &mut sectors)?;
    /// assert_eq!(sectors, [7; 2 * 2048]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn push_hdl(
        &mut self,
        header_at: u32,
        header: &mut HdlHeader,
    ) -> Result<u32, HdlError<B::Error>> {
        self.device
            .read_blocks(header_at.into(), &mut header.0)
            .map_err(HdlError::Device)?;
        let magic = header.word(word::MAGIC);
        if magic != MAGIC {
            return Err(HdlError::NotHdl { magic });
        }
        let mut sectors = 0;
        let parts = header.word(word::PARTS);
        for part in header.parts(parts).ok_or(HdlError::Parts { parts })? {
            let [offset, start, size] = part.map(u32::from_le_bytes);
            let before = self.blocks;
            if offset != before / PER_SECTOR || !before.is_multiple_of(PER_SECTOR) {
                return Err(HdlError::Gap { offset, before });
            }
            let fragment = Fragment {
                start: start.into(),
                count: size.div_ceil(DEVICE_SECTOR_SIZE as u32),
            };
            sectors = self.push(fragment).map_err(HdlError::Part)?;
        }
        Ok(sectors)
    }
}
