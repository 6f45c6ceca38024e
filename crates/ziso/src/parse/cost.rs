//! What a sequence costs the console's decoder: a table of measured constants.
//!
//! `cargo xtask parse --fit` measures them again, with the object at hand, and prints this table. The unit is a 16th
//! of a cycle of the R3000A, by the simulator's model.

/// A cycle, in the unit of [`Costs`].
pub const CYCLE: u32 = 16;

/// Offsets that the decoder treats alike.
pub const CLASSES: usize = 5;
/// The class of offsets that are multiples of four: source and destination agree in their alignment.
pub const ALIGNED: usize = 3;
/// The class of all other offsets from 5 on.
pub const OTHER: usize = 4;

/// The class of an offset; 1, 2 and 3 have one each, because runs that short are copied by bytes first.
#[must_use]
pub fn class(offset: usize) -> usize {
    match offset {
        0..=3 => offset.saturating_sub(1),
        _ if offset.is_multiple_of(4) => ALIGNED,
        _ => OTHER,
    }
}

/// What the parts of a block cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Costs {
    /// A token with an offset: everything that does not depend on lengths.
    pub sequence: u32,
    /// There are literals at all.
    pub literals: u32,
    /// Every word of four literals, the last one begun.
    pub literal_word: u32,
    /// Every byte that a length of literals has besides its token.
    pub literal_more: u32,
    /// Every word of a match, by class.
    pub match_word: [u32; CLASSES],
    /// Every byte that a length of a match has besides its token.
    pub match_more: u32,
    /// What a match costs besides, by class.
    pub offset: [u32; CLASSES],
    /// Every literal behind the last match.
    pub last_literal: u32,
}

/// The decoder of `src/lz4/mips.s`.
pub const CONSOLE: Costs = Costs {
    sequence: 54 * CYCLE,
    literals: 0,
    literal_word: 20 * CYCLE,
    literal_more: 17 * CYCLE,
    match_word: [20 * CYCLE; CLASSES],
    match_more: 17 * CYCLE,
    offset: [46 * CYCLE, 36 * CYCLE, 46 * CYCLE, 0, 0],
    last_literal: 12 * CYCLE,
};
