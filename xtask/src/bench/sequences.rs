//! How many sequences a compressed block has: its decoder's time depends on them more than on bytes.

/// Bytes of a match that a token does not count.
const MIN_MATCH: usize = 4;
/// What a token's four bits say when more bytes follow.
const MORE: usize = 15;

/// Sequences of a raw LZ4 block that is decoded to `len` bytes; `None` if it ends before that.
///
/// A decoder stops there, whatever is behind.
pub fn count(block: &[u8], len: usize) -> Option<u32> {
    let mut bytes = block.iter().map(|&byte| usize::from(byte));
    let (mut out, mut sequences) = (0, 0);
    while out < len {
        let token = bytes.next()?;
        sequences += 1;
        let literals = length(token >> 4, &mut bytes)?;
        out += literals;
        skip(&mut bytes, literals)?;
        if out < len {
            // The offset.
            skip(&mut bytes, 2)?;
            out += MIN_MATCH + length(token & 15, &mut bytes)?;
        }
    }
    Some(sequences)
}

/// A length whose first part is in a token.
fn length(part: usize, bytes: &mut impl Iterator<Item = usize>) -> Option<usize> {
    let mut len = part;
    if part == MORE {
        loop {
            let more = bytes.next()?;
            len += more;
            if more != 255 {
                break;
            }
        }
    }
    Some(len)
}

fn skip(bytes: &mut impl Iterator<Item = usize>, count: usize) -> Option<()> {
    match count.checked_sub(1) {
        Some(last) => bytes.nth(last).map(|_| ()),
        None => Some(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::encode::{Encoder, Match, put_sequence};

    #[test]
    fn sequences_are_counted_up_to_the_end_of_the_output() {
        let mut block = Vec::new();
        let long = vec![7; 300];
        put_sequence(
            &mut block,
            &long,
            Some(Match {
                offset: 1,
                len: 600,
            }),
        );
        put_sequence(&mut block, &[], Some(Match { offset: 2, len: 4 }));
        put_sequence(&mut block, &[1; 15], None);
        assert_eq!(count(&block, 919), Some(3));
        assert_eq!(count(&block, 904), Some(2));
        block.extend([0xFF; 9]);
        assert_eq!(count(&block, 919), Some(3));
        assert_eq!(count(&block[..block.len() - 10], 919), None);
    }

    #[test]
    fn a_run_is_one_sequence_and_its_last_literals() {
        assert_eq!(count(&Encoder::Hc(9).encode(&[5; 2048]), 2048), Some(2));
    }
}
