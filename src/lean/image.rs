//! A mounted image for the lean reader: disc and device in one, and errors with all their numbers.

use super::disc::{Disc, FEWEST_SECTORS};
use super::header::Header;
use super::memory::Memory;
use super::policy::Policy;
use crate::code::Code;
use crate::device::SectorDevice;
use crate::error::Error;
use crate::format::HeaderError;
use crate::sector::{Block, Sector};
use crate::source::{self, Source};

/// A ZSO image whose blocks are sectors, read with the policy of one of the console's objects.
pub struct Image<'m, D: SectorDevice, P: Policy> {
    source: Source<D>,
    disc: Disc<'m, P>,
    delivered: u32,
}

impl<'m, D: SectorDevice, P: Policy> Image<'m, D, P> {
    /// Reads the header and gets ready to read the image, in one device request.
    ///
    /// One sector of `memory` is enough: compressed sectors then wait in the caller's buffer. Of three or more, some
    /// are a read-ahead buffer. To get the device back when mounting fails, hand over `&mut device`.
    ///
    /// # Errors
    /// [`Error::Device`], [`Error::Memory`], or [`Error::Header`]: blocks that are not sectors are refused, too.
    pub fn mount(device: D, memory: &'m mut [Sector]) -> Result<Self, Error<D::Error>> {
        let mut source = Source::new(device);
        let Some(first) = memory.first_mut() else {
            return Err(Error::Memory { need: 1, have: 0 });
        };
        let raw = match source::read_header(&mut source, first) {
            Ok(raw) => raw,
            Err(Code::NotZso) => return Err(HeaderError::Short { len: 0 }.into()),
            Err(_) => return Err(source.take_error().map_or(Error::Internal, Error::Device)),
        };
        let header = Header::read(raw).map_err(|code| HeaderError::explain(raw, code))?;
        let mut memory = Memory::new(memory);
        if memory.len() < FEWEST_SECTORS {
            (memory, _) = memory.split(1);
        }
        Ok(Self {
            source,
            disc: Disc::new(header, memory),
            delivered: 0,
        })
    }

    /// Reads sectors of the disc from `lsn` on into `buf`, and returns how many it delivered, as
    /// [`crate::Image::read_sectors`] does.
    ///
    /// With one sector of memory `buf` has to be aligned as the device wants it, to 4 bytes: the device reads to it.
    ///
    /// # Errors
    /// [`Error::Buffer`] if `buf` is not a whole number of sectors; [`Error::Device`]; [`Error::Block`].
    /// [`delivered`](Self::delivered) tells how many sectors there are all the same.
    pub fn read_sectors(&mut self, lsn: u32, buf: &mut [u8]) -> Result<u32, Error<D::Error>> {
        self.delivered = 0;
        let len = buf.len();
        let (sectors, rest) = buf.as_chunks_mut();
        if !rest.is_empty() {
            return Err(Error::Buffer { len });
        }
        let count = u32::try_from(sectors.len()).unwrap_or(u32::MAX);
        let count = self.disc.plan.header.available(lsn, count);
        let out = sectors.get_mut(..count as usize).unwrap_or_default();
        if out.is_empty() {
            return Ok(0);
        }
        let (delivered, result) = self.disc.read(&mut self.source, lsn, out);
        self.delivered = delivered;
        match result {
            Ok(()) => Ok(count),
            Err(code) => Err(self.explain(code, Block(lsn.wrapping_add(delivered)))),
        }
    }

    /// What stopped a read at a block.
    fn explain(&mut self, code: Code, block: Block) -> Error<D::Error> {
        let error = self.source.take_error();
        let mut entry = |i| self.disc.index.load(&mut self.source, i);
        let entries = || [block.0, block.next().0].map(&mut entry);
        Error::at_block(code, block, entries, None, error)
    }

    /// Sectors that the last read delivered, from the start of its buffer on, whatever became of the rest.
    #[must_use]
    pub fn delivered(&self) -> u32 {
        self.delivered
    }

    /// Sectors of the disc; a last partial one does not count.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.disc.plan.header.blocks()
    }

    /// The device. What is read from it by other ways does not disturb the reader.
    pub fn device_mut(&mut self) -> &mut D {
        &mut self.source.device
    }
}
