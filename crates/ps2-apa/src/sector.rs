//! Numbers of sectors, and runs of them.

use std::fmt;

/// Bytes of a disk's sector. A disc's have four times as many.
pub const SECTOR_SIZE: usize = 512;
/// Sectors of the smallest partition that this crate makes: 128 MiB. All others begin at multiples of it.
pub const CHUNK: u32 = 0x4_0000;
/// Sectors of the smallest partition that other tools make: 8 MiB.
pub(crate) const GRAIN: u32 = 0x4000;

/// The number of a sector on a disk. Headers have 32 bits for it, so a table reaches 2 TiB.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Lba(pub u32);

/// A run of sectors.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Extent {
    /// Its first sector.
    pub start: Lba,
    /// How many there are.
    pub sectors: u32,
}

impl Lba {
    /// The sector's first byte on the disk.
    pub fn byte(self) -> u64 {
        u64::from(self.0) * SECTOR_SIZE as u64
    }
}

impl Extent {
    /// A run of so many sectors from `start` on.
    pub const fn new(start: Lba, sectors: u32) -> Self {
        Self { start, sectors }
    }

    /// The sector after the last one, which no [`Lba`] may be able to express.
    pub fn end(self) -> u64 {
        u64::from(self.start.0) + u64::from(self.sectors)
    }

    /// Whether all of `other` is in it.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end() <= self.end()
    }

    /// Whether a sector is in both.
    pub fn overlaps(self, other: Self) -> bool {
        u64::from(self.start.0) < other.end() && u64::from(other.start.0) < self.end()
    }
}

impl fmt::Display for Lba {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}
