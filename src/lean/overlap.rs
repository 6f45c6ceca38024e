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
//! A request that goes on where the last one ended finds its sectors in the read-ahead buffer. Then:
//!
//! ```text
//! until the request is served:
//!     tell the device to read: the rest of this request, and as much again for the next one
//!         meanwhile: decode what is buffered, as far as cached index entries say where blocks are
//!     wait until both are done
//! ```
//!
//! What is buffered lies in one piece, so that no block has to be joined. New sectors go to the end of the memory or to
//! its start, so that all that is free lies together the next time; what the next request needs of the sectors before
//! them, one as a rule, is copied in front of them while the device reads:
//!
//! ```text
//! memory |          free             | current block ... last |
//! memory | last | new new new | free | current block ... last |   while the device reads
//! memory | last   new new new |             free              |   then
//! ```
//!
//! Nothing is under way when a request returns. A game resets the processor when its own reads are done, and a transfer
//! still under way would write into whatever is loaded next.

use core::mem;

use super::disc::Disc;
use super::memory::COPIED;
use super::plan::Span;
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
    /// What is wrong with it, if that is why no more was decoded.
    result: Result<(), Code>,
    /// The block that the next request may begin with.
    again: Block,
    /// Before which number of the memory there is room for as many sectors as are still needed then, and how many.
    room: (u32, u32),
    /// The first sector of which something is there then, and how many bytes of it are not.
    kept: (FileSector, u32),
}

impl Progress {
    /// That of a request which is to deliver blocks from this one on.
    pub(super) fn new(block: Block, again: Block) -> Self {
        Self {
            block,
            own: Entry(0),
            result: Ok(()),
            again,
            room: (0, 0),
            kept: (FileSector(0), 0),
        }
    }
}

