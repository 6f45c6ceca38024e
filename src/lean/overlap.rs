//! Overlap: requests to a device that lets the processor work while it reads.
//!
//! What the next request will need is read while this one is decoded. A game that reads sequentially then waits for the
//! device or for the decoder, and not for one after the other:
//!
//! ```text
//! without   device  | read 1   |          | read 2   |          | read 3   |
//!           decoder |          | decode 1 |          | decode 2 |          | decode 3 |
//! with      device  | read 1   | read 2   |          | read 3   |
//!           decoder |          | decode 1 |          | decode 2 |   ...
//!                              ^ request 1 returns when both are done, and the game asks for 2
//! ```
//!
//! A request that goes on where the last one ended finds most of its sectors in the read-ahead buffer. Then:
//!
//! ```text
//! tell the device to read: the rest of this request, and as much again for the next one
//!     meanwhile: decode what is buffered, as far as cached index entries say where blocks are
//! wait until both are done
//! until the request is served:
//!     decode;  where an index entry or a sector is missing, read it as `request.rs` does, and decode on
//! ```
//!
//! Where the new sectors go is decided before the transfer, from what is still needed:
//!
//! ```text
//! memory |   used up    | current block ... buffered |   free   |     after the others, if they fit there
//! memory | new  new new | current block ... buffered |   free   |     else to the start, up to the current block;
//!                                                                     the block between the two pieces straddles
//! ```
//!
//! The next request begins with the straddling block, or near it. It is joined before the device is told: then the
//! piece that it begins in is not needed any more, and all memory after the other one is free.
//!
//! Nothing is under way when a request returns. A game resets the processor when its own reads are done, and a transfer
//! still under way would write into whatever is loaded next.

use core::mem;

use super::disc::Disc;
use super::policy::Policy;
use super::request::{Place, Request};
use crate::code::Code;
use crate::device::{SectorDevice, Work};
use crate::format::Entry;
use crate::sector::{Block, FileSector};

/// How far a request has come.
pub(super) struct Progress {
    /// The current block, and its index entry.
    block: Block,
    own: Entry,
    /// Why it is not decoded.
    stop: Stop,
    /// Whether the device will be told to read on, once the bytes of the first block are together.
    reads_on: bool,
}

impl Progress {
    pub(super) const NONE: Self = Self {
        block: Block::NONE,
        own: Entry(0),
        stop: Stop::Entry,
        reads_on: false,
    };
}

/// Why no more blocks can be decoded for now.
#[derive(Clone, Copy)]
enum Stop {
    /// The next index entry is not cached.
    Entry,
    /// A sector is not buffered; or, while `reads_on`, what is needed begins with it.
    Sector(FileSector),
    /// All is done.
    Done,
    /// This is wrong with a block.
    Fault(Code),
}

impl<'r, 'm: 'r, P: Policy> Request<'r, 'm, P> {
    /// Delivers the sectors from `lsn` on, which fill the buffer; those before block `wanted` are worth to be read.
    pub(super) fn serve_overlapped<D: SectorDevice>(
        &mut self,
        device: &mut D,
        lsn: u32,
        wanted: u32,
    ) -> Result<(), Code> {
        self.progress.block = Block(lsn);
        self.progress.own = self.disc.index.load(device, lsn);
        self.progress.reads_on = device.overlaps();
        loop {
            self.run();
            match self.progress.stop {
                Stop::Entry => {
                    let next = self.progress.block.next();
                    if self.disc.index.load(device, next.0) == Entry(0) {
                        return Err(Code::Index);
                    }
                }
                Stop::Sector(sector) if mem::take(&mut self.progress.reads_on) => {
                    self.read_ahead(device, sector, wanted);
                }
                Stop::Sector(sector) => {
                    let run = self.read_plain(device, self.progress.block);
                    if run == 0 {
                        self.read(device, sector, self.progress.block, wanted)?;
                    } else {
                        self.progress.block = self.progress.block.plus(run);
                        self.progress.own = self.disc.index.load(device, self.progress.block.0);
                    }
                }
                Stop::Done => return Ok(()),
                Stop::Fault(code) => return Err(code),
            }
        }
    }

    /// Reads what is not buffered of the sectors before block `wanted`, as many as fit, and decodes blocks meanwhile;
    /// nothing if `start` is not buffered, before which nothing is needed. That it could not be read is not this
    /// request's failure.
    #[allow(
        unsafe_code,
        reason = "reads to one part of the buffer while another one is decoded"
    )]
    fn read_ahead<D: SectorDevice>(&mut self, device: &mut D, start: FileSector, wanted: u32) {
        let Disc {
            plan, index, ahead, ..
        } = &mut *self.disc;
        let Some(place) = ahead.place(start) else {
            return;
        };
        let first = ahead.second_end;
        let wanted = index.end_before(plan, self.progress.block, wanted);
        let wanted = wanted.since(first) as i32;
        let (end, second) = (ahead.end_at, ahead.second());
        let len = ahead.memory.len() << P::UNITS_SHIFT;
        let back = len.wrapping_sub(end) as i32;
        let (at, free) = if second == 0 && (wanted <= back || place as i32 <= back) {
            (end, back)
        } else {
            (second, place.wrapping_sub(second) as i32)
        };
        let count = wanted.min(free);
        if count > 0 {
            let count = count as u32;
            // There may be something else before the block then.
            ahead.first = start;
            let (at_byte, len) = (at << P::UNIT_SHIFT, count << P::UNIT_SHIFT);
            // SAFETY: sectors in which nothing is buffered, so that `run` does not look at them.
            let buffer = unsafe { ahead.memory.bytes_apart(at_byte, len) };
            if device.read_sectors_while(first.0, buffer, self).is_ok() {
                self.disc.ahead.extend(at, count);
            }
        }
    }
}

impl<'r, 'm: 'r, P: Policy> Work for Request<'r, 'm, P> {
    /// Decodes blocks as far as they are buffered and cached entries say where.
    fn run(&mut self) {
        self.progress.stop = loop {
            if self.delivered == self.out.len() {
                break Stop::Done;
            }
            let Progress { block, own, .. } = self.progress;
            let next = block.next();
            let Some(entry) = self.disc.index.cached(next.0) else {
                break Stop::Entry;
            };
            let span = match self.disc.plan.span(own, entry) {
                Ok(span) => span,
                Err(code) => break Stop::Fault(code),
            };
            let place = match self.join(block, &span) {
                Ok(place) => place,
                Err(sector) => break Stop::Sector(sector),
            };
            if self.progress.reads_on {
                // Of a block that is joined nothing is needed any more.
                let first = match place {
                    Place::Buffered(_) => own,
                    Place::Joined => entry,
                };
                break Stop::Sector(self.disc.plan.place(first).0);
            }
            if let Err(code) = self.decode(&span, place) {
                break Stop::Fault(code);
            }
            self.progress.block = next;
            self.progress.own = entry;
        };
    }
}
