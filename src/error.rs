//! What can go wrong: as a number for the inside and for C, and with all its numbers for Rust.

use core::fmt;

use crate::format::{HeaderError, MAX_ALIGN};
use crate::lz4::DecodeError;
use crate::sector::Block;

/// What went wrong, as one number: the `ZSO_E_...` values of `include/zso.h`, and what the reader's insides pass on.
///
/// Published numbers: never changed, never used again. An [`Error`] says the same with the numbers behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
#[non_exhaustive]
pub enum Code {
    /// A null or misaligned pointer, a length that is no whole number of sectors, or one beyond 2 GiB.
    Argument = -1,
    /// Nothing is mounted.
    NotMounted = -2,
    /// [`HeaderError::NotZso`] or [`HeaderError::Short`].
    NotZso = -3,
    /// [`HeaderError::ServerVariant`].
    ServerVariant = -4,
    /// [`HeaderError::HeaderSize`].
    HeaderSize = -5,
    /// [`HeaderError::Version`].
    Version = -6,
    /// [`HeaderError::BlockSize`].
    BlockSize = -7,
    /// [`HeaderError::Align`].
    Align = -8,
    /// [`HeaderError::TooLarge`].
    TooLarge = -9,
    /// [`Error::Memory`].
    Memory = -10,
    /// [`Error::Device`].
    Device = -11,
    /// [`BlockFault::Index`].
    Index = -12,
    /// [`BlockFault::Truncated`].
    Truncated = -13,
    /// [`DecodeError::InputEnd`].
    InputEnd = -14,
    /// [`DecodeError::Offset`].
    Offset = -15,
    /// [`DecodeError::Overrun`].
    Overrun = -16,
    /// [`Error::Internal`].
    Internal = -17,
    /// A map's table cannot be one of a file on such a device.
    Map = -18,
    /// [`MapError::PastEnd`](crate::device::MapError::PastEnd).
    PastEnd = -19,
}

impl From<DecodeError> for Code {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::InputEnd => Self::InputEnd,
            DecodeError::Offset => Self::Offset,
            DecodeError::Overrun => Self::Overrun,
        }
    }
}

/// Why an image could not be mounted or a request not be served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Error<E> {
    /// The file's header is not one that this reader accepts.
    Header(HeaderError),
    /// The memory handed over at mount is too small for the image's block size.
    Memory {
        /// Sectors of memory needed at least.
        need: u32,
        /// Sectors of memory given.
        have: u32,
    },
    /// The caller's buffer is not a whole number of sectors.
    Buffer {
        /// Bytes given.
        len: usize,
    },
    /// The device failed; this is its own error.
    Device(E),
    /// One block cannot be read. Other blocks can.
    Block {
        /// The block.
        block: Block,
        /// What is wrong with it.
        fault: BlockFault,
    },
    /// The reader broke a rule of its own. It would be a panic elsewhere; please report it.
    Internal,
}

/// Why one block of an image cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum BlockFault {
    /// The block's index entries make no sense: they decrease, lie in front of the data, or leave too few bytes for a
    /// plain block (R3, R4).
    Index {
        /// The block's own entry, as it stands in the file.
        start: u32,
        /// The entry behind it.
        end: u32,
    },
    /// The file ends inside the block or in front of it (R8).
    Truncated {
        /// Sectors that the file has, if that is known.
        file_sectors: Option<u32>,
    },
    /// The block's compressed bytes are damaged.
    Decode(DecodeError),
}

impl<E> From<HeaderError> for Error<E> {
    fn from(error: HeaderError) -> Self {
        Self::Header(error)
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(error) => error.fmt(f),
            Self::Memory { need, have } => {
                write!(
                    f,
                    "the image needs {need} sectors of 2048 bytes of memory, {have} were given"
                )
            }
            Self::Buffer { len } => write!(
                f,
                "a buffer of {len} bytes is not a whole number of 2048-byte sectors"
            ),
            Self::Device(error) => error.fmt(f),
            Self::Block { block, fault } => write!(f, "block {}: {fault}", block.0),
            Self::Internal => f.write_str("a bug in the reader: please report it"),
        }
    }
}

impl<E: core::error::Error> core::error::Error for Error<E> {}

impl fmt::Display for BlockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index { start, end } => {
                write!(f, "damaged index: entries {start:#010x} and {end:#010x}")
            }
            Self::Truncated {
                file_sectors: Some(sectors),
            } => {
                write!(
                    f,
                    "the file ends too early, after {sectors} sectors of 2048 bytes"
                )
            }
            Self::Truncated { file_sectors: None } => {
                f.write_str("it lies behind any possible end of the file")
            }
            Self::Decode(error) => write!(f, "damaged data: {error}"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InputEnd => "the compressed bytes end early",
            Self::Offset => "a match begins outside the block",
            Self::Overrun => "a run is longer than the rest of the block",
        })
    }
}

impl core::error::Error for DecodeError {}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotZso { magic } => write!(f, "not a ZSO file: magic {magic:#010x}"),
            Self::ServerVariant => {
                f.write_str("a server's private variant of ZSO, with magic `ZSO\\0`")
            }
            Self::Short { len } => write!(f, "{len} bytes are too few for a ZSO header of 24"),
            Self::HeaderSize { header_size } => {
                write!(f, "header size {header_size}, only 24 is known")
            }
            Self::Version { version } => write!(f, "version {version}, only 1 is known"),
            Self::BlockSize { block_size } => {
                write!(
                    f,
                    "block size {block_size} is not a multiple of 2048 up to 512 MiB"
                )
            }
            Self::Align { align } => write!(f, "align {align} is above {MAX_ALIGN}"),
            Self::TooLarge { total_bytes } => {
                write!(f, "an image of {total_bytes} bytes is 1 TiB or more")
            }
        }
    }
}

impl core::error::Error for HeaderError {}
