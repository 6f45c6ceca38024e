//! Places where a run can end, of which some are never the best.

use super::price::{Price, RunPrice};

/// Ends of a run with the price of all that follows them, the nearest one last.
///
/// Runs are looked at from their far end to the near one, so that ends are added in front of those that are known. Of
/// two ends one is often the better whatever the length in front of it. Without those that are not, few remain: mostly
/// one or two.
#[derive(Default, Debug)]
pub(super) struct Ladder(Vec<(u32, Price)>);

impl Ladder {
    /// Forgets all ends.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds an end in front of all others.
    #[inline]
    pub(super) fn push(&mut self, at: usize, rest: Price, run: &RunPrice) {
        while let Some(&(known, price)) = self.0.last() {
            let by = known as usize - at;
            if price + run.most(by) <= rest {
                return;
            }
            if rest > price + run.least(by) {
                break;
            }
            self.0.pop();
        }
        self.0.push((at as u32, rest));
    }

    /// The best end for a run from `start`, and the price of the run and all that follows.
    #[inline]
    pub(super) fn best(&self, start: usize, run: &RunPrice) -> Option<(Price, usize)> {
        let price = |&(at, rest): &(u32, Price)| (rest + run.of(at as usize - start), at as usize);
        self.0.iter().map(price).min()
    }
}
