//! Requests to a device that lets the processor work while it reads.
//!
//! What the next request will need is read while this one is decoded: a game that reads in runs then waits for the
//! device or for the decoder, and not for one after the other. It goes behind what is staged or, where there is more
//! room, to the start of the memory; then the block in between is gathered.

use super::Request;
use crate::device::{SectorDevice, Work};
use crate::disc::Disc;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::Entry;
use crate::sector::{Block, FileSector, SECTOR_SHIFT};

/// How far a request has come.
pub(super) struct Progress {
    /// The block at hand, and its index entry.
    block: Block,
    own: Entry,
    /// Why it is not decoded.
    stop: Stop,
}

impl Progress {
    pub(super) const NONE: Self = Self {
        block: Block::NONE,
        own: Entry(0),
        stop: Stop::Entry,
    };
}

/// Why no more blocks can be decoded for now.
#[derive(Clone, Copy)]
enum Stop {
    /// The next index entry is not at hand.
    Entry,
    /// A sector is not staged.
    Sector(FileSector),
    /// All is done.
    Done,
    /// This is wrong with a block.
    Fault(Code),
}

impl Request<'_, '_> {
    /// Delivers the sectors from `lsn` on, which fill the buffer; those in front of block `wanted` are worth to be read.
    pub(crate) fn serve<D: SectorDevice>(
        &mut self,
        drive: &mut Drive<D>,
        lsn: u32,
        wanted: u32,
    ) -> Result<(), Code> {
        self.progress.block = Block(lsn);
        self.progress.own = self.disc.index.load(drive, lsn);
        if drive.device.overlaps() {
            self.read_ahead(drive, wanted);
        }
        loop {
            self.run();
            match self.progress.stop {
                Stop::Entry => {
                    let next = self.progress.block.next();
                    if self.disc.index.load(drive, next.0) == Entry(0) {
                        return Err(Code::Device);
                    }
                }
                Stop::Sector(sector) => self.read(drive, sector, wanted)?,
                Stop::Done => return Ok(()),
                Stop::Fault(code) => return Err(code),
            }
        }
    }

    /// Reads what is not staged of the sectors in front of block `wanted`, as far as there is room, and decodes blocks
    /// meanwhile. That it could not be read is not this request's failure.
    #[allow(
        unsafe_code,
        reason = "reads to one part of the stage while another one is decoded"
    )]
    fn read_ahead<D: SectorDevice>(&mut self, drive: &mut Drive<D>, wanted: u32) {
        let Disc {
            plan, index, stage, ..
        } = &mut *self.disc;
        let start = plan.start(self.progress.own);
        let Some(place) = stage.place(start) else {
            return;
        };
        let first = stage.ahead;
        let wanted = plan.end_at(index, wanted).since(first) as i32;
        let (end, second) = (stage.end_at, stage.second());
        let back = self.memory.len().wrapping_sub(end) as i32;
        let (at, room) = if second == 0 && (wanted <= back || place as i32 <= back) {
            (end, back)
        } else {
            (second, place.wrapping_sub(second) as i32)
        };
        let count = wanted.min(room);
        if count > 0 {
            let count = count as u32;
            // There may be something else in front of the block then.
            stage.first = start;
            // SAFETY: the device gets sectors in which nothing is staged that is looked at meanwhile.
            let mut memory = unsafe { self.memory.again() };
            let buffer = memory.bytes_mut(at << SECTOR_SHIFT, count << SECTOR_SHIFT);
            if drive.read_while(first, buffer, self).is_ok() {
                self.disc.stage.extend(at, count);
            }
        }
    }
}

impl Work for Request<'_, '_> {
    /// Decodes blocks as far as they are staged and the index at hand says where.
    fn run(&mut self) {
        self.progress.stop = loop {
            if self.delivered == self.out.len() {
                break Stop::Done;
            }
            let Progress { block, own, .. } = self.progress;
            let next = block.next();
            let Some(entry) = self.disc.index.held(next.0) else {
                break Stop::Entry;
            };
            let span = match self.disc.plan.span(own, entry) {
                Ok(span) => span,
                Err(code) => break Stop::Fault(code),
            };
            let place = match self.gather(&span) {
                Ok(place) => place,
                Err(sector) => break Stop::Sector(sector),
            };
            if let Err(code) = self.decode(&span, place) {
                break Stop::Fault(code);
            }
            self.progress.block = next;
            self.progress.own = entry;
        };
    }
}
