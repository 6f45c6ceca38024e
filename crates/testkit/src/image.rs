//! ZSO files as other people's writers make them, from the format's rules and from nothing of the reader.

use core::ops::Range;

use zso::SECTOR_SIZE;

use crate::Rng;
use crate::encode::Encoder;

const HEADER_SIZE: usize = 24;
const ENTRY_SIZE: usize = 4;
const PLAIN: u32 = 1 << 31;

/// Which blocks are stored uncompressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plain {
    /// None, even where compression makes them longer.
    Never,
    /// All.
    Always,
    /// Those whose compressed size is at least this percentage of their own (R6).
    Threshold(u8),
    /// This percentage of them, whatever is in them.
    Random {
        /// Which ones.
        seed: u64,
        /// How many of a hundred.
        percent: u8,
    },
}

/// What fills space that no block uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Filler {
    /// Zeros.
    Zeros,
    /// Random bytes, which look like anything.
    Noise(u64),
}

/// Space that a writer leaves before blocks, beyond what `align` asks for (R3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gaps {
    /// Which gaps.
    pub seed: u64,
    /// The longest, in bytes; 0 for none.
    pub most: usize,
}

/// The index entry after the last block, when `align` cannot express where that ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndEntry {
    /// Rounded up, and the file is padded to it.
    Up,
    /// Rounded down, as the reference writer does: the entry comes short of the block's end.
    Down,
}

/// What becomes of the file's end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tail {
    /// Nothing.
    AsIs,
    /// It is padded to whole sectors.
    Pad,
    /// It is cut to whole sectors, as some installers do (R8).
    Cut,
}

/// Options of a writer.
///
/// The default is a plain good file: blocks of 2048 bytes, no align, high compression, threshold 95.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Builder {
    /// Bytes in a block; need not be valid.
    pub block_size: u32,
    /// Left shift of index entries; need not be valid up to 63.
    pub align: u8,
    /// How blocks are compressed.
    pub encoder: Encoder,
    /// Which are not.
    pub plain: Plain,
    /// What is in padding and gaps.
    pub filler: Filler,
    /// Space between blocks.
    pub gaps: Gaps,
    /// Whether plain blocks after others begin at a sector of the file.
    pub plain_runs: bool,
    /// The last index entry.
    pub end_entry: EndEntry,
    /// Bytes to which a last partial block is filled with zeros before it is compressed: maxcso's have `block_size`.
    pub last_block: Option<usize>,
    /// The header's `header_size`.
    pub header_size: u32,
    /// The header's `version`.
    pub version: u8,
    /// The file's end.
    pub tail: Tail,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            block_size: 2048,
            align: 0,
            // Miri calls no C library.
            encoder: if cfg!(miri) {
                Encoder::Fast
            } else {
                Encoder::Hc(9)
            },
            plain: Plain::Threshold(95),
            filler: Filler::Zeros,
            gaps: Gaps { seed: 0, most: 0 },
            plain_runs: false,
            end_entry: EndEntry::Up,
            last_block: None,
            header_size: HEADER_SIZE as u32,
            version: 1,
            tail: Tail::AsIs,
        }
    }
}

/// Where a block is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Its bytes in the file, padding and gaps not included.
    pub bytes: Range<usize>,
    /// Whether it is stored uncompressed.
    pub plain: bool,
}

/// A file, and where everything is in it, so that tests can damage precisely.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zso {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its blocks. The last ones may lie after the end of a file that was cut.
    pub blocks: Vec<Place>,
}

impl Zso {
    /// Where index entry `i` is; there is one more than there are blocks.
    #[must_use]
    pub fn entry_bytes(&self, i: usize) -> Range<usize> {
        let start = HEADER_SIZE + i * ENTRY_SIZE;
        start..start + ENTRY_SIZE
    }

    /// Index entry `i`.
    #[must_use]
    pub fn entry(&self, i: usize) -> u32 {
        let bytes = &self.bytes[self.entry_bytes(i)];
        bytes
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u32::from(byte))
    }

    /// Changes index entry `i`.
    pub fn set_entry(&mut self, i: usize, entry: u32) {
        let place = self.entry_bytes(i);
        self.bytes[place].copy_from_slice(&entry.to_le_bytes());
    }

    /// The byte at which the last block ends, as the index has it.
    #[must_use]
    pub fn end_of_data(&self) -> u64 {
        let align = self.bytes[21];
        u64::from(self.entry(self.blocks.len()) & !PLAIN) << align
    }

    /// Sectors of the file, a last partial one included.
    #[must_use]
    pub fn file_sectors(&self) -> u32 {
        self.bytes.len().div_ceil(SECTOR_SIZE) as u32
    }

    /// Bytes in the file for a hundred bytes of the image.
    #[must_use]
    pub fn percent_of(&self, image: &[u8]) -> f64 {
        self.bytes.len() as f64 * 100.0 / image.len() as f64
    }
}

impl Builder {
    /// Writes an image.
    ///
    /// # Panics
    /// When the options cannot express it: an offset of 2^31 units, an align of 64.
    #[must_use]
    pub fn build(&self, image: &[u8]) -> Zso {
        let blocks = image.chunks(self.block_size as usize);
        let mut writer = Writer::new(self, blocks.len());
        let places = blocks
            .map(|block| match self.last_block {
                Some(len) if block.len() < self.block_size as usize => {
                    let filled = [block, &vec![0; len - block.len()]].concat();
                    writer.put_block(&filled)
                }
                _ => writer.put_block(block),
            })
            .collect();
        writer.finish(image.len());
        let mut zso = Zso {
            bytes: writer.file,
            blocks: places,
        };
        for (i, entry) in writer.entries.into_iter().enumerate() {
            zso.set_entry(i, entry);
        }
        self.tail(&mut zso.bytes);
        zso
    }

