//! The longest match at each place of a block, for each class of offsets.

use super::cost::{ALIGNED, CLASSES, OTHER, class};

/// LZ4: the shortest match.
pub(super) const MIN_MATCH: usize = 4;

/// Entries of the table that finds the last place with the same four bytes.
const TABLE_BITS: u32 = 12;
/// No place.
const NONE: u16 = u16::MAX;

/// Where the longest match of one class ends, and how far back it is copied from.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Longest {
    /// Behind its last byte; 0 for none.
    pub(super) end: usize,
    pub(super) offset: usize,
}

/// Looks at a block's places from the last to the first.
#[derive(Debug)]
pub(super) struct Finder {
    table: Vec<u16>,
    /// For each place the last one before it with the same four bytes, or at least the same hash of them.
    before: Vec<u16>,
    /// The longest matches at the place behind the one that is looked at.
    longest: [Longest; CLASSES],
}

impl Finder {
    pub(super) fn new() -> Self {
        Self {
            table: vec![NONE; 1 << TABLE_BITS],
            before: Vec::new(),
            longest: Default::default(),
        }
    }

    /// Begins a block.
    pub(super) fn start(&mut self, block: &[u8]) {
        self.table.fill(NONE);
        self.before.clear();
        self.longest = Default::default();
        for (at, four) in block.windows(MIN_MATCH).enumerate() {
            let word = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
            let slot = &mut self.table[(word.wrapping_mul(2_654_435_761) >> (32 - TABLE_BITS)) as usize];
            self.before.push(*slot);
            *slot = at as u16;
        }
    }

    /// The longest matches from `at` that end in `reach`, the block without its last bytes; called for each place, from
    /// the last to the first.
    pub(super) fn at(&mut self, reach: &[u8], at: usize) -> &[Longest; CLASSES] {
        for offset in 1..=3 {
            self.longest[class(offset)] = grow(self.longest[class(offset)], reach, at, offset);
        }
        let mut wanted = [true; CLASSES];
        wanted[..3].fill(false);
        // A match from here on goes no farther than the longest of the next place.
        for class in [ALIGNED, OTHER] {
            let Longest { end, offset } = self.longest[class];
            if end != 0 && offset <= at && reach[at] == reach[at - offset] {
                wanted[class] = false;
            }
        }
        if wanted[ALIGNED] || wanted[OTHER] {
            self.search(reach, at, wanted);
        }
        &self.longest
    }

    fn search(&mut self, reach: &[u8], at: usize, mut wanted: [bool; CLASSES]) {
        let mut limit = [0; CLASSES];
        for class in [ALIGNED, OTHER] {
            if wanted[class] {
                limit[class] = self.longest[class].end.max(at + MIN_MATCH);
                self.longest[class] = Longest::default();
            }
        }
        let mut from = self.before[at];
        while from != NONE {
            let place = from as usize;
            let class = class(at - place);
            if wanted[class] {
                let best = self.longest[class].end.max(at + MIN_MATCH - 1);
                if reach.get(best) == reach.get(place + best - at) {
                    let end = at + equal(&reach[at..], &reach[place..]);
                    if end > best {
                        self.longest[class] = Longest { end, offset: at - place };
                        if end >= limit[class] {
                            wanted[class] = false;
                            if !(wanted[ALIGNED] || wanted[OTHER]) {
                                return;
                            }
                        }
                    }
                }
            }
            from = self.before[place];
        }
    }
}

/// The match at `at` with an offset, given the one at the next place.
fn grow(next: Longest, reach: &[u8], at: usize, offset: usize) -> Longest {
    if offset > at || reach[at] != reach[at - offset] {
        return Longest::default();
    }
    if next.end != 0 {
        return next;
    }
    let len = equal(&reach[at..], &reach[at - offset..]);
    if len < MIN_MATCH {
        return Longest::default();
    }
    Longest { end: at + len, offset }
}

/// How many bytes `a` and `b` begin with alike.
#[inline]
fn equal(a: &[u8], b: &[u8]) -> usize {
    let (words, _) = a.as_chunks::<8>();
    let (others, _) = b.as_chunks::<8>();
    let mut len = 0;
    for (word, other) in words.iter().zip(others) {
        let different = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*other);
        if different != 0 {
            return len + (different.trailing_zeros() / 8) as usize;
        }
        len += 8;
    }
    let rest = a[len..].iter().zip(&b[len..]);
    len + rest.take_while(|(a, b)| a == b).count()
}
