//! What a parse is judged by: its bytes, and its cycles on the console at an exchange rate.

use std::ops::Range;

use super::cost::{CYCLE, Costs, MIN_MATCH, NEAR, more};

/// A sum of bytes and cycles, in the unit of [`Costs`].
pub(super) type Price = u32;

/// Prices of everything in a block.
#[derive(Debug)]
pub(super) struct Prices {
    /// Literals before a match.
    pub(super) literals: RunPrices<1>,
    /// Sequences by the length of their match, without literals: lengths that a token has room for, those that take one
    /// byte besides, all others.
    pub(super) matches: RunPrices<3>,
    /// What a match from 1, 2, 3 bytes back is dearer.
    pub(super) near: [Price; NEAR],
    /// The last sequence of a block, by its literals.
    pub(super) last: Vec<Price>,
}

/// Prices of a run by its length, and bounds of how they rise, for kinds of lengths.
#[derive(Debug)]
pub(super) struct RunPrices<const KINDS: usize> {
    pub(super) of: Vec<Price>,
    pub(super) rises: [Rises; KINDS],
}

/// By how much a run of some bytes more can be dearer.
#[derive(Debug)]
pub(super) struct Rises {
    least: Vec<i32>,
    most: Vec<i32>,
}

/// The first length of a match that takes a byte beside its token.
pub(super) const ONE_MORE: usize = MIN_MATCH + 15;
/// The first one that takes two.
pub(super) const TWO_MORE: usize = ONE_MORE + 255;
/// Runs are compared that differ by less; bounds for more are sums. They have to be no smaller than what a byte beside
/// the token stands for, or a sum would count that byte too often.
const RISES: usize = 256;

impl Prices {
    /// Prices at which one byte is worth `rate` cycles, for blocks of up to `largest` bytes.
    pub(super) fn new(costs: &Costs, rate: u32, largest: usize) -> Self {
        let byte = rate * CYCLE;
        let literal = |len| (len as Price + more(len)) * byte + costs.literals.of(len);
        let matched = |len: usize| match len.checked_sub(MIN_MATCH) {
            Some(len) => (3 + more(len)) * byte + costs.matches.of(len),
            None => 0,
        };
        let last = |len| (1 + len as Price + more(len)) * byte + len as Price * costs.last_literal;
        let lengths = 0..=largest;
        let any = 0..usize::MAX;
        let matches = [
            MIN_MATCH..ONE_MORE,
            ONE_MORE..TWO_MORE,
            ONE_MORE..usize::MAX,
        ];
        Self {
            literals: RunPrices::new(lengths.clone().map(literal).collect(), [any]),
            matches: RunPrices::new(lengths.clone().map(matched).collect(), matches),
            near: costs.near,
            last: lengths.map(last).collect(),
        }
    }
}

impl<const KINDS: usize> RunPrices<KINDS> {
    fn new(of: Vec<Price>, kinds: [Range<usize>; KINDS]) -> Self {
        let kind = |lens: Range<usize>| of.get(lens.start..lens.end.min(of.len()));
        let rises = kinds.map(|lens| Rises::new(kind(lens).unwrap_or_default()));
        Self { of, rises }
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
