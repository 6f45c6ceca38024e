//! A mounted image: the thin, stateful driver over format, plan, index, stage and decoder.

use crate::device::SectorDevice;
use crate::drive::Drive;
use crate::error::{BlockFault, Code, Error};
use crate::format::{Header, HeaderError};
use crate::index::{Index, MAX_WINDOWS};
use crate::lz4::DecodeError;
use crate::plan::{self, Plan, Span};
use crate::request::Request;
use crate::sector::{Block, FileSector, SECTOR_SIZE, Sector};
use crate::stage::Stage;

/// From how many staged sectors on one of them serves as a second index window.
///
/// Two streams far apart then cost no index request at every change from one to the other.
const SECOND_WINDOW_FROM: usize = 16;

/// A ZSO image on a device, read in sectors of 2048 bytes of the disc it holds.
pub struct Image<'m, D: SectorDevice> {
    pub(crate) drive: Drive<D>,
    pub(crate) plan: Plan,
    pub(crate) index: Index<'m>,
    pub(crate) stage: Stage<'m>,
    /// One decoded block, for requests that need only a part of it; empty if blocks are sectors.
    pub(crate) block: &'m mut [Sector],
    /// Which block that is.
    pub(crate) buffered: Block,
    /// The block that a request is at.
    current: Block,
    /// The LSN behind the last request: a request for it, or for the sector before it, goes on with a run.
    next: u32,
}

/// Sectors of memory that [`Image::mount`] needs for an image with blocks of `block_size` bytes, to stage
/// `stage_sectors` sectors of the file at a time.
///
/// Fewer staged sectors than a block can touch are raised to that: 3 for blocks of 2048 bytes. A `block_size` that no
/// valid header has gives a number all the same.
#[must_use]
pub const fn memory_sectors(block_size: u32, stage_sectors: u32) -> u32 {
    let smallest = plan::most_sectors(block_size);
    let stage = if stage_sectors > smallest { stage_sectors } else { smallest };
    stage.saturating_add(buffer_sectors(block_size)).saturating_add(1)
}

/// Sectors of the block buffer: a block that is a sector is never needed in part.
const fn buffer_sectors(block_size: u32) -> u32 {
    if block_size > SECTOR_SIZE as u32 { block_size / SECTOR_SIZE as u32 } else { 0 }
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
        let have = memory.len() as u32;
        let mut image = Self::unmounted(device, memory);
        match image.load() {
            Ok(()) => Ok(image),
            Err(code) => Err(image.explain_load(code, have)),
        }
    }

    /// An image without sectors, to be loaded.
    pub(crate) fn unmounted(device: D, memory: &'m mut [Sector]) -> Self {
        Self {
            drive: Drive::new(device),
            plan: Plan::new(Header::EMPTY, None),
            index: Index::new(Default::default()),
            stage: Stage::new(memory),
            block: Default::default(),
            buffered: Block::NONE,
            current: Block::NONE,
            next: u32::MAX,
        }
    }

    /// Reads the header and divides the memory: index windows, of which the first holds the header, stage, and block
    /// buffer.
    pub(crate) fn load(&mut self) -> Result<(), Code> {
        let file_sectors = self.drive.device.sectors();
        if file_sectors == Some(0) {
            return Err(Code::NotZso);
        }
        self.stage.read(&mut self.drive, FileSector(1))?;
        let header = Header::read(self.stage.header().ok_or(Code::Memory)?)?;
        self.plan = Plan::new(header, file_sectors);

        let memory = self.stage.take();
        if memory.len() < memory_sectors(header.block_size(), 0) as usize {
            return Err(Code::Memory);
        }
        let buffer = memory.len().wrapping_sub(buffer_sectors(header.block_size()) as usize);
        let (memory, block) = memory.split_at_mut_checked(buffer).unwrap_or_default();
        let windows = if memory.len() > SECOND_WINDOW_FROM { MAX_WINDOWS } else { 1 };
        let (windows, stage) = memory.split_at_mut_checked(windows).unwrap_or_default();
        self.index = Index::new(windows);
        self.stage = Stage::new(stage);
        self.block = block;
        Ok(())
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
        self.read(lsn, sectors).map_err(|code| self.explain_read(code))
    }

    /// [`read_sectors`](Self::read_sectors) for the console: the error is only a number.
    pub(crate) fn read(&mut self, lsn: u32, out: &mut [[u8; SECTOR_SIZE]]) -> Result<u32, Code> {
        let media = self.sectors().saturating_sub(lsn);
        let count = (out.len() as u64).min(media.into()) as u32;
        let out = out.get_mut(..count as usize).unwrap_or_default();
        let sequential = self.next.wrapping_sub(lsn) <= 1;
        self.next = u32::MAX;

        let per_block = self.plan.header.sectors_per_block();
        let end = lsn.wrapping_add(count);
        let mut block = Block(lsn / per_block);
        let mut skip = lsn % per_block;
        let block_end = Block(end.wrapping_sub(1) / per_block).next();
        let mut left = count;
        let mut request = Request::new(self, out, block_end, sequential);
        while left > 0 {
            let part = per_block.get().wrapping_sub(skip).min(left);
            request.deliver(block, skip as usize, part as usize)?;
            left = left.wrapping_sub(part);
            block = block.next();
            skip = 0;
        }
        self.next = end;
        Ok(count)
    }

    /// Where a block is; reads its index entries if they are not at hand.
    pub(crate) fn span(&mut self, block: Block) -> Result<Span, Code> {
        self.current = block;
        let own = self.index.load(&mut self.drive, block.0)?;
        let next = self.index.load(&mut self.drive, block.next().0)?;
        self.plan.span(block, own, next)
    }

    /// An error of [`load`](Self::load) with the numbers behind it.
    fn explain_load(&mut self, code: Code, have: u32) -> Error<D::Error> {
        if let (Code::Device, Some(error)) = (code, self.drive.error.take()) {
            return Error::Device(error);
        }
        let header = self.stage.header().map_or(Err(HeaderError::Short { len: 0 }), |raw| Header::parse(raw));
        match header {
            Err(error) if code != Code::Memory => Error::Header(error),
            _ => Error::Memory { need: memory_sectors(self.plan.header.block_size(), 0), have },
        }
    }

    /// An error of [`read`](Self::read) with the numbers behind it.
    fn explain_read(&mut self, code: Code) -> Error<D::Error> {
        if let (Code::Device, Some(error)) = (code, self.drive.error.take()) {
            return Error::Device(error);
        }
        let block = self.current;
        let mut entry = |i| self.index.load(&mut self.drive, i).map_or(0, |entry| entry.0);
        let fault = match code {
            Code::Truncated => BlockFault::Truncated { file_sectors: self.plan.file_sectors() },
            Code::InputEnd => BlockFault::Decode(DecodeError::InputEnd),
            Code::Offset => BlockFault::Decode(DecodeError::Offset),
            Code::Overrun => BlockFault::Decode(DecodeError::Overrun),
            _ => BlockFault::Index { start: entry(block.0), end: entry(block.next().0) },
        };
        Error::Block { block, fault }
    }

    /// Sectors of the disc: the truth, whatever a volume descriptor in the image says.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.plan.header.sectors()
    }

    /// The image's header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.plan.header
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
