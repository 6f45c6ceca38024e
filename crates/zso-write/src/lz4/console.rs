//! The block that is cheapest for the console: its bytes, and its decoder's cycles at an exchange rate.
//!
//! As in `shortest`, the search goes from a block's end to its start, and the *rest* of a place is the least that the
//! block costs from there on. Literals up to a match and a match up to the next sequence both are a run for which the
//! best end is looked for. Each byte of a run costs the same; so ends are compared as if all bytes before them belonged
//! to the run. What is left are bytes beside the token:
//!
//! - [`Short`]: ends of runs that need none. The best end is that of the run from the next place, or the one end that
//!   is new, or else that was too far away and all are looked at.
//! - [`Long`]: all others. The farther one of two ends can be the best only if it is cheaper. A queue has those that
//!   can be, the farthest first.
//!
//! Matches from less than eight bytes back cost more than others. They can be the best where no other goes as far,
//! which is at the first bytes of what repeats. Long runs of one byte cost less.

use super::cost::{CONSOLE, CYCLE, FILL, Lengths, NEAR, more};
use super::format::{self, EACH, MORE};
use super::put::Put;
use super::shortest::{AT_ONCE, Match, Part, Step, sequences};
use super::window::{PLACES, Window, boxed};

/// What a byte costs: the cycles that it takes from the console's slowest device, USB 1.1 at 0.75 MB/s and 36.864 MHz.
///
/// A byte more that saves fewer cycles would be a loss there, and one that saves more is a gain on all devices.
pub const BYTE: u32 = 49 * CYCLE;
/// What token and offset cost.
const SEQUENCE: u32 = 3 * BYTE;
const MIN_MATCH: u16 = format::MIN_MATCH as u16;
const FAR: u16 = NEAR as u16;

const LITERALS: Run = Run::new(&CONSOLE.literals, 0, 0, BYTE, 0);
const MATCHES: Run = Run::new(&CONSOLE.matches, MIN_MATCH, MIN_MATCH, 0, SEQUENCE);
const FILLS: Run = Run::new(&CONSOLE.fills, FILL as u16, MIN_MATCH, 0, SEQUENCE);

/// Prices of runs.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// A token counts from here.
    counted: u16,
    /// The price of any.
    any: i64,
    /// Of each byte.
    each: i64,
    /// Of each byte beside the token.
    more: i64,
}

impl Run {
    const fn new(costs: &Lengths, shortest: u16, counted: u16, byte: u32, any: u32) -> Self {
        let each = priced(costs.each + byte);
        Self {
            counted,
            any: priced(costs.any + any) - each * shortest as i64,
            each,
            more: priced(costs.more + BYTE),
        }
    }

    /// An end with the price of the bytes beside the token that a run from `at` needs.
    #[inline(always)]
    fn beside(&self, at: u16, end: i64) -> i64 {
        let len = end as u16 - at - self.counted;
        end + self.more * i64::from(more(len.into()))
    }
}

/// A price that has room for a place below it: of two, the less is the cheaper, and of equal ones the nearer.
const fn priced(price: u32) -> i64 {
    (price as i64) << u16::BITS
}

/// The same price with another place.
#[inline(always)]
fn at_place(price: i64, place: u16) -> i64 {
    price & !i64::from(u16::MAX) | i64::from(place)
}

/// No end: dearer than any, and not too far away.
const NONE: i64 = 1 << 62;

/// The best end of runs that need no bytes beside the token.
#[derive(Debug)]
struct Short(i64);

impl Short {
    /// The best of the ends from `nearest` to `last`, neither of which is farther than in the call before.
    #[inline(always)]
    fn best(&mut self, ends: &[i64; PLACES], nearest: u16, last: u16) -> i64 {
        self.0 = self.0.min(ends[usize::from(nearest)]);
        if self.0 as u16 > last {
            self.0 = best_of(ends, nearest, last);
        }
        self.0
    }
}

