//! An LZ4 encoder that knows what its choices cost the console.
//!
//! LZ4 leaves it to the encoder which matches make up a block. This one finds the block of the lowest price of all: its
//! bytes, and the cycles of the console's decoder at an exchange rate.
//!
//! | module | what it knows |
//! |---|---|
//! | [`cost`] | what lengths and offsets cost the decoder, measured |
//! | `price` | bytes and cycles in one sum |
//! | `matches` | the longest matches at each place |
//! | `ladder`, `ends` | which ends of a run are worth a look |
//! | `emit`, [`sequences`] | sequences to bytes and back |
//!
//! The search goes from a block's end to its start. At each place, the cheapest way to encode all that follows is the
//! cheapest run of literals and, where that ends, the cheapest match and what follows it. All shorter matches are at
//! hand with the longest one, and so nothing is missed.

pub mod cost;
mod emit;
mod ends;
mod ladder;
mod matches;
mod price;
pub mod sequences;

use cost::{Costs, MIN_MATCH};
use ends::Ends;
use ladder::Ladder;
use matches::{FAR, Finder, KINDS, Match};
use price::{Price, Prices};

/// R9: this many bytes at the end are literals.
const LAST_LITERALS: usize = 5;
/// R9: no match starts in this many bytes at the end.
const NO_MATCH_START: usize = 12;
/// The largest block: its price at the highest rate is an `i32`.
pub const LARGEST: usize = 0x4000;
/// The highest rate: no number of cycles is worth a byte.
pub const FREE: u32 = 4096;

/// The rate for the console: what a byte takes from its slowest device, USB 1.1 at 0.75 MB/s and 36.864 MHz.
///
/// A byte more that saves fewer cycles would be a loss there, and one that saves more is a gain on all devices.
pub const FOR_CONSOLE: u32 = 49;

/// No match follows: the rest of the block is literals.
const REST: u16 = u16::MAX;

/// The encoder, with memory for one block.
#[derive(Debug)]
pub struct Parser {
    prices: Prices,
    finder: Finder,
    /// For each place the price of the block from there on, when a sequence begins there.
    rest: Vec<Price>,
    /// Where the match of that sequence begins.
    next: Vec<u16>,
    /// The best match at each place.
    found: Vec<Match>,
    /// Where the literals of a sequence can end.
    starts: Ladder,
    /// Where a match can end, by its kind.
    ends: [Ends; KINDS],
}

impl Parser {
    /// An encoder of blocks of up to `largest` bytes, for which a byte is worth `rate` cycles of the console.
    ///
    /// # Panics
    /// When a block can be larger than [`LARGEST`], or the rate is above [`FREE`].
    #[must_use]
    pub fn new(costs: &Costs, rate: u32, largest: usize) -> Self {
        assert!(largest <= LARGEST && rate <= FREE);
        Self {
            prices: Prices::new(costs, rate, largest),
            finder: Finder::new(),
            rest: Vec::new(),
            next: Vec::new(),
            found: Vec::new(),
            starts: Ladder::new(),
            ends: [const { Ends::new() }; KINDS],
        }
    }

    /// Appends the cheapest block for `data`.
    ///
    /// # Panics
    /// When `data` is larger than it may be.
    pub fn encode(&mut self, data: &[u8], out: &mut Vec<u8>) {
        self.start(data);
        let reach = &data[..data.len().saturating_sub(LAST_LITERALS)];
        let starts = (data.len() + 1).saturating_sub(NO_MATCH_START);
        for at in (0..=data.len()).rev() {
            if at + MIN_MATCH <= reach.len() {
                let longest = *self.finder.at(reach, at);
                if at < starts {
                    self.take_match(at, &longest);
                }
            }
            self.take_literals(at);
        }
        self.write(data, out);
    }

    /// Forgets the block before.
    fn start(&mut self, data: &[u8]) {
        let places = data.len() + 1;
        self.rest.clear();
        self.rest.resize(places, 0);
        self.next.clear();
        self.next.resize(places, REST);
        self.found.clear();
        self.found.resize(places, Match::default());
        self.starts.clear();
        for ends in &mut self.ends {
            ends.clear();
        }
        self.finder.start(data);
    }

    /// Finds the cheapest match at `at`.
    #[inline]
    fn take_match(&mut self, at: usize, longest: &[Match; KINDS]) {
        let mut best = self.ends[FAR].best(at, longest[FAR], &self.rest, &self.prices.matches);
        for (near, &found) in longest[..FAR].iter().enumerate() {
            // Those are dearer: not if there are others as long.
            if found.end > longest[FAR].end {
                let ends = &mut self.ends[near];
                let price = ends.best(at, found, &self.rest, &self.prices.matches);
                let price = price.map(|(price, found)| (price + self.prices.near[near], found));
                best = cheaper(best, price);
            }
        }
        if let Some((price, found)) = best {
            self.found[at] = found;
            self.starts.push(at, price, &self.prices.literals.rises[0]);
        }
    }

    /// Finds the cheapest run of literals from `at`.
    #[inline]
    fn take_literals(&mut self, at: usize) {
        let mut rest = self.prices.last[self.rest.len() - 1 - at];
        if let Some((price, start)) = self.starts.best(at, &self.prices.literals.of)
            && price < rest
        {
            rest = price;
            self.next[at] = start as u16;
        }
        self.rest[at] = rest;
    }

    /// Appends the block that was found.
    fn write(&self, data: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        while self.next[at] != REST {
            let start = usize::from(self.next[at]);
            let found = self.found[start];
            let end = usize::from(found.end);
            emit::sequence(out, &data[at..start], found.offset, end - start);
            at = end;
        }
        emit::last(out, &data[at..]);
    }
}

/// The cheaper one.
fn cheaper(a: Option<(Price, Match)>, b: Option<(Price, Match)>) -> Option<(Price, Match)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.0 < a.0 { b } else { a }),
        (a, b) => a.or(b),
    }
}
