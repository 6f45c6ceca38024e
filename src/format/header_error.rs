//! Why bytes are not a header: the number that the reader passes on, and the same with what stands in the file.

use core::fmt;

use super::rules::{total_bytes, words};
use super::{HEADER_SIZE, MAX_ALIGN};
use crate::code::Code;

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
    /// `block_size` is 0, not a multiple of 2048, or above [`MAX_BLOCK_SIZE`](super::MAX_BLOCK_SIZE).
    BlockSize {
        /// The field's value, in bytes.
        block_size: u32,
    },
    /// `align` is above [`MAX_ALIGN`](super::MAX_ALIGN).
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

impl HeaderError {
    /// A number of [`fault`](super::rules::fault) with what stands in the header.
    pub(crate) fn explain(raw: &[u8; HEADER_SIZE], code: Code) -> Self {
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
}