#[inline(never)]
fn best_of(ends: &[i64; PLACES], nearest: u16, last: u16) -> i64 {
    let ends = &ends[usize::from(nearest)..=usize::from(last)];
    ends.iter().fold(NONE, |best, end| best.min(*end))
}

/// The ends of long runs that can be the best, from the farthest to the nearest.
#[derive(Debug)]
struct Long {
    ends: Box<[i64; PLACES]>,
    /// Ends before the first one are too far away, also from all places that are still to come.
    first: u16,
    /// After the last one.
    after: u16,
    /// The best one, with the price of the bytes beside the token.
    best: i64,
    /// Before this place the run to the best one takes more of them.
    until: u16,
}

impl Long {
    fn new() -> Self {
        Self {
            ends: boxed(),
            first: 0,
            after: 0,
            best: NONE,
            until: 0,
        }
    }

    fn clear(&mut self) {
        (self.first, self.after, self.best, self.until) = (0, 0, NONE, 0);
    }

    /// Adds an end before all others.
    #[inline(always)]
    fn add(&mut self, end: i64) {
        while self.after != self.first && self.ends[usize::from(self.after - 1)] >= end {
            self.after -= 1;
        }
        self.ends[usize::from(self.after)] = end;
        self.after += 1;
    }

    /// The best end of a run from `at` to `last` at most, with the price of the bytes beside the token. One end is new,
    /// the nearest; and none is farther than in the call before.
    #[inline(always)]
    fn best(&mut self, run: Run, at: u16, nearest: i64, last: u16) -> i64 {
        self.add(nearest);
        let price = run.beside(at, nearest);
        if price <= self.best {
            self.take(run, at, price);
        } else if self.best as u16 > last || at < self.until {
            self.look(run, at, last);
        }
        self.best
    }

    #[inline(always)]
    fn take(&mut self, run: Run, at: u16, best: i64) {
        let end = best as u16;
        let beside = more((end - at - run.counted).into()) as u16;
        self.best = best;
        self.until = end - run.counted - (MORE - 1).min(end - run.counted);
        self.until = self.until.saturating_sub(beside * EACH);
    }

    #[inline(never)]
    fn look(&mut self, run: Run, at: u16, last: u16) {
        while self.ends[usize::from(self.first)] as u16 > last {
            self.first += 1;
        }
        let best = self.best_to(run, at, last);
        self.take(run, at, best);
    }

    /// The best end of all that are not after `last`.
    fn best_to(&self, run: Run, at: u16, last: u16) -> i64 {
        let mut best = NONE;
        // From here on ends are too far away, or need as many bytes beside the token as one that was cheaper.
        let mut bound = last + 1;
        for &end in &self.ends[usize::from(self.first)..usize::from(self.after)] {
            if end >= best {
                break;
            }
            if (end as u16) < bound {
                best = best.min(run.beside(at, end));
                let beside = more((end as u16 - at - run.counted).into()) as u16;
                bound = at + run.counted + (MORE + beside * EACH).saturating_sub(EACH);
            }
        }
        best
    }
}

/// Finds the cheapest block, with memory for one.
#[derive(Debug)]
pub(super) struct Parser {
    steps: Box<[Step; PLACES]>,
    /// By place: the rest, and what a match costs for all bytes before.
    ends: Box<[i64; PLACES]>,
    /// By place: the rest if it begins with a match, and what literals cost for all bytes before.
    starts: Box<[i64; PLACES]>,
    short_matches: Short,
    long_matches: Long,
    fills: Long,
    short_literals: Short,
    /// The best end of literals that take bytes beside the token, if they took one.
    far_start: i64,
    /// The first match, of any price.
    first: u16,
    /// Ends of such literals that take two or more; before this place none was added.
    long_literals: Long,
    known: u16,
}

