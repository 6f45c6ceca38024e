//! Header and index entries of a ZSO file: bytes to values and back, for reader and writer alike.
//!
//! Nothing here panics or reads a device. A [`Header`] that exists is valid: [`Header::parse`] is the one place
//! that checks, and nothing behind it checks again. Rule numbers (R1 to R9) are those of `docs/format.md`.

use core::num::NonZeroU32;

use crate::error::Code;
use crate::sector::{Block, FileSector, SECTOR_MASK, SECTOR_SHIFT};

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

const KNOWN_HEADER_SIZE: u32 = HEADER_SIZE as u32;
/// Index entries in front of the first one, were the header made of entries too.
pub(crate) const HEADER_ENTRIES: u32 = (HEADER_SIZE / ENTRY_SIZE) as u32;
/// `log2` of the index entries in one sector.
const ENTRIES_SHIFT: u32 = SECTOR_SHIFT - ENTRY_SIZE.trailing_zeros();
/// `log2` of the image size that is too large: 1 TiB, so that the index is below 4 GiB.
const MAX_BYTES_SHIFT: u32 = 40;
const PLAIN: u32 = 1 << 31;

/// Whether blocks are sectors in every image that this build accepts, and all of them whole: what is behind the last
/// whole sector of an image is not there. So no code is needed for others.
const SECTOR_BLOCKS: bool = cfg!(feature = "opl");

/// Why the first bytes of a file are not a header that this reader accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum HeaderError {
    /// The magic is not `ZISO`; `magic` is what stands there, little endian.
    NotZso {
        /// The first four bytes, little endian.
        magic: u32,
    },
    /// The magic is `ZSO\0`: a server's private variant, whose index has another length.
    ServerVariant,
    /// Fewer than 24 bytes were given.
    Short {
        /// Bytes given.
        len: usize,
    },
    /// `header_size` is neither 24 nor the 0 that some writers leave.
    HeaderSize {
        /// The field's value.
        header_size: u32,
    },
    /// `version` is neither 1 nor the 0 that some writers leave.
    Version {
        /// The field's value.
        version: u8,
    },
    /// `block_size` is 0, not a multiple of 2048, or above [`MAX_BLOCK_SIZE`].
    BlockSize {
        /// The field's value, in bytes.
        block_size: u32,
    },
    /// `align` is above [`MAX_ALIGN`].
    Align {
        /// The field's value.
        align: u8,
    },
    /// The image has 1 TiB or more.
    TooLarge {
        /// The field's value, in bytes.
        total_bytes: u64,
    },
}

