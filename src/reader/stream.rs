//! The image as a stream of bytes, for code that speaks `embedded_io`.

use embedded_io::{ErrorKind, ErrorType, Read, Seek, SeekFrom};

use super::image::Image;
use crate::device::SectorDevice;
use crate::error::Error;
use crate::sector::{SECTOR_SHIFT, SECTOR_SIZE, Sector};

/// Reads a mounted image byte by byte, to its exact length, through a buffer of one sector.
///
/// Whole sectors go straight to the caller's buffer.
///
/// ```
/// use embedded_io::{Read, Seek, SeekFrom};
/// use zso::{Image, Reader, Sector, device::MemoryDevice};
/// # use zso::format::{Entry, Header};
/// # let mut file = Header::new(2048, 2048, 0)?.emit().to_vec();
/// # for entry in [Entry::new(32, true, 0), Entry::new(32 + 2048, false, 0)] {
/// #     file.extend(entry.expect("offsets below 2 GiB").0.to_le_bytes());
/// # }
/// # file.resize(4096, 0xA5);
///
/// let mut memory = vec![Sector::ZERO; zso::memory_sectors(2048, 16) as usize];
/// let mut reader = Reader::new(Image::mount(MemoryDevice::new(&file), &mut memory)?);
/// let mut bytes = [0; 4];
/// reader.seek(SeekFrom::End(-4))?;
/// assert_eq!(reader.read(&mut bytes)?, 4);
/// assert_eq!(bytes, [0xA5; 4]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Reader<'m, D: SectorDevice> {
    image: Image<'m, D>,
    position: u64,
    sector: Sector,
    /// The LSN of what `sector` holds.
    buffered: Option<u32>,
}

impl<'m, D: SectorDevice> Reader<'m, D> {
    /// Starts at the image's first byte.
    #[must_use]
    pub fn new(image: Image<'m, D>) -> Self {
        Self {
            image,
            position: 0,
            sector: Sector::ZERO,
            buffered: None,
        }
    }

    /// Gives the image back.
    #[must_use]
    pub fn into_image(self) -> Image<'m, D> {
        self.image
    }

    fn left(&self) -> u64 {
        self.image
            .header()
            .total_bytes()
            .saturating_sub(self.position)
    }

    /// Reads whole sectors at the position, which is one's start.
    fn read_whole(&mut self, lsn: u32, buf: &mut [u8]) -> Result<usize, Error<D::Error>> {
        let sectors = self.image.read_sectors(lsn, buf)?;
        Ok((sectors as usize).saturating_mul(SECTOR_SIZE))
    }

    /// Reads from the sector that the position is in.
    fn read_part(
        &mut self,
        lsn: u32,
        skip: usize,
        buf: &mut [u8],
    ) -> Result<usize, Error<D::Error>> {
        if self.buffered != Some(lsn) {
            self.buffered = None;
            self.image.read_sectors(lsn, &mut self.sector.0)?;
            self.buffered = Some(lsn);
        }
        let rest = self.sector.0.get(skip..).unwrap_or_default();
        for (to, from) in buf.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(buf.len().min(rest.len()))
    }
}

/// Why the stream could not go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReaderError<E> {
    /// The image could not be read.
    Image(Error<E>),
    /// A seek before the first byte, or beyond the 2^64th.
    Seek,
}

impl<E: core::fmt::Display> core::fmt::Display for ReaderError<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Image(error) => error.fmt(f),
            Self::Seek => f.write_str("seek to a position that does not exist"),
        }
    }
}

impl<E: embedded_io::Error> core::error::Error for ReaderError<E> {}

impl<E: embedded_io::Error> embedded_io::Error for ReaderError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Image(Error::Device(error)) => error.kind(),
            Self::Image(_) => ErrorKind::InvalidData,
            Self::Seek => ErrorKind::InvalidInput,
        }
    }
}

impl<D: SectorDevice> ErrorType for Reader<'_, D> {
    type Error = ReaderError<D::Error>;
}

impl<D: SectorDevice> Read for Reader<'_, D> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        let want = usize::try_from(self.left()).map_or(buf.len(), |left| left.min(buf.len()));
        // An image has fewer than 2^32 sectors, and the position is inside it unless nothing is wanted.
        let lsn = (self.position >> SECTOR_SHIFT) as u32;
        let skip = self.position as usize % SECTOR_SIZE;
        let read = match buf.get_mut(..want) {
            None | Some([]) => 0,
            Some(buf) if skip > 0 || buf.len() < SECTOR_SIZE => {
                self.read_part(lsn, skip, buf).map_err(ReaderError::Image)?
            }
            Some(buf) => {
                let whole = buf.len() & !(SECTOR_SIZE - 1);
                let buf = buf.get_mut(..whole).unwrap_or_default();
                self.read_whole(lsn, buf).map_err(ReaderError::Image)?
            }
        };
        self.position = self.position.saturating_add(read as u64);
        Ok(read)
    }
}

impl<D: SectorDevice> Seek for Reader<'_, D> {
    fn seek(&mut self, target: SeekFrom) -> Result<u64, Self::Error> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.image.header().total_bytes().checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(ReaderError::Seek)?;
        Ok(self.position)
    }
}
