//! Which sectors are read, in which order: as games read.

/// Sectors that a pattern reads unless it is to read all: 32 MiB in the middle of the disc.
const SAMPLE: u32 = 16384;
/// Single sectors that are read unless it is to be as many as the disc has.
const SINGLES: u32 = 2048;
/// Sectors of the longest read.
pub const LONGEST: u32 = 16;

/// An order of reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// 8 sectors after 8 sectors, as games load. All of the disc, always.
    Eights,
    /// 16 after 16, as sound is streamed.
    Sixteens,
    /// 8 sectors, of which the first one is the last one of the read before: to where a game's buffer is not aligned.
    SevenAndOne,
    /// 8 sectors here and 8 sectors there in turn: two files at once.
    InTurn,
    /// Single sectors anywhere.
    AtRandom,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Read {
    pub lsn: u32,
    pub count: u32,
}

impl Pattern {
    pub const ALL: [Self; 5] = [
        Self::Eights,
        Self::Sixteens,
        Self::SevenAndOne,
        Self::InTurn,
        Self::AtRandom,
    ];

    /// What the report calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Eights => "8 after 8",
            Self::Sixteens => "16 after 16",
            Self::SevenAndOne => "7 + 1",
            Self::InTurn => "two in turn",
            Self::AtRandom => "1 at random",
        }
    }

    /// The read of a number, counted from 0, of a disc with this many sectors; `None` after the last one.
    #[must_use]
    pub fn read(self, number: u32, sectors: u32, all: bool) -> Option<Read> {
        let part = if all || self == Self::Eights {
            sectors
        } else {
            sectors.min(SAMPLE)
        };
        let start = (sectors - part) / 2;
        // The second half is no longer than the first, so it ends the pattern.
        let half = part.div_ceil(2);
        // Of the part: where the read is, what it may not reach past, and how long it is.
        let (at, end, most) = match self {
            Self::Eights => (number.checked_mul(8)?, part, 8),
            Self::Sixteens => (number.checked_mul(16)?, part, LONGEST),
            Self::SevenAndOne => (number.checked_mul(7)?, part, 8),
            Self::InTurn if number.is_multiple_of(2) => ((number / 2).checked_mul(8)?, half, 8),
            Self::InTurn => ((number / 2).checked_mul(8)?.checked_add(half)?, part, 8),
            Self::AtRandom if all => return (number < sectors).then(|| single(number, sectors)),
            Self::AtRandom => {
                return (number < SINGLES.min(sectors)).then(|| single(number, sectors));
            }
        };
        let count = end.checked_sub(at).filter(|&left| left > 0)?.min(most);
        Some(Read {
            lsn: start + at,
            count,
        })
    }
}

/// A sector anywhere, the same one in each run.
fn single(number: u32, sectors: u32) -> Read {
    // Spread by a multiplication, and mixed once more: neighbours in time are none on the disc.
    let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B1);
    let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x85EB_CA6B);
    Read {
        lsn: (mixed ^ mixed >> 13) % sectors,
        count: 1,
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn reads(pattern: Pattern, sectors: u32, all: bool) -> Vec<Read> {
        let reads = (0..).map_while(|number| pattern.read(number, sectors, all));
        reads.take(sectors as usize + 2).collect()
    }

    #[test]
    fn all_of_a_disc_is_read_and_nothing_after_it() {
        for sectors in [1, 7, 8, 9, 15, 16, 17, 100, 1001] {
            for pattern in [
                Pattern::Eights,
                Pattern::Sixteens,
                Pattern::SevenAndOne,
                Pattern::InTurn,
            ] {
                let mut seen = std::vec![false; sectors as usize];
                for Read { lsn, count } in reads(pattern, sectors, true) {
                    assert!(count <= LONGEST);
                    seen[lsn as usize..][..count as usize].fill(true);
                }
                assert!(seen.iter().all(|&seen| seen), "{pattern:?} of {sectors}");
            }
            let singles = reads(Pattern::AtRandom, sectors, true);
            assert_eq!(singles.len(), sectors as usize);
            assert!(singles.iter().all(|read| read.lsn < sectors));
        }
    }

    #[test]
    fn of_a_large_disc_a_sample_is_read_but_front_to_back_all() {
        let sectors = 2_295_104;
        let read = |pattern| {
            reads(pattern, sectors, false)
                .iter()
                .map(|read| read.count)
                .sum::<u32>()
        };
        assert_eq!(read(Pattern::Eights), sectors);
        assert_eq!(read(Pattern::Sixteens), SAMPLE);
        assert_eq!(read(Pattern::SevenAndOne), SAMPLE + SAMPLE.div_ceil(7) - 1);
        assert_eq!(read(Pattern::InTurn), SAMPLE);
        assert_eq!(read(Pattern::AtRandom), SINGLES);
    }

    #[test]
    fn two_in_turn_go_on_where_they_were() {
        let reads = reads(Pattern::InTurn, 64, true);
        let starts: Vec<u32> = reads.iter().map(|read| read.lsn).collect();
        assert_eq!(starts, [0, 32, 8, 40, 16, 48, 24, 56]);
    }
}
