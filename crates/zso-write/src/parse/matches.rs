//! The longest matches at each place of a block.

use super::cost::{MIN_MATCH, NEAR};

/// Bits of the hash of four bytes.
const HASH_BITS: u32 = 12;
/// No place.
const NONE: u16 = u16::MAX;
/// Distances 1, 2 and 3, and one for all others.
pub(super) const KINDS: usize = NEAR + 1;
/// The kind of all others.
pub(super) const FAR: usize = NEAR;

/// Where a match ends, and how far back it is copied from.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Match {
    /// After its last byte; 0 for no match.
    pub(super) end: u16,
    pub(super) offset: u16,
}

/// Finds matches at a block's places, from the last to the first.
#[derive(Debug)]
pub(super) struct Finder {
    /// The last place with a hash.
    last: Vec<u16>,
    /// For each place the last one before it with the same hash.
    before: Vec<u16>,
    /// The longest matches at the place that was last looked at.
    longest: [Match; KINDS],
}

impl Finder {
    pub(super) fn new() -> Self {
        Self {
            last: vec![NONE; 1 << HASH_BITS],
            before: Vec::new(),
            longest: Default::default(),
        }
    }

    /// Begins a block.
    pub(super) fn start(&mut self, block: &[u8]) {
        self.last.fill(NONE);
        self.longest = Default::default();
        self.before.clear();
        for (at, four) in block.array_windows().enumerate() {
            let place = &mut self.last[hash(*four)];
            self.before.push(*place);
            *place = at as u16;
        }
    }

    /// The longest matches at `at` that end in `reach`, which is the block without its last bytes.
    ///
    /// Called for each place from the last with [`MIN_MATCH`] bytes to the first: a match goes no farther than the
    /// longest one from the next place, whose offset could be the same. That makes long runs quick to search.
    #[inline]
    pub(super) fn at(&mut self, reach: &[u8], at: usize) -> &[Match; KINDS] {
        for offset in 1..=NEAR {
            let next = self.longest[offset - 1];
            self.longest[offset - 1] = extend(next, reach, at, offset);
        }
        let far = self.longest[FAR];
        if !goes_on(far, reach, at) {
            self.longest[FAR] = self.search(reach, at, usize::from(far.end));
        }
        &self.longest
    }

    /// The longest match from more than three bytes back; none ends after `farthest` unless it is the shortest.
    fn search(&self, reach: &[u8], at: usize, farthest: usize) -> Match {
        let farthest = farthest.max(at + MIN_MATCH);
        let mut longest = Match::default();
        // What the last byte of a longer match has to be.
        let mut beat = at + MIN_MATCH - 1;
        let mut place = self.before[at];
        while place != NONE {
            let from = usize::from(place);
            let offset = at - from;
            if offset > NEAR && reach[beat] == reach[beat - offset] {
                let end = at + equal(reach, at, from);
                if end > beat {
                    longest = Match {
                        end: end as u16,
                        offset: offset as u16,
                    };
                    if end >= farthest {
                        break;
                    }
                    beat = end;
                }
            }
            place = self.before[from];
        }
        longest
    }
}

/// Whether the match of the next place is one at `at`, too.
#[inline]
fn goes_on(next: Match, reach: &[u8], at: usize) -> bool {
    let from = at.checked_sub(usize::from(next.offset));
    next.end != 0 && from.is_some_and(|from| reach[from] == reach[at])
}

/// The match from `offset` bytes back, given that of the next place.
#[inline]
fn extend(next: Match, reach: &[u8], at: usize, offset: usize) -> Match {
    if at < offset || reach[at] != reach[at - offset] {
        return Match::default();
    }
    if next.end != 0 {
        return next;
    }
    // There was none at the next place: it is the shortest, or none.
    let [near, far] = [at, at - offset].map(|start| &reach[start..start + MIN_MATCH]);
    if near != far {
        return Match::default();
    }
    Match {
        end: (at + MIN_MATCH) as u16,
        offset: offset as u16,
    }
}

/// A hash of four bytes: they are a number, whose product has its best bits at the top.
fn hash(four: [u8; MIN_MATCH]) -> usize {
    (u32::from_le_bytes(four).wrapping_mul(0x9E37_79B1) >> (u32::BITS - HASH_BITS)) as usize
}

/// How many bytes from `at` and from `from`, which is before it, are alike.
#[inline]
fn equal(reach: &[u8], at: usize, from: usize) -> usize {
    let mut len = 0;
    while let (Some(a), Some(b)) = (word(reach, at + len), word(reach, from + len)) {
        let different = a ^ b;
        if different != 0 {
            return len + (different.trailing_zeros() / u8::BITS) as usize;
        }
        len += size_of::<u64>();
    }
    let rest = reach[at + len..].iter().zip(&reach[from + len..]);
    len + rest.take_while(|(a, b)| a == b).count()
}

#[inline]
fn word(reach: &[u8], at: usize) -> Option<u64> {
    reach
        .get(at..)?
        .first_chunk()
        .map(|word| u64::from_le_bytes(*word))
}