    fn tail(&self, file: &mut Vec<u8>) {
        match self.tail {
            Tail::AsIs => {}
            Tail::Pad => file.resize(file.len().next_multiple_of(SECTOR_SIZE), 0),
            Tail::Cut => file.truncate(file.len() / SECTOR_SIZE * SECTOR_SIZE),
        }
    }

    fn header(&self, total_bytes: usize) -> Vec<u8> {
        let mut header = b"ZISO".to_vec();
        header.extend(self.header_size.to_le_bytes());
        header.extend((total_bytes as u64).to_le_bytes());
        header.extend(self.block_size.to_le_bytes());
        header.extend([self.version, self.align, 0, 0]);
        header
    }
}

/// A file under way.
struct Writer<'b> {
    options: &'b Builder,
    file: Vec<u8>,
    entries: Vec<u32>,
    plain: Rng,
    filler: Rng,
    gaps: Rng,
}

impl<'b> Writer<'b> {
    fn new(options: &'b Builder, blocks: usize) -> Self {
        let seed = |seed| Rng::new(seed);
        Self {
            options,
            file: vec![0; HEADER_SIZE + ENTRY_SIZE * (blocks + 1)],
            entries: Vec::new(),
            plain: seed(if let Plain::Random { seed, .. } = options.plain {
                seed
            } else {
                0
            }),
            filler: seed(if let Filler::Noise(seed) = options.filler {
                seed
            } else {
                0
            }),
            gaps: seed(options.gaps.seed),
        }
    }

    fn put_block(&mut self, block: &[u8]) -> Place {
        self.gap();
        self.pad();
        let packed = self.options.encoder.encode(block);
        let plain = self.is_plain(block.len(), packed.len());
        if self.options.plain_runs && plain && !self.ends_plain() {
            self.fill(self.file.len().next_multiple_of(SECTOR_SIZE) - self.file.len());
        }
        let start = self.file.len();
        self.file
            .extend_from_slice(if plain { block } else { &packed });
        let flag = if plain { PLAIN } else { 0 };
        self.entries.push(self.entry(start) | flag);
        Place {
            bytes: start..self.file.len(),
            plain,
        }
    }

    /// Whether the last block is a plain one, and ends at a sector.
    fn ends_plain(&self) -> bool {
        let is_plain = self.entries.last().is_some_and(|entry| entry & PLAIN != 0);
        is_plain && self.file.len().is_multiple_of(SECTOR_SIZE)
    }

    fn is_plain(&mut self, len: usize, packed: usize) -> bool {
        match self.options.plain {
            Plain::Never => false,
            Plain::Always => true,
            Plain::Threshold(percent) => packed * 100 >= len * usize::from(percent),
            Plain::Random { percent, .. } => self.plain.chance(percent),
        }
    }

    fn finish(&mut self, total_bytes: usize) {
        if self.options.end_entry == EndEntry::Up {
            self.gap();
            self.pad();
        }
        self.entries.push(self.entry(self.file.len()));
        let header = self.options.header(total_bytes);
        self.file[..HEADER_SIZE].copy_from_slice(&header);
    }

    fn entry(&self, offset: usize) -> u32 {
        let units = u32::try_from(offset >> self.options.align).expect("an offset in 32 bits");
        assert!(units < PLAIN, "offset {offset} needs a larger align");
        units
    }

    /// A gap of some bytes, or of none.
    fn gap(&mut self) {
        let most = self.options.gaps.most;
        if most > 0 && self.gaps.chance(50) {
            let len = self.gaps.within(1..most + 1);
            self.fill(len);
        }
    }

    /// Padding up to where an entry can point.
    fn pad(&mut self) {
        let end = self.file.len().next_multiple_of(1 << self.options.align);
        self.fill(end - self.file.len());
    }

    fn fill(&mut self, len: usize) {
        match self.options.filler {
            Filler::Zeros => self.file.resize(self.file.len() + len, 0),
            Filler::Noise(_) => self.file.extend(self.filler.bytes(len)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;

    #[test]
    fn the_smallest_file() {
        let zso = Builder {
            plain: Plain::Always,
            ..Builder::default()
        }
        .build(&[7; 2048]);
        assert_eq!(zso.bytes[..8], *b"ZISO\x18\0\0\0");
        assert_eq!(
            zso.bytes[8..24],
            [0, 8, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 1, 0, 0, 0]
        );
        assert_eq!((zso.entry(0), zso.entry(1)), (32 | PLAIN, 32 + 2048));
        assert_eq!(zso.bytes[32..], [7; 2048]);
    }

    #[test]
    fn entries_point_at_blocks() {
        let image = data::mixture(1, 20_000);
        let gaps = Gaps {
            seed: 1,
            most: 3000,
        };
        for align in 0..=12 {
            let builder = Builder {
                align,
                gaps,
                filler: Filler::Noise(2),
                ..Builder::default()
            };
            let zso = builder.build(&image);
            for (i, place) in zso.blocks.iter().enumerate() {
                assert_eq!(
                    ((zso.entry(i) & !PLAIN) as usize) << align,
                    place.bytes.start
                );
            }
            assert_eq!(
                (zso.entry(zso.blocks.len()) as usize) << align,
                zso.bytes.len()
            );
        }
    }

    #[test]
    fn an_end_rounded_down_comes_short() {
        let builder = Builder {
            align: 4,
            end_entry: EndEntry::Down,
            ..Builder::default()
        };
        let zso = builder.build(&data::text(1, 5000));
        assert!((zso.entry(3) as usize) << 4 < zso.bytes.len());
    }
}
