//! One raw LZ4 block to its bytes.
//!
//! [`decode_block`] stops when the destination is full and does not look at what follows in the source: the exact
//! length of a compressed block is not known when the image's `align` is not 0 (R3).

use core::fmt;

use crate::code::Code;

mod copy;
mod cursor;
#[cfg(feature = "lz4_flex")]
mod flex;
#[cfg(all(target_arch = "mips", not(feature = "lz4_flex")))]
mod mips;
// Always compiled: the portable decoder is the reference that the others are held to.
#[cfg_attr(
    any(target_arch = "mips", feature = "lz4_flex"),
    allow(dead_code, reason = "another decoder serves this build")
)]
mod own;

#[cfg(feature = "lz4_flex")]
pub use flex::decode_block;
#[cfg(all(target_arch = "mips", not(feature = "lz4_flex")))]
pub use mips::decode_block;
#[cfg(not(any(target_arch = "mips", feature = "lz4_flex")))]
pub use own::decode_block;

/// Why a block could not be decoded.
///
/// The numbers are those of [`Code`], so that nothing has to be translated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
#[non_exhaustive]
pub enum DecodeError {
    /// The source ends before the destination is full.
    InputEnd = Code::InputEnd as i32,
    /// A match begins before the destination, or at offset 0.
    Offset = Code::Offset as i32,
    /// A literal run or a match is longer than the rest of the destination.
    Overrun = Code::Overrun as i32,
}

impl From<DecodeError> for Code {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::InputEnd => Self::InputEnd,
            DecodeError::Offset => Self::Offset,
            DecodeError::Overrun => Self::Overrun,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InputEnd => "the compressed bytes end early",
            Self::Offset => "a match begins outside the block",
            Self::Overrun => "a run is longer than the rest of the block",
        })
    }
}

impl core::error::Error for DecodeError {}
