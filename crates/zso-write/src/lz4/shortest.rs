//! The shortest block of all, or the cheapest one at prices that are whole bytes.
//!
//! The search goes from a block's end to its start. The *rest* of a place is the least that the block costs from there
//! on, if a sequence begins there. Such a sequence is some literals, a match, and the rest of the place where the match
//! ends; or it is literals up to the block's end. All shorter matches are known with the longest one, so only that
//! has to be known of a place.
//!
//! Most lengths need no look either:
//!
//! - A length costs the more the longer it is, in steps: the token has room for short ones, then every 255 take a byte
//!   more. So of the places with the same rest, a match had best end at the first one. `ends` has that for each rest.
//! - A match that can go to `longest` can end at any place before. But no rest there is smaller by more than one byte.
//!   Take a block from that place on, and leave out all that it has before `longest`: what remains is a block from
//!   `longest` on. It is not larger, unless a match is left with fewer than four bytes. Those become literals, three at
//!   most, and its token and offset are saved; at worst the number of literals after it then takes a byte more. So the
//!   search begins at the smallest rest that there can be, and ends at the first cost that is no better than what it
//!   has: one or two looks, mostly.
//! - Literals before a match are alike: of the matches for which place and cost have the same sum, the first is the
//!   best, which `starts` has for each sum.
//!
//! `tests/lz4.rs` compares it with a search of everything, and with another parser.

use std::mem;

use super::format::{self, EACH, LAST_LITERALS, MORE, NO_MATCH_START, more};
use super::put::Put;
use super::window::{PLACES, boxed};

/// The largest text that is parsed at once: places and costs are `u16`.
pub(super) const AT_ONCE: usize = PLACES / 2;
const MIN_MATCH: u16 = format::MIN_MATCH as u16;

/// A match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Match {
    /// The place after its last byte; 0 for no match.
    pub(super) end: u16,
    /// How far back it is copied from.
    pub(super) offset: u16,
}

impl Match {
    pub(super) const NONE: Self = Self { end: 0, offset: 0 };
}

/// What finds matches, and what they cost.
pub(super) trait Matches {
    /// What a match costs, whatever its length: the bytes of token and offset, or more.
    const MATCH: u16 = format::SEQUENCE;

    /// The longest match at `at` that ends at `reach` or before, given that at the next place.
    ///
    /// It goes no farther than that one, which could be copied from as far back. So it is the same if it can be: that
    /// makes long runs quick to search.
    fn longest(&self, at: u16, reach: u16, next: Match) -> Match;

    /// Whether this match costs one more than others.
    #[inline(always)]
    fn is_dear(&self, _at: u16, _found: Match) -> bool {
        false
    }

    /// The longest match at `at` that costs no more than others, given that at the next place, or one that goes at
    /// least as far.
    fn longest_cheap(&self, _at: u16, _reach: u16, _next: Match) -> Match {
        Match::NONE
    }
}

/// What is known of a place.
#[derive(Clone, Copy, Default, Debug)]
struct Place {
    /// What the block from here on costs, if a sequence begins here.
    rest: u16,
    step: Step,
}

/// The best way on from a place.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Step {
    /// Where the match is, if a sequence begins here.
    pub(super) next: u16,
    /// Where a match that begins here had best end.
    pub(super) end: u16,
    /// How far back it is copied from.
    pub(super) offset: u16,
}

/// The part of a text that is parsed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its end.
    pub(super) end: u16,
    /// Where matches end at the latest.
    pub(super) reach: u16,
    /// Where they start at the latest.
    pub(super) starts: u16,
}

impl Part {
    /// The next part of a text of which there are `len` bytes. No match of a part that is not the last one breaks the
    /// rules for the text's end.
    pub(super) fn of(len: usize) -> Self {
        let (end, reach, starts) = match len {
            ..=AT_ONCE => (len, LAST_LITERALS, NO_MATCH_START),
            _ => (AT_ONCE.min(len - NO_MATCH_START), 0, format::MIN_MATCH),
        };
        let [end, reach, starts] = [0, reach, starts].map(|after| (end - after) as u16);
        Self { end, reach, starts }
    }
}

/// Finds the shortest block, with memory for one.
#[derive(Debug)]
pub(super) struct Parser {
    places: Box<[Place; PLACES]>,
    /// The first place with each rest.
    ends: Box<[u16; PLACES]>,
    /// The first match for each sum of its place and what the block costs from there on.
    starts: Box<[u16; PLACES]>,
}

impl Parser {
    pub(super) fn new() -> Self {
        Self {
            places: boxed(),
            ends: boxed(),
            starts: boxed(),
        }
    }

    /// Encodes a text of at most [`AT_ONCE`] bytes.
    pub(super) fn encode(&mut self, matches: &impl Matches, len: usize, put: &mut Put) {
        let part = Part::of(len);
        self.parse(matches, part);
        for (start, found) in self.sequences(part) {
            put.sequence(start.into(), found.end.into(), found.offset.into());
        }
    }

