//! What a block is made of.

/// A sequence: its literals, and offset and length of its match; the last one of a block has none.
pub struct Sequence {
    pub literals: usize,
    pub found: Option<(usize, usize)>,
}

/// The sequences of a good block.
pub fn of(mut block: &[u8]) -> Vec<Sequence> {
    let mut all = Vec::new();
    loop {
        let token = byte(&mut block);
        let literals = length(token >> 4, &mut block);
        block = &block[literals..];
        if block.is_empty() {
            all.push(Sequence { literals, found: None });
            return all;
        }
        let offset = byte(&mut block) | byte(&mut block) << 8;
        let matched = length(token & 15, &mut block) + 4;
        all.push(Sequence { literals, found: Some((offset, matched)) });
    }
}

fn byte(block: &mut &[u8]) -> usize {
    let (first, rest) = block.split_first().expect("a good block");
    *block = rest;
    usize::from(*first)
}

fn length(low: usize, block: &mut &[u8]) -> usize {
    let mut len = low;
    if low == 15 {
        loop {
            let more = byte(block);
            len += more;
            if more != 255 {
                break;
            }
        }
    }
    len
}
