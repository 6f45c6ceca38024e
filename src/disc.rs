//! A mounted disc: what is known and kept of one image, and how a request is served from it.
//!
//! This is the reader's inside: it is handed its device with every call, and its errors are only numbers. `Image` puts
//! device and disc together for Rust, `ffi` for C.

use crate::device::SectorDevice;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::Header;
use crate::index::Index;
use crate::plan::{self, Plan};
use crate::request::Request;
use crate::sector::{Block, FileSector, SECTOR_SHIFT, SECTOR_SIZE, Sector};
use crate::stage::Stage;

/// From how many sectors above the smallest stage on one of them serves as a second index
/// window: from 16 staged sectors on, if blocks have 2048 bytes.
///
/// Two streams far apart then cost no index request at every change from one to the other.
const SECOND_WINDOW_FROM: usize = 13;

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
    /// The LSN behind the last request: a request for it, or for the sector before it, goes on with a run.
    next: u32,
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
    /// Reads the header and divides the memory: index windows, of which the first holds the header, stage, and block
    /// buffer.
    pub(crate) fn mount<D: SectorDevice>(
        drive: &mut Drive<D>,
        memory: &'m mut [Sector],
    ) -> Result<Self, Code> {
        let (header_sector, memory) = memory.split_first_mut().ok_or(Code::Memory)?;
        let header = read_header(drive, header_sector)?;

        let buffer = buffer_sectors(header.block_size()) as usize;
        let (block, memory) = memory.split_at_mut_checked(buffer).ok_or(Code::Memory)?;
        let smallest = plan::most_sectors(header.block_size()) as usize;
        let spare = memory.len().checked_sub(smallest).ok_or(Code::Memory)?;
        let (other, stage) = if spare >= SECOND_WINDOW_FROM {
            memory
                .split_first_mut()
                .map(|(other, stage)| (Some(other), stage))
                .ok_or(Code::Memory)?
        } else {
            (None, memory)
        };
        let plan = Plan::new(header, drive.device.sectors());
        Ok(Self {
            index: Index::new(header_sector, other, plan.file_end),
            plan,
            stage: Stage::new(stage),
            block,
            buffered: Block::NONE,
            current: Block::NONE,
            next: u32::MAX,
        })
    }

    /// Reads sectors from `lsn` on, at least one and no more than the disc has.
    pub(crate) fn read<D: SectorDevice>(
        &mut self,
        drive: &mut Drive<D>,
        lsn: u32,
        out: &mut [[u8; SECTOR_SIZE]],
    ) -> Result<(), Code> {
        let end = lsn.wrapping_add(out.len() as u32);
        let sequential = self.next.wrapping_sub(lsn) <= 1;
        self.next = u32::MAX;
        Request::new(self, drive, out, sequential).serve(lsn, end)?;
        self.next = end;
        Ok(())
    }

    /// How many of `count` sectors from `lsn` on the disc has.
    pub(crate) fn available(&self, lsn: u32, count: u32) -> u32 {
        let sectors = self.plan.header.sectors();
        if lsn < sectors {
            sectors.wrapping_sub(lsn).min(count)
        } else {
            0
        }
    }
}

/// Reads the file's first sector and the header in it.
pub(crate) fn read_header<D: SectorDevice>(
    drive: &mut Drive<D>,
    sector: &mut Sector,
) -> Result<Header, Code> {
    if drive.device.sectors() == Some(0) {
        return Err(Code::NotZso);
    }
    drive.read(FileSector(0), &mut sector.0)?;
    Header::read(sector.0.first_chunk().ok_or(Code::Internal)?)
}
