//! How games read: sequences of `(lsn, count)`.

use crate::Rng;

/// Sectors of a chunk in which the console's disc manager passes on what the EE asks for.
const CHUNK: u32 = 8;

/// A way to read a disc.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// A file, in chunks of 8 sectors.
    Sequential,
    /// The same to an EE buffer that is not aligned: each chunk asks for the sector after its seven, which the next
    /// one asks for again.
    Overlapping,
    /// A stream of the I/O processor's own: 16 sectors at a time.
    Stream,
    /// Directory scans and small files: 1 or 2 sectors anywhere.
    Random {
        /// Which places.
        seed: u64,
        /// How many requests.
        requests: u32,
    },
    /// The same with single sectors.
    RandomSingle {
        /// Which places.
        seed: u64,
        /// How many requests.
        requests: u32,
    },
    /// Two files at once, half a disc apart, in chunks of 8 sectors by turns.
    Interleaved,
}

impl Pattern {
    /// All of them, in a fixed order.
    pub const ALL: [Self; 6] = [
        Self::Sequential,
        Self::Overlapping,
        Self::Stream,
        Self::Random {
            seed: 1,
            requests: 1000,
        },
        Self::RandomSingle {
            seed: 2,
            requests: 1000,
        },
        Self::Interleaved,
    ];

    /// A short name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential-8",
            Self::Overlapping => "overlapping-7+1",
            Self::Stream => "stream-16",
            Self::Random { .. } => "random-1-2",
            Self::RandomSingle { .. } => "random-1",
            Self::Interleaved => "interleaved-8",
        }
    }

    /// The requests, `(lsn, count)`, on a disc of `sectors` sectors, which are at least 2.
    #[must_use]
    pub fn requests(self, sectors: u32) -> Box<dyn Iterator<Item = (u32, u32)>> {
        match self {
            Self::Sequential => Box::new(run(0, sectors, CHUNK, CHUNK)),
            Self::Overlapping => Box::new(run(0, sectors, CHUNK - 1, CHUNK)),
            Self::Stream => Box::new(run(0, sectors, 2 * CHUNK, 2 * CHUNK)),
            Self::Random { seed, requests } => Box::new(random(seed, requests, sectors, 2)),
            Self::RandomSingle { seed, requests } => Box::new(random(seed, requests, sectors, 1)),
            Self::Interleaved => {
                let half = sectors / 2;
                let second = run(half, 2 * half, CHUNK, CHUNK);
                Box::new(
                    run(0, half, CHUNK, CHUNK)
                        .zip(second)
                        .flat_map(|(a, b)| [a, b]),
                )
            }
        }
    }
}

/// From `start` to `end`, `count` sectors every `step`.
fn run(start: u32, end: u32, step: u32, count: u32) -> impl Iterator<Item = (u32, u32)> {
    (start..end)
        .step_by(step as usize)
        .map(move |lsn| (lsn, count.min(end - lsn)))
}

/// `requests` times up to `most` sectors anywhere.
fn random(seed: u64, requests: u32, sectors: u32, most: u32) -> impl Iterator<Item = (u32, u32)> {
    let mut rng = Rng::new(seed);
    (0..requests).map(move |_| {
        let count = rng.within(1..most as usize + 1) as u32;
        (rng.within(0..(sectors - count + 1) as usize) as u32, count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(pattern: Pattern, sectors: u32, n: usize) -> Vec<(u32, u32)> {
        pattern.requests(sectors).take(n).collect()
    }

    #[test]
    fn patterns_are_what_they_say() {
        assert_eq!(first(Pattern::Sequential, 20, 9), [(0, 8), (8, 8), (16, 4)]);
        assert_eq!(
            first(Pattern::Overlapping, 20, 9),
            [(0, 8), (7, 8), (14, 6)]
        );
        assert_eq!(first(Pattern::Stream, 20, 9), [(0, 16), (16, 4)]);
        assert_eq!(
            first(Pattern::Interleaved, 40, 4),
            [(0, 8), (20, 8), (8, 8), (28, 8)]
        );
    }

    #[test]
    fn nothing_is_asked_for_after_the_end() {
        for pattern in Pattern::ALL {
            for sectors in [2, 3, 17, 1000] {
                let inside = |(lsn, count)| count > 0 && lsn + count <= sectors;
                assert!(pattern.requests(sectors).all(inside), "{}", pattern.name());
            }
        }
    }
}
