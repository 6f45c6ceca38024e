//! What can go wrong, with all its numbers, for Rust.

use core::fmt;

use crate::code::Code;
use crate::format::{Entry, HeaderError};
use crate::lz4::DecodeError;
use crate::sector::Block;

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
    /// The block's index entries make no sense: they decrease, lie before the data, or leave too few bytes for a
    /// plain block (R3, R4).
    Index {
        /// The block's own entry, as it stands in the file.
        start: u32,
        /// The entry after it.
        end: u32,
    },
    /// The file ends inside the block or before it (R8).
    Truncated {
        /// Sectors that the file has, if that is known.
        file_sectors: Option<u32>,
    },
    /// The block's compressed bytes are damaged.
    Decode(DecodeError),
}

impl<E> Error<E> {
    /// The error for a number with which a read has stopped at a block.
    ///
    /// `entries` finds the block's own index entry and the next one, and `device` is what the device has said.
    pub(crate) fn at_block(
        code: Code,
        block: Block,
        entries: impl FnOnce() -> [Entry; 2],
        file_sectors: Option<u32>,
        device: Option<E>,
    ) -> Self {
        let fault = match code {
            Code::Device => return device.map_or(Self::Internal, Self::Device),
            Code::Index => {
                let [start, end] = entries().map(|entry| entry.0);
                BlockFault::Index { start, end }
            }
            Code::Truncated => BlockFault::Truncated { file_sectors },
            Code::InputEnd => BlockFault::Decode(DecodeError::InputEnd),
            Code::Offset => BlockFault::Decode(DecodeError::Offset),
            Code::Overrun => BlockFault::Decode(DecodeError::Overrun),
            _ => return Self::Internal,
        };
        Self::Block { block, fault }
    }
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
                f.write_str("it lies after any possible end of the file")
            }
            Self::Decode(error) => write!(f, "damaged data: {error}"),
        }
    }
}
