//! Header and index entries of a ZSO file: bytes to values and back, for reader and writer alike.
//!
//! Nothing here panics or reads a device. A [`Header`] that exists is valid: [`Header::parse`] is the one place
//! that checks, and nothing after it checks again. Rule numbers (R1 to R9) are those of `docs/format.md`.

mod entry;
mod header;
mod header_error;
pub(crate) mod rules;

pub use entry::{Entry, entry_place, smallest_align};
pub use header::Header;
pub use header_error::HeaderError;

/// First four bytes of a ZSO file: `ZISO`.
pub const MAGIC: [u8; 4] = *b"ZISO";
/// First four bytes of a variant that one network server writes, with one index entry less. Refused.
pub const SERVER_MAGIC: [u8; 4] = *b"ZSO\0";
/// Bytes of the header; the index follows at once.
pub const HEADER_SIZE: usize = 24;
/// Bytes of an index entry.
pub const ENTRY_SIZE: usize = 4;
/// The block size that every PlayStation 2 reader handles, in bytes.
pub const DEFAULT_BLOCK_SIZE: u32 = 2048;
/// Largest block size accepted, in bytes; a match of LZ4 reaches back 64 KiB, so that no writer goes near it.
pub const MAX_BLOCK_SIZE: u32 = 1 << 29;
/// Largest `align` a header can ask for: every block then begins a sector, and an index reaches 4 TiB.
pub const MAX_ALIGN: u8 = 11;
/// Plain blocks in a row from which on it pays that they begin at a sector of the file: readers then let the device
/// read them to the caller's buffer. For fewer, a request of their own would take longer than the copy that it saves.
pub const SHORTEST_RUN: u32 = 4;

/// Index entries that the header would be: the index begins as if it had as many before its first one.
pub(crate) const HEADER_ENTRIES: u32 = (HEADER_SIZE / ENTRY_SIZE) as u32;

/// The smallest offset in an index entry of an image of `blocks` blocks that lies after the index (R4), in units of
/// `1 << align` bytes.
#[inline(always)]
pub(crate) fn first_entry(blocks: u32, align: u32) -> u32 {
    let words = blocks.wrapping_add(HEADER_ENTRIES).wrapping_add(1);
    let last_byte = (words << ENTRY_SIZE.trailing_zeros()).wrapping_sub(1);
    last_byte.wrapping_shr(align).wrapping_add(1)
}
