//! What a sequence costs the console's decoder: measured constants.
//!
//! The table belongs to the decoder of `src/lz4/mips.s`: whoever changes that measures again, with
//! `cargo xtask parse --fit`, which prints the table below from the object at hand.

/// A cycle of the R3000A, in the unit of [`Costs`].
pub const CYCLE: u32 = 16;

/// Lengths that have an entry of their own.
pub const LENGTHS: usize = 24;
/// Behind them an entry stands for all lengths that differ by a multiple of this.
pub const PERIOD: usize = 8;
/// LZ4: the shortest match.
pub const MIN_MATCH: usize = 4;
/// Offsets up to here are decoded in another way: words cannot be copied from so near.
pub const NEAR: usize = 3;

/// What the parts of a block cost, in parts of a [`CYCLE`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Costs {
    /// A run of literals in front of a match.
    pub literals: Lengths,
    /// A match, and all that a sequence takes whatever its lengths are; the first entry is for four bytes.
    pub matches: Lengths,
    /// What it takes besides to copy from 1, 2, 3 bytes back.
    pub near: [u32; NEAR],
    /// Each literal behind the last match.
    pub last_literal: u32,
}

/// A cost for each length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lengths {
    /// The shortest ones.
    pub table: [u32; LENGTHS],
    /// [`PERIOD`] bytes more.
    pub period: u32,
}

impl Lengths {
    /// The cost of the `i`-th length.
    #[must_use]
    pub fn of(&self, i: usize) -> u32 {
        let periods = i.saturating_sub(LENGTHS - PERIOD) / PERIOD;
        let entry = self.table.get(i - periods * PERIOD).copied();
        entry.unwrap_or(0) + periods as u32 * self.period
    }
}

/// The decoder of `src/lz4/mips.s`.
pub const CONSOLE: Costs = Costs {
    literals: Lengths {
        table: [
            0, 318, 318, 318, 318, 636, 636, 636, 636, 955, 955, 955, 955, 1273, 1273, 1523, 1523,
            1841, 1841, 1841, 1841, 2160, 2160, 2160,
        ],
        period: 636,
    },
    matches: Lengths {
        table: [
            1357, 1675, 1675, 1675, 1675, 1993, 1993, 1993, 1993, 2311, 2311, 2311, 2311, 2629,
            2629, 2868, 2868, 3186, 3186, 3186, 3186, 3504, 3504, 3504,
        ],
        period: 636,
    },
    near: [627, 339, 388],
    last_literal: 193,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lengths_go_on_from_the_last_entries() {
        let lengths = Lengths {
            table: std::array::from_fn(|i| i as u32),
            period: 100,
        };
        let expected = [(0, 0), (23, 23), (24, 116), (31, 123), (32, 216), (2040, 16 + 253 * 100)];
        for (i, cost) in expected {
            assert_eq!(lengths.of(i), cost, "{i}");
        }
    }
}
