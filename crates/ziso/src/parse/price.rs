//! What a parse is judged by: its bytes, and its cycles on the console at an exchange rate.

use super::cost::{CYCLE, Costs, MIN_MATCH, NEAR, more};

/// A sum of bytes and cycles, in the unit of [`Costs`].
pub(super) type Price = u32;

/// Prices of everything in a block.
#[derive(Debug)]
pub(super) struct Prices {
    /// Literals in front of a match.
    pub(super) literals: RunPrices,
    /// Sequences by the length of their match, without literals.
    pub(super) matches: RunPrices,
    /// What a match from 1, 2, 3 bytes back is dearer.
    pub(super) near: [Price; NEAR],
    /// The last sequence of a block, by its literals.
    pub(super) last: Vec<Price>,
}

/// Prices of a run by its length, and bounds of how they rise.
#[derive(Debug)]
pub(super) struct RunPrices {
    of: Vec<Price>,
    /// For runs of all lengths.
    pub(super) long: Rises,
    /// For those that a token has room for.
    pub(super) short: Rises,
}

/// By how much a run of some bytes more can be dearer.
#[derive(Debug)]
pub(super) struct Rises {
    least: Vec<i32>,
    most: Vec<i32>,
}

/// Lengths that a token has room for.
pub(super) const TOKEN: usize = 15;
/// Bytes by which runs are compared; bounds for more bytes are sums.
const RISES: usize = 33;

impl Prices {
    /// Prices at which one byte is worth `rate` cycles, for blocks of up to `largest` bytes.
    pub(super) fn new(costs: &Costs, rate: u32, largest: usize) -> Self {
        let byte = rate * CYCLE;
        let literal = |len| (len as Price + more(len)) * byte + costs.literals.of(len);
        let matched = |len| {
            let len = len - MIN_MATCH;
            (3 + more(len)) * byte + costs.matches.of(len)
        };
        let last = |len| (1 + len as Price + more(len)) * byte + len as Price * costs.last_literal;
        Self {
            literals: RunPrices::new(0, largest, literal),
            matches: RunPrices::new(MIN_MATCH, largest, matched),
            near: costs.near,
            last: (0..=largest).map(last).collect(),
        }
    }
}

impl RunPrices {
    /// Of runs of `shortest` to `largest` bytes.
    fn new(shortest: usize, largest: usize, of: impl Fn(usize) -> Price) -> Self {
        let prices: Vec<_> = (shortest..=largest).map(of).collect();
        let short = prices.get(..TOKEN).unwrap_or(&prices);
        let (short, long) = (Rises::new(short), Rises::new(&prices));
        let mut of = vec![0; shortest];
        of.extend(prices);
        Self { of, long, short }
    }

    /// A run of `len` bytes.
    #[inline]
    pub(super) fn of(&self, len: usize) -> Price {
        self.of[len]
    }
}

impl Rises {
    /// Of a run with these prices, from the shortest one on.
    fn new(prices: &[Price]) -> Self {
        let mut rises = Self {
            least: vec![0],
            most: vec![0],
        };
        for by in 1..prices.len() {
            let (least, most) = rises.of(prices, by);
            rises.least.push(least);
            rises.most.push(most);
        }
        rises
    }

    /// The bounds for `by` bytes, when those for less are known.
    fn of(&self, prices: &[Price], by: usize) -> (i32, i32) {
        if by >= RISES {
            let [part, rest] = [RISES - 1, by - (RISES - 1)];
            return (
                self.least[part] + self.least[rest],
                self.most[part] + self.most[rest],
            );
        }
        let pairs = prices.iter().zip(&prices[by..]);
        let rises = pairs.map(|(from, to)| to.cast_signed() - from.cast_signed());
        rises.fold((i32::MAX, i32::MIN), |(least, most), rise| {
            (least.min(rise), most.max(rise))
        })
    }

    /// No run that is `by` bytes longer is dearer by less than this.
    #[inline]
    pub(super) fn least(&self, by: usize) -> i32 {
        self.least[by]
    }

    /// No run that is `by` bytes longer is dearer by more than this.
    #[inline]
    pub(super) fn most(&self, by: usize) -> i32 {
        self.most[by]
    }
}