impl<'r, 'm: 'r, P: Policy> Request<'r, 'm, P> {
    /// Fills the buffer; sectors of the blocks before `wanted` are worth to be read.
    pub(super) fn serve_overlapped<D: SectorDevice>(
        &mut self,
        device: &mut D,
        mut wanted: u32,
    ) -> Result<(), Code> {
        let end = self.progress.block.plus(self.out.len());
        self.progress.own = self.disc.index.load(device, self.progress.block.0);
        while self.delivered < self.out.len() {
            let Progress { block, own, .. } = self.progress;
            let Disc {
                plan, index, ahead, ..
            } = &mut *self.disc;
            let next = index.load(device, block.next().0);
            let span = plan.span(own, next)?;
            if ahead.place_of(&span).is_none() {
                let run = self.read_plain(device, block, own);
                if run > 0 {
                    let block = block.plus(run);
                    self.progress.block = block;
                    self.progress.own = self.disc.index.load(device, block.0);
                    continue;
                }
                self.disc.ahead.begin(span.first, 0, 0);
            }
            let read = self.read_on(device, &span, wanted);
            self.progress.result?;
            wanted = match read {
                // The game waits, and its next request can read on as well.
                Ok(()) => end.0,
                // A failure elsewhere than in this block's sectors is not its failure.
                Err(true) if block == self.progress.block => return Err(Code::Device),
                Err(_) => 0,
            };
        }
        Ok(())
    }

    /// Reads what is not buffered of the sectors before block `wanted`, as many as fit, or at least of the current one's;
    /// and decodes blocks meanwhile. Fails with whether no others than those could not be read.
    #[allow(
        unsafe_code,
        reason = "reads to one part of the buffer while another one is decoded"
    )]
    fn read_on<D: SectorDevice>(
        &mut self,
        device: &mut D,
        span: &Span,
        wanted: u32,
    ) -> Result<(), bool> {
        let Disc {
            plan, index, ahead, ..
        } = &mut *self.disc;
        let next = ahead.end;
        let len = ahead.memory.len() << P::UNITS_SHIFT;
        let most = (1u32 << P::UNIT_SHIFT).wrapping_sub(1);
        let own = span.skip.wrapping_add(span.len).wrapping_add(most) >> P::UNIT_SHIFT;
        let own = span.first.plus(own).since(next) as i32;
        let end = index.end_before(plan, self.progress.block, wanted, u32::MAX);
        let mut count = own.max(end.since(next) as i32).min(len as i32);
        if count > 0 {
            // What comes before may be read over.
            ahead.forget_before(span.first);
            let buffered = next.since(span.first);
            // In the last sector, a block may begin that does not end there.
            let again = index.cached(self.progress.again.0);
            let again = again.map_or(next, |entry| plan.place(entry).0);
            let kept = ((next.since(again) as i32).max(1) as u32).min(buffered);
            if kept == buffered && own > 0 {
                // Nothing will be decoded meanwhile, so it need not be where it is.
                self.keep(kept, kept);
                let ahead = &mut self.disc.ahead;
                (ahead.first, ahead.lacking) = self.progress.kept;
                ahead.end_at = kept;
            }
            let Disc {
                plan, index, ahead, ..
            } = &mut *self.disc;
            let end_at = ahead.end_at;
            let back = len.wrapping_sub(end_at) as i32;
            let before = end_at.wrapping_sub(kept) as i32;
            let front = before.wrapping_sub(buffered as i32);
            let more = count.wrapping_add(kept as i32);
            let all = count;
            let at = if count <= back && before >= more {
                end_at
            } else if more <= back {
                len.wrapping_sub(count as u32)
            } else if count <= front || back < front {
                count = count.min(front);
                kept
            } else {
                count = count.min(back);
                end_at
            };
            if count < all && own <= 0 {
                // Were this request to need another one even so, that one had better read it all.
                let left = self.out.len().wrapping_sub(self.delivered);
                let end = self.progress.block.plus(left).0;
                let end = index.end_before(plan, self.progress.block, end, u32::MAX);
                if count < end.since(next) as i32 {
                    count = 0;
                }
            }
            if count > 0 {
                let count = count as u32;
                let moves = at != end_at;
                self.progress.room = (at, if moves { kept } else { 0 });
                let (start, bytes) = (at << P::UNIT_SHIFT, count << P::UNIT_SHIFT);
                // SAFETY: in these sectors nothing is buffered, and nothing is kept: `run` does not touch them.
                let buffer = unsafe { ahead.memory.bytes_apart(start, bytes) };
                let read = if device.overlaps() {
                    device.read_sectors_while(next.0, buffer, self)
                } else {
                    self.run();
                    device.read_sectors(next.0, buffer)
                };
                read.map_err(|_| count as i32 <= own)?;
                let ahead = &mut self.disc.ahead;
                if moves {
                    (ahead.first, ahead.lacking) = self.progress.kept;
                }
                ahead.end = next.plus(count);
                ahead.end_at = at.wrapping_add(count);
                return Ok(());
            }
        }
        self.run();
        Ok(())
    }

    /// Copies what is still needed of what is buffered to before number `at` of the memory, if it is in the last `most`
    /// sectors.
    fn keep(&mut self, at: u32, most: u32) {
        let Disc {
            plan, index, ahead, ..
        } = &mut *self.disc;
        let mut first = self.progress.own;
        if self.progress.again.0 < self.progress.block.0 {
            first = index.cached(self.progress.again.0).unwrap_or(first);
        }
        let (sector, skip) = plan.place(first);
        let skip = skip & !COPIED.wrapping_sub(1);
        self.progress.kept = (ahead.end, 0);
        let count = ahead.end.since(sector);
        if count.wrapping_sub(1) < most {
            self.progress.kept = (sector, skip);
            let len = (count << P::UNIT_SHIFT).wrapping_sub(skip);
            let [from, to] = [ahead.end_at, at].map(|at| (at << P::UNIT_SHIFT).wrapping_sub(len));
            ahead.memory.copy(from, to, len);
        }
    }

    /// Decodes blocks as far as they are buffered and cached entries say where.
    fn decode_buffered(&mut self) -> Result<(), Code> {
        while self.delivered < self.out.len() {
            let Progress { block, own, .. } = self.progress;
            let Disc {
                plan, index, ahead, ..
            } = &*self.disc;
            let next = block.next();
            let Some(entry) = index.cached(next.0) else {
                break;
            };
            let span = plan.span(own, entry)?;
            let place = match ahead.place_of(&span) {
                Some(place) => place,
                // It is no block, wherever it is.
                None if span.len == 0 => 0,
                None => break,
            };
            let start = (place << P::UNIT_SHIFT).wrapping_add(span.skip);
            if start.wrapping_add(span.len) > ahead.end_at << P::UNIT_SHIFT {
                break;
            }
            self.decode(&span, Place::Buffered(start))?;
            self.progress.block = next;
            self.progress.own = entry;
        }
        Ok(())
    }
}

impl<'r, 'm: 'r, P: Policy> Work for Request<'r, 'm, P> {
    fn run(&mut self) {
        self.progress.result = self.decode_buffered();
        let (at, most) = mem::take(&mut self.progress.room);
        self.keep(at, most);
    }
}
