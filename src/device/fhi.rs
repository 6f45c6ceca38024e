//! Neutrino's file handle interface: files by number, in sectors of 512 bytes, whatever device holds them.

use super::map::{MapError, take};
use super::{DEVICE_SECTOR_SIZE, SectorDevice};
use crate::sector::SECTOR_SIZE;

/// Most sectors of 512 bytes that a provider of the interface reads in a call: some of them count in 16 bits. It is a
/// whole number of the file's sectors.
const MAX_COUNT: usize = 65_532;

/// How many sectors of the interface make one of the file's.
const PER_SECTOR: u32 = (SECTOR_SIZE / DEVICE_SECTOR_SIZE) as u32;

/// A file of the interface.
pub trait FileHandle {
    /// Whole sectors of 512 bytes that the file has, or 0 while its device is not there yet.
    fn size(&mut self) -> u32;

    /// Reads sectors of 512 bytes from `start` on, and returns how many there were, or anything else: providers differ
    /// in what they return for errors.
    fn read(&mut self, start: u32, buf: &mut [[u8; DEVICE_SECTOR_SIZE]]) -> i32;
}

/// What a provider returned instead of the number of sectors asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FhiError(pub i32);

impl core::fmt::Display for FhiError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the provider of the file handle returned {}", self.0)
    }
}

impl core::error::Error for FhiError {}

impl embedded_io::Error for FhiError {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}

/// The sectors of a file of the interface.
///
/// `fhi_size` rounds down: up to 511 bytes more of the file may lie after what it says. So the file is taken to have
/// one sector of the interface more. Where that is not there, a provider may refuse to read it, and with it the file's
/// last sector, unless the file is a whole number of sectors.
///
/// ```
/// use zso::SectorDevice;
/// use zso::device::{FhiDevice, FileHandle};
///
/// /// A file of 8 sectors of 512 bytes.
/// struct File;
///
/// impl FileHandle for File {
///     fn size(&mut self) -> u32 {
///         8
///     }
///
///     fn read(&mut self, start: u32, buf: &mut [[u8; 512]]) -> i32 {
///         buf.fill([start as u8; 512]);
///         buf.len() as i32
///     }
/// }
///
/// let mut file = FhiDevice::new(File).expect("the device is there");
/// let mut sector = [0; 2048];
/// file.read_sectors(1, &mut sector)?;
/// assert_eq!(sector[0], 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FhiDevice<F> {
    file: F,
    /// Sectors of 512 bytes, the one that may be there included.
    blocks: u32,
}

impl<F: FileHandle> FhiDevice<F> {
    /// The file that `file` names, or `None` while its device is not there yet.
    pub fn new(mut file: F) -> Option<Self> {
        let blocks = file.size();
        (blocks != 0).then_some(Self {
            file,
            blocks: blocks.saturating_add(1),
        })
    }

    /// Sectors that the file may have, a last partial one included.
    pub(crate) fn file_sectors(&self) -> u32 {
        self.blocks.div_ceil(PER_SECTOR)
    }

    /// Reads from sector `at` of the interface on, where `left` are left: of the file's last sector, there may be only a
    /// part.
    #[inline]
    fn read(
        &mut self,
        mut at: u32,
        left: u32,
        all: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), MapError<FhiError>> {
        let mut rest = take(&mut { all }, left as usize);
        while !rest.is_empty() {
            let now = take(&mut rest, MAX_COUNT);
            let read = self.file.read(at, now);
            if read as usize != now.len() {
                return Err(MapError::Device(FhiError(read)));
            }
            at = at.wrapping_add(now.len() as u32);
        }
        Ok(())
    }
}

impl<F: FileHandle> SectorDevice for FhiDevice<F> {
    type Error = MapError<FhiError>;

    #[inline]
    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        let (all, _) = buf.as_chunks_mut();
        let sectors = self.file_sectors();
        let count = all.len() as u32 / PER_SECTOR;
        if first > sectors || count > sectors.wrapping_sub(first) {
            return Err(MapError::PastEnd { first, sectors });
        }
        let at = first.wrapping_mul(PER_SECTOR);
        self.read(at, self.blocks.wrapping_sub(at), all)
    }

    #[inline]
    fn read_device_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        let (all, _) = buf.as_chunks_mut();
        let end = self.blocks.checked_next_multiple_of(PER_SECTOR);
        let end = end.unwrap_or(u32::MAX);
        if first > end || all.len() as u32 > end.wrapping_sub(first) {
            let (first, sectors) = (first / PER_SECTOR, self.file_sectors());
            return Err(MapError::PastEnd { first, sectors });
        }
        self.read(first, self.blocks.saturating_sub(first), all)
    }

    // How many sectors there are is not known: the last one may not be.
}
