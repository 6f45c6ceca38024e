//! Places where a run can end, without those that are never the best.

use super::price::{Price, RunPrices};

/// Ends of a run with the price of all that follows them, the nearest one last.
///
/// Runs are looked at from their far end to the near one, so that ends are added in front of those that are known. Of
/// two ends one is often the better whatever the length in front of it. Without those that are not, few remain: mostly
/// one or two.
#[derive(Default, Debug)]
pub(super) struct Ladder {
    rungs: Vec<Rung>,
}

/// An end of a run.
#[derive(Clone, Copy, Debug)]
struct Rung {
    at: u32,
    rest: Price,
}

impl Ladder {
    /// Forgets all ends.
    pub(super) fn clear(&mut self) {
        self.rungs.clear();
    }

    /// Adds an end in front of all others; `long` when runs to them may be too long for a token.
    #[inline]
    pub(super) fn push(&mut self, at: usize, rest: Price, run: &RunPrices, long: bool) {
        while let Some(known) = self.rungs.last() {
            let by = known.at as usize - at;
            if known.rest + run.most(by, long) <= rest {
                return;
            }
            if rest > known.rest + run.least(by) {
                break;
            }
            self.rungs.pop();
        }
        self.rungs.push(Rung { at: at as u32, rest });
    }

    /// The best end for a run from `start`, after the price of the run and all that follows.
    #[inline]
    pub(super) fn best(&self, start: usize, run: &RunPrices) -> Option<(Price, usize)> {
        let mut best: Option<(Price, usize)> = None;
        for rung in self.rungs.iter().rev() {
            let at = rung.at as usize;
            let price = rung.rest + run.of(at - start);
            if best.is_none_or(|(known, _)| price < known) {
                best = Some((price, at));
            }
        }
        best
    }
}
