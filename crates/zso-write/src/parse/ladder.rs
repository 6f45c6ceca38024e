//! Places where a run can end, without those that are never the best.

use super::price::{Price, Rises};

/// Ends of a run with the price of all that follows them, the nearest one last.
///
/// Blocks are searched from their end to their start, and so ends are added before those that are known. Of two
/// ends one is often the better whatever the run's length. Without those that are not, few remain: mostly one or two.
#[derive(Debug)]
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
    /// None.
    pub(super) const fn new() -> Self {
        Self { rungs: Vec::new() }
    }

    /// Forgets all ends.
    pub(super) fn clear(&mut self) {
        self.rungs.clear();
    }

    /// Adds an end before all others.
    #[inline]
    pub(super) fn push(&mut self, at: usize, rest: Price, rises: &Rises) {
        let dearer = |known: &Rung| {
            let by = known.at as usize - at;
            (by, rest.cast_signed() - known.rest.cast_signed())
        };
        let mut beaten = false;
        for known in &self.rungs {
            let (by, gain) = dearer(known);
            if gain >= rises.most(by) {
                return;
            }
            beaten |= gain <= rises.least(by);
        }
        if beaten {
            self.rungs.retain(|known| {
                let (by, gain) = dearer(known);
                gain > rises.least(by)
            });
        }
        self.rungs.push(Rung {
            at: at as u32,
            rest,
        });
    }

    /// The lowest price of a run from `start` and all that follows it, and where that run ends; `of` has the prices of
    /// runs by their length.
    #[inline]
    pub(super) fn best(&self, start: usize, of: &[Price]) -> Option<(Price, usize)> {
        let (last, others) = self.rungs.split_last()?;
        let price = |rung: &Rung| rung.rest + of[rung.at as usize - start];
        let mut best = (price(last), last.at as usize);
        for rung in others {
            let price = price(rung);
            if price < best.0 {
                best = (price, rung.at as usize);
            }
        }
        Some(best)
    }
}
