//! `lz4_flex` under the same function name.
//!
//! It wants to be given exactly the block, while an image tells only an upper bound of it: so the block is measured
//! first, by walking its tokens without copying anything.

use super::DecodeError;

/// Decodes the raw LZ4 block at the start of `src` until `dst` is full.
///
/// The contract is that of the crate's own decoder; the blocks accepted are those that end in literals, as every
/// compressor writes them (R9).
///
/// # Errors
/// [`DecodeError`].
pub fn decode_block(src: &[u8], dst: &mut [u8]) -> Result<(), DecodeError> {
    if dst.is_empty() {
        return Ok(());
    }
    let block = src
        .get(..measure(src, dst.len())?)
        .ok_or(DecodeError::InputEnd)?;
    match lz4_flex::block::decompress_into(block, dst) {
        Ok(len) if len == dst.len() => Ok(()),
        Ok(_) => Err(DecodeError::InputEnd),
        Err(error) => Err(error.into()),
    }
}

/// Bytes of `src` up to the literals that complete `len` bytes of output.
fn measure(src: &[u8], len: usize) -> Result<usize, DecodeError> {
    let mut walk = Walk { src, at: 0 };
    let mut written = 0_usize;
    loop {
        let token = walk.byte()?;
        let literals = walk.length(token >> 4)?;
        walk.at = walk.at.saturating_add(literals);
        written = written.saturating_add(literals);
        if written >= len {
            return Ok(walk.at);
        }
        walk.at = walk.at.saturating_add(2);
        written = written
            .saturating_add(walk.length(token & 0xF)?)
            .saturating_add(4);
        // A block ends in literals: one that is full after a match is longer than this.
        if written >= len {
            return Err(DecodeError::Overrun);
        }
    }
}

struct Walk<'a> {
    src: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn byte(&mut self) -> Result<usize, DecodeError> {
        let byte = self.src.get(self.at).ok_or(DecodeError::InputEnd)?;
        self.at = self.at.saturating_add(1);
        Ok((*byte).into())
    }

    fn length(&mut self, nibble: usize) -> Result<usize, DecodeError> {
        let mut len = nibble;
        let mut more = if nibble == 15 { 255 } else { 0 };
        while more == 255 {
            more = self.byte()?;
            len = len.saturating_add(more);
        }
        Ok(len)
    }
}

impl From<lz4_flex::block::DecompressError> for DecodeError {
    fn from(error: lz4_flex::block::DecompressError) -> Self {
        use lz4_flex::block::DecompressError as Flex;
        match error {
            Flex::OutputTooSmall { .. } => Self::Overrun,
            Flex::OffsetOutOfBounds | Flex::OffsetZero => Self::Offset,
            _ => Self::InputEnd,
        }
    }
}
