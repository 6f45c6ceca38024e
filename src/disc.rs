//! A mounted disc: what is known and kept of one image, and how a request is served from it.
//!
//! This is the reader's inside: it is handed its device with every call, and its errors are only numbers. `Image` puts
//! device and disc together for Rust, `ffi` for C.

use crate::device::SectorDevice;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::{Entry, Header};
use crate::index::Index;
use crate::plan::{self, Plan};
use crate::request::Request;
use crate::run::Run;
use crate::sector::{Block, FileSector, SECTOR_SHIFT, SECTOR_SIZE, Sector};
use crate::stage::Stage;

/// From how many sectors above the smallest memory on one of them serves as a second window of the index: from 16
/// staged sectors on, if blocks have 2048 bytes.
///
/// Two streams far apart then cost no index request at every change from one to the other.
const SECOND_WINDOW_FROM: u32 = 13;

/// A mounted disc.
pub(crate) struct Disc<'m> {
    pub(crate) plan: Plan,
    pub(crate) index: Index<'m>,
    pub(crate) stage: Stage<'m>,
    /// One decoded block, for requests that need only a part of it; empty if blocks are sectors.
    pub(crate) block: &'m mut [Sector],
    /// Which block that is.
    pub(crate) buffered: Block,
    /// The block that a request is at: the one to be named if it fails.
    pub(crate) current: Block,
    run: Run,
}

/// Sectors of memory that a reader needs for an image with blocks of `block_size` bytes, to stage `stage_sectors`
/// sectors of the file at a time.
///
/// Fewer staged sectors than a block can touch are raised to that: 3 for blocks of 2048 bytes. A `block_size` that no
/// valid header has gives a number all the same.
#[must_use]
pub const fn memory_sectors(block_size: u32, stage_sectors: u32) -> u32 {
    let smallest = plan::most_sectors(block_size);
    let stage = if stage_sectors > smallest {
        stage_sectors
    } else {
        smallest
    };
    stage
        .saturating_add(buffer_sectors(block_size))
        .saturating_add(1)
}

/// Sectors of the block buffer: a block that is a sector is never needed in part.
const fn buffer_sectors(block_size: u32) -> u32 {
    let sectors = block_size >> SECTOR_SHIFT;
    sectors.wrapping_sub((sectors == 1) as u32)
}

impl<'m> Disc<'m> {
    /// Reads the header and gets ready to read.
    pub(crate) fn mount<D: SectorDevice>(
        drive: &mut Drive<D>,
        memory: &'m mut [Sector],
    ) -> Result<Self, Code> {
        let header = drive.read_header(memory.first_mut().ok_or(Code::Memory)?)?;
        let for_two =
            memory_sectors(header.block_size(), 0).wrapping_add(SECOND_WINDOW_FROM) as usize;
        let windows = if memory.len() < for_two { 1 } else { 2 };
        Self::new(
            header,
            drive.device.sectors(),
            memory,
            windows,
            FileSector(0),
        )
    }

    /// Divides the memory: `windows` windows of the index, of which the first holds sector `held` of the file, stage,
    /// and block buffer.
    pub(crate) fn new(
        header: Header,
        file_sectors: Option<u32>,
        memory: &'m mut [Sector],
        windows: usize,
        held: FileSector,
    ) -> Result<Self, Code> {
        let buffer = buffer_sectors(header.block_size()) as usize;
        let rest = memory.len().wrapping_sub(buffer);
        let (memory, block) = memory.split_at_mut_checked(rest).ok_or(Code::Memory)?;
        let (windows, stage) = memory.split_at_mut_checked(windows).ok_or(Code::Memory)?;
        if stage.len() < plan::most_sectors(header.block_size()) as usize {
            return Err(Code::Memory);
        }
        let plan = Plan::new(header, file_sectors);
        Ok(Self {
            index: Index::new(windows, held, plan.file_end())?,
            plan,
            stage: Stage::new(stage),
            block,
            buffered: Block::NONE,
            current: Block::NONE,
            run: Run::NONE,
        })
    }

    /// Index entry `i`.
    pub(crate) fn entry<D: SectorDevice>(
        &mut self,
        drive: &mut Drive<D>,
        i: u32,
    ) -> Result<Entry, Code> {
        self.index.load(drive, i)
    }

    /// Reads sectors from `lsn` on, at least one and no more than the disc has, and tells how many there are in `out`
    /// whatever became of the rest.
    pub(crate) fn read<D: SectorDevice>(
        &mut self,
        drive: &mut Drive<D>,
        lsn: u32,
        out: &mut [[u8; SECTOR_SIZE]],
    ) -> (usize, Result<(), Code>) {
        let end = lsn.wrapping_add(out.len() as u32);
        let sequential = self.run.continues(lsn);
        self.run = Run::NONE;
        let mut request = Request::new(self, drive, out, sequential);
        let result = request.serve(lsn, end);
        let delivered = request.delivered;
        if result.is_ok() {
            self.run = Run::up_to(end);
        }
        (delivered, result)
    }

    /// The block at which the last request has failed.
    pub(crate) fn failed_at(&self, _lsn: u32, _delivered: usize) -> Block {
        self.current
    }
}
