//! An LZ4 encoder that knows what its choices cost the console.
//!
//! LZ4 leaves it to the encoder which matches make up a block. This one looks at all of them, and finds the block of
//! the lowest price: bytes, and cycles of the console's decoder at an exchange rate.

pub mod cost;
mod emit;
mod ladder;
mod matches;
mod price;

use cost::{CLASSES, Costs};
use ladder::Ladder;
use matches::{Finder, Longest, MIN_MATCH};
use price::{MATCH_MORE, Price, Prices, RunPrices};

/// R9: this many bytes at the end are literals.
const LAST_LITERALS: usize = 5;
/// R9: no match starts in this many bytes at the end.
const NO_MATCH_START: usize = 12;
/// The largest block: its price at the highest rate is a `u32`.
pub const LARGEST: usize = 0x8000;
/// The highest rate: no cycles are worth a byte.
pub const FREE: u32 = 4096;

/// No match follows: the rest of the block is literals.
const REST: u16 = u16::MAX;

/// The encoder, with memory for one block.
#[derive(Debug)]
pub struct Parser {
    prices: Prices,
    /// For each class those that are never dearer, as bits.
    covered: [u8; CLASSES],
    finder: Finder,
    /// For each place the price of the block from there on, when a sequence begins there.
    rest: Vec<Price>,
    /// Where the match of that sequence begins.
    next: Vec<u16>,
    /// For each place where a match can begin the best one.
    found: Vec<Found>,
    starts: Ladder,
    ends: [Ends; CLASSES],
}

/// The best match at a place.
#[derive(Clone, Copy, Default, Debug)]
struct Found {
    end: u16,
    offset: u16,
}

/// Ends of the matches of one class.
#[derive(Default, Debug)]
struct Ends {
    ladder: Ladder,
    /// The place that they were last looked at from, and the last end of all there.
    start: usize,
    last: usize,
    /// Whether the longest run there is too long for a token.
    long: bool,
}

impl Parser {
    /// An encoder of blocks of up to `largest` bytes, for which a byte is worth `rate` cycles of the console.
    ///
    /// # Panics
    /// When a block may be larger than [`LARGEST`], or the rate is above [`FREE`].
    #[must_use]
    pub fn new(costs: &Costs, rate: u32, largest: usize) -> Self {
        assert!(largest <= LARGEST && rate <= FREE);
        let prices = Prices::new(costs, rate, largest);
        let covered = std::array::from_fn(|class| covering(&prices, class));
        Self {
            prices,
            covered,
            finder: Finder::new(),
            rest: Vec::new(),
            next: Vec::new(),
            found: Vec::new(),
            starts: Ladder::default(),
            ends: Default::default(),
        }
    }

    /// Appends the best block for `data`.
    ///
    /// # Panics
    /// When `data` is longer than [`LARGEST`].
    pub fn encode(&mut self, data: &[u8], out: &mut Vec<u8>) {
        assert!(data.len() <= LARGEST);
        self.search(data);
        self.write(data, out);
    }

    fn search(&mut self, data: &[u8]) {
        let len = data.len();
        let reach = &data[..len.saturating_sub(LAST_LITERALS)];
        let starts = (len + 1).saturating_sub(NO_MATCH_START);
        self.rest.clear();
        self.rest.resize(len + 1, 0);
        self.next.clear();
        self.next.resize(len + 1, REST);
        self.found.clear();
        self.found.resize(starts, Found::default());
        self.starts.clear();
        for ends in &mut self.ends {
            ends.start = usize::MAX;
        }
        self.finder.start(data);
        for at in (0..=len).rev() {
            // The finder takes each place from the first that has four bytes to match.
            if at + MIN_MATCH <= reach.len() {
                let longest = *self.finder.at(reach, at);
                if at < starts {
                    self.look(&longest, at);
                }
            }
            let mut best = self.prices.last[len - at];
            if let Some((price, start)) = self.starts.best(at, &self.prices.literals)
                && price < best
            {
                best = price;
                self.next[at] = start as u16;
            }
            self.rest[at] = best;
        }
    }

    /// Finds the best match from `at`.
    fn look(&mut self, longest: &[Longest; CLASSES], at: usize) {
        let mut best: Option<(Price, usize, usize)> = None;
        for (class, &Longest { end, offset }) in longest.iter().enumerate() {
            if end == 0 || self.is_covered(longest, class) {
                continue;
            }
            let run = &self.prices.matches[class];
            let ends = &mut self.ends[class];
            ends.update(at, end, &self.rest, run);
            if let Some((price, end)) = ends.ladder.best(at, run) {
                let price = price + self.prices.sequence[class];
                if best.is_none_or(|(known, ..)| price < known) {
                    best = Some((price, end, offset));
                }
            }
        }
        if let Some((price, end, offset)) = best {
            self.found[at] = Found { end: end as u16, offset: offset as u16 };
            self.starts.push(at, price, &self.prices.literals, true);
        }
    }

    /// Whether all matches of a class can be had from another one, and are no dearer there.
    #[inline]
    fn is_covered(&self, longest: &[Longest; CLASSES], class: usize) -> bool {
        let covered = self.covered[class];
        let mut others = longest.iter().enumerate();
        covered != 0 && others.any(|(other, found)| covered >> other & 1 != 0 && found.end >= longest[class].end)
    }

    fn write(&self, data: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        loop {
            let start = self.next[at];
            if start == REST {
                return emit::last(out, &data[at..]);
            }
            let start = start as usize;
            let Found { end, offset } = self.found[start];
            emit::sequence(out, &data[at..start], offset, end as usize - start);
            at = end as usize;
        }
    }
}

impl Ends {
    /// Makes the ladder that of all ends from `start + 4` to `last`.
    fn update(&mut self, start: usize, last: usize, rest: &[Price], run: &RunPrices) {
        let near = start + MIN_MATCH;
        let long = last - start >= MATCH_MORE;
        if self.start == start + 1 && self.last == last && self.long == long {
            self.ladder.push(near, rest[near], run, long);
        } else {
            self.ladder.clear();
            for end in (near..=last).rev() {
                self.ladder.push(end, rest[end], run, long);
            }
        }
        (self.start, self.last, self.long) = (start, last, long);
    }
}

/// The classes that are never dearer than this one; of two that cost the same the first is.
fn covering(prices: &Prices, class: usize) -> u8 {
    let never_dearer = |a: usize, b: usize| {
        prices.sequence[a] <= prices.sequence[b] && prices.matches[b].covered_by(&prices.matches[a])
    };
    let others = (0..CLASSES).filter(|&other| {
        other != class && never_dearer(other, class) && (other < class || !never_dearer(class, other))
    });
    others.map(|other| 1 << other).sum()
}
