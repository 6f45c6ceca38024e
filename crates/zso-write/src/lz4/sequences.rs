//! The sequences of a block that is known to be valid.

/// Literals, and a match unless the block ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sequence {
    /// Literal bytes.
    pub literals: usize,
    /// Offset and length of the match.
    pub found: Option<(usize, usize)>,
}

/// Goes through a block.
pub struct Sequences<'b> {
    rest: &'b [u8],
}

impl<'b> Sequences<'b> {
    /// The sequences of `block`.
    pub fn of(block: &'b [u8]) -> Self {
        Self { rest: block }
    }

    fn byte(&mut self) -> Option<usize> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(usize::from(*byte))
    }

    fn length(&mut self, nibble: usize) -> Option<usize> {
        let mut len = nibble;
        let mut more = if nibble == 15 { 255 } else { 0 };
        while more == 255 {
            more = self.byte()?;
            len += more;
        }
        Some(len)
    }

    fn found(&mut self, nibble: usize) -> Option<(usize, usize)> {
        let offset = self.byte()? | self.byte()? << 8;
        Some((offset, self.length(nibble)? + 4))
    }
}

impl Iterator for Sequences<'_> {
    type Item = Sequence;

    fn next(&mut self) -> Option<Sequence> {
        let token = self.byte()?;
        let literals = self.length(token >> 4)?;
        self.rest = self.rest.get(literals..)?;
        Some(Sequence {
            literals,
            found: self.found(token & 15),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::encode::{Match, put_sequence};

    #[test]
    fn what_was_put_is_found() {
        let mut block = Vec::new();
        let found = Match {
            offset: 700,
            len: 300,
        };
        put_sequence(&mut block, &[7; 20], Some(found));
        put_sequence(&mut block, b"vwxyz", None);
        let sequences: Vec<_> = Sequences::of(&block).collect();
        let expected = [(20, Some((700, 300))), (5, None)];
        assert_eq!(
            sequences,
            expected.map(|(literals, found)| Sequence { literals, found })
        );
    }
}
