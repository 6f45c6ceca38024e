//! One request: block by block into the caller's buffer, with as few device requests as can be.
//!
//! A request that needs more sectors than the stage has room for is still read at once: its compressed sectors *land*
//! in the part of the caller's buffer that is filled last, and go to the stage from there. The output follows behind
//! the reading.

use core::ops::Range;

use crate::device::SectorDevice;
use crate::disc::Disc;
use crate::drive::Drive;
use crate::error::Code;
use crate::lz4;
use crate::plan::{Plan, Span};
use crate::sector::{Block, FileSector, SECTOR_SIZE, Sector, copy_to};
use crate::stage::Stage;

/// Alignment of every buffer that a device is given, in bytes.
const DEVICE_ALIGN: usize = 4;

/// No sectors.
const NOTHING: Range<FileSector> = FileSector(0)..FileSector(0);

/// A request under way.
pub(crate) struct Request<'r, 'm, D: SectorDevice> {
    disc: &'r mut Disc<'m>,
    drive: &'r mut Drive<D>,
    /// The caller's buffer.
    out: &'r mut [[u8; SECTOR_SIZE]],
    /// Sectors of `out` that are output already.
    pub(crate) delivered: usize,
    /// Compressed sectors that wait at the end of `out`: the last one of them ends where `out` ends.
    landed: Range<FileSector>,
    /// The block behind the last one that the request needs.
    end: Block,
    /// Whether it pays to read on behind the request: games read in runs.
    sequential: bool,
}

impl<'r, 'm, D: SectorDevice> Request<'r, 'm, D> {
    pub(crate) fn new(
        disc: &'r mut Disc<'m>,
        drive: &'r mut Drive<D>,
        out: &'r mut [[u8; SECTOR_SIZE]],
        sequential: bool,
    ) -> Self {
        Self {
            disc,
            drive,
            out,
            delivered: 0,
            landed: NOTHING,
            end: Block(0),
            sequential,
        }
    }

    /// Delivers the sectors from `lsn` to `end`, which fill the buffer.
    ///
    /// A block that is one sector is decoded where it belongs. A larger one is decoded in the block buffer and stays
    /// there for the next request, which may need the rest of it.
    pub(crate) fn serve(&mut self, lsn: u32, end: u32) -> Result<(), Code> {
        let per_block = self.disc.plan.header.sectors_per_block();
        self.end = Block(end.wrapping_sub(1) / per_block).next();
        let mut block = Block(lsn / per_block);
        let mut skip = lsn % per_block;
        while self.delivered < self.out.len() {
            if self.disc.buffered != block {
                let span = self.span(block)?;
                if !self.stage(&span)? {
                    continue;
                }
                self.disc.buffered = Block::NONE;
                self.decode(&span)?;
            }
            if let Some(sector) = self.disc.block.get(skip as usize) {
                self.disc.buffered = block;
                self.out
                    .get_mut(self.delivered)
                    .ok_or(Code::Internal)?
                    .copy_from_slice(&sector.0);
            }
            self.delivered = self.delivered.wrapping_add(1);
            skip = skip.wrapping_add(1);
            // Without a branch: this is code for a CPU without conditional moves, too.
            let at_end = u32::from(skip >= per_block.get());
            block = Block(block.0.wrapping_add(at_end));
            skip &= at_end.wrapping_sub(1);
        }
        Ok(())
    }

    /// Where a block is.
    fn span(&mut self, block: Block) -> Result<Span, Code> {
        self.disc.current = block;
        let own = self.disc.index.load(self.drive, block.0)?;
        let next = self.disc.index.load(self.drive, block.next().0)?;
        self.disc.plan.span(block, own, next)
    }

    /// Decodes a staged block to the block buffer, or to the next sector of the caller's buffer if there is none.
    fn decode(&mut self, span: &Span) -> Result<(), Code> {
        let Disc {
            plan,
            stage,
            block: buffer,
            ..
        } = &mut *self.disc;
        let out = if buffer.is_empty() {
            self.out.get_mut(self.delivered).ok_or(Code::Internal)?
        } else {
            Sector::bytes_mut(buffer)
        };
        decode(plan, stage, span, out)
    }

    /// Brings the sectors of a block to the stage; `false` if they are not all there yet, and it should be called again.
    ///
    /// On the stage they also wait for the next request, which mostly begins in the sector in which this one ends.
    fn stage(&mut self, span: &Span) -> Result<bool, Code> {
        if !self.disc.stage.holds(span) {
            self.disc.stage.keep(span.first);
            self.stage_landed()?;
            if !self.disc.stage.holds(span) {
                self.read(span)?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes sectors from the landing to the stage, as many as there is room for.
    fn stage_landed(&mut self) -> Result<(), Code> {
        let stage = &mut self.disc.stage;
        let place = self
            .out
            .len()
            .wrapping_sub(self.landed.end.since(stage.end()) as usize);
        // A sector that the output has reached is gone.
        if self.landed.contains(&stage.end()) && place >= self.delivered {
            stage.add(self.out.get(place..).ok_or(Code::Internal)?)?;
        }
        Ok(())
    }

    /// Reads on behind what is staged, for this block and those after it, in one device request.
    fn read(&mut self, span: &Span) -> Result<(), Code> {
        let need = self
            .disc
            .plan
            .end_at(&self.disc.index, self.end.0)
            .max(span.end);
        let stage = &self.disc.stage;
        let room = self.out.len().wrapping_sub(self.delivered) as u32;
        let landing_end = need.min(stage.end().plus(room));
        if landing_end > stage.limit() && self.out.as_ptr().addr().is_multiple_of(DEVICE_ALIGN) {
            return self.land(landing_end);
        }
        let mut until = need;
        if self.sequential {
            let ahead = self
                .disc
                .plan
                .end_at(&self.disc.index, self.disc.plan.header.blocks());
            until = ahead.max(self.disc.plan.known_end).max(need);
        }
        loop {
            match self.disc.stage.read(self.drive, until) {
                // A failure behind this block is not this block's failure.
                Err(_) if until > span.end => until = span.end,
                result => return result,
            }
        }
    }

    /// Reads the sectors behind those staged, up to `end`, to the end of the caller's buffer.
    fn land(&mut self, end: FileSector) -> Result<(), Code> {
        let first = self.disc.stage.end();
        let start = self.out.len().wrapping_sub(end.since(first) as usize);
        let place = self.out.get_mut(start..).ok_or(Code::Internal)?;
        self.drive.read(first, place.as_flattened_mut())?;
        self.landed = first..end;
        Ok(())
    }
}

/// Decodes a staged block.
fn decode(plan: &Plan, stage: &Stage<'_>, span: &Span, out: &mut [u8]) -> Result<(), Code> {
    let bytes = stage.bytes(span)?;
    let (out, padding) = out
        .split_at_mut_checked(span.block_len as usize)
        .ok_or(Code::Internal)?;
    padding.fill(0);
    if span.plain {
        copy_to(out, bytes);
        return Ok(());
    }
    lz4::decode_block(bytes, out).map_err(|error| plan.explain(span, error))
}
