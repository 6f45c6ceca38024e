//! A mounted image, for Rust: disc and device in one, and errors with all their numbers.

use super::disc::{Disc, memory_sectors};
use crate::code::Code;
use crate::device::SectorDevice;
use crate::error::Error;
use crate::format::{Entry, Header, HeaderError};
use crate::sector::Sector;
use crate::source::{self, Source};

/// A ZSO image on a device, read in sectors of 2048 bytes of the disc it holds.
pub struct Image<'m, D: SectorDevice> {
    source: Source<D>,
    disc: Disc<'m>,
}

impl<'m, D: SectorDevice> Image<'m, D> {
    /// Reads the header and gets ready to read the image, in one device request.
    ///
    /// All memory that the reader will ever use is `memory`; see [`memory_sectors`] for how much it should be. To get
    /// the device back when mounting fails, hand over `&mut device`.
    ///
    /// # Errors
    /// [`Error::Device`], [`Error::Header`], or [`Error::Memory`] with the size that would do.
    pub fn mount(device: D, memory: &'m mut [Sector]) -> Result<Self, Error<D::Error>> {
        let mut source = Source::new(device);
        let have = memory.len() as u32;
        match Disc::mount(&mut source, memory) {
            Ok(disc) => Ok(Self { source, disc }),
            Err(code) => Err(explain_mount(&mut source, code, have)),
        }
    }

    /// Reads sectors of the disc from `lsn` on into `buf`, and returns how many it delivered.
    ///
    /// That is as many as `buf` has room for, or fewer (down to 0) at the end of the media. A last partial sector
    /// is filled up with zeros, or with what its writer has filled the last block with. `buf` should be aligned to 4
    /// bytes: long requests then need fewer device requests. It is also used for compressed data on the way, so its
    /// content is undefined after an error.
    ///
    /// # Errors
    /// [`Error::Buffer`] if `buf` is not a whole number of sectors; [`Error::Device`]; [`Error::Block`].
    pub fn read_sectors(&mut self, lsn: u32, buf: &mut [u8]) -> Result<u32, Error<D::Error>> {
        let len = buf.len();
        let (sectors, rest) = buf.as_chunks_mut();
        if !rest.is_empty() {
            return Err(Error::Buffer { len });
        }
        let count = self
            .header()
            .available(lsn, u32::try_from(sectors.len()).unwrap_or(u32::MAX));
        let Some(out) = sectors
            .get_mut(..count as usize)
            .filter(|out| !out.is_empty())
        else {
            return Ok(0);
        };
        match self.disc.read(&mut self.source, lsn, out) {
            Ok(()) => Ok(count),
            Err(code) => Err(self.explain_read(code)),
        }
    }

    /// What stopped a read at the disc's current block.
    fn explain_read(&mut self, code: Code) -> Error<D::Error> {
        let error = self.source.take_error();
        let block = self.disc.current;
        let file_sectors = self.disc.plan.file_sectors();
        // They were just read.
        let mut entry = |i| {
            self.disc
                .index
                .load(&mut self.source, i)
                .unwrap_or(Entry(0))
        };
        let entries = || [block.0, block.next().0].map(&mut entry);
        Error::at_block(code, block, entries, file_sectors, error)
    }

    /// Sectors of the disc: the truth, whatever a volume descriptor in the image says.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.header().sectors()
    }

    /// The image's header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.disc.plan.header
    }

    /// The device. What is read from it by other ways does not disturb the reader.
    pub fn device_mut(&mut self) -> &mut D {
        &mut self.source.device
    }

    /// Gives the device back.
    #[must_use]
    pub fn into_device(self) -> D {
        self.source.device
    }
}

/// An error of [`Disc::mount`] with all its numbers, for which the header is read once more.
fn explain_mount<D: SectorDevice>(
    source: &mut Source<D>,
    code: Code,
    have: u32,
) -> Error<D::Error> {
    if code == Code::Device {
        return source.take_error().map_or(Error::Internal, Error::Device);
    }
    if source.device.sectors() == Some(0) {
        return HeaderError::Short { len: 0 }.into();
    }
    let mut sector = Sector::ZERO;
    if let Err(Code::Device) = source::read_header(source, &mut sector) {
        return source.take_error().map_or(Error::Internal, Error::Device);
    }
    match Header::parse(&sector.0) {
        Ok(header) => Error::Memory {
            need: memory_sectors(header.block_size(), 0),
            have,
        },
        Err(_) if have == 0 => Error::Memory {
            need: memory_sectors(0, 0),
            have,
        },
        Err(error) => Error::Header(error),
    }
}
