//! What a parse is judged by: its bytes, and its cycles on the console at an exchange rate.

use super::cost::{CLASSES, CYCLE, Costs};

/// A sum of bytes and cycles, in the unit of [`Costs`].
pub(super) type Price = u32;

/// Lengths from here on take further bytes, beside the token.
pub(super) const LITERALS_MORE: usize = 15;
/// The same for matches, whose lengths count from 4.
pub(super) const MATCH_MORE: usize = 19;
/// What such a byte can add.
const MORE: usize = 255;

/// Prices of everything in a block.
#[derive(Debug)]
pub(super) struct Prices {
    /// A token with an offset, by the offset's class.
    pub(super) sequence: [Price; CLASSES],
    /// Literals in front of a match.
    pub(super) literals: RunPrices,
    /// Matches, by the class of their offset.
    pub(super) matches: [RunPrices; CLASSES],
    /// The last sequence of a block.
    pub(super) last: Vec<Price>,
}

/// Prices of a run by its length: they rise by steps of known size, and so one run can be seen to be worse than
/// another one whatever is put in front of both.
#[derive(Debug)]
pub(super) struct RunPrices {
    of: Vec<Price>,
    step: Step,
}

/// What a run's price rises by.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// Once, from the first byte on.
    any: Price,
    byte: Price,
    word: Price,
    /// A byte that belongs to the length.
    more: Price,
    /// The length that takes the first such byte.
    more_from: usize,
}

impl Prices {
    /// Prices at which one byte is worth `rate` cycles, for blocks of up to `largest` bytes.
    pub(super) fn new(costs: &Costs, rate: u32, largest: usize) -> Self {
        let byte = rate * CYCLE;
        let literals = Step {
            any: costs.literals,
            byte,
            word: costs.literal_word,
            more: byte + costs.literal_more,
            more_from: LITERALS_MORE,
        };
        let matched = |word| Step {
            any: 0,
            byte: 0,
            word,
            more: byte + costs.match_more,
            more_from: MATCH_MORE,
        };
        let last = Step {
            any: 0,
            byte: byte + costs.last_literal,
            word: 0,
            more: byte,
            more_from: LITERALS_MORE,
        };
        Self {
            sequence: costs.offset.map(|offset| 3 * byte + costs.sequence + offset),
            literals: RunPrices::new(literals, largest),
            matches: costs.match_word.map(|word| RunPrices::new(matched(word), largest)),
            last: (0..=largest).map(|len| byte + last.of(len)).collect(),
        }
    }
}

impl RunPrices {
    fn new(step: Step, largest: usize) -> Self {
        Self {
            of: (0..=largest).map(|len| step.of(len)).collect(),
            step,
        }
    }

    /// A run of `len` bytes.
    #[inline]
    pub(super) fn of(&self, len: usize) -> Price {
        self.of[len]
    }

    /// The least that a run can cost more than one that is `by` bytes shorter.
    #[inline]
    pub(super) fn least(&self, by: usize) -> Price {
        let Step { byte, word, .. } = self.step;
        by as Price * byte + (by / 4) as Price * word
    }

    /// The most that a run can cost more than one that is `by` bytes shorter, if it is no `longer` than its token can
    /// tell, or any run.
    #[inline]
    pub(super) fn most(&self, by: usize, long: bool) -> Price {
        let Step {
            any, byte, word, more, ..
        } = self.step;
        let short = any + by as Price * byte + by.div_ceil(4) as Price * word;
        if long {
            short + (by / MORE + 1) as Price * more
        } else {
            short
        }
    }

    /// Whether no run is cheaper than the same one of `other`.
    pub(super) fn covered_by(&self, other: &Self) -> bool {
        other.step.word <= self.step.word
    }
}

impl Step {
    fn of(&self, len: usize) -> Price {
        if len == 0 {
            return 0;
        }
        let more = if len < self.more_from {
            0
        } else {
            (len - self.more_from) / MORE + 1
        };
        self.any
            + len as Price * self.byte
            + len.div_ceil(4) as Price * self.word
            + more as Price * self.more
    }
}
