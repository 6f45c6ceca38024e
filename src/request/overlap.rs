//! Requests to a device that lets the processor work while it reads.
//!
//! What the next request will need is read while this one is decoded: a game that reads in runs then waits for the
//! device or for the decoder, and not for one after the other.

use super::{Request, decode};
use crate::device::{SectorDevice, Work};
use crate::disc::Disc;
use crate::error::Code;
use crate::format::Entry;
use crate::index::Index;
use crate::plan::{Plan, most_sectors};
use crate::sector::{Block, FileSector, SECTOR_SIZE, Sector};
use crate::stage::Stage;

/// Blocks to decode, one after the other.
struct Run<'r, 'm> {
    plan: &'r Plan,
    index: &'r Index<'m>,
    stage: Stage<'r>,
    /// Where to.
    out: &'r mut [[u8; SECTOR_SIZE]],
    /// The first of them, and the entries that it lies between.
    block: Block,
    own: Entry,
    next: Entry,
    /// How many are decoded.
    done: usize,
    /// What is wrong with the block behind them.
    fault: Code,
}

/// The sectors that a block, a request, and the request after it need.
struct Needs {
    /// The first one of the block.
    first: FileSector,
    /// Behind the last one of the block.
    block: FileSector,
    /// Behind the last one of the request.
    request: FileSector,
    /// Behind the last one of the next request, were it as long.
    next: FileSector,
    /// Whether to read those of the next request while this one is decoded: if the game reads on, the device can do
    /// it, and both requests find room.
    overlaps: bool,
}

impl<D: SectorDevice> Request<'_, '_, D> {
    /// Delivers the sectors from `lsn` on, which are blocks, up to the end of the buffer.
    pub(super) fn serve_overlapped(&mut self, lsn: u32) -> Result<(), Code> {
        while self.delivered < self.out.len() {
            let block = Block(lsn.wrapping_add(self.delivered as u32));
            self.disc.current = block;
            let own = self.disc.index.load(self.drive, block.0)?;
            let next = self.disc.index.load(self.drive, block.next().0)?;
            let needs = self.needs(block, own);
            let done = self.advance(block, own, next, &needs)?;
            self.delivered = self.delivered.wrapping_add(done);
        }
        Ok(())
    }

    /// What a block needs that begins at an entry, and those after it as far as the index at hand tells.
    fn needs(&self, block: Block, own: Entry) -> Needs {
        let Disc {
            plan, index, stage, ..
        } = &*self.disc;
        let first = plan.start(own);
        let block = plan
            .end_at(index, block.next().0)
            .min(first.plus(most_sectors(SECTOR_SIZE as u32)));
        let count = self.out.len() as u32;
        let end = self.end.0.wrapping_add(count).min(plan.header.blocks());
        let next = plan.end_at(index, end);
        Needs {
            first,
            block,
            request: plan.end_at(index, self.end.0).max(block),
            next,
            overlaps: self.sequential
                && self.drive.device.overlaps()
                && next.since(first) <= stage.len(),
        }
    }

    /// Reads the sectors that a block needs; or, once they are staged, decodes it and those after it, and reads ahead
    /// meanwhile if that pays. How many were decoded.
    fn advance(
        &mut self,
        block: Block,
        own: Entry,
        next: Entry,
        needs: &Needs,
    ) -> Result<usize, Code> {
        let Disc {
            plan, index, stage, ..
        } = &mut *self.disc;
        let is_staged = stage.has(needs.first, needs.block);
        let mut until = stage.end();
        if !is_staged {
            stage.keep(needs.first);
            until = needs.request;
            if self.sequential && !needs.overlaps {
                until = until.max(plan.end_at(index, plan.header.blocks()));
            }
        } else if needs.overlaps {
            // Once in a request.
            self.sequential = false;
            until = until.max(needs.next);
            if until > stage.limit() {
                stage.keep(needs.first);
            }
        }
        let end = stage.end();
        let (lent, added) = stage.split(until)?;
        until = end.plus(added.len() as u32);
        let delivered = if is_staged {
            self.delivered
        } else {
            self.out.len()
        };
        let mut run = Run {
            plan,
            index,
            stage: lent,
            out: self.out.get_mut(delivered..).ok_or(Code::Internal)?,
            block,
            own,
            next,
            done: 0,
            fault: Code::Internal,
        };
        let read = if until == end {
            run.run();
            Ok(())
        } else {
            let added = Sector::bytes_mut(added);
            self.drive.read_while(end, added, &mut run)
        };
        let Run { done, fault, .. } = run;
        if read.is_ok() {
            stage.extend(until);
        }
        if is_staged {
            // That nothing could be read ahead is not this request's failure.
            return if done == 0 { Err(fault) } else { Ok(done) };
        }
        if let Err(code) = read {
            if until <= needs.block {
                return Err(code);
            }
            // Nor is a failure behind this block this block's: from here on each is read for itself.
            self.end = block.next();
            self.sequential = false;
        }
        Ok(0)
    }
}

impl Work for Run<'_, '_> {
    /// Decodes the first block, and those after it as far as they are staged and the index at hand says where.
    fn run(&mut self) {
        let (mut block, mut own, mut next) = (self.block, self.own, self.next);
        for out in &mut *self.out {
            let decoded = self.plan.span(block, own, next).and_then(|span| {
                if !self.stage.holds(&span) {
                    return Err(Code::Internal);
                }
                decode(self.plan, &self.stage, &span, out)
            });
            if let Err(code) = decoded {
                self.fault = code;
                return;
            }
            self.done = self.done.wrapping_add(1);
            block = block.next();
            let Some(behind) = self.index.held(block.next().0) else {
                return;
            };
            (own, next) = (next, behind);
        }
    }
}