/// A valid header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    blocks: u32,
    // Where blocks are sectors, this says it all.
    #[cfg(not(feature = "opl"))]
    sectors: u32,
    #[cfg(not(feature = "opl"))]
    sectors_per_block: NonZeroU32,
    #[cfg(not(feature = "opl"))]
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
        match fault(total_bytes, block_size, align) {
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
        Self::read(raw).map_err(|code| explain(raw, code))
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
    #[cfg_attr(not(feature = "opl"), inline(never))]
    pub(crate) fn fault(raw: &[u8; HEADER_SIZE]) -> Option<Code> {
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
        fault(
            total_bytes(total_low, total_high),
            u32::from_le_bytes(block_size),
            align,
        )
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
        let header_size = KNOWN_HEADER_SIZE.to_le_bytes();
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

    /// The smallest offset in an index entry that lies behind the index (R4), in units of `1 << align` bytes.
    #[must_use]
    pub fn first_entry(&self) -> u32 {
        let words = self.blocks.wrapping_add(HEADER_ENTRIES).wrapping_add(1);
        let last_byte = (words << ENTRY_SIZE.trailing_zeros()).wrapping_sub(1);
        last_byte.wrapping_shr(self.align).wrapping_add(1)
    }
}

#[cfg(not(feature = "opl"))]
impl Header {
    /// The header of these fields, in which there is no [`fault`].
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

/// In OPL blocks are sectors, and only whole ones count.
#[cfg(feature = "opl")]
impl Header {
    /// That of an image without sectors.
    #[cfg(feature = "neutrino")]
    pub(crate) const EMPTY: Self = Self {
        blocks: 0,
        align: 0,
    };

    fn valid(total_bytes: u64, _block_size: u32, align: u8) -> Self {
        Self {
            blocks: (total_bytes >> SECTOR_SHIFT) as u32,
            align: align.into(),
        }
    }

    /// Sectors in every block.
    #[must_use]
    pub fn sectors_per_block(&self) -> NonZeroU32 {
        NonZeroU32::MIN
    }

    /// Sectors of the image; at most 2^29.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.blocks
    }

    fn last_block_len(&self) -> u32 {
        DEFAULT_BLOCK_SIZE
    }
}

/// The header as the six words that its fields are made of.
fn words(raw: &[u8; HEADER_SIZE]) -> &[[u8; 4]; 6] {
    const NONE: &[[u8; 4]; 6] = &[[0; 4]; 6];
    raw.as_chunks().0.as_array().unwrap_or(NONE)
}

fn total_bytes(low: [u8; 4], high: [u8; 4]) -> u64 {
    u64::from(u32::from_le_bytes(high)) << u32::BITS | u64::from(u32::from_le_bytes(low))
}

/// Whether a header may have this block size.
pub(crate) fn is_block_size(block_size: u32) -> bool {
    if SECTOR_BLOCKS {
        return block_size == DEFAULT_BLOCK_SIZE;
    }
    // Less one, 0 is above all others.
    block_size.wrapping_sub(1) < MAX_BLOCK_SIZE && block_size & SECTOR_MASK == 0
}

/// What no header may say of its image.
fn fault(total_bytes: u64, block_size: u32, align: u8) -> Option<Code> {
    if !is_block_size(block_size) {
        return Some(Code::BlockSize);
    }
    if align > MAX_ALIGN {
        return Some(Code::Align);
    }
    (total_bytes >> MAX_BYTES_SHIFT != 0).then_some(Code::TooLarge)
}

/// A number of [`Header::read`] with the numbers behind it.
fn explain(raw: &[u8; HEADER_SIZE], code: Code) -> HeaderError {
    let [
        magic,
        header_size,
        total_low,
        total_high,
        block_size,
        [version, align, ..],
    ] = *words(raw);
    match code {
        Code::ServerVariant => HeaderError::ServerVariant,
        Code::HeaderSize => HeaderError::HeaderSize {
            header_size: u32::from_le_bytes(header_size),
        },
        Code::Version => HeaderError::Version { version },
        Code::BlockSize => HeaderError::BlockSize {
            block_size: u32::from_le_bytes(block_size),
        },
        Code::Align => HeaderError::Align { align },
        Code::TooLarge => HeaderError::TooLarge {
            total_bytes: total_bytes(total_low, total_high),
        },
        _ => HeaderError::NotZso {
            magic: u32::from_le_bytes(magic),
        },
    }
}

/// The file sector that index entry `i` is in, and its number among the 512 that a sector holds.
///
/// An entry is always inside one sector, because the header is six entries long.
#[must_use]
pub fn entry_place(i: u32) -> (FileSector, usize) {
    let slot = i.wrapping_add(HEADER_ENTRIES);
    (
        FileSector(slot >> ENTRIES_SHIFT),
        (slot & ((1 << ENTRIES_SHIFT) - 1)) as usize,
    )
}

/// An index entry (R2): where a block starts, and whether it is stored plain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry(pub u32);

impl Entry {
    /// The entry for a block at byte `offset` of the file, or `None` if `align` cannot express it.
    #[must_use]
    pub fn new(offset: u64, plain: bool, align: u8) -> Option<Self> {
        let scaled = offset.checked_shr(align.into())?;
        let value = u32::try_from(scaled)
            .ok()
            .filter(|value| value & PLAIN == 0)?;
        let exact = scaled.checked_shl(align.into()) == Some(offset);
        exact.then_some(Self(if plain { value | PLAIN } else { value }))
    }

    /// Whether the block is stored uncompressed.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self.0 & PLAIN != 0
    }

    /// Where the block starts, in units of `1 << align` bytes: 31 bits.
    #[must_use]
    pub fn offset(self) -> u32 {
        self.0 & !PLAIN
    }

    /// Where it points: a sector, and a byte in it. 32-bit arithmetic reaches 4 TiB this way.
    pub(crate) fn place(self, align: u8) -> (FileSector, u32) {
        let align = u32::from(align);
        let sector = self.offset().wrapping_shr(SECTOR_SHIFT.wrapping_sub(align));
        let byte = self.offset().wrapping_shl(align) & SECTOR_MASK;
        (FileSector(sector), byte)
    }
}

/// The smallest `align` with which an index reaches byte `file_size` of a file (R5); `None` if no header may have it.
///
/// `file_size` counts the padding that this very `align` brings with it.
#[must_use]
pub fn smallest_align(file_size: u64) -> Option<u8> {
    (0..=MAX_ALIGN).find(|align| file_size.div_ceil(1 << align) < u64::from(PLAIN))
}
