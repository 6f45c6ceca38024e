//! From index entries to the sectors and bytes that hold a block: pure arithmetic on untrusted numbers.
//!
//! No sector number here exceeds [`UNKNOWN_END`], and no length 2^31: [`Plan::new`] and [`Header`] see to it. So the
//! sums below cannot wrap, and are written for a CPU on which a check of each would cost as much as all the rest.

use crate::error::Code;
use crate::format::{Entry, Header};
use crate::sector::{Block, FileSector, SECTOR_SHIFT, SECTOR_SIZE};

/// Stands for the end of a file whose size is not known; no file reaches it.
const UNKNOWN_END: FileSector = FileSector(1 << 31);

/// What is known of a file once it is mounted.
pub(crate) struct Plan {
    pub(crate) header: Header,
    /// The first sector that the file does not have.
    file_end: FileSector,
    /// The smallest value of an index entry that lies behind the index (R4).
    first_entry: u32,
}

/// Where the useful bytes of one block lie in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    /// The first sector that holds some of them.
    pub first: FileSector,
    /// The sector behind the last one.
    pub end: FileSector,
    /// Bytes of the first sector in front of them.
    pub skip: u32,
    /// How many there are; padding behind a compressed block may be among them.
    pub len: u32,
    /// Whether the block is stored uncompressed.
    pub plain: bool,
}

impl Span {
    /// The block's bytes in memory that holds its sectors, from the first one on.
    pub(crate) fn bytes<'s>(&self, sectors: &'s [u8]) -> &'s [u8] {
        let start = self.skip as usize;
        sectors.get(start..start.wrapping_add(self.len as usize)).unwrap_or_default()
    }
}

/// The most bytes that a compressed block of `block_size` needs: LZ4 adds at most one byte in 255, and 16.
///
/// What an index leaves for a block beyond this is a gap (R3), and not read.
const fn most_compressed(block_size: u32) -> u32 {
    block_size.wrapping_add(block_size >> 7).wrapping_add(16)
}

/// The most sectors that a block of `block_size` can touch: what the stage has to hold.
pub(crate) const fn most_sectors(block_size: u32) -> u32 {
    sectors_touched(SECTOR_SIZE as u32 - 1, most_compressed(block_size))
}

/// Sectors touched by `len` bytes from byte `skip` of a sector on.
const fn sectors_touched(skip: u32, len: u32) -> u32 {
    skip.wrapping_add(len).wrapping_add(SECTOR_SIZE as u32 - 1) >> SECTOR_SHIFT
}

impl Plan {
    /// A plan for a file of `file_sectors` sectors, if that is known.
    pub(crate) fn new(header: Header, file_sectors: Option<u32>) -> Self {
        let known = FileSector(file_sectors.unwrap_or(u32::MAX));
        Self { header, file_end: known.min(UNKNOWN_END), first_entry: header.first_entry() }
    }

    /// Sectors of the file, if that is known.
    pub(crate) fn file_sectors(&self) -> Option<u32> {
        (self.file_end != UNKNOWN_END).then_some(self.file_end.0)
    }

    /// Finds a block between its own index entry and the next.
    ///
    /// # Errors
    /// [`Code::Index`] if the two entries break R3 or R4, [`Code::Truncated`] if the file ends too early (R8).
    #[inline(never)]
    pub(crate) fn span(&self, block: Block, own: Entry, next: Entry) -> Result<Span, Code> {
        if own.offset() < self.first_entry || next.offset() < own.offset() {
            return Err(Code::Index);
        }
        let plain = own.is_plain();
        let block_len = self.header.block_len(block);
        let most = if plain { block_len } else { most_compressed(self.header.block_size()) };
        let len = most.min(self.room(block, own, next, most));
        if plain && len < block_len {
            return Err(Code::Index);
        }

        let (first, skip) = own.place(self.header.align());
        let end = first.plus(sectors_touched(skip, len));
        if end <= self.file_end {
            return Ok(Span { first, end, skip, len, plain });
        }
        if plain || first >= self.file_end {
            return Err(Code::Truncated);
        }
        // Perhaps only padding is missing: the decoder will tell.
        let len = (self.file_end.since(first) << SECTOR_SHIFT).wrapping_sub(skip);
        Ok(Span { first, end: self.file_end, skip, len, plain })
    }

    /// Bytes that the index leaves for a block; somewhat above `most` stands for all above.
    ///
    /// The last block has the rest of the file: the reference writer rounds the end entry down instead of up when
    /// `align` is not 0, so that the entry can come short of the block's end.
    fn room(&self, block: Block, own: Entry, next: Entry, most: u32) -> u32 {
        if block.next().0 == self.header.blocks() && self.file_end != UNKNOWN_END {
            return most;
        }
        let align = u32::from(self.header.align());
        let units = next.offset().wrapping_sub(own.offset());
        units.min(most.wrapping_shr(align).wrapping_add(1)).wrapping_shl(align)
    }

    /// The first sector behind the data in front of an entry, as far as the file has it.
    pub(crate) fn end_at(&self, entry: Entry) -> FileSector {
        let (sector, byte) = entry.place(self.header.align());
        sector.plus(u32::from(byte != 0)).min(self.file_end)
    }

    /// What it means that the bytes of a block end early: the file may end inside the block.
    pub(crate) fn explain_end(&self, span: &Span) -> Code {
        if span.end == self.file_end { Code::Truncated } else { Code::InputEnd }
    }
}
