//! One request, for blocks that are sectors: block by block into the caller's buffer, from what is staged.
//!
//! The stage is filled anew when it has come to its end. A block that begins in it and ends in what is read next is
//! *gathered*: its bytes are put together in a sector of their own, and decoded from there. Nothing else is copied.
//!
//! With no memory for a stage, compressed sectors wait at the end of the caller's buffer, which is filled last, and
//! every block is gathered before it is decoded: where its bytes were, its output may go. What the output has reached
//! is read again.

#[cfg(feature = "overlap")]
#[path = "overlap.rs"]
mod overlap;

use crate::device::SectorDevice;
use crate::disc::Disc;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::Entry;
use crate::lz4;
use crate::plan::Span;
use crate::room::Room;
#[cfg(not(feature = "overlap"))]
use crate::sector::Block;
use crate::sector::{FileSector, SECTOR_SHIFT, SECTOR_SIZE, copy_to};

/// Where the bytes of a block are.
enum Place {
    /// Staged, from this byte of the memory on.
    Staged(u32),
    /// In the spare sector.
    Spare,
}

/// A request under way.
pub(crate) struct Request<'r, 'm> {
    disc: &'r mut Disc<'m>,
    /// The caller's buffer.
    out: Room<'r>,
    /// Where sectors wait: memory of the stage's own, or the caller's buffer.
    memory: Room<'r>,
    /// Sectors of `out` that are output already.
    pub(crate) delivered: u32,
    #[cfg(feature = "overlap")]
    progress: overlap::Progress,
}

impl<'r, 'm: 'r> Request<'r, 'm> {
    /// A request that fills a buffer.
    #[allow(unsafe_code, reason = "what is staged may wait in the buffer")]
    pub(crate) fn new(disc: &'r mut Disc<'m>, out: &'r mut [[u8; SECTOR_SIZE]]) -> Self {
        let out = Room::new(out);
        let mut memory = &disc.stage.memory;
        if disc.stage.is_lent() {
            memory = &out;
        }
        // SAFETY: the stage's own memory is only looked at by this name. From the caller's buffer bytes are copied to the
        // spare sector before output is written, and none are in use when the device is told to write there.
        let memory = unsafe { memory.again() };
        if disc.stage.is_lent() {
            // What is staged was in the buffer of an earlier request.
            disc.stage.begin(FileSector(0), 0, 0);
            disc.spare.entry = Entry(0);
        }
        Self {
            disc,
            out,
            memory,
            delivered: 0,
            #[cfg(feature = "overlap")]
            progress: overlap::Progress::NONE,
        }
    }

    /// Delivers the sectors from `lsn` on, which fill the buffer; those in front of block `wanted` are worth to be read.
    #[cfg(not(feature = "overlap"))]
    pub(crate) fn serve<D: SectorDevice>(
        &mut self,
        drive: &mut Drive<D>,
        lsn: u32,
        wanted: u32,
    ) -> Result<(), Code> {
        let mut block = Block(lsn);
        let mut own = self.disc.index.load(drive, lsn);
        while self.delivered < self.out.len() {
            let Disc { plan, index, .. } = &mut *self.disc;
            let next = index.load(drive, block.next().0);
            let span = plan.span(own, next)?;
            let place = loop {
                match self.gather(&span) {
                    Ok(place) => break place,
                    Err(sector) => self.read(drive, sector, wanted)?,
                }
            };
            self.decode(&span, place)?;
            (block, own) = (block.next(), next);
        }
        Ok(())
    }

    /// Where the bytes of a block are together: as they are staged, or in the spare sector. Otherwise the sector that has
    /// to be staged first.
    fn gather(&mut self, span: &Span) -> Result<Place, FileSector> {
        let Disc { stage, spare, .. } = &mut *self.disc;
        if spare.entry != span.entry {
            spare.entry = span.entry;
            spare.len = 0;
        }
        let (mut sector, mut skip) = (spare.rest, 0);
        if spare.len == 0 {
            (sector, skip) = (span.first, span.skip);
        }
        while spare.len < span.len {
            let reached = stage.reached(self.delivered);
            #[cfg(feature = "overlap")]
            stage.go_on(sector);
            let place = match stage.place(sector) {
                Some(place) if place >= reached => place,
                _ => return Err(sector),
            };
            let start = (place << SECTOR_SHIFT).wrapping_add(skip);
            let staged = (stage.end_at << SECTOR_SHIFT).wrapping_sub(start);
            let count = span.len.wrapping_sub(spare.len).min(staged);
            if count == span.len && !stage.is_lent() {
                return Ok(Place::Staged(start));
            }
            let bytes = self.memory.bytes(start, count);
            copy_to(spare.memory.bytes_mut(spare.len, count), bytes);
            spare.len = spare.len.wrapping_add(count);
            (sector, skip) = (stage.end, 0);
            spare.rest = sector;
        }
        Ok(Place::Spare)
    }

    /// Decodes a block to the next sector of the caller's buffer.
    fn decode(&mut self, span: &Span, place: Place) -> Result<(), Code> {
        let bytes = match place {
            Place::Staged(start) => self.memory.bytes(start, span.len),
            Place::Spare => self.disc.spare.memory.bytes(0, span.len),
        };
        let start = self.delivered << SECTOR_SHIFT;
        let out = self.out.bytes_mut(start, SECTOR_SIZE as u32);
        if !span.plain {
            lz4::decode_block(bytes, out)?;
        } else if bytes.len() == out.len() {
            out.copy_from_slice(bytes);
        } else {
            return Err(Code::Index);
        }
        self.delivered = self.delivered.wrapping_add(1);
        Ok(())
    }

    /// Stages sectors from `first` on, for the block at hand and those in front of block `wanted`, in one device
    /// request.
    fn read<D: SectorDevice>(
        &mut self,
        drive: &mut Drive<D>,
        first: FileSector,
        wanted: u32,
    ) -> Result<(), Code> {
        let Disc {
            plan, index, stage, ..
        } = &mut *self.disc;
        stage.begin(first, 0, 0);
        let len = self.memory.len();
        let free = stage.reached(self.delivered);
        let wanted = plan.end_at(index, wanted).since(first) as i32;
        let mut count = (wanted.max(1) as u32).min(len.wrapping_sub(free));
        loop {
            let at = len.wrapping_sub(count);
            let buffer = self
                .memory
                .bytes_mut(at << SECTOR_SHIFT, count << SECTOR_SHIFT);
            match drive.read(first, buffer) {
                Ok(()) => {
                    stage.begin(first, count, len);
                    return Ok(());
                }
                // A failure behind this sector is not this block's failure.
                Err(_) if count > 1 => count = 1,
                Err(code) => return Err(code),
            }
        }
    }
}
