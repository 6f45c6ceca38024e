//! A mounted disc whose blocks are sectors: what is known and kept of one image, and how a request is served from it.

use crate::device::SectorDevice;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::Entry;
use crate::index::Index;
use crate::plan::Plan;
use crate::request::Request;
use crate::room::Room;
use crate::run::Run;
use crate::sector::{Block, FileSector, SECTOR_SIZE, Sector};
use crate::stage::Stage;

/// The smallest number of sectors of which some are the stage.
pub(crate) const FEWEST_SECTORS: u32 = 3;

/// One sector in eight for the index: two streams far apart, and all the rest for reading ahead.
pub(crate) const LITTLE_INDEX: u32 = 3;

/// A sector in which the bytes of a block are put together. They stay there, as loaders read the last sector again.
pub(crate) struct Spare<'m> {
    pub(crate) memory: Room<'m>,
    /// The block's index entry, or one that no block has.
    pub(crate) entry: Entry,
    /// How many bytes are there, and the sector that the rest of them begins with.
    pub(crate) len: u32,
    pub(crate) rest: FileSector,
}

/// A mounted disc.
pub(crate) struct Disc<'m> {
    pub(crate) plan: Plan,
    pub(crate) index: Index<'m>,
    pub(crate) stage: Stage<'m>,
    /// All memory: one sector, or three or more.
    pub(crate) memory: Room<'m>,
    pub(crate) spare: Spare<'m>,
    pub(crate) run: Run,
}

/// Sectors of memory to stage `stage_sectors` sectors of the file at a time.
#[must_use]
pub const fn memory_sectors(_block_size: u32, stage_sectors: u32) -> u32 {
    stage_sectors.saturating_add(FEWEST_SECTORS)
}

impl<'m> Disc<'m> {
    /// Reads the header and gets ready to read, in memory of three sectors or more.
    pub(crate) fn mount<D: SectorDevice>(
        drive: &mut Drive<D>,
        memory: &'m mut [Sector],
    ) -> Result<Self, Code> {
        let header = drive.read_header(memory.first_mut().ok_or(Code::Memory)?)?;
        let memory = Room::new(memory);
        if memory.len() < FEWEST_SECTORS {
            return Err(Code::Memory);
        }
        let mut disc = Self {
            plan: Plan::new(header),
            index: Index::new(),
            stage: Stage::new(),
            memory,
            spare: Spare {
                memory: Room::NONE,
                entry: Entry(0),
                len: 0,
                rest: FileSector(0),
            },
            run: Run::NONE,
        };
        disc.divide(LITTLE_INDEX);
        Ok(disc)
    }

    /// Index entry `i`.
    pub(crate) fn entry<D: SectorDevice>(
        &mut self,
        drive: &mut Drive<D>,
        i: u32,
    ) -> Result<Entry, Code> {
        Ok(self.index.load(drive, i))
    }

    /// Divides the memory: one sector is spare, one in `1 << shift` for the index and an eighth of that besides, and the
    /// rest for the stage. If there is but one, it is both spare and the index's. What was known is forgotten.
    #[inline(never)]
    #[allow(
        unsafe_code,
        reason = "takes memory from its parts without asking them"
    )]
    pub(crate) fn divide(&mut self, shift: u32) {
        // SAFETY: whatever had parts of it until now gets others.
        let memory = unsafe { self.memory.again() };
        let (spare, others) = memory.split(1);
        let len = others.len();
        let part = len >> shift;
        let (mut windows, stage) = others.split(part.wrapping_add(part >> 3).max(1));
        let is_shared = len == 0;
        if is_shared {
            // SAFETY: no entry is loaded while a block is in use, and what is gathered is not used behind that.
            windows = unsafe { spare.again() };
        }
        self.index.move_to(windows, is_shared);
        self.spare.memory = spare;
        self.spare.entry = Entry(0);
        self.stage.move_to(stage);
        self.run = Run::NONE;
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
        // Games read in runs, and then it pays to read on; not into the caller's buffer.
        let mut wanted = end;
        if sequential && !self.stage.is_lent() {
            // As many entries at hand as can be are those of blocks to come.
            self.index.let_go();
            wanted = self.plan.header.blocks();
            if cfg!(feature = "overlap") {
                // What the next request needs, were it as long: it is read while this one is decoded.
                wanted = wanted.min(end.wrapping_add(out.len() as u32));
            }
        }
        let mut request = Request::new(self, out);
        let result = request.serve(drive, lsn, wanted);
        let delivered = request.delivered as usize;
        if result.is_ok() {
            self.run = Run::up_to(end);
        }
        (delivered, result)
    }

    /// The block at which a request from `lsn` on has failed, of which so many sectors were delivered.
    pub(crate) fn failed_at(&self, lsn: u32, delivered: usize) -> Block {
        Block(lsn.wrapping_add(delivered as u32))
    }
}
