//! What a header says where blocks are sectors, and only whole ones count.

use crate::code::Code;
use crate::format::{self, HEADER_SIZE, rules};
use crate::sector::SECTOR_SHIFT;

/// A valid header of such an image: two words, where [`format::Header`] has five.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    blocks: u32,
    /// As wide as the other field, so that a copy has no padding to carry.
    align: u32,
}

impl Header {
    /// That of an image without sectors.
    #[cfg(feature = "neutrino")]
    pub(crate) const EMPTY: Self = Self {
        blocks: 0,
        align: 0,
    };

    /// Reads and checks a header.
    pub(crate) fn read(raw: &[u8; HEADER_SIZE]) -> Result<Self, Code> {
        if let Some(code) = rules::fault::<true>(raw) {
            return Err(code);
        }
        let [_, _, total_low, total_high, _, [_, align, ..]] = *rules::words(raw);
        Ok(Self {
            blocks: (rules::total_bytes(total_low, total_high) >> SECTOR_SHIFT) as u32,
            align: align.into(),
        })
    }

    /// Left shift of the offsets in the index.
    pub(crate) fn align(&self) -> u8 {
        self.align as u8
    }

    /// Blocks of the image, which are its sectors; at most 2^29.
    pub(crate) fn blocks(&self) -> u32 {
        self.blocks
    }

    /// How many of `count` sectors from `lsn` on the image has.
    pub(crate) fn available(&self, lsn: u32, count: u32) -> u32 {
        count.min(self.blocks.saturating_sub(lsn))
    }

    /// The smallest offset in an index entry that lies after the index (R4).
    pub(crate) fn first_entry(&self) -> u32 {
        format::first_entry(self.blocks, self.align)
    }
}
