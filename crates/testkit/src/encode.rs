//! LZ4 block encoders: two good ones, and odd ones whose blocks are valid all the same (R9).

use std::collections::HashMap;

use crate::Rng;

/// LZ4: the shortest match.
const MIN_MATCH: usize = 4;
/// R9: no match starts in this many bytes at the end.
const NO_MATCH_START: usize = 12;
/// R9: this many bytes at the end are literals.
const LAST_LITERALS: usize = 5;
/// The longest offset.
const MAX_OFFSET: usize = 0xFFFF;

/// A way to write a raw LZ4 block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoder {
    /// The C library's high-compression encoder at this level, 1 to 12: what people use for discs.
    Hc(u8),
    /// `lz4_flex`.
    Fast,
    /// One literal run.
    Literals,
    /// Matches at offsets 1, 2 and 3 only.
    ShortOffsets,
    /// The latest match, as long as it goes: a block of one byte is one match.
    LongMatches,
    /// Seeded choices: which match, how much of it, or none.
    Mixed(u64),
}

impl Encoder {
    /// One of each kind.
    pub const ALL: [Self; 7] = [
        Self::Hc(1),
        Self::Hc(9),
        Self::Fast,
        Self::Literals,
        Self::ShortOffsets,
        Self::LongMatches,
        Self::Mixed(1),
    ];

    /// The block that stands for `data`.
    ///
    /// # Panics
    /// When the C library fails.
    #[must_use]
    pub fn encode(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Hc(level) => hc(data, level),
            Self::Fast => fast(data),
            Self::Literals => sequences(data, |_, _| None),
            Self::ShortOffsets => sequences(data, short_offset),
            Self::LongMatches => sequences(data, long_match()),
            Self::Mixed(seed) => sequences(data, mixed(seed)),
        }
    }
}

fn hc(data: &[u8], level: u8) -> Vec<u8> {
    let mut block = Vec::new();
    lzzzz::lz4_hc::compress_to_vec(data, &mut block, level.into()).expect("a vector has room");
    block
}

fn fast(data: &[u8]) -> Vec<u8> {
    let mut block = vec![0; lz4_flex::block::get_maximum_output_size(data.len())];
    let len = lz4_flex::block::compress_into(data, &mut block).expect("the largest size has room");
    block.truncate(len);
    block
}

/// A match: how far back, and how many bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Match {
    /// Distance in bytes, 1 to 65535.
    pub offset: usize,
    /// Bytes, at least 4.
    pub len: usize,
}

/// Goes through `data` and takes the match that `choose` offers at a place, if there is one.
///
/// `choose` gets the place and the bytes of `data` that a match can reach.
fn sequences(data: &[u8], mut choose: impl FnMut(usize, &[u8]) -> Option<Match>) -> Vec<u8> {
    let mut block = Vec::new();
    let reach = &data[..data.len().saturating_sub(LAST_LITERALS)];
    let starts = data.len().saturating_sub(NO_MATCH_START - 1);
    let (mut at, mut literals) = (0, 0);
    while at < starts {
        match choose(at, reach) {
            Some(found) => {
                put_sequence(&mut block, &data[literals..at], Some(found));
                at += found.len;
                literals = at;
            }
            None => at += 1,
        }
    }
    put_sequence(&mut block, &data[literals..], None);
    block
}

/// Appends one sequence of a block: literals, and a match unless it is the last sequence.
pub fn put_sequence(block: &mut Vec<u8>, literals: &[u8], found: Option<Match>) {
    let match_len = found.map_or(0, |found| found.len - MIN_MATCH);
    block.push((literals.len().min(15) << 4 | match_len.min(15)) as u8);
    put_rest(block, literals.len());
    block.extend_from_slice(literals);
    if let Some(found) = found {
        block.extend_from_slice(&(found.offset as u16).to_le_bytes());
        put_rest(block, match_len);
    }
}

/// What a token's four bits have no room for.
fn put_rest(block: &mut Vec<u8>, len: usize) {
    if let Some(rest) = len.checked_sub(15) {
        block.extend(core::iter::repeat_n(255, rest / 255));
        block.push((rest % 255) as u8);
    }
}

/// The match `offset` bytes back, if it is one.
fn match_at(data: &[u8], at: usize, offset: usize) -> Option<Match> {
    let from = at.checked_sub(offset)?;
    let equal = data[at..]
        .iter()
        .zip(&data[from..])
        .take_while(|(a, b)| a == b);
    let len = equal.count();
    (len >= MIN_MATCH).then_some(Match { offset, len })
}

fn short_offset(at: usize, data: &[u8]) -> Option<Match> {
    (1..=3).find_map(|offset| match_at(data, at, offset))
}

/// Finds the latest place with the same four bytes.
fn long_match() -> impl FnMut(usize, &[u8]) -> Option<Match> {
    let mut places: HashMap<[u8; MIN_MATCH], usize> = HashMap::new();
    move |at, data| {
        let place = places.insert(*data[at..].first_chunk()?, at)?;
        let offset = at - place;
        (offset <= MAX_OFFSET)
            .then(|| match_at(data, at, offset))
            .flatten()
    }
}

fn mixed(seed: u64) -> impl FnMut(usize, &[u8]) -> Option<Match> {
    let mut rng = Rng::new(seed);
    let mut latest = long_match();
    move |at, data| {
        let far = latest(at, data);
        let near = if rng.chance(50) {
            short_offset(at, data)
        } else {
            None
        };
        let found = near.or(far).filter(|_| rng.chance(70))?;
        let len = if rng.chance(50) {
            found.len
        } else {
            rng.within(MIN_MATCH..found.len + 1)
        };
        Some(Match { len, ..found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;

    #[test]
    fn every_encoder_writes_valid_blocks() {
        for len in [1, 4, 5, 12, 13, 14, 17, 18, 19, 20, 64, 300, 2048, 70_000] {
            let contents = [
                vec![7; len],
                data::text(3, len),
                data::noise(3, len),
                data::tiles(3, len),
            ];
            for (content, encoder) in contents.iter().flat_map(|c| Encoder::ALL.map(|e| (c, e))) {
                let block = encoder.encode(content);
                let mut decoded = vec![0; len];
                let result = lz4_flex::block::decompress_into(&block, &mut decoded);
                assert_eq!(result.ok(), Some(len), "{encoder:?}");
                assert_eq!(&decoded, content, "{encoder:?}, {len} bytes");
            }
        }
    }

    #[test]
    fn lengths_of_15_and_more_go_on_in_bytes() {
        for (len, rest) in [
            (14, vec![]),
            (15, vec![0]),
            (269, vec![254]),
            (270, vec![255, 0]),
        ] {
            let mut block = Vec::new();
            put_rest(&mut block, len);
            assert_eq!(block, rest, "{len}");
        }
    }

    #[test]
    fn one_byte_repeated_is_one_match() {
        // A token and a literal, a match of all but the last five, a token and those.
        assert_eq!(Encoder::LongMatches.encode(&[7; 2048]).len(), 2 + 2 + 8 + 6);
    }
}