    /// Finds the shortest block for a part of a text.
    #[inline(never)]
    pub(super) fn parse<M: Matches>(&mut self, matches: &M, part: Part) {
        self.start(part);
        let Self {
            places,
            ends,
            starts,
        } = self;
        // The least sum of a match's place and cost, and the first match with it; and the first match of all.
        let (mut least, mut nearest, mut first) = (part.end + 1, part.end, part.end);
        let (mut longest, mut cheap) = (Match::NONE, Match::NONE);
        for at in (part.starts + 1..=part.reach - MIN_MATCH).rev() {
            longest = matches.longest(at, part.reach, longest);
        }
        for at in (0..=part.starts).rev() {
            let end = at + MIN_MATCH;
            ends[usize::from(places[usize::from(end)].rest)] = end;
            longest = matches.longest(at, part.reach, longest);
            let mut next = mem::replace(&mut cheap, Match::NONE);
            if longest.end != 0 {
                let (mut cost, end) = best_end(places, ends, at, longest.end, part);
                let mut found = Match { end, ..longest };
                if matches.is_dear(at, found) {
                    // If none is known there, it goes no farther than this one.
                    if next.end == 0 {
                        let offset = u16::MAX;
                        next = Match { offset, ..longest };
                    }
                    cheap = matches.longest_cheap(at, part.reach, next);
                    (cost, found) = cheaper(places, ends, at, part, (cost + 1, found), cheap);
                }
                let place = &mut places[usize::from(at)];
                (place.step.end, place.step.offset) = (found.end, found.offset);
                let sum = at + cost + M::MATCH;
                starts[usize::from(sum)] = at;
                first = at;
                if sum <= least {
                    (least, nearest) = (sum, at);
                }
            }
            let literals = nearest - at;
            let (sum, next) = if literals < MORE + EACH {
                (least + u16::from(literals >= MORE), nearest)
            } else if more(first - at) + 1 >= more(literals) {
                (least + more(literals), nearest)
            } else {
                cheapest(starts, least, part.end, at)
            };
            let place = &mut places[usize::from(at)];
            (place.rest, place.step.next) = (sum - at, next);
        }
    }

    /// Forgets the text before, and begins with a part's end, where there are only literals.
    fn start(&mut self, part: Part) {
        let Part { end, reach, starts } = part;
        let costs = format::worst(end.into());
        self.ends[..=costs].fill(u16::MAX);
        self.starts[..=costs].fill(u16::MAX);
        self.starts[usize::from(end + 1)] = end;
        for at in (starts + 1..=end).rev() {
            let rest = end - at + 1;
            self.places[usize::from(at)].rest = rest;
            if (starts + MIN_MATCH + 1..=reach).contains(&at) {
                self.ends[usize::from(rest)] = at;
            }
        }
    }

    /// The sequences that were found, without the literals at the end: where each one's match is, and what.
    pub(super) fn sequences(&self, part: Part) -> impl Iterator<Item = (u16, Match)> {
        sequences(part, |at| self.places[usize::from(at)].step)
    }
}

/// The sequences that steps lead through.
pub(super) fn sequences(
    part: Part,
    step: impl Fn(u16) -> Step,
) -> impl Iterator<Item = (u16, Match)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = (at <= part.starts).then(|| step(at).next)?;
        let Step { end, offset, .. } = step(start);
        at = end;
        (start <= part.starts).then_some((start, Match { end, offset }))
    })
}

/// What the lengths beside the token and the rest cost after a match from `at` that can go to `longest`, and where it
/// had best end.
#[inline(always)]
fn best_end(
    places: &[Place; PLACES],
    ends: &[u16; PLACES],
    at: u16,
    longest: u16,
    part: Part,
) -> (u16, u16) {
    let nearest = at + MIN_MATCH;
    let rest = places[usize::from(longest)].rest;
    if longest > part.starts {
        // Here a match cannot be cut at its start, and what is said above does not hold. But no rest is smaller than
        // this.
        let least = places[usize::from(part.reach)].rest;
        return cheapest(ends, least, longest, nearest);
    }
    let better = ends[usize::from(rest - 1)];
    let (cost, end) = if better <= longest {
        (rest - 1, better)
    } else {
        (rest, ends[usize::from(rest)])
    };
    let matched = end - nearest;
    match matched < MORE + EACH {
        true => (cost + u16::from(matched >= MORE), end),
        false => cheapest(ends, rest - 1, longest, nearest),
    }
}

/// The cheaper one of a match with its cost, and of another one that can go to where `cheap` ends.
#[inline(never)]
fn cheaper(
    places: &[Place; PLACES],
    ends: &[u16; PLACES],
    at: u16,
    part: Part,
    (cost, found): (u16, Match),
    cheap: Match,
) -> (u16, Match) {
    if cheap.end == 0 {
        return (cost, found);
    }
    let (other, end) = best_end(places, ends, at, cheap.end, part);
    match other <= cost {
        true => (other, Match { end, ..cheap }),
        false => (cost, found),
    }
}

/// The least of a cost and of what the length from `from` to the first place with that cost takes beside the token, and
/// that place: for all costs from `least` on, and places up to `last`.
#[inline(never)]
fn cheapest(firsts: &[u16; PLACES], least: u16, last: u16, from: u16) -> (u16, u16) {
    let mut best = (u16::MAX, last);
    let mut cost = least;
    while cost < best.0 {
        let place = firsts[usize::from(cost)];
        if place <= last {
            let all = cost + more(place - from);
            if all < best.0 {
                best = (all, place);
            }
        }
        cost += 1;
    }
    best
}