impl Parser {
    pub(super) fn new() -> Self {
        Self {
            steps: boxed(),
            ends: boxed(),
            starts: boxed(),
            short_matches: Short(NONE),
            long_matches: Long::new(),
            fills: Long::new(),
            short_literals: Short(NONE),
            far_start: NONE,
            first: 0,
            long_literals: Long::new(),
            known: 0,
        }
    }

    /// Encodes a text, which is in `window`.
    pub(super) fn encode(&mut self, window: &Window, len: usize, put: &mut Put) {
        let part = Part::of(len);
        self.parse(window, part);
        for (start, found) in sequences(part, |at| self.steps[usize::from(at)]) {
            put.sequence(start.into(), found.end.into(), found.offset.into());
        }
    }

    #[inline(never)]
    fn parse(&mut self, window: &Window, part: Part) {
        let Part { reach, starts, .. } = part;
        self.start(part);
        let mut far = Match::NONE;
        for at in (starts + 1..=reach - MIN_MATCH).rev() {
            far = window.longest_from(FAR, at, reach, far);
            self.best_match(at, reach);
        }
        // Up to where the bytes are equal around the last place; 0 if they are not.
        let mut equal = 0;
        for at in (0..=starts).rev() {
            far = window.longest_from(FAR, at, reach, far);
            if window.is_near(at, FAR) {
                match self.best_of_all(window, at, reach, far, &mut equal) {
                    Some((matched, offset)) => self.take_match(at, matched, offset),
                    None => self.take_no_match(at),
                }
                continue;
            }
            equal = 0;
            if far.end == 0 {
                self.take_no_match(at);
            } else {
                let matched = self.best_match(at, far.end);
                self.take_match(at, matched, far.offset);
            }
        }
    }

    /// Forgets the text before, and begins with a part's end, where there are only literals.
    fn start(&mut self, part: Part) {
        let Part { end, starts, .. } = part;
        self.short_matches = Short(NONE);
        self.short_literals = Short(NONE);
        for long in [
            &mut self.long_matches,
            &mut self.fills,
            &mut self.long_literals,
        ] {
            long.clear();
        }
        // The last sequence: literals up to the end, after a token.
        self.starts[usize::from(end)..][..=usize::from(MORE)].fill(NONE);
        let last = at_place(priced(BYTE) + LITERALS.each * i64::from(end), end);
        self.starts[usize::from(end)] = last;
        (self.far_start, self.first, self.known) = (NONE, end, end + 1);
        for at in (starts + 1..end).rev() {
            self.take_no_match(at);
        }
    }

    /// The best match of those that cost the same and end at `last` at most, with its price.
    #[inline(always)]
    fn best_match(&mut self, at: u16, last: u16) -> i64 {
        let nearest = at + MIN_MATCH;
        let long = nearest + MORE;
        let mut best = self
            .short_matches
            .best(&self.ends, nearest, last.min(long - 1));
        if last >= long {
            let nearest = self.ends[usize::from(long)];
            best = best.min(self.long_matches.best(MATCHES, at, nearest, last));
        }
        best + MATCHES.any - MATCHES.each * i64::from(at)
    }

    /// Takes the best match at `at` with its price and its offset.
    #[inline(always)]
    fn take_match(&mut self, at: u16, matched: i64, offset: u16) {
        let step = &mut self.steps[usize::from(at)];
        (step.end, step.offset) = (matched as u16, offset);
        let start = at_place(matched + LITERALS.each * i64::from(at), at);
        self.starts[usize::from(at)] = start;
        let best = self.best_literals(at).min(start);
        self.first = at;
        self.take(at, best);
    }

    #[inline(always)]
    fn take_no_match(&mut self, at: u16) {
        self.starts[usize::from(at)] = NONE;
        let best = self.best_literals(at);
        self.take(at, best);
    }

