//! A mounted disc: what is known of one image, and how the workspace is divided for it.
//!
//! This is the reader's inside: it is handed its device with every call, and its errors are only numbers. `Image` puts
//! device and disc together for Rust, `c/reader.rs` for C. `request.rs` reads from it.

use super::index_cache::IndexCache;
use super::plan::{self, Plan};
use super::read_ahead::ReadAhead;
use crate::code::Code;
use crate::device::SectorDevice;
use crate::format::Header;
use crate::sector::{Block, FileSector, SECTOR_SHIFT, Sector};
use crate::sequence::Sequence;
use crate::source;

/// From how many sectors above the smallest workspace on one of them caches a second sector of the index: from 16
/// buffered sectors on, if blocks have 2048 bytes.
///
/// Two streams far apart then cost no index request at every change from one to the other.
const SECOND_CACHED_FROM: u32 = 13;

/// A mounted disc.
pub(crate) struct Disc<'m> {
    pub(crate) plan: Plan,
    pub(crate) index: IndexCache<'m>,
    pub(crate) ahead: ReadAhead<'m>,
    /// One decoded block, for requests that need only a part of it; empty if blocks are sectors.
    pub(crate) block: &'m mut [Sector],
    /// Which block that is.
    pub(crate) buffered: Block,
    /// The block that a request is at: the one to be named if it fails.
    pub(crate) current: Block,
    pub(crate) sequence: Sequence,
    /// 1 if the last request was one plain run, read to its place, else 0. Not a `bool`: the compiler would then mark a
    /// workspace of C's that has no disc by a number that no `bool` has, and one of zeros would count as mounted. Without
    /// it, the mark is a null pointer, which zeros are.
    pub(crate) plain: u32,
}

/// Sectors of memory that a reader needs for an image with blocks of `block_size` bytes, to buffer `ahead_sectors`
/// sectors of the file at a time.
///
/// Fewer buffered sectors than a block can touch are raised to that: 3 for blocks of 2048 bytes. A `block_size` that no
/// valid header has gives a number all the same.
///
/// ```
/// // A sector of the index, and 16 that are read ahead.
/// assert_eq!(zso::memory_sectors(2048, 16), 17);
/// ```
#[must_use]
pub const fn memory_sectors(block_size: u32, ahead_sectors: u32) -> u32 {
    let smallest = plan::most_sectors(block_size);
    let ahead = if ahead_sectors > smallest {
        ahead_sectors
    } else {
        smallest
    };
    ahead
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
        device: &mut D,
        memory: &'m mut [Sector],
    ) -> Result<Self, Code> {
        let raw = source::read_header(device, memory.first_mut().ok_or(Code::Memory)?)?;
        let header = Header::read(raw)?;
        let for_two =
            memory_sectors(header.block_size(), 0).wrapping_add(SECOND_CACHED_FROM) as usize;
        let cached = if memory.len() < for_two { 1 } else { 2 };
        Self::new(header, device.sectors(), memory, cached, FileSector(0))
    }

    /// Divides the workspace: `cached` sectors of the index, of which the first holds sector `held` of the file, the
    /// read-ahead buffer, and the block buffer.
    pub(crate) fn new(
        header: Header,
        file_sectors: Option<u32>,
        memory: &'m mut [Sector],
        cached: usize,
        held: FileSector,
    ) -> Result<Self, Code> {
        let buffer = buffer_sectors(header.block_size()) as usize;
        let rest = memory.len().wrapping_sub(buffer);
        let (memory, block) = memory.split_at_mut_checked(rest).ok_or(Code::Memory)?;
        let (cached, ahead) = memory.split_at_mut_checked(cached).ok_or(Code::Memory)?;
        if ahead.len() < plan::most_sectors(header.block_size()) as usize {
            return Err(Code::Memory);
        }
        let plan = Plan::new(header, file_sectors);
        Ok(Self {
            index: IndexCache::new(cached, held, plan.file_end())?,
            plan,
            ahead: ReadAhead::new(ahead),
            block,
            buffered: Block::NONE,
            current: Block::NONE,
            sequence: Sequence::NONE,
            plain: 0,
        })
    }
}
