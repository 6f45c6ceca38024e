//! Where the matches of one kind can end.

use std::ops::Range;

use super::cost::MIN_MATCH;
use super::ladder::Ladder;
use super::matches::Match;
use super::price::{ONE_MORE, Price, RunPrices, TWO_MORE};

/// Ends of the matches from the place that was last looked at.
///
/// From the next place most of them are ends, too, and one more is. Lengths that a token has no room for are apart from
/// the others: the byte that they take besides would keep most ends on the ladder.
#[derive(Debug)]
pub(super) struct Ends {
    ladder: Ladder,
    /// The place.
    start: usize,
    /// What the longest match there is.
    kind: Kind,
    /// Where that ends.
    last: usize,
}

/// A kind of matches, by the length of the longest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// A token has room for all of them.
    Short,
    /// Some take one byte besides.
    OneMore,
    /// Some take two or more.
    Long,
}

impl Ends {
    /// None.
    pub(super) const fn new() -> Self {
        Self {
            ladder: Ladder::new(),
            start: usize::MAX,
            kind: Kind::Short,
            last: 0,
        }
    }

    /// Forgets all ends.
    pub(super) fn clear(&mut self) {
        self.start = usize::MAX;
    }

    /// The cheapest match at `start` with the offset of `longest`, after its price with all that follows: `rest` has
    /// that for each place after `start`.
    #[inline]
    pub(super) fn best(
        &mut self,
        start: usize,
        longest: Match,
        rest: &[Price],
        run: &RunPrices<3>,
    ) -> Option<(Price, Match)> {
        let last = usize::from(longest.end);
        if last == 0 {
            return None;
        }
        let kind = Kind::of(last - start);
        let nearest = start
            + if kind == Kind::Short {
                MIN_MATCH
            } else {
                ONE_MORE
            };
        if (self.start, self.kind, self.last) != (start + 1, kind, last) {
            self.ladder.clear();
            self.add(nearest + 1..last + 1, rest, run, kind);
        }
        self.add(nearest..nearest + 1, rest, run, kind);
        (self.start, self.kind, self.last) = (start, kind, last);

        let (mut price, mut end) = self.ladder.best(start, &run.of)?;
        if kind != Kind::Short {
            let rests = rest[start..nearest].iter().zip(&run.of);
            for (len, (rest, run)) in rests.enumerate().skip(MIN_MATCH) {
                if rest + run < price {
                    (price, end) = (rest + run, start + len);
                }
            }
        }
        let end = end as u16;
        Some((price, Match { end, ..longest }))
    }

    #[inline]
    fn add(&mut self, ends: Range<usize>, rest: &[Price], run: &RunPrices<3>, kind: Kind) {
        for end in ends.rev() {
            self.ladder.push(end, rest[end], &run.rises[kind as usize]);
        }
    }
}

impl Kind {
    fn of(longest: usize) -> Self {
        match longest {
            ..ONE_MORE => Self::Short,
            ONE_MORE..TWO_MORE => Self::OneMore,
            _ => Self::Long,
        }
    }
}
