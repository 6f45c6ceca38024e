//! A mounted image, for Rust: disc and device in one, and errors with all their numbers.

use crate::device::SectorDevice;
use crate::disc::{Disc, memory_sectors};
use crate::drive::Drive;
use crate::error::{BlockFault, Code, Error};
use crate::format::{Header, HeaderError};
use crate::lz4::DecodeError;
use crate::sector::{Block, Sector};

/// A ZSO image on a device, read in sectors of 2048 bytes of the disc it holds.
pub struct Image<'m, D: SectorDevice> {
    drive: Drive<D>,
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
        let mut drive = Drive::new(device);
        let have = memory.len() as u32;
        match Disc::mount(&mut drive, memory) {
            Ok(disc) => Ok(Self { drive, disc }),
            Err(code) => Err(explain_mount(&mut drive, code, have)),
        }
    }

    /// Reads sectors of the disc from `lsn` on into `buf`, and returns how many it delivered.
    ///
    /// That is as many as `buf` has room for, or fewer (down to 0) at the end of the media. A last partial sector
    /// is filled up with zeros. `buf` should be aligned to 4 bytes: long requests then need fewer device requests.
    /// It is also used for compressed data on the way, so its content is undefined after an error.
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
        match self.disc.read(&mut self.drive, lsn, out) {
            (_, Ok(())) => Ok(count),
            (delivered, Err(code)) => {
                let block = self.disc.failed_at(lsn, delivered);
                Err(self.explain_read(code, block))
            }
        }
    }

    /// An error of [`Disc::read`] at a block with the numbers behind it.
    fn explain_read(&mut self, code: Code, block: Block) -> Error<D::Error> {
        let fault = match code {
            Code::Device => {
                return self
                    .drive
                    .take_error()
                    .map_or(Error::Internal, Error::Device);
            }
            Code::Index => self.explain_index(block),
            Code::Truncated => BlockFault::Truncated {
                file_sectors: self.disc.plan.file_sectors(),
            },
            Code::InputEnd => BlockFault::Decode(DecodeError::InputEnd),
            Code::Offset => BlockFault::Decode(DecodeError::Offset),
            Code::Overrun => BlockFault::Decode(DecodeError::Overrun),
            _ => return Error::Internal,
        };
        Error::Block { block, fault }
    }

    /// The two index entries of the block that a request stopped at; they were just read.
    fn explain_index(&mut self, block: Block) -> BlockFault {
        let mut entry = |i| {
            self.disc
                .entry(&mut self.drive, i)
                .map_or(0, |entry| entry.0)
        };
        BlockFault::Index {
            start: entry(block.0),
            end: entry(block.next().0),
        }
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
        &mut self.drive.device
    }

    /// Gives the device back.
    #[must_use]
    pub fn into_device(self) -> D {
        self.drive.device
    }
}

/// An error of [`Disc::mount`] with the numbers behind it, for which the header is read once more.
fn explain_mount<D: SectorDevice>(drive: &mut Drive<D>, code: Code, have: u32) -> Error<D::Error> {
    if code == Code::Device {
        return drive.take_error().map_or(Error::Internal, Error::Device);
    }
    if drive.device.sectors() == Some(0) {
        return HeaderError::Short { len: 0 }.into();
    }
    let mut sector = Sector::ZERO;
    if let Err(Code::Device) = drive.read_header(&mut sector) {
        return drive.take_error().map_or(Error::Internal, Error::Device);
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
