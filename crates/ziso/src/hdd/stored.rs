//! An image that is on a disk, read as loaders read it.

use std::io;
use std::path::Path;

use ps2_apa::game::{DISC_SECTOR, PER_DISC_SECTOR};
use ps2_apa::{Disk, Game, SECTOR_SIZE};
use zso::format::{HEADER_SIZE, MAGIC};
use zso::{Header, Image, ReaderError, Sector, SectorDevice, memory_sectors};

use super::error::Error;
use discs::image::{ImageFault, limit_memory};

/// Bytes of a disc that are read at a time, or one block if that is more.
const RUN: usize = 1 << 20;
/// Sectors of the file that the reader buffers.
const AHEAD: u32 = 64;

/// An image on a disk.
#[derive(Debug)]
pub struct Stored<'d, D> {
    disk: &'d mut D,
    game: &'d Game,
}

/// What goes wrong with an image on a disk.
#[derive(Debug)]
pub enum Fault<E> {
    /// The disk.
    Disk(ps2_apa::Error),
    /// The image.
    Image(ImageFault),
    /// The reader, in a way that neither of these explains.
    Reader(io::Error),
    /// Whoever takes the bytes.
    Sink(E),
}

impl Fault<Error> {
    /// The same as an error of the game on the disk at `path`.
    pub(crate) fn into_error(self, path: &Path, game: &Game) -> Error {
        match self {
            Self::Disk(error) => Error::disk(path)(error),
            Self::Image(source) => Error::Damaged {
                title: game.header.title.clone(),
                source,
            },
            Self::Reader(error) => Error::read(path)(error),
            Self::Sink(error) => error,
        }
    }
}

/// An error of the disk, as the reader wants it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct DeviceError(ps2_apa::Error);

impl embedded_io::Error for DeviceError {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}

/// The compressed file, in sectors of a disc.
struct Device<'s, 'd, D>(&'s mut Stored<'d, D>);

impl<D: Disk> SectorDevice for Device<'_, '_, D> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        let Stored { disk, game } = &mut *self.0;
        let sector = u64::from(first) * u64::from(PER_DISC_SECTOR);
        let read = game.read_at(*disk, sector, buf).map_err(DeviceError)?;
        // Zeros after the last part: it may end inside a sector of the disc.
        buf.get_mut(read..).unwrap_or_default().fill(0);
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        u32::try_from(self.0.game.header.bytes().div_ceil(DISC_SECTOR as u64)).ok()
    }
}

impl<'d, D: Disk> Stored<'d, D> {
    /// The image of a game.
    pub fn new(disk: &'d mut D, game: &'d Game) -> Self {
        Self { disk, game }
    }

    /// Whether the image is compressed.
    ///
    /// # Errors
    /// The disk's.
    pub fn is_compressed(&mut self) -> Result<bool, ps2_apa::Error> {
        let mut start = [0; SECTOR_SIZE];
        self.game.read_at(self.disk, 0, &mut start)?;
        Ok(start.starts_with(&MAGIC))
    }

    /// Bytes of the disc in the image.
    ///
    /// # Errors
    /// [`Fault::Disk`], [`Fault::Image`].
    pub fn disc_bytes<E>(&mut self) -> Result<u64, Fault<E>> {
        match self.is_compressed().map_err(Fault::Disk)? {
            true => self.header().map(|header| header.total_bytes()),
            false => Ok(self.game.header.bytes()),
        }
    }

    /// Gives all of the disc to `sink`, in order.
    ///
    /// # Errors
    /// Any [`Fault`].
    pub fn disc<E>(
        &mut self,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), Fault<E>> {
        match self.is_compressed().map_err(Fault::Disk)? {
            true => self.unpack(sink),
            false => self.file(sink),
        }
    }

    /// Gives all of the file that was installed to `sink`, in order.
    ///
    /// # Errors
    /// [`Fault::Disk`], [`Fault::Sink`].
    pub fn file<E>(
        &mut self,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), Fault<E>> {
        let mut run = vec![0; RUN];
        let mut sector = 0;
        loop {
            let read = self.game.read_at(self.disk, sector, &mut run);
            match run.get(..read.map_err(Fault::Disk)?) {
                None | Some([]) => return Ok(()),
                Some(bytes) => {
                    sink(bytes).map_err(Fault::Sink)?;
                    sector += (bytes.len() / SECTOR_SIZE) as u64;
                }
            }
        }
    }

    fn header<E>(&mut self) -> Result<Header, Fault<E>> {
        let mut start = [0; SECTOR_SIZE];
        let read = self.game.read_at(self.disk, 0, &mut start);
        read.map_err(Fault::Disk)?;
        let header = Header::parse(start.get(..HEADER_SIZE).unwrap_or_default());
        let header = header.map_err(ImageFault::Header).and_then(limit_memory);
        header.map_err(Fault::Image)
    }

    fn unpack<E>(&mut self, sink: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), Fault<E>> {
        let block_size = self.header()?.block_size();
        let mut memory = vec![Sector::ZERO; memory_sectors(block_size, AHEAD) as usize];
        let image = Image::mount(Device(self), &mut memory)
            .map_err(|error| fault(ReaderError::Image(error)))?;
        let mut reader = zso::Reader::new(image);
        let mut run = vec![0; RUN.next_multiple_of(block_size as usize)];
        loop {
            let read = embedded_io::Read::read(&mut reader, &mut run).map_err(fault)?;
            match run.get(..read) {
                None | Some([]) => return Ok(()),
                Some(bytes) => sink(bytes).map_err(Fault::Sink)?,
            }
        }
    }
}

/// The reader's error, as the disk's or the image's.
fn fault<E>(error: ReaderError<DeviceError>) -> Fault<E> {
    match error {
        ReaderError::Image(zso::Error::Device(DeviceError(error))) => Fault::Disk(error),
        ReaderError::Image(zso::Error::Header(error)) => Fault::Image(ImageFault::Header(error)),
        ReaderError::Image(zso::Error::Block { block, fault }) => Fault::Image(ImageFault::Block {
            block: block.0,
            fault,
        }),
        other => Fault::Reader(io::Error::other(other.to_string())),
    }
}
