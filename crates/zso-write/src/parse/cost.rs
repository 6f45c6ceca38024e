//! What a sequence costs the console's decoder: measured constants.
//!
//! The table belongs to the decoder of `src/lz4/mips.s`: whoever changes that measures again, with
//! `cargo xtask parse --fit`, which prints the table below from the current object.

use super::sequences::{Sequence, Sequences};

/// A cycle of the R3000A, in the unit of [`Costs`].
pub const CYCLE: u32 = 16;

/// Lengths that have an entry of their own.
pub const LENGTHS: usize = 16;
/// A length after them takes the entry of the last one that differs by a multiple of this.
pub const PERIOD: usize = 8;
/// A length that is so much longer than the shortest one takes a byte beside its token.
const MORE: usize = 15;
/// What such a byte can add, before another one is needed.
const EACH: usize = 255;
/// LZ4: the shortest match.
pub const MIN_MATCH: usize = 4;
/// Offsets up to here are decoded in another way: words cannot be copied from so near.
pub const NEAR: usize = 3;

/// What the parts of a block cost, in parts of a [`CYCLE`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Costs {
    /// A run of literals before a match.
    pub literals: Lengths,
    /// A match, and all that a sequence takes whatever its lengths are; the first entry is for four bytes.
    pub matches: Lengths,
    /// What it takes besides to copy from 1, 2, 3 bytes back.
    pub near: [u32; NEAR],
    /// Each literal after the last match.
    pub last_literal: u32,
}

impl Costs {
    /// Cycles that a valid block takes.
    #[must_use]
    pub fn cycles(&self, block: &[u8]) -> u64 {
        let cost = |sequence: Sequence| match sequence.found {
            None => self.last_literal * sequence.literals as u32,
            Some((offset, len)) => {
                let near = offset.checked_sub(1).and_then(|near| self.near.get(near));
                self.literals.of(sequence.literals)
                    + self.matches.of(len.saturating_sub(MIN_MATCH))
                    + near.copied().unwrap_or(0)
            }
        };
        let sum: u64 = Sequences::of(block).map(cost).map(u64::from).sum();
        sum / u64::from(CYCLE)
    }
}

/// A cost for each length, counted from the shortest one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lengths {
    /// The shortest ones.
    pub table: [u32; LENGTHS],
    /// [`PERIOD`] bytes more.
    pub period: u32,
    /// Each byte that a length takes beside its token.
    pub more: u32,
}

impl Lengths {
    /// The cost of a length.
    #[must_use]
    pub fn of(&self, len: usize) -> u32 {
        let (entry, periods) = entry(len);
        let entry = self.table.get(entry).copied().unwrap_or(0);
        entry + periods * self.period + more(len) * self.more
    }
}

/// Which entry is a length's, and how many periods come on top.
#[must_use]
pub fn entry(len: usize) -> (usize, u32) {
    let periods = len.saturating_sub(LENGTHS - PERIOD) / PERIOD;
    (len - periods * PERIOD, periods as u32)
}

/// Bytes that a length takes beside its token.
#[must_use]
pub fn more(len: usize) -> u32 {
    match len.checked_sub(MORE) {
        Some(rest) => (rest / EACH) as u32 + 1,
        None => 0,
    }
}

/// The decoder of `src/lz4/mips.s`.
pub const CONSOLE: Costs = Costs {
    literals: Lengths {
        table: [
            0, 138, 250, 250, 357, 471, 471, 471, 471, 568, 628, 628, 679, 823, 761, 814,
        ],
        period: 359,
        more: 377,
    },
    matches: Lengths {
        table: [
            839, 962, 893, 943, 1008, 1089, 1089, 1126, 1233, 1311, 1311, 1222, 1397, 1650, 1578,
            1442,
        ],
        period: 388,
        more: 235,
    },
    near: [875, 1186, 2650],
    last_literal: 46,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_takes_what_its_parts_take() {
        // A literal and a match of 300 bytes from one byte back, then five literals.
        let mut block = vec![0x1F, 7, 1, 0, 255, 26];
        block.extend([0x50, 1, 2, 3, 4, 5]);
        let parts = 138 + CONSOLE.matches.of(296) + 875 + 5 * 46;
        assert_eq!(CONSOLE.cycles(&block), u64::from(parts / CYCLE));
        assert_eq!(CONSOLE.cycles(&[]), 0);
    }

    #[test]
    fn long_lengths_go_on_from_the_last_entries() {
        let lengths = Lengths {
            table: std::array::from_fn(|i| i as u32),
            period: 100,
            more: 10_000,
        };
        let expected = [
            (0, 0),
            (14, 14),
            (15, 10_015),
            (16, 10_108),
            (23, 10_115),
            (24, 10_208),
            (269, 10_013 + 3200),
            (270, 20_014 + 3200),
        ];
        for (len, cost) in expected {
            assert_eq!(lengths.of(len), cost, "{len}");
        }
    }
}
