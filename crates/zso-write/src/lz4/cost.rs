//! What a sequence costs the console's decoder: measured constants.
//!
//! The table belongs to the decoder of `src/lz4/mips.s`: whoever changes that measures again, with
//! `cargo xtask parse --fit`, which prints the table below from the current object.

use super::sequences::{Sequence, Sequences};

/// A cycle of the R3000A, in the unit of [`Costs`].
pub const CYCLE: u32 = 8;

/// Cycles of the console's reader for a sector besides decoding it; `cargo xtask run` on a usual image has 0.26 a byte.
pub const READ: u64 = 525;
/// Its cycles for a plain sector that it copies; `cargo xtask run` on noise has 3.58 a byte.
pub const COPY: u64 = 7330;
/// Its cycles for a plain sector that the device reads to its place: two looks at the index.
pub const PLACE: u64 = 150;
/// LZ4: the shortest match.
pub const MIN_MATCH: usize = 4;
/// Matches from less far back are decoded in another way, and those from less than half of it in a third one.
pub const NEAR: usize = 8;
/// The shortest match from one byte back that is stored without loads.
pub const FILL: usize = 13;
/// A length that is so much longer than the shortest one takes a byte beside its token.
const MORE: usize = 15;
/// What such a byte can add, before another one is needed.
const EACH: usize = 255;

/// What the parts of a block cost, in parts of a [`CYCLE`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Costs {
    /// Literals; none cost nothing.
    pub literals: Lengths,
    /// A match, counted from the shortest one, and all that a sequence takes whatever its lengths are.
    pub matches: Lengths,
    /// A match of [`FILL`] bytes or more from one byte back, counted from there.
    pub fills: Lengths,
    /// What any other match takes besides from less than half of [`NEAR`] bytes back, and from less than that.
    pub near: [u32; 2],
}

/// A cost for each length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lengths {
    /// Any of them.
    pub any: u32,
    /// Each byte.
    pub each: u32,
    /// Each byte that the length takes beside its token.
    pub more: u32,
}

impl Costs {
    /// Cycles that a valid block takes.
    #[must_use]
    pub fn cycles(&self, block: &[u8]) -> u64 {
        let costs = Sequences::of(block).map(|sequence| u64::from(self.sequence(sequence)));
        costs.sum::<u64>() / u64::from(CYCLE)
    }

    /// The cost of a sequence.
    #[must_use]
    pub fn sequence(&self, Sequence { literals, found }: Sequence) -> u32 {
        let literals = match literals {
            0 => 0,
            _ => self.literals.of(literals, literals),
        };
        let Some((offset, len)) = found else {
            return literals;
        };
        let found = match offset {
            1 if len >= FILL => self.fills.of(len - FILL, len - MIN_MATCH),
            ..NEAR => {
                self.near[offset * 2 / NEAR] + self.matches.of(len - MIN_MATCH, len - MIN_MATCH)
            }
            _ => self.matches.of(len - MIN_MATCH, len - MIN_MATCH),
        };
        literals + found
    }
}

impl Lengths {
    /// The cost of a length, and how the token counts it.
    const fn of(&self, len: usize, counted: usize) -> u32 {
        self.any + len as u32 * self.each + more(counted) * self.more
    }
}

/// Bytes that a length takes beside its token.
#[must_use]
pub const fn more(len: usize) -> u32 {
    match len.checked_sub(MORE) {
        Some(rest) => (rest / EACH) as u32 + 1,
        None => 0,
    }
}

/// The decoder of `src/lz4/mips.s`.
pub const CONSOLE: Costs = Costs {
    literals: Lengths {
        any: 52,
        each: 23,
        more: 223,
    },
    matches: Lengths {
        any: 421,
        each: 23,
        more: 165,
    },
    fills: Lengths {
        any: 660,
        each: 6,
        more: 179,
    },
    near: [568, 267],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// A literal and a match of 300 bytes, then five literals.
    fn block(offset: u8) -> Vec<u8> {
        let mut block = vec![0x1F, 7, offset, 0, 255, 26];
        block.extend([0x50, 1, 2, 3, 4, 5]);
        block
    }

    #[test]
    fn a_block_takes_what_its_parts_take() {
        let Costs {
            literals,
            matches,
            fills,
            near,
        } = CONSOLE;
        let any = 2 * literals.any + 6 * literals.each;
        let plain = any + matches.any + 296 * matches.each + 2 * matches.more;
        let expected = [
            (1, any + fills.any + 287 * fills.each + 2 * fills.more),
            (2, plain + near[0]),
            (3, plain + near[0]),
            (4, plain + near[1]),
            (7, plain + near[1]),
            (8, plain),
        ];
        for (offset, cost) in expected {
            assert_eq!(
                CONSOLE.cycles(&block(offset)),
                u64::from(cost / CYCLE),
                "{offset}"
            );
        }
        assert_eq!(CONSOLE.cycles(&[]), 0);
    }

    #[test]
    fn lengths_take_bytes_beside_the_token() {
        let expected = [(0, 0), (14, 0), (15, 1), (269, 1), (270, 2), (525, 3)];
        for (len, bytes) in expected {
            assert_eq!(more(len), bytes, "{len}");
        }
    }
}