    /// Takes the best start after literals from `at`.
    #[inline(always)]
    fn take(&mut self, at: u16, start: i64) {
        self.steps[usize::from(at)].next = start as u16;
        let end = start + (MATCHES.each - LITERALS.each) * i64::from(at);
        self.ends[usize::from(at)] = at_place(end, at);
    }

    /// The best literals from `at`, with their price and that of all before.
    #[inline(always)]
    fn best_literals(&mut self, at: u16) -> i64 {
        let long = at + MORE;
        let mut best = self.short_literals.best(&self.starts, at + 1, long - 1);
        self.far_start = self.far_start.min(self.starts[usize::from(long)]);
        if self.far_start + LITERALS.more < best {
            // No nearer one takes fewer bytes beside the token.
            let [beside, first] =
                [self.far_start as u16, self.first].map(|start| more((start - at).into()));
            best = match beside == first.max(1) {
                true => self.far_start + LITERALS.more * i64::from(beside),
                false => self.long_literals_from(at, best),
            };
        }
        best + LITERALS.any
    }

    /// The same for literals that take several bytes beside the token, or `best`.
    #[inline(never)]
    fn long_literals_from(&mut self, at: u16, best: i64) -> i64 {
        let long = at + MORE;
        for start in (long..self.known).rev() {
            let start = self.starts[usize::from(start)];
            if start != NONE {
                self.long_literals.add(start);
            }
        }
        self.known = long;
        best.min(self.long_literals.best_to(LITERALS, at, AT_ONCE as u16))
    }

    /// The best match of any offset at `at`, with its price and its offset, given the longest from far back.
    #[inline(never)]
    fn best_of_all(
        &mut self,
        window: &Window,
        at: u16,
        reach: u16,
        far: Match,
        equal: &mut u16,
    ) -> Option<(i64, u16)> {
        if at == 0 || !window.is_repeated(at, 1) {
            *equal = 0;
        } else if *equal == 0 {
            *equal = window.alike(at, at - 1, reach);
        }
        // Where matches of each offset end, if farther than those from farther back, which cost less.
        let mut ends = [0; NEAR];
        let mut last = far.end.max(at + MIN_MATCH - 1);
        let mut near = FAR.min(at + 1);
        while let Some(next) = window.repeated(last, near).filter(|_| last < reach) {
            near = next;
            let end = window.alike(at, at - near, reach);
            if end > last {
                ends[usize::from(near)] = end;
                last = end;
            }
        }
        if last < at + MIN_MATCH {
            return None;
        }
        let mut best = (self.best_match(at, last), far.offset);
        if last > far.end {
            best = (NONE, 0);
            ends[0] = far.end;
            for near in 0..FAR {
                let besides = match near {
                    0 => 0,
                    near => priced(CONSOLE.near[usize::from(near * 2 / FAR)]),
                };
                let end = match near {
                    0 => far.end,
                    1 => ends[1].min(at + FILL as u16 - 1),
                    _ => ends[usize::from(near)],
                };
                if end != 0 {
                    let offset = if near == 0 { far.offset } else { near };
                    best = best.min((self.best_match_to(at, end) + besides, offset));
                }
            }
        }
        let nearest = at + FILL as u16;
        if *equal >= nearest {
            let behind = i64::from(nearest) * (FILLS.each - MATCHES.each);
            let end = self.ends[usize::from(nearest)] + behind;
            let fill = self.fills.best(FILLS, at, end, *equal);
            best = best.min((fill + FILLS.any - FILLS.each * i64::from(at), 1));
        }
        Some(best)
    }

    /// The best match that ends at `last` at most, which is not as far as in the call of `best_match` for the same
    /// place.
    fn best_match_to(&self, at: u16, last: u16) -> i64 {
        let nearest = at + MIN_MATCH;
        let best = best_of(&self.ends, nearest, last.min(nearest + MORE - 1));
        let best = best.min(self.long_matches.best_to(MATCHES, at, last));
        best + MATCHES.any - MATCHES.each * i64::from(at)
    }
}
