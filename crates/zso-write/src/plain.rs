//! Which blocks had better be stored plain, where bytes and requests of a device have prices.
//!
//! Plain blocks that are few among others are copied by the console's readers; runs of them are read to their places, by
//! a request of their own. So what a block costs depends on those beside it, and the cheapest choice for all is found from
//! the first block to the last one.

use zso::format::SHORTEST_RUN;

use crate::lz4::cost::{CONSOLE, COPY, PLACE, READ};
use crate::options::Worth;

/// Bytes of the gap before a run, in the mean.
const GAP: u64 = 1024;

/// What a block costs, in cycles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Prices {
    /// Compressed; nothing if it has to be plain.
    compressed: Option<u64>,
    /// Plain, and copied.
    copied: u64,
    /// Plain, and part of a run.
    placed: u64,
}

impl Prices {
    /// Of a block of `len` bytes, and what it is compressed to: bytes in the file, and those to be decoded.
    pub(crate) fn of(len: usize, compressed: Option<(usize, &[u8])>, worth: Worth) -> Self {
        let bytes = |len: usize| len as u64 * u64::from(worth.byte);
        Self {
            compressed: compressed.map(|(len, stored)| bytes(len) + READ + CONSOLE.cycles(stored)),
            copied: bytes(len) + COPY,
            placed: bytes(len) + PLACE,
        }
    }

    /// Outside of a run, and whether it is plain then.
    fn alone(&self) -> (u64, bool) {
        match self.compressed {
            Some(compressed) if compressed <= self.copied => (compressed, false),
            _ => (self.copied, true),
        }
    }
}

/// Which of these blocks are plain when all of them cost least.
pub(crate) fn cheapest(blocks: &[Prices], worth: Worth) -> Vec<bool> {
    let shortest = SHORTEST_RUN as usize;
    let start = u64::from(worth.request) + GAP * u64::from(worth.byte);
    // The price of all blocks before each one; how long the run is that ends there; and the same if all were placed.
    let mut best = vec![0; blocks.len() + 1];
    let mut run = vec![0; blocks.len() + 1];
    let mut placed = vec![0; blocks.len() + 1];
    // Where the run begins that is cheapest so far.
    let mut from: Option<usize> = None;
    let gain = |best: &[u64], placed: &[u64], at: usize| best[at] as i64 - placed[at] as i64;
    for (i, block) in blocks.iter().enumerate() {
        let end = i + 1;
        placed[end] = placed[i] + block.placed;
        best[end] = best[i] + block.alone().0;
        if let Some(at) = end.checked_sub(shortest) {
            if from.is_none_or(|from| gain(&best, &placed, at) < gain(&best, &placed, from)) {
                from = Some(at);
            }
            if let Some(from) = from {
                let price = best[from] + start + placed[end] - placed[from];
                if price < best[end] {
                    (best[end], run[end]) = (price, end - from);
                }
            }
        }
    }
    let mut plain: Vec<bool> = blocks.iter().map(|block| block.alone().1).collect();
    let mut end = blocks.len();
    while end > 0 {
        plain[end - run[end]..end].fill(true);
        end -= run[end].max(1);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORTH: Worth = Worth {
        byte: 2,
        request: 5000,
    };

    /// What blocks cost when these are plain.
    fn price(blocks: &[Prices], plain: &[bool]) -> Option<u64> {
        let mut sum = 0;
        let mut i = 0;
        while i < blocks.len() {
            let run = plain[i..].iter().take_while(|plain| **plain).count();
            let placed: u64 = blocks[i..i + run].iter().map(|block| block.placed).sum();
            let copied: u64 = blocks[i..i + run].iter().map(|block| block.copied).sum();
            sum += match run {
                0 => blocks[i].compressed?,
                1..4 => copied,
                _ => copied.min(placed + 5000 + 2 * GAP),
            };
            i += run.max(1);
        }
        Some(sum)
    }

    #[test]
    fn no_other_choice_is_cheaper() {
        let mut state = 1_u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for round in 0..300 {
            let blocks: Vec<_> = (0..11)
                .map(|_| Prices {
                    compressed: (random(8) > 0).then(|| u64::from(2000 + random(18_000))),
                    copied: 4096 + COPY,
                    placed: 4096 + PLACE,
                })
                .collect();
            let chosen = price(&blocks, &cheapest(&blocks, WORTH)).expect("what must be plain is");
            let all = (0..1_u32 << blocks.len()).filter_map(|bits| {
                let plain: Vec<_> = (0..blocks.len()).map(|i| bits >> i & 1 != 0).collect();
                price(&blocks, &plain)
            });
            assert_eq!(Some(chosen), all.min(), "round {round}");
        }
    }
}
