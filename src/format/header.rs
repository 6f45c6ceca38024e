//! The header: 24 bytes to what they say of the image, and back.

use core::num::NonZeroU32;

use super::header_error::HeaderError;
use super::rules::{self, total_bytes, words};
use super::{HEADER_SIZE, MAGIC};
use crate::code::Code;
use crate::sector::{Block, SECTOR_MASK, SECTOR_SHIFT};

/// A valid header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    blocks: u32,
    sectors: u32,
    sectors_per_block: NonZeroU32,
    last_block_len: u32,
    /// As wide as the other fields, so that a copy has no padding to carry.
    align: u32,
}

impl Header {
    /// A header for an image of `total_bytes`, as a writer needs it.
    ///
    /// # Errors
    /// [`HeaderError::BlockSize`], [`HeaderError::Align`] or [`HeaderError::TooLarge`].
    pub fn new(total_bytes: u64, block_size: u32, align: u8) -> Result<Self, HeaderError> {
        match rules::numbers_fault::<false>(total_bytes, block_size, align) {
            None => Ok(Self::valid(total_bytes, block_size, align)),
            Some(Code::BlockSize) => Err(HeaderError::BlockSize { block_size }),
            Some(Code::Align) => Err(HeaderError::Align { align }),
            Some(_) => Err(HeaderError::TooLarge { total_bytes }),
        }
    }

    /// Reads and checks the header at the start of `bytes`.
    ///
    /// # Errors
    /// The first rule that the header breaks.
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderError> {
        let Some(raw) = bytes.first_chunk() else {
            return Err(HeaderError::Short { len: bytes.len() });
        };
        Self::read(raw).map_err(|code| HeaderError::explain(raw, code))
    }

    /// [`parse`](Self::parse) for the console: the error is only a number.
    pub(crate) fn read(raw: &[u8; HEADER_SIZE]) -> Result<Self, Code> {
        match Self::fault(raw) {
            Some(code) => Err(code),
            None => {
                let [_, _, total_low, total_high, block_size, [_, align, ..]] = *words(raw);
                Ok(Self::valid(
                    total_bytes(total_low, total_high),
                    u32::from_le_bytes(block_size),
                    align,
                ))
            }
        }
    }

    /// The first rule that the header in `raw` breaks.
    #[inline(never)]
    pub(crate) fn fault(raw: &[u8; HEADER_SIZE]) -> Option<Code> {
        rules::fault::<false>(raw)
    }

    /// The header's 24 bytes.
    #[must_use]
    pub fn emit(&self) -> [u8; HEADER_SIZE] {
        let mut raw = [0; HEADER_SIZE];
        let (fields, _) = raw.as_chunks_mut();
        let total_bytes = self.total_bytes();
        let total_low = (total_bytes as u32).to_le_bytes();
        let total_high = ((total_bytes >> u32::BITS) as u32).to_le_bytes();
        let block_size = self.block_size().to_le_bytes();
        let header_size = (HEADER_SIZE as u32).to_le_bytes();
        fields.copy_from_slice(&[
            MAGIC,
            header_size,
            total_low,
            total_high,
            block_size,
            [1, self.align(), 0, 0],
        ]);
        raw
    }

    /// Size of the image, in bytes.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        let Some(before_last) = self.blocks.checked_sub(1) else {
            return 0;
        };
        u64::from(before_last)
            .wrapping_mul(self.block_size().into())
            .wrapping_add(self.last_block_len().into())
    }

    /// Uncompressed bytes in every block but perhaps the last.
    #[must_use]
    pub fn block_size(&self) -> u32 {
        self.sectors_per_block().get() << SECTOR_SHIFT
    }

    /// Left shift of the offsets in the index.
    #[must_use]
    pub fn align(&self) -> u8 {
        self.align as u8
    }

    /// Blocks of the image (R1: a last partial one counts); the index has one entry more.
    #[must_use]
    pub fn blocks(&self) -> u32 {
        self.blocks
    }

    /// How many of `count` sectors from `lsn` on the image has.
    pub(crate) fn available(&self, lsn: u32, count: u32) -> u32 {
        count.min(self.sectors().saturating_sub(lsn))
    }

    /// Uncompressed bytes of one of the image's blocks (R7: the last one may be partial).
    #[must_use]
    pub fn block_len(&self, block: Block) -> u32 {
        if block.next().0 == self.blocks {
            self.last_block_len()
        } else {
            self.block_size()
        }
    }

    /// The smallest offset in an index entry that lies after the index (R4), in units of `1 << align` bytes.
    #[must_use]
    pub fn first_entry(&self) -> u32 {
        super::first_entry(self.blocks, self.align)
    }

    /// The header of these fields, in which there is no [`fault`](rules::numbers_fault).
    fn valid(total_bytes: u64, block_size: u32, align: u8) -> Self {
        let sectors_per_block =
            NonZeroU32::new(block_size >> SECTOR_SHIFT).unwrap_or(NonZeroU32::MIN);
        // Not `div_ceil`: the console has no 64-bit division, and only shifts need none.
        let whole = (total_bytes >> SECTOR_SHIFT) as u32;
        let partial = total_bytes as u32 & SECTOR_MASK != 0;
        let sectors = whole.wrapping_add(partial.into());
        let blocks = sectors.div_ceil(sectors_per_block.get());
        // Modulo 2^32 as all the rest: the result is at most a block.
        let before_last = blocks.wrapping_sub(1).wrapping_mul(block_size);
        let last_block_len = (total_bytes as u32).wrapping_sub(before_last);
        Self {
            sectors,
            blocks,
            sectors_per_block,
            last_block_len,
            align: align.into(),
        }
    }

    /// Sectors in every block but perhaps the last; 1 on an image that any console reader handles.
    #[must_use]
    pub fn sectors_per_block(&self) -> NonZeroU32 {
        self.sectors_per_block
    }

    /// Sectors of the image, a last partial one included; at most 2^29.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.sectors
    }

    fn last_block_len(&self) -> u32 {
        self.last_block_len
    }
}
