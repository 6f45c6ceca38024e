//! A compressed file read by `embedded_io`'s traits: file handles on the console, files on a PC.

use core::fmt;

use embedded_io::{Error, ErrorKind, Read, Seek, SeekFrom};

use super::SectorDevice;
use crate::sector::{SECTOR_MASK, SECTOR_SHIFT, SECTOR_SIZE};

/// Anything with `embedded_io`'s `Read + Seek`, as a device.
#[derive(Debug)]
pub struct ByteDevice<T> {
    bytes: T,
    len: u64,
    /// Sectors of the file, a last partial one included; 2^32 - 1 if there are more.
    sectors: u32,
    /// Bytes that the file lacks to as many whole sectors.
    missing: u32,
}

impl<T: Read + Seek> ByteDevice<T> {
    /// Asks `bytes` for its size, which must not change from then on.
    ///
    /// # Errors
    /// When it cannot seek to its end.
    pub fn new(mut bytes: T) -> Result<Self, T::Error> {
        let len = bytes.seek(SeekFrom::End(0))?;
        let sectors = len.div_ceil(SECTOR_SIZE as u64);
        Ok(Self {
            bytes,
            len,
            sectors: u32::try_from(sectors).unwrap_or(u32::MAX),
            missing: (len as u32).wrapping_neg() & SECTOR_MASK,
        })
    }

    /// Size of the file in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file has no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Gives the bytes back.
    pub fn into_inner(self) -> T {
        self.bytes
    }

    fn fill(&mut self, mut buf: &mut [u8]) -> Result<(), ByteDeviceError<T::Error>> {
        while !buf.is_empty() {
            let read = self.bytes.read(buf).map_err(ByteDeviceError::Io)?;
            if read == 0 {
                return Err(ByteDeviceError::Short { missing: buf.len() });
            }
            buf = buf.get_mut(read..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Why a [`ByteDevice`] could not fill a buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ByteDeviceError<E> {
    /// The bytes could not be read.
    Io(E),
    /// The bytes ended early, though they were as many when the device was made.
    Short {
        /// Bytes that could not be had.
        missing: usize,
    },
    /// A sector was asked for that begins after the end.
    PastEnd {
        /// The first sector asked for.
        first: u32,
        /// Size of the file in bytes.
        len: u64,
    },
}

impl<E: fmt::Display> fmt::Display for ByteDeviceError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Short { missing } => {
                write!(f, "the file became shorter: {missing} bytes are missing")
            }
            Self::PastEnd { first, len } => {
                write!(
                    f,
                    "the read from sector {first} on goes past the file's {len} bytes"
                )
            }
        }
    }
}

impl<E: Error> core::error::Error for ByteDeviceError<E> {}

impl<E: Error> Error for ByteDeviceError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io(error) => error.kind(),
            Self::Short { .. } => ErrorKind::Other,
            Self::PastEnd { .. } => ErrorKind::InvalidInput,
        }
    }
}

impl<T: Read + Seek> SectorDevice for ByteDevice<T> {
    type Error = ByteDeviceError<T::Error>;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        let left = self.sectors.checked_sub(first);
        let after = left.and_then(|left| left.checked_sub((buf.len() / SECTOR_SIZE) as u32));
        let missing = match after {
            Some(0) => self.missing as usize,
            Some(_) => 0,
            None => {
                let len = self.len;
                return Err(ByteDeviceError::PastEnd { first, len });
            }
        };
        let (file, padding) = buf
            .split_at_mut_checked(buf.len().wrapping_sub(missing))
            .unwrap_or_default();
        let start = u64::from(first) << SECTOR_SHIFT;
        self.bytes
            .seek(SeekFrom::Start(start))
            .map_err(ByteDeviceError::Io)?;
        self.fill(file)?;
        padding.fill(0);
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        (self.sectors != u32::MAX).then_some(self.sectors)
    }
}
