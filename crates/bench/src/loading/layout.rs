//! Where the blocks of a compressed file are, and how much work they are.

use anyhow::{Context, Result};
use zso::SECTOR_SIZE;
use zso::format::Entry;

use common::ZsoFile;
use zso_write::lz4::sequences::Sequences;

/// Blocks of one sector each, which is what OPL's C reader can read.
pub struct Layout {
    /// Where each block begins in the file, in bytes, and where the last one ends.
    starts: Vec<u64>,
    /// Sequences of each block; none for those stored as they are.
    sequences: Vec<Option<u32>>,
    /// Sectors of the file, a last partial one included.
    pub file_sectors: u32,
}

impl Layout {
    /// Of a file.
    pub fn of(zso: &ZsoFile) -> Result<Self> {
        let len = zso.len;
        Self::new(zso.index(), zso.header.align(), len, |block| {
            zso.stored(block)
        })
    }

    /// Of a file of `len` bytes with this index; `stored` tells what a block is stored as.
    pub fn new(
        index: &[Entry],
        align: u8,
        len: u64,
        stored: impl Fn(u32) -> Result<Vec<u8>>,
    ) -> Result<Self> {
        let start = |entry: &Entry| u64::from(entry.offset()) << align;
        let blocks = index.len().saturating_sub(1);
        let sequences = (0..).zip(&index[..blocks]).map(|(block, entry)| {
            if entry.is_plain() {
                return Ok(None);
            }
            let count = sequences(&stored(block)?);
            Ok(Some(count.with_context(|| {
                format!("block {block} ends too early")
            })?))
        });
        Ok(Self {
            starts: index.iter().map(start).collect(),
            sequences: sequences.collect::<Result<_>>()?,
            file_sectors: len.div_ceil(SECTOR_SIZE as u64) as u32,
        })
    }

    /// How many there are: the sectors of the disc.
    pub fn blocks(&self) -> u32 {
        self.sequences.len() as u32
    }

    /// Where a block begins, or where the one before it ends.
    pub fn start(&self, block: u32) -> u64 {
        self.starts[block as usize]
    }

    /// Bytes that some blocks fill in the file.
    pub fn size(&self, first: u32, count: u32) -> u64 {
        self.start(first + count) - self.start(first)
    }

    /// Sequences of a block; none if it is stored as it is.
    pub fn sequences(&self, block: u32) -> Option<u32> {
        self.sequences[block as usize]
    }
}

/// Sequences of a block, up to a sector of output; what is stored after them is padding.
fn sequences(block: &[u8]) -> Option<u32> {
    let mut out = 0;
    let ends = Sequences::of(block).map(|sequence| {
        out += sequence.literals + sequence.found.map_or(0, |(_, len)| len);
        out
    });
    let whole = ends.into_iter().position(|end| end >= SECTOR_SIZE)?;
    Some(whole as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::encode::{Encoder, Match, put_sequence};

    impl Layout {
        /// Blocks with these sizes after an index of 5000 bytes; those of a whole sector are plain.
        pub fn of_sizes(sizes: impl IntoIterator<Item = u32>) -> Self {
            let mut place = 5000;
            let mut index = Vec::new();
            for size in sizes {
                let plain = size as usize == SECTOR_SIZE;
                index.push(Entry::new(place, plain, 0).unwrap());
                place += u64::from(size);
            }
            index.push(Entry::new(place, false, 0).unwrap());
            // A run: one sequence, and one for its last literals.
            let block = Encoder::Hc(9).encode(&[0; SECTOR_SIZE]);
            Self::new(&index, 0, place, |_| Ok(block.clone())).unwrap()
        }
    }

    #[test]
    fn blocks_are_where_the_index_says() {
        let layout = Layout::of_sizes([100, 2048, 50]);
        assert_eq!(layout.blocks(), 3);
        assert_eq!(layout.start(3), 7198);
        assert_eq!(layout.size(1, 2), 2098);
        assert_eq!(
            [0, 1, 2].map(|block| layout.sequences(block)),
            [Some(2), None, Some(2)]
        );
        assert_eq!(layout.file_sectors, 4);
    }

    #[test]
    fn a_block_that_ends_too_early_is_an_error() {
        let index = [0, 100].map(Entry);
        assert!(Layout::new(&index, 0, 100, |_| Ok(vec![0xF0; 9])).is_err());
    }

    #[test]
    fn sequences_are_counted_up_to_a_sector() {
        let mut block = Vec::new();
        let found = |len| Some(Match { offset: 1, len });
        put_sequence(&mut block, &[7; 300], found(1700));
        put_sequence(&mut block, &[], found(4));
        put_sequence(&mut block, &[1; 44], None);
        assert_eq!(sequences(&block), Some(3));
        assert_eq!(sequences(&block[..block.len() - 1]), None);
        block.extend([0; 9]);
        assert_eq!(sequences(&block), Some(3));
    }
}
