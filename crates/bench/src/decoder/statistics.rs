//! What sequences a sample is made of.

use super::histogram::Histogram;
use super::sample::Sample;
use zso_write::lz4::sequences::Sequences;

/// Literal runs that the decoder treats alike.
const LITERALS: [usize; 9] = [0, 1, 2, 4, 5, 9, 15, 32, 270];
/// The same for matches.
const MATCHES: [usize; 8] = [4, 5, 9, 13, 19, 32, 64, 274];
/// The same for offsets.
const OFFSETS: [usize; 9] = [1, 2, 3, 4, 5, 8, 16, 64, 256];

pub struct Statistics {
    pub sequences: u64,
    /// Compressed bytes.
    pub compressed: u64,
    /// Lengths of literal runs, with the bytes in them.
    pub literals: Histogram,
    /// Lengths of matches, likewise.
    pub matches: Histogram,
    /// Offsets, with the bytes of their matches.
    pub offsets: Histogram,
    /// Matches whose offset is a multiple of four.
    pub whole_words: u64,
}

impl Statistics {
    pub fn of(sample: &Sample) -> Self {
        let mut statistics = Self {
            sequences: 0,
            compressed: 0,
            literals: Histogram::new(&LITERALS),
            matches: Histogram::new(&MATCHES),
            offsets: Histogram::new(&OFFSETS),
            whole_words: 0,
        };
        for block in &sample.blocks {
            statistics.add(&block.compressed);
        }
        statistics
    }

    fn add(&mut self, block: &[u8]) {
        self.compressed += block.len() as u64;
        for sequence in Sequences::of(block) {
            self.sequences += 1;
            self.literals.add(sequence.literals, sequence.literals);
            if let Some((offset, len)) = sequence.found {
                self.matches.add(len, len);
                self.offsets.add(offset, len);
                self.whole_words += u64::from(offset.is_multiple_of(4));
            }
        }
    }
}
