//! From index entries to the sectors and bytes that hold a block, for blocks that are sectors in files of unknown size:
//! pure arithmetic on untrusted numbers.
//!
//! An entry reaches no further than sector 2^31, and no length exceeds a sector. So the sums below cannot wrap.

use crate::error::Code;
use crate::format::{Entry, Header};
use crate::index::Index;
use crate::sector::{FileSector, SECTOR_SIZE};

/// What is known of a file once it is mounted.
pub(crate) struct Plan {
    pub(crate) header: Header,
    /// The smallest value of an index entry that lies behind the index (R4).
    first_entry: u32,
}

/// Where the useful bytes of one block lie in the file.
pub(crate) struct Span {
    /// The block's index entry.
    pub entry: Entry,
    /// The first sector that holds some of them.
    pub first: FileSector,
    /// Bytes of the first sector in front of them.
    pub skip: u32,
    /// How many there are; padding behind a compressed block may be among them.
    pub len: u32,
    /// Whether the block is stored uncompressed.
    pub plain: bool,
}

impl Plan {
    pub(crate) fn new(header: Header) -> Self {
        Self {
            header,
            first_entry: header.first_entry(),
        }
    }

    /// Sectors of the file, which nobody tells.
    pub(crate) fn file_sectors(&self) -> Option<u32> {
        None
    }

    /// Finds a block between its own index entry and the next.
    ///
    /// A compressed block has no more bytes than a sector, as in the readers in the field: writers store a block plain
    /// that does not shrink. What an index leaves for it beyond that is a gap (R3).
    ///
    /// # Errors
    /// [`Code::Index`] if the two entries break R3 or R4.
    pub(crate) fn span(&self, own: Entry, next: Entry) -> Result<Span, Code> {
        if own.offset() < self.first_entry || next.offset() < own.offset() {
            return Err(Code::Index);
        }
        let align = u32::from(self.header.align());
        let most = SECTOR_SIZE as u32;
        let units = next.offset().wrapping_sub(own.offset());
        let len = if units > most.wrapping_shr(align) {
            most
        } else {
            units.wrapping_shl(align)
        };
        let (first, skip) = own.place(self.header.align());
        Ok(Span {
            entry: own,
            first,
            skip,
            len,
            plain: own.is_plain(),
        })
    }

    /// The first sector behind the data that ends at entry `i`, or at the last entry at hand.
    #[inline(never)]
    pub(crate) fn end_at(&self, index: &Index<'_>, i: u32) -> FileSector {
        let (sector, byte) = index.at_hand(i).place(self.header.align());
        sector.plus(u32::from(byte != 0))
    }

    /// The sector in which the data of an entry begins.
    #[cfg(feature = "overlap")]
    pub(crate) fn start(&self, entry: Entry) -> FileSector {
        entry.place(self.header.align()).0
    }
}
