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
///
/// `lz4_flex` wants exactly the block, and one that ends in literals; so it gets the sequences that count, with no
/// literals behind a match at the end.
#[must_use]
pub fn decode(src: &[u8], len: usize, end: End) -> Option<Vec<u8>> {
    let mut decoded = vec![0; len];
    if len > 0 {
        let block = first_sequences(src, len, end)?;
        let written = lz4_flex::block::decompress_into(&block, &mut decoded).ok()?;
        if written != len {
            return None;
        }
    }
    Some(decoded)
}

fn first_sequences(src: &[u8], len: usize, end: End) -> Option<Vec<u8>> {
    let mut at = 0;
    let mut written = 0;
    loop {
        let token = usize::from(*src.get(at)?);
        at += 1;
        let literals = run(src, &mut at, token >> 4)?;
        at += literals;
        written += literals;
        if written >= len {
            return Some(src.get(..at)?.to_vec());
        }
        at += 2;
        written += run(src, &mut at, token & 15)? + 4;
        if written >= len {
            return (end == End::Any).then_some([src.get(..at)?, &[0]].concat());
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
}
