//! The rules of a header, one after the other: what both readers, the writer and C's probe ask.

use super::{DEFAULT_BLOCK_SIZE, HEADER_SIZE, MAGIC, MAX_ALIGN, MAX_BLOCK_SIZE, SERVER_MAGIC};
use crate::code::Code;
use crate::sector::SECTOR_MASK;

const KNOWN_HEADER_SIZE: u32 = HEADER_SIZE as u32;
/// `log2` of the image size that is too large: 1 TiB, so that the index is below 4 GiB.
const MAX_BYTES_SHIFT: u32 = 40;

/// The header as the six words that its fields are made of.
pub(crate) fn words(raw: &[u8; HEADER_SIZE]) -> &[[u8; 4]; 6] {
    const NONE: &[[u8; 4]; 6] = &[[0; 4]; 6];
    raw.as_chunks().0.as_array().unwrap_or(NONE)
}

/// The image's size, of which the header has the two halves.
pub(crate) fn total_bytes(low: [u8; 4], high: [u8; 4]) -> u64 {
    u64::from(u32::from_le_bytes(high)) << u32::BITS | u64::from(u32::from_le_bytes(low))
}

/// The first rule that the header in `raw` breaks. With `SECTOR_BLOCKS`, blocks larger than a sector break one, too.
#[inline(always)]
pub(crate) fn fault<const SECTOR_BLOCKS: bool>(raw: &[u8; HEADER_SIZE]) -> Option<Code> {
    let [
        magic,
        header_size,
        total_low,
        total_high,
        block_size,
        [version, align, ..],
    ] = *words(raw);
    if magic == SERVER_MAGIC {
        return Some(Code::ServerVariant);
    }
    if magic != MAGIC {
        return Some(Code::NotZso);
    }
    if !matches!(u32::from_le_bytes(header_size), 0 | KNOWN_HEADER_SIZE) {
        return Some(Code::HeaderSize);
    }
    if version > 1 {
        return Some(Code::Version);
    }
    numbers_fault::<SECTOR_BLOCKS>(
        total_bytes(total_low, total_high),
        u32::from_le_bytes(block_size),
        align,
    )
}

/// What no header may say of its image.
pub(super) fn numbers_fault<const SECTOR_BLOCKS: bool>(
    total_bytes: u64,
    block_size: u32,
    align: u8,
) -> Option<Code> {
    let is_known = if SECTOR_BLOCKS {
        block_size == DEFAULT_BLOCK_SIZE
    } else {
        is_block_size(block_size)
    };
    if !is_known {
        return Some(Code::BlockSize);
    }
    if align > MAX_ALIGN {
        return Some(Code::Align);
    }
    (total_bytes >> MAX_BYTES_SHIFT != 0).then_some(Code::TooLarge)
}

/// Whether a header may have this block size.
pub(crate) fn is_block_size(block_size: u32) -> bool {
    // Less one, 0 is above all others.
    block_size.wrapping_sub(1) < MAX_BLOCK_SIZE && block_size & SECTOR_MASK == 0
}
