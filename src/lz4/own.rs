//! The decoder that ships: small, checked, and shaped for a CPU on which a load costs seven cycles.
//!
//! Lengths and offsets are checked once a run; the copies then go by words (see `copy`).

use super::DecodeError;
use super::copy::WIDE;
use super::cursor::{EXTENDED, Input, MIN_MATCH, Output};

/// Decodes the raw LZ4 block at the start of `src` until `dst` is full.
///
/// Neither the content of `src` nor that of `dst` is trusted or assumed. What `dst` holds after an error is anything.
/// Bytes of `src` after the block are ignored.
///
/// # Errors
/// [`DecodeError`] says what is wrong with `src`.
pub fn decode_block(src: &[u8], dst: &mut [u8]) -> Result<(), DecodeError> {
    let mut input = Input::new(src);
    let mut output = Output::new(dst);
    while !output.is_full() {
        if WIDE && output.short_sequence(&mut input) {
            continue;
        }
        let token = usize::from(input.byte().ok_or(DecodeError::InputEnd)?);
        let (literals, matched) = (token >> 4, token & 0xF);
        if !(WIDE && literals < EXTENDED && output.few_literals(&mut input, literals)) {
            let literals = length(literals, &mut input)?;
            output.literals(&mut input, literals)?;
            if output.is_full() {
                break;
            }
        }
        let offset = input.offset().ok_or(DecodeError::InputEnd)?;
        if WIDE
            && matched < EXTENDED
            && output.repeat_few(offset, matched.saturating_add(MIN_MATCH))
        {
            continue;
        }
        let matched = length(matched, &mut input)?;
        output.repeat(offset, matched.saturating_add(MIN_MATCH))?;
    }
    Ok(())
}

/// The length that a token's four bits and the bytes after it stand for: each byte adds to it, and one below 255 is
/// the last.
#[inline(always)]
fn length(nibble: usize, input: &mut Input<'_>) -> Result<usize, DecodeError> {
    let mut len = nibble;
    if nibble == EXTENDED {
        let mut more = u8::MAX;
        while more == u8::MAX {
            more = input.byte().ok_or(DecodeError::InputEnd)?;
            len = len.saturating_add(more.into());
        }
    }
    Ok(len)
}
