//! The loads and stores that no decoder of the same sequences can do without.
//!
//! The model: a register holds four bytes, an access moves bytes of one aligned word, and whatever is not an access is
//! free. The source is read once, so each of its words is loaded once. A match is loaded from where it was written,
//! word by word, and no further than its offset, since what repeats can be kept. Each run is stored word by word; two
//! runs that meet inside a word store to it twice. That takes free registers without end and free shifts, so it is a
//! bound and no decoder.

use core::ops::Range;

use super::sample::Sample;
use zso_write::lz4::sequences::Sequences;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Accesses {
    pub loads: u64,
    pub stores: u64,
}

/// The least that the blocks of a sample take.
pub fn of(sample: &Sample) -> Accesses {
    let mut accesses = Accesses::default();
    for block in &sample.blocks {
        accesses.add(&block.compressed);
    }
    accesses
}

impl Accesses {
    /// Adds a block whose source and destination begin where words do.
    fn add(&mut self, block: &[u8]) {
        self.loads += words(0..block.len());
        let mut at = 0;
        for sequence in Sequences::of(block) {
            self.stores += words(at..at + sequence.literals);
            at += sequence.literals;
            if let Some((offset, len)) = sequence.found {
                let from = at - offset;
                self.loads += words(from..from + len.min(offset));
                self.stores += words(at..at + len);
                at += len;
            }
        }
    }
}

/// Aligned words that have bytes in a range.
fn words(bytes: Range<usize>) -> u64 {
    if bytes.is_empty() {
        0
    } else {
        (bytes.end.div_ceil(4) - bytes.start / 4) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::encode::{Match, put_sequence};

    #[test]
    fn words_that_are_touched() {
        let ranges = [0..0, 3..3, 0..4, 3..5, 1..8, 1..9];
        assert_eq!(ranges.map(words), [0, 0, 1, 2, 2, 3]);
    }

    #[test]
    fn a_run_is_loaded_as_far_as_it_does_not_repeat() {
        let mut block = Vec::new();
        let found = Match {
            offset: 1,
            len: 100,
        };
        put_sequence(&mut block, b"ab", Some(found));
        put_sequence(&mut block, b"vwxyz", None);
        let mut accesses = Accesses::default();
        accesses.add(&block);
        // 12 bytes of block; one byte of the match. Words 0; 0 to 25; 25 and 26.
        assert_eq!(block.len(), 12);
        assert_eq!(
            accesses,
            Accesses {
                loads: 3 + 1,
                stores: 1 + 26 + 2
            }
        );
    }
}
