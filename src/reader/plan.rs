//! From index entries to the sectors and bytes that hold a block: pure arithmetic on untrusted numbers.
//!
//! An entry reaches no further than sector 2^31, and no length exceeds 2^30 ([`Header`] sees to it). So the sums below
//! cannot wrap, and are written for a CPU on which a check of each would cost as much as all the rest.

use crate::code::Code;
use crate::format::{Entry, Header};
use crate::lz4::DecodeError;
use crate::sector::{Block, FileSector, SECTOR_MASK, SECTOR_SHIFT, SECTOR_SIZE};

/// Stands for the end of a file whose size is not known; no index reaches it.
const UNKNOWN_END: FileSector = FileSector::NOWHERE;

/// What is known of a file once it is mounted.
pub(crate) struct Plan {
    pub(crate) header: Header,
    /// The first sector that the file does not have.
    file_end: FileSector,
    /// Up to where it is safe to read ahead whatever the index says: `file_end`, or 0 if that is not known.
    pub(crate) known_end: FileSector,
    /// The smallest value of an index entry that lies after the index (R4).
    first_entry: u32,
}

/// Where the useful bytes of one block lie in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    /// The block's index entry.
    pub entry: Entry,
    /// The first sector that holds some of them.
    pub first: FileSector,
    /// The sector after the last one.
    pub end: FileSector,
    /// Bytes of the first sector before them.
    pub skip: u32,
    /// How many there are; padding after a compressed block may be among them.
    pub len: u32,
    /// Uncompressed bytes of the block.
    pub block_len: u32,
    /// Whether the block is stored uncompressed.
    pub plain: bool,
}

impl Span {
    /// Whether the block is a sector, and one of the file as it is.
    pub(crate) fn is_sector(&self) -> bool {
        self.plain && self.skip == 0 && self.block_len == SECTOR_SIZE as u32
    }
}

/// The most bytes that a compressed block of `block_size` needs: LZ4 adds at most one byte in 255, and 16.
///
/// What an index leaves for a block beyond this is a gap (R3), and not read.
const fn most_compressed(block_size: u32) -> u32 {
    block_size.wrapping_add(block_size >> 7).wrapping_add(16)
}

/// The most sectors that a block of `block_size` can touch: what the read-ahead buffer has to hold.
pub(crate) const fn most_sectors(block_size: u32) -> u32 {
    sectors_touched(SECTOR_MASK, most_compressed(block_size))
}

/// Sectors touched by `len` bytes from byte `skip` of a sector on.
const fn sectors_touched(skip: u32, len: u32) -> u32 {
    skip.wrapping_add(len).wrapping_add(SECTOR_MASK) >> SECTOR_SHIFT
}

impl Plan {
    /// A plan for a file of `file_sectors` sectors, if that is known.
    pub(crate) fn new(header: Header, file_sectors: Option<u32>) -> Self {
        Self {
            header,
            file_end: file_sectors.map_or(UNKNOWN_END, FileSector),
            known_end: FileSector(file_sectors.unwrap_or(0)),
            first_entry: header.first_entry(),
        }
    }

    /// The first sector that the file does not have.
    pub(crate) fn file_end(&self) -> FileSector {
        self.file_end
    }

    /// Sectors of the file, if that is known.
    pub(crate) fn file_sectors(&self) -> Option<u32> {
        let end = self.file_end();
        (end != UNKNOWN_END).then_some(end.0)
    }

    /// Finds a block between its own index entry and the next.
    ///
    /// # Errors
    /// [`Code::Index`] if the two entries break R3 or R4, [`Code::Truncated`] if the file ends too early (R8).
    pub(crate) fn span(&self, block: Block, own: Entry, next: Entry) -> Result<Span, Code> {
        if own.offset() < self.first_entry || next.offset() < own.offset() {
            return Err(Code::Index);
        }
        let plain = own.is_plain();
        let block_len = self.header.block_len(block);
        let most = if plain {
            block_len
        } else {
            most_compressed(self.header.block_size())
        };
        let len = self.bytes_of(block, own, next, most);
        if plain && len < block_len {
            return Err(Code::Index);
        }

        let (first, skip) = own.place(self.header.align());
        let end = first.plus(sectors_touched(skip, len));
        if end <= self.file_end() {
            return Ok(Span {
                entry: own,
                first,
                end,
                skip,
                len,
                block_len,
                plain,
            });
        }
        if plain || first >= self.file_end() {
            return Err(Code::Truncated);
        }
        // Perhaps only padding is missing: the decoder will tell.
        let len = (self.file_end().since(first) << SECTOR_SHIFT).wrapping_sub(skip);
        Ok(Span {
            entry: own,
            first,
            end: self.file_end(),
            skip,
            len,
            block_len,
            plain,
        })
    }

    /// The first one of `count` sectors that are as many blocks from `first` on, if these are a plain run, of which `own`
    /// is the first entry, and the file is long enough.
    #[inline(always)]
    pub(crate) fn plain_sectors(&self, first: Block, own: Entry, count: u32) -> Option<FileSector> {
        let (sector, skip) = own.place(self.header.align());
        if !own.is_plain()
            || skip != 0
            || own.offset() < self.first_entry
            || self.header.sectors_per_block().get() != 1
            || sector.plus(count) > self.file_end
            // The last block of all may be partial.
            || first.plus(count).0 >= self.header.blocks()
        {
            return None;
        }
        Some(sector)
    }

    /// Bytes that the index leaves for a block, up to `most`.
    ///
    /// The last block has the rest of the file: the reference writer rounds the end entry down instead of up when
    /// `align` is not 0, so that the entry can come short of the block's end.
    fn bytes_of(&self, block: Block, own: Entry, next: Entry, most: u32) -> u32 {
        if block.next().0 == self.header.blocks() && self.file_end() != UNKNOWN_END {
            return most;
        }
        own.len_until(next, self.header.align(), most)
    }

    /// The first sector after data that ends at an entry, as far as the file goes.
    pub(crate) fn end_at(&self, entry: Entry) -> FileSector {
        entry.end(self.header.align()).min(self.file_end())
    }

    /// What a decoder's error means: bytes that end early may be missing because the file ends inside the block.
    pub(crate) fn explain(&self, span: &Span, error: DecodeError) -> Code {
        if error == DecodeError::InputEnd && span.end == self.file_end() {
            Code::Truncated
        } else {
            error.into()
        }
    }
}
