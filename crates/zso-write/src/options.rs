//! What a caller can choose about a file.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::{Range, RangeInclusive};

use zso::SECTOR_SIZE;
use zso::format::DEFAULT_BLOCK_SIZE;

use crate::lz4;

/// Largest block size that is written or read, in bytes: it bounds the memory that a run needs.
///
/// Readers on the console take far less, and a match of LZ4 reaches back 64 KiB only.
pub const MAX_BLOCK_SIZE: u32 = 16 << 20;
/// Largest `align` that is written: with more, a block of 2048 bytes would take up more than that.
pub const MAX_ALIGN: u8 = SECTOR_SIZE.trailing_zeros() as u8;
/// Levels of LZ4's encoders.
pub const LEVELS: RangeInclusive<u8> = 1..=12;
/// Percentages that make sense as a threshold.
pub const THRESHOLDS: RangeInclusive<u8> = 0..=100;

/// Which form a file has. Both have the same header and index.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Form {
    /// Blocks of LZ4, for loaders on the console.
    #[default]
    Zso,
    /// Version 1 of CSO: blocks of deflate, for emulators. Smaller, and slower to decode.
    Cso,
}

impl Form {
    /// How files of this form begin.
    pub fn magic(self) -> [u8; 4] {
        match self {
            Self::Zso => zso::format::MAGIC,
            Self::Cso => *b"CISO",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Zso => "ZSO",
            Self::Cso => "CSO",
        })
    }
}

/// How a file is to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// What it is to be. Default a ZSO file.
    pub form: Form,
    /// How hard to try: 1 takes the first matches that are found, 2 to 10 find a block that is hardly longer than the
    /// shortest, and 11 and 12 that one. In blocks above 32 KiB each level up to 10 looks farther than the one below.
    /// Default 10. In CSO files it is the level of deflate, which ends at 9: more is the same.
    pub level: u8,
    /// Whether blocks are encoded so that the console decodes them faster, which makes the file a little larger;
    /// `level` does not matter then, and blocks have at most [`lz4::LARGEST`] bytes. ZSO files only. Default no.
    pub for_console: bool,
    /// What bytes and requests of the console's device are worth: blocks of a ZSO file are then encoded, and stored
    /// plain, where they load fastest; `level`, `for_console` and `threshold` do not matter. Blocks have at most
    /// [`lz4::LARGEST`] bytes. Default none.
    pub worth: Option<Worth>,
    /// Uncompressed bytes per block, a multiple of 2048 up to [`MAX_BLOCK_SIZE`]. Default 2048, all
    /// that older readers on the console can read. In CSO files a power of two.
    pub block_size: u32,
    /// Left shift of the index entries, up to [`MAX_ALIGN`]; a larger one is taken if the file needs it. Default 0.
    pub align: u8,
    /// A block that compresses to this percentage of its size or more is stored plain. Default 100.
    pub threshold: u8,
    /// What fills up a block to a multiple of `1 << align`, or the byte's complement after a block that ends with it:
    /// some readers take padding away byte by byte. Default 0.
    pub padding: u8,
    /// Whether the file is filled up to whole sectors, so that installers cut off nothing (R8). Default yes.
    pub whole_sectors: bool,
    /// Bytes of a thousand that gaps may take up, which let runs of plain blocks begin at a sector of the file; see
    /// [`SHORTEST_RUN`](zso::format::SHORTEST_RUN). 0 for none. Default 3. Blocks above 2048 bytes have no gaps,
    /// and those of CSO files neither.
    pub gaps: u16,
    /// Parts of the image, in bytes, whose blocks are stored plain: films, say, that must not wait for a decoder.
    /// Default none.
    pub raw: Vec<Range<u64>>,
    /// Whether a file is taken for an image that has no volume of a disc in it. Default no.
    pub any_data: bool,
    /// Bytes that the file may have at most; a larger one is not kept. Default any.
    pub most_bytes: u64,
    /// Whether an existing output file is replaced. Default no.
    pub force: bool,
    /// Whether the file is read back and compared with its input. Default yes.
    pub verify: bool,
    /// Threads that compress; `None`, the default, for one on each core. The file is the same.
    pub threads: Option<NonZeroUsize>,
}

