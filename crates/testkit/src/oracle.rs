//! What a raw LZ4 block decodes to, by `lz4_flex`.

/// How a block that an oracle accepts may end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// With literals, as every encoder's does (R9).
    Literals,
    /// With a match, too.
    Any,
}

/// The first `len` bytes that `src` stands for; what follows in `src` does not count. `None` if it is damaged.
#[must_use]
pub fn decode(src: &[u8], len: usize, end: End) -> Option<Vec<u8>> {
    let mut oracle = Oracle::default();
    oracle.decode(src, len, end).map(<[u8]>::to_vec)
}

/// The same without an allocation for each block.
#[derive(Clone, Default, Debug)]
pub struct Oracle {
    block: Vec<u8>,
    decoded: Vec<u8>,
}

impl Oracle {
    /// See [`decode`].
    ///
    /// `lz4_flex` wants exactly the block, and one that ends in literals; so it gets the sequences that count, with no
    /// literals after a match at the end.
    pub fn decode(&mut self, src: &[u8], len: usize, end: End) -> Option<&[u8]> {
        if self.decoded.len() < len {
            self.decoded.resize(len, 0);
        }
        let decoded = &mut self.decoded[..len];
        if len > 0 {
            let block = match first_sequences(src, len)? {
                (block, Last::Literals) => block,
                (_, Last::Match) if end == End::Literals => return None,
                (block, Last::Match) => {
                    self.block.clear();
                    self.block.extend_from_slice(block);
                    self.block.push(0);
                    &self.block
                }
            };
            let written = lz4_flex::block::decompress_into(block, decoded).ok()?;
            if written != len {
                return None;
            }
        }
        Some(decoded)
    }
}

/// What a block's last sequence ends with.
enum Last {
    Literals,
    Match,
}

fn first_sequences(src: &[u8], len: usize) -> Option<(&[u8], Last)> {
    let mut at = 0;
    let mut written = 0;
    loop {
        let token = usize::from(*src.get(at)?);
        at += 1;
        let literals = run(src, &mut at, token >> 4)?;
        at += literals;
        written += literals;
        if written >= len {
            return Some((src.get(..at)?, Last::Literals));
        }
        at += 2;
        written += run(src, &mut at, token & 15)? + 4;
        if written >= len {
            return Some((src.get(..at)?, Last::Match));
        }
    }
}

fn run(src: &[u8], at: &mut usize, nibble: usize) -> Option<usize> {
    let mut len = nibble;
    let mut more = if nibble == 15 { 255 } else { 0 };
    while more == 255 {
        more = usize::from(*src.get(*at)?);
        *at += 1;
        len += more;
    }
    Some(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_does_not_count() {
        let block = b"\x40abcd\xFF\xFF";
        assert_eq!(decode(block, 4, End::Literals), Some(b"abcd".to_vec()));
        assert_eq!(decode(block, 5, End::Literals), None);
    }

    #[test]
    fn a_match_at_the_end_is_told_apart() {
        let block = b"\x20ab\x02\0";
        assert_eq!(decode(block, 6, End::Any), Some(b"ababab".to_vec()));
        assert_eq!(decode(block, 6, End::Literals), None);
    }

    #[test]
    fn nothing_is_left_from_the_block_before() {
        let mut oracle = Oracle::default();
        assert!(oracle.decode(b"\x50abcde", 5, End::Any).is_some());
        assert_eq!(oracle.decode(b"\x20xy", 2, End::Any), Some(&b"xy"[..]));
        assert_eq!(oracle.decode(b"\x20xy", 4, End::Any), None);
    }
}
