//! Raw LZ4 blocks for decoders: of all encoders, of sequences that are edges of a fast decoder, and damaged ones.

use crate::Rng;
use crate::data;
use crate::encode::{Encoder, Match, put_sequence};

/// Around these lengths a run goes on in one more byte, or a copy takes another turn.
const LENGTHS: [usize; 8] = [4, 8, 12, 16, 19, 32, 270, 274];
/// A length differs from one of [`LENGTHS`] by less than this.
const AROUND: usize = 4;
/// Both ends of a block are moved by up to this many bytes.
const REACH: usize = 41;
/// What a damaged byte becomes, besides anything.
const TELLING: [u8; 4] = [0, 0x0F, 0xF0, 0xFF];

/// A block to decode.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// The block, and perhaps something after it.
    pub src: Vec<u8>,
    /// Bytes to decode.
    pub len: usize,
    /// Where the source begins, in bytes after a word's boundary.
    pub src_misalign: u32,
    /// The same for the destination.
    pub dst_misalign: u32,
}

impl Case {
    /// The case that belongs to `seed`. Half of them are damaged, or not of the length that is asked for.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let (mut src, mut len) = if rng.chance(50) {
            encoded(&mut rng)
        } else {
            edges(&mut rng)
        };
        if rng.chance(25) {
            len = moved(len, &mut rng);
        }
        if rng.chance(35) {
            damage(&mut src, &mut rng);
        }
        if rng.chance(30) {
            let more = rng.within(0..REACH);
            src.extend(rng.bytes(more));
        }
        Self {
            src,
            len,
            src_misalign: rng.within(0..4) as u32,
            dst_misalign: rng.within(0..4) as u32,
        }
    }
}

/// All kinds of content.
#[must_use]
pub fn contents(seed: u64, len: usize) -> [Vec<u8>; 6] {
    [
        data::noise(seed, len),
        data::text(seed, len),
        data::records(seed, len),
        data::tiles(seed, len),
        data::mixture(seed, len),
        vec![seed as u8; len],
    ]
}

/// A block of any encoder, and the length of what it stands for: a whole block now and then, a short one mostly.
fn encoded(rng: &mut Rng) -> (Vec<u8>, usize) {
    let len = match rng.within(0..8) {
        0 => zso::SECTOR_SIZE,
        _ => rng.within(1..400),
    };
    let seed = rng.bits();
    let content = rng.pick(&contents(seed, len)).clone();
    let encoder = match rng.within(0..4) {
        0 => Encoder::Hc(rng.within(1..13) as u8),
        1 => Encoder::Mixed(rng.bits()),
        _ => *rng.pick(&Encoder::ALL),
    };
    (encoder.encode(&content), len)
}

/// A block whose runs and offsets are near the edges of a decoder's paths; it ends as it likes.
#[must_use]
pub fn edges(rng: &mut Rng) -> (Vec<u8>, usize) {
    let mut block = Vec::new();
    let mut len = 0;
    for _ in 0..rng.within(1..12) {
        let literals = match rng.within(0..3) {
            // The first match needs something before it.
            0 => usize::from(len == 0),
            1 => rng.within(1..5),
            _ => length(rng).max(1),
        };
        len += literals;
        let found = Match {
            offset: offset(len, rng),
            len: length(rng).max(4),
        };
        len += found.len;
        let bytes = rng.bytes(literals);
        put_sequence(&mut block, &bytes, Some(found));
    }
    if rng.chance(80) {
        let literals = length(rng).max(1);
        len += literals;
        let bytes = rng.bytes(literals);
        put_sequence(&mut block, &bytes, None);
    }
    (block, len)
}

fn length(rng: &mut Rng) -> usize {
    rng.pick(&LENGTHS) - AROUND + rng.within(0..2 * AROUND)
}

/// An offset into `written` bytes: one of the shortest mostly, or one of the longest.
fn offset(written: usize, rng: &mut Rng) -> usize {
    match rng.within(0..8) {
        0 => rng.within(1..written + 1),
        1 => written - rng.within(0..written.min(4)),
        _ => rng.within(1..written.min(17) + 1),
    }
}

/// Another length, some bytes less or more.
fn moved(len: usize, rng: &mut Rng) -> usize {
    (len + rng.within(0..2 * REACH)).saturating_sub(REACH)
}

/// Changes some bytes, or takes some away at the end.
pub fn damage(block: &mut Vec<u8>, rng: &mut Rng) {
    match rng.within(0..6) {
        0 if !block.is_empty() => block.truncate(rng.within(0..block.len())),
        1 => block.truncate(block.len().saturating_sub(rng.within(0..REACH))),
        _ => {}
    }
    for _ in 0..rng.within(0..4).min(block.len()) {
        let place = rng.within(0..block.len());
        block[place] = if rng.chance(80) {
            *rng.pick(&TELLING)
        } else {
            rng.byte()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{self, End};

    #[test]
    fn edges_are_valid_blocks() {
        let mut rng = Rng::new(1);
        for _ in 0..2000 {
            let (block, len) = edges(&mut rng);
            assert!(oracle::decode(&block, len, End::Any).is_some());
        }
    }

    #[test]
    fn about_half_of_the_cases_decode() {
        let decodes = |case: &Case| oracle::decode(&case.src, case.len, End::Any).is_some();
        let decoded = (0..4000).map(Case::new).filter(decodes).count();
        assert!((1600..2800).contains(&decoded), "{decoded} of 4000");
    }

    #[test]
    fn the_same_seed_gives_the_same_case() {
        assert_eq!(Case::new(7), Case::new(7));
        assert_ne!(Case::new(7), Case::new(8));
    }
}