/// What a device's time is worth, in cycles of the console's I/O processor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Worth {
    /// A byte.
    pub byte: u32,
    /// A request.
    pub request: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            form: Form::Zso,
            level: 10,
            for_console: false,
            worth: None,
            block_size: DEFAULT_BLOCK_SIZE,
            align: 0,
            threshold: 100,
            padding: 0,
            whole_sectors: true,
            gaps: 3,
            raw: Vec::new(),
            any_data: false,
            most_bytes: u64::MAX,
            force: false,
            verify: true,
            threads: None,
        }
    }
}

/// Why no file can be made with some [`Options`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum OptionError {
    /// `level` is out of range.
    #[error(
        "level {level} is not one of 1 to 12; type --level 10, or --level 12 for the smallest file"
    )]
    Level { level: u8 },
    /// `block_size` is 0, not a multiple of 2048, or above [`MAX_BLOCK_SIZE`].
    #[error(
        "block size {block_size} is not a multiple of 2048 from 2048 to {MAX_BLOCK_SIZE}; \
         type --block-size 2048 for a file that every reader can read"
    )]
    BlockSize { block_size: u32 },
    /// `block_size` is above what can be encoded for the console.
    #[error(
        "block size {block_size} is above {}, the largest that is compressed for the console; \
         type --block-size 2048, or leave --for-console out",
        lz4::LARGEST
    )]
    ForConsole { block_size: u32 },
    /// `block_size` is no power of two, and a CSO file is wanted.
    #[error(
        "block size {block_size} is no power of two, as all are in CSO files; type --block-size 2048"
    )]
    CsoBlockSize { block_size: u32 },
    /// A CSO file is to be encoded for the console, which does not read it.
    #[error("--for-console is for ZSO files: the console reads no CSO; leave out one of the two")]
    CsoForConsole,
    /// `threshold` is above 100 %.
    #[error(
        "threshold {threshold} is not a percentage from 0 to 100; type --threshold 100 for the smallest file"
    )]
    Threshold { threshold: u8 },
    /// `align` is above [`MAX_ALIGN`].
    #[error(
        "align {align} is above {MAX_ALIGN}; type --align {MAX_ALIGN} or less, or leave --align out"
    )]
    AlignTooLarge { align: u8 },
    /// The image is larger than any index reaches.
    #[error(
        "an image of {total_bytes} bytes is too large for a ZSO or CSO file: they end below 1 TiB"
    )]
    TooLarge { total_bytes: u64 },
}

impl Options {
    /// Checks what does not depend on the image.
    pub fn check(&self) -> Result<(), OptionError> {
        let Self {
            level,
            block_size,
            threshold,
            ..
        } = *self;
        if !LEVELS.contains(&level) {
            return Err(OptionError::Level { level });
        }
        if !THRESHOLDS.contains(&threshold) {
            return Err(OptionError::Threshold { threshold });
        }
        let whole = block_size.is_multiple_of(SECTOR_SIZE as u32);
        if !whole || block_size == 0 || block_size > MAX_BLOCK_SIZE {
            return Err(OptionError::BlockSize { block_size });
        }
        if (self.for_console || self.worth.is_some()) && block_size as usize > lz4::LARGEST {
            return Err(OptionError::ForConsole { block_size });
        }
        if self.form == Form::Cso && !block_size.is_power_of_two() {
            return Err(OptionError::CsoBlockSize { block_size });
        }
        if self.form == Form::Cso && (self.for_console || self.worth.is_some()) {
            return Err(OptionError::CsoForConsole);
        }
        match self.align {
            align if align > MAX_ALIGN => Err(OptionError::AlignTooLarge { align }),
            _ => Ok(()),
        }
    }
}
