//! What a block is made of.

/// A token, its literals and its match.
pub struct Sequence {
    /// Bytes that are copied from the block.
    pub literals: usize,
    /// The match; the last sequence has none.
    pub matched: Option<Match>,
}

/// Bytes that are copied from the output.
pub struct Match {
    /// How far back they are.
    pub offset: usize,
    /// How many.
    pub len: usize,
}

/// The sequences of a block that an encoder has just made.
///
/// # Panics
/// When the block is damaged.
pub fn of(mut block: &[u8]) -> Vec<Sequence> {
    let mut sequences = Vec::new();
    while let Some((&token, rest)) = block.split_first() {
        block = rest;
        let literals = length(token >> 4, &mut block);
        block = &block[literals..];
        let matched = block.split_first_chunk().map(|(offset, rest)| {
            block = rest;
            Match {
                offset: u16::from_le_bytes(*offset).into(),
                len: length(token & 0xF, &mut block) + 4,
            }
        });
        sequences.push(Sequence { literals, matched });
    }
    sequences
}

fn length(nibble: u8, block: &mut &[u8]) -> usize {
    let mut len = usize::from(nibble);
    let mut more = nibble == 0xF;
    while more {
        let (&byte, rest) = block.split_first().expect("a good block");
        *block = rest;
        len += usize::from(byte);
        more = byte == u8::MAX;
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_taken_apart() {
        let mut block = vec![0xFF, 0];
        block.extend([7; 15]);
        block.extend([3, 0, 255, 1, 0x20, 8, 9]);
        let parts = of(&block)
            .into_iter()
            .map(|s| (s.literals, s.matched.map(|m| (m.offset, m.len))));
        let expected = [(15, Some((3, 275))), (2, None)];
        assert_eq!(parts.collect::<Vec<_>>(), expected);
    }
}
