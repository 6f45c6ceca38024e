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
            0, 323, 330, 321, 322, 645, 649, 648, 645, 962, 976, 975, 964, 1289, 1294, 1556, 1515,
            1859, 1853, 1860, 1839, 2176, 2168, 2181,
        ],
        period: 649,
    },
    matches: Lengths {
        table: [
            1365, 1679, 1670, 1682, 1692, 1998, 2005, 2004, 1997, 2336, 2308, 2326, 2328, 2651,
            2636, 2939, 2874, 3187, 3195, 3207, 3204, 3504, 3402, 3600,
        ],
        period: 650,
    },
    near: [519, 321, 457],
    last_literal: 194,
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
        let expected = [
            (0, 0),
            (23, 23),
            (24, 116),
            (31, 123),
            (32, 216),
            (2040, 16 + 253 * 100),
        ];
        for (i, cost) in expected {
            assert_eq!(lengths.of(i), cost, "{i}");
        }
    }
}
