//! The longest match at each place of a large block, part by part.

use super::format::{FARTHEST, MIN_MATCH, SMALLEST, alike, four, hash};
use super::put::Put;
use super::shortest::{Match, Matches, Parser, Part};
use super::window::{PATIENCE, boxed};

/// Bits of the hash of four bytes.
const HASH_BITS: u32 = 16;
/// Places whose chains are kept: as far as a match reaches back, and a part.
const KEPT: usize = 1 << 17;
/// The end of a part is parsed again with the next one: its matches could not go on.
const AGAIN: u16 = 512;

/// Chains of places with the same hash.
#[derive(Debug)]
pub(super) struct Far {
    /// By hash: the place after the last one with it; 0 for none.
    after: Box<[u32; 1 << HASH_BITS]>,
    /// By place: how far back the last place with the same hash is; 0 for none in reach.
    back: Box<[u16; KEPT]>,
    /// Places before this one are known.
    known: usize,
    /// Places that are looked at for one match, at most.
    depth: u16,
}

impl Far {
    pub(super) fn new(depth: u16) -> Self {
        Self {
            after: boxed(),
            back: boxed(),
            known: 0,
            depth,
        }
    }

    /// Encodes a text of any size.
    pub(super) fn encode(&mut self, text: &[u8], parser: &mut Parser, put: &mut Put) {
        self.after.fill(0);
        self.known = 0;
        let mut start = 0;
        while start + SMALLEST <= text.len() {
            let part = Part::of(text.len() - start);
            self.add(text, start + usize::from(part.end));
            let reach = From {
                text,
                start,
                far: self,
            };
            parser.parse(&reach, part);
            let end = start + usize::from(part.end);
            let again = if end == text.len() { 0 } else { AGAIN };
            let sequences = parser.sequences(part);
            for (at, found) in sequences.take_while(|(at, _)| *at < part.end - again) {
                let offset = found.offset.into();
                let mut end = start + usize::from(found.end);
                if found.end > part.starts {
                    end = put.reach(end, offset);
                }
                put.sequence(start + usize::from(at), end, offset);
            }
            start = put.at().max(end - usize::from(again));
        }
    }

    /// Adds all places before `end`.
    fn add(&mut self, text: &[u8], end: usize) {
        for at in self.known..end.min(text.len() - (MIN_MATCH - 1)) {
            let after = &mut self.after[hash::<HASH_BITS>(four(text, at))];
            let back = at + 1 - *after as usize;
            self.back[at % KEPT] = if back > at {
                0
            } else {
                u16::try_from(back).unwrap_or(0)
            };
            *after = at as u32 + 1;
        }
        self.known = self.known.max(end);
    }
}

/// The part of a text from `start` on.
struct From<'a> {
    text: &'a [u8],
    start: usize,
    far: &'a Far,
}

impl From<'_> {
    /// The longest match at `at`, as far as to `enough`: as [`Window`](super::window::Window) searches for it.
    #[inline(never)]
    fn search(&self, at: usize, reach: usize, enough: usize) -> Option<(usize, usize)> {
        let (text, back) = (self.text, &self.far.back);
        let mut longest = None;
        // The last four bytes that a longer match has, and where they are.
        let mut skip = 0;
        let mut tail = four(text, at);
        // Where a match has the four bytes of the chain: these are its first ones, or the last.
        let mut chain = 0;
        let (mut place, mut looks) = (at, 0);
        for _ in 0..self.far.depth {
            if looks == PATIENCE && place + usize::from(back[(at + skip) % KEPT]) > at {
                (place, chain) = (at + skip, skip);
            }
            looks += 1;
            let back = usize::from(back[place % KEPT]);
            place -= back;
            let offset = at + chain - place;
            if back == 0 || offset > at.min(FARTHEST) {
                break;
            }
            if four(text, at + skip - offset) == tail {
                let from = at - offset;
                let end = at + alike(text, at, from, reach);
                if end >= at + skip + MIN_MATCH {
                    longest = Some((end, offset));
                    if end >= enough {
                        break;
                    }
                    skip = end + 1 - MIN_MATCH - at;
                    tail = four(text, at + skip);
                    (place, chain, looks) = (from, 0, 0);
                }
            }
        }
        longest
    }
}

impl Matches for From<'_> {
    #[inline(always)]
    fn longest(&self, at: u16, reach: u16, next: Match) -> Match {
        let [place, reach, next_end] = [at, reach, next.end].map(|at| self.start + usize::from(at));
        let offset = usize::from(next.offset);
        if next.end != 0 && offset <= place && self.text[place] == self.text[place - offset] {
            return next;
        }
        let enough = next_end.max(place + MIN_MATCH);
        self.search(place, reach, enough)
            .map_or(Match::NONE, |(end, offset)| Match {
                end: (end - self.start) as u16,
                offset: offset as u16,
            })
    }
}
