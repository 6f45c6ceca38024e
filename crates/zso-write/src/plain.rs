//! Which blocks had better be stored plain, where bytes and requests of a device have prices.
//!
//! Plain blocks that are few among others are copied by the console's readers; runs of them are read to their places,
//! by a request of their own. So what a block costs depends on those beside it, and the cheapest choice for all is
//! found from the first block to the last one.

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

/// The cheapest choice for all blocks before a place.
#[derive(Clone, Copy, Default)]
struct Before {
    /// What it costs.
    price: u64,
    /// What all blocks would cost as parts of one run.
    placed: u64,
    /// How long the run is that ends here, 0 for none.
    run: usize,
}

impl Before {
    /// How much more was paid than for one run of all: the run that begins where this is least costs least.
    fn dearer(&self) -> i64 {
        self.price as i64 - self.placed as i64
    }
}

/// Which of these blocks are plain when all of them cost least.
pub(crate) fn cheapest(blocks: &[Prices], worth: Worth) -> Vec<bool> {
    let start = u64::from(worth.request) + GAP * u64::from(worth.byte);
    let mut last = Before::default();
    let mut places = vec![last];
    // Where the cheapest run so far begins.
    let mut from: Option<(usize, Before)> = None;
    for (end, block) in (1_usize..).zip(blocks) {
        last = Before {
            price: last.price + block.alone().0,
            placed: last.placed + block.placed,
            run: 0,
        };
        let latest = end.checked_sub(SHORTEST_RUN as usize);
        let latest = latest.and_then(|at| Some((at, *places.get(at)?)));
        from = match (from, latest) {
            (Some(from), Some(latest)) if latest.1.dearer() >= from.1.dearer() => Some(from),
            (from, latest) => latest.or(from),
        };
        if let Some((at, before)) = from {
            let price = before.price + start + last.placed - before.placed;
            if price < last.price {
                (last.price, last.run) = (price, end - at);
            }
        }
        places.push(last);
    }
    // From the last block to the first one: a run that ends at a block covers so many before it.
    let mut left = 0_usize;
    let backward = blocks.iter().zip(places.iter().skip(1)).rev();
    let plain = backward.map(|(block, place)| {
        if left == 0 {
            left = place.run;
        }
        let placed = left > 0;
        left = left.saturating_sub(1);
        placed || block.alone().1
    });
    let mut plain: Vec<bool> = plain.collect();
    plain.reverse();
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
