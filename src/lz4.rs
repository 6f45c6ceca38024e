//! One raw LZ4 block to its bytes.
//!
//! [`decode_block`] stops when the destination is full and does not look at what follows in the source: the exact
//! length of a compressed block is not known when the image's `align` is not 0 (R3).

mod copy;
mod cursor;
#[cfg(feature = "lz4_flex")]
mod flex;
#[cfg_attr(feature = "lz4_flex", allow(dead_code, reason = "stands aside for lz4_flex"))]
mod own;

#[cfg(feature = "lz4_flex")]
pub use flex::decode_block;
#[cfg(not(feature = "lz4_flex"))]
pub use own::decode_block;

/// Why a block could not be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum DecodeError {
    /// The source ends before the destination is full.
    InputEnd,
    /// A match begins in front of the destination, or at offset 0.
    Offset,
    /// A literal run or a match is longer than the rest of the destination.
    Overrun,
}
