//! What a parse is judged by: its bytes, and its cycles on the console at an exchange rate.

use super::cost::{CLASSES, CYCLE, Costs};

/// A sum of bytes and cycles, in the unit of [`Costs`].
pub(super) type Price = u64;

/// Lengths from here on take further bytes, beside the token.
const LITERALS_MORE: usize = 15;
/// The same for matches, whose lengths count from 4.
const MATCH_MORE: usize = 19;
/// What such a byte can add.
const MORE: usize = 255;

/// Prices of everything in a block.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    byte: Price,
    /// A token with an offset.
    pub(super) sequence: Price,
    /// Literals in front of a match.
    pub(super) literals: RunPrice,
    /// Matches, by the class of their offset.
    pub(super) matches: [RunPrice; CLASSES],
    last_literal: Price,
}

/// Prices of a run by its length: they rise, by steps of known size, and so one run can be seen to be worse than
/// another one whatever is put in front of both.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunPrice {
    /// There is a run at all.
    any: Price,
    byte: Price,
    word: Price,
    more: Price,
    more_from: usize,
}

impl Prices {
    /// Prices at which one byte is worth `rate` cycles.
    pub(super) fn new(costs: &Costs, rate: u32) -> Self {
        let byte = Price::from(rate) * Price::from(CYCLE);
        let literals = RunPrice {
            any: costs.literals.into(),
            byte,
            word: costs.literal_word.into(),
            more: byte + Price::from(costs.literal_more),
            more_from: LITERALS_MORE,
        };
        let matches = std::array::from_fn(|class| RunPrice {
            any: costs.offset[class].into(),
            byte: 0,
            word: costs.match_word[class].into(),
            more: byte + Price::from(costs.match_more),
            more_from: MATCH_MORE,
        });
        Self {
            byte,
            sequence: 3 * byte + Price::from(costs.sequence),
            literals,
            matches,
            last_literal: costs.last_literal.into(),
        }
    }

    /// The last sequence of a block: a token and literals.
    pub(super) fn last(&self, len: usize) -> Price {
        let bytes = 1 + len + more(len, LITERALS_MORE);
        bytes as Price * self.byte + len as Price * self.last_literal
    }
}

impl RunPrice {
    /// A run of `len` bytes.
    #[inline]
    pub(super) fn of(&self, len: usize) -> Price {
        if len == 0 {
            return 0;
        }
        self.any
            + len as Price * self.byte
            + len.div_ceil(4) as Price * self.word
            + more(len, self.more_from) as Price * self.more
    }

    /// The least that `by` more bytes can cost.
    #[inline]
    pub(super) fn least(&self, by: usize) -> Price {
        by as Price * self.byte + (by / 4) as Price * self.word + (by / MORE) as Price * self.more
    }

    /// The most that `by` more bytes can cost.
    #[inline]
    pub(super) fn most(&self, by: usize) -> Price {
        self.any
            + by as Price * self.byte
            + by.div_ceil(4) as Price * self.word
            + (by / MORE + 1) as Price * self.more
    }

    /// Whether no run is cheaper than the same one of `other`.
    pub(super) fn covered_by(&self, other: &Self) -> bool {
        other.any <= self.any && other.word <= self.word
    }
}

/// Bytes that a length takes beside its token.
#[inline]
fn more(len: usize, from: usize) -> usize {
    if len < from {
        0
    } else {
        (len - from) / MORE + 1
    }
}
