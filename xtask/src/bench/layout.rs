//! Where the blocks of a compressed file are.

use zso::format::Entry;

/// Blocks of one sector each, which is what the reader in the field can read.
pub struct Layout {
    /// Where each block begins in the file, in bytes, and where the last one ends.
    starts: Vec<u64>,
    /// Which blocks are stored as they are.
    plain: Vec<bool>,
    /// Sectors of the file, a last partial one included.
    pub file_sectors: u32,
}

impl Layout {
    /// Of a file of `len` bytes with this index.
    pub fn new(index: &[Entry], align: u8, len: u64) -> Self {
        let start = |entry: &Entry| u64::from(entry.offset()) << align;
        Self {
            starts: index.iter().map(start).collect(),
            plain: index.iter().map(|entry| entry.is_plain()).collect(),
            file_sectors: len.div_ceil(zso::SECTOR_SIZE as u64) as u32,
        }
    }

    /// How many there are: the sectors of the disc.
    pub fn blocks(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    /// Where a block begins, or where the one before it ends.
    pub fn start(&self, block: u32) -> u64 {
        self.starts[block as usize]
    }

    /// Bytes that some blocks fill in the file.
    pub fn size(&self, first: u32, count: u32) -> u64 {
        self.start(first + count) - self.start(first)
    }

    /// Whether a block is stored as it is.
    pub fn is_plain(&self, block: u32) -> bool {
        self.plain[block as usize]
    }
}
