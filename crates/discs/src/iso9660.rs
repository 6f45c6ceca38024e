//! ISO 9660 as the console reads it.
//!
//! Crates that read ISO 9660 check what the standard demands, both byte orders of every number among it. The console
//! reads the little-endian one and nothing else, and patched games differ in the others: what it plays must not be
//! refused here. So this is a reader of its own, of just the fields that the console looks at.
//!
//! | module | what it knows |
//! |---|---|
//! | [`volume`] | descriptors, and where a second layer begins |
//! | `record` | entries of directories |
//! | [`tree`] | all files, in bounded time and memory |

mod record;
pub mod tree;
pub mod volume;

pub use tree::{FileEntry, Listing};
pub use volume::{Layers, Volume};

/// Sectors of the disc in a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent {
    /// The first one, counted from the disc's start.
    pub lsn: u32,
    /// Bytes in them.
    pub bytes: u32,
}

impl Extent {
    /// How many sectors that is.
    pub fn sectors(self) -> u32 {
        self.bytes.div_ceil(zso::SECTOR_SIZE as u32)
    }
}

/// A number of four bytes at a place, in the byte order that the console reads.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let number = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*number))
}

/// Text of a disc, which can be anything: what would upset a terminal is replaced.
fn text(bytes: &[u8]) -> String {
    let shown = |byte: &u8| match char::from(*byte) {
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        letter => letter,
    };
    bytes.iter().map(shown).collect()
}
