//! One request, for blocks that are sectors: block by block into the caller's buffer, from what was read ahead.
//!
//! The read-ahead buffer is filled anew when it has come to its end. A block that begins in it and ends in what is read
//! next *straddles*: its bytes are joined in the straddle buffer, and decoded from there. Nothing else is copied.
//!
//! # Plain runs
//! Plain blocks that are sectors of the file, one after the other, are what the caller wants already. If none of them
//! is buffered when it is their turn, the device reads them to where they belong.
//!
//! # In-place decompression
//! With no memory for a read-ahead buffer, compressed sectors are read to the end of the caller's buffer, which is
//! filled last, and decompressed toward them:
//!
//! ```text
//!                out                                              out + len
//! read           |         empty          | c0 | c1 | c2 | c3 | c4 | c5 |    8 sectors of output are 5 or 6 compressed
//! decode block 0 | b0 |    empty          | c0 | c1 | c2 | c3 | c4 | c5 |    bytes of block 0 joined, then decoded
//!   ...          | b0 | b1 | b2 | b3 | b4 | -- | c2 | c3 | c4 | c5 |         c0, c1 are used up, and overwritten
//! at the end     | b0 | b1 | b2 | b3 | b4 | b5 | b6 | ?? |                   c5 is overwritten before it was used up:
//!                                                                            read again, to the last sector of `out`
//! ```
//!
//! `lz4.h` (`LZ4_DECOMPRESS_INPLACE`) decodes one block toward its own bytes, and so needs a margin. Here each block's
//! bytes are copied to the straddle buffer before its output is written: where they were, the output may go, and no
//! margin is needed. A sector that the output has reached counts as gone, and is read again if bytes of it are still
//! needed: the last block or two of a request.
//!
//! ```text
//! for each block of the request:
//!     until all bytes of the block are together:
//!         is its next sector buffered, and not reached by the output?
//!             yes: are all bytes there, and not in the caller's buffer?  decode them from where they are
//!                  else join those that are there in the straddle buffer
//!             no:  does a plain run begin here?  read it to its place, and go on after it
//!                  else read from that sector on, to the end of the memory, in one device request
//!     decode the block to the next sector of `out`
//! ```

use super::disc::Disc;
use super::memory::{Memory, is_for_devices};
use super::overlap::Progress;
use super::plan::Span;
use super::policy::{self, Policy};
use crate::code::Code;
use crate::device::SectorDevice;
use crate::format::{Entry, SHORTEST_RUN};
use crate::lz4;
use crate::sector::{Block, FileSector, SECTOR_SHIFT, SECTOR_SIZE, copy_to};
use crate::source;

/// Where the bytes of a block are.
pub(super) enum Place {
    /// In the read-ahead buffer, from this byte of its memory on.
    Buffered(u32),
    /// In the straddle buffer.
    Joined,
}

/// A request under way.
pub(crate) struct Request<'r, 'm, P: Policy> {
    pub(super) disc: &'r mut Disc<'m, P>,
    /// The caller's buffer. Sectors wait in it where the read-ahead buffer has no memory of its own.
    pub(super) out: Memory<'r>,
    /// Sectors of `out` that are output already.
    pub(super) delivered: u32,
    /// How far it has come, with overlap.
    pub(super) progress: Progress,
}

impl<'m, P: Policy> Disc<'m, P> {
    /// Reads sectors from `lsn` on, at least one and no more than the disc has, and tells how many there are in `out`
    /// whatever became of the rest.
    #[inline(always)]
    pub(crate) fn read<D: SectorDevice>(
        &mut self,
        device: &mut D,
        lsn: u32,
        out: &mut [[u8; SECTOR_SIZE]],
    ) -> (u32, Result<(), Code>) {
        if self.read_all_plain(device, lsn, out) {
            return (out.len() as u32, Ok(()));
        }
        self.adapt(lsn);
        self.read_any(device, lsn, out)
    }

    /// The same for any sectors.
    #[inline(always)]
    fn read_any<D: SectorDevice>(
        &mut self,
        device: &mut D,
        lsn: u32,
        out: &mut [[u8; SECTOR_SIZE]],
    ) -> (u32, Result<(), Code>) {
        let end = lsn.wrapping_add(out.len() as u32);
        let again = self.sequence.again(lsn);
        let sequential = self.sequence.begin(lsn);
        let mut wanted = end;
        let mut kept = end;
        // It does not pay to read ahead into the caller's buffer.
        if sequential && !self.ahead.is_in_place() {
            wanted = self.plan.header.blocks();
            if P::OVERLAPS {
                kept = end.wrapping_sub(again);
                // What the next request needs, were it as long: it is read while this one is decoded.
                wanted = wanted.min(kept.wrapping_add(out.len() as u32));
                self.index.go_on(device, lsn);
            } else {
                // As many cached entries as can be are those of blocks to come.
                self.index.invalidate();
            }
        }
        let mut request = Request::new(self, out);
        request.progress = Progress::new(Block(lsn), Block(kept));
        let result = if P::OVERLAPS && !request.disc.ahead.is_in_place() {
            request.serve_overlapped(device, wanted)
        } else {
            request.serve(device, lsn, wanted)
        };
        let delivered = request.delivered;
        if result.is_ok() {
            self.sequence.end(end);
        }
        (delivered, result)
    }

    /// Lets the device read to `out` all that is wanted, if that is one plain run after another, its entries are in memory,
    /// and it is not buffered; `false` if not, or if the device failed. From a fast device the processor's time counts
    /// here, and all that other requests need is left out.
    #[inline(always)]
    fn read_all_plain<D: SectorDevice>(
        &mut self,
        device: &mut D,
        lsn: u32,
        out: &mut [[u8; SECTOR_SIZE]],
    ) -> bool {
        if !P::ADAPTS
            || P::UNITS_SHIFT > 0
            || !self.was_plain()
            || out.len() < SHORTEST_RUN as usize
            || !is_for_devices(out.as_ptr().cast())
        {
            return false;
        }
        let Some(sector) = self.index.all_plain(&self.plan, lsn, out.len() as u32) else {
            return false;
        };
        if self.ahead.place(sector).is_some()
            || source::read_inlined(device, sector, out.as_flattened_mut()).is_err()
        {
            return false;
        }
        self.count_as_another_plain();
        self.sequence.end(lsn.wrapping_add(out.len() as u32));
        true
    }
}

impl<'r, 'm: 'r, P: Policy> Request<'r, 'm, P> {
    /// A request that fills a buffer.
    fn new(disc: &'r mut Disc<'m, P>, out: &'r mut [[u8; SECTOR_SIZE]]) -> Self {
        if disc.ahead.is_in_place() {
            // What is buffered was in the caller's buffer of an earlier request.
            disc.ahead.begin(FileSector(0), 0, 0);
            disc.straddle.block = Block::NONE;
        }
        Self {
            disc,
            out: Memory::new(out),
            delivered: 0,
            progress: Progress::new(Block::NONE, Block::NONE),
        }
    }

    /// Delivers the sectors from `lsn` on, which fill the buffer; those before block `wanted` are worth to be read.
    fn serve<D: SectorDevice>(
        &mut self,
        device: &mut D,
        lsn: u32,
        wanted: u32,
    ) -> Result<(), Code> {
        let mut block = Block(lsn);
        let mut own = self.disc.index.load(device, lsn);
        while self.delivered < self.out.len() {
            let Disc { plan, index, .. } = &mut *self.disc;
            let next = index.load(device, block.next().0);
            let span = plan.span(own, next)?;
            match self.join(block, &span) {
                Ok(place) => {
                    self.decode(&span, place)?;
                    (block, own) = (block.next(), next);
                }
                Err(sector) => {
                    let run = self.read_plain(device, block, own);
                    if run == 0 {
                        self.read(device, sector, block, wanted)?;
                    } else {
                        block = block.plus(run);
                        own = self.disc.index.load(device, block.0);
                    }
                }
            }
        }
        Ok(())
    }

    /// Lets the device read the plain run that begins with a block to its place, and tells how many blocks it has; none
    /// if it is too short, or the device failed: perhaps not because of this block.
    pub(super) fn read_plain<D: SectorDevice>(
        &mut self,
        device: &mut D,
        first: Block,
        own: Entry,
    ) -> u32 {
        if !own.is_plain() {
            return 0;
        }
        let Disc {
            plan, index, ahead, ..
        } = &mut *self.disc;
        let most = self.out.len().wrapping_sub(self.delivered);
        let (sector, mut run) = index.plain_run(plan, first, own, most);
        if P::UNITS_SHIFT == 0 && run >= SHORTEST_RUN && run < most && !ahead.is_in_place() {
            // It may go on where entries are not cached yet.
            let block = first.plus(run);
            let own = index.load(device, block.0);
            index.load(device, block.next().0);
            let more = most.wrapping_sub(run);
            run = index.plain_run(plan, block, own, more).1.wrapping_add(run);
        }
        if run < SHORTEST_RUN || !self.out.is_for_devices() {
            return 0;
        }
        let start = self.delivered << SECTOR_SHIFT;
        let place = self.out.bytes_mut(start, run << SECTOR_SHIFT);
        if policy::read::<P, D>(device, sector, place).is_err() {
            return 0;
        }
        self.delivered = self.delivered.wrapping_add(run);
        if run == self.out.len() {
            self.disc.count_as_plain();
        }
        run
    }

    /// Where the bytes of a block are together: as they were read, or in the straddle buffer. Otherwise the unit that
    /// has to be read first.
    pub(super) fn join(&mut self, block: Block, span: &Span) -> Result<Place, FileSector> {
        let Disc {
            index,
            ahead,
            straddle,
            ..
        } = &mut *self.disc;
        if straddle.block != block {
            straddle.block = block;
            straddle.len = 0;
        }
        let (mut sector, mut skip) = (straddle.rest, 0);
        if straddle.len == 0 {
            (sector, skip) = (span.first, span.skip);
        }
        while straddle.len < span.len {
            let reached = ahead.reached(self.delivered);
            let place = match ahead.place(sector) {
                Some(place) if place >= reached => place,
                _ => return Err(sector),
            };
            let start = (place << P::UNIT_SHIFT).wrapping_add(skip);
            let buffered = (ahead.end_at << P::UNIT_SHIFT).wrapping_sub(start);
            let count = span.len.wrapping_sub(straddle.len).min(buffered);
            if count == span.len && !ahead.joins_in_place() {
                return Ok(Place::Buffered(start));
            }
            let bytes = ahead.memory_or(&self.out).bytes(start, count);
            let place = index.straddle().wrapping_add(straddle.len);
            copy_to(index.memory.bytes_mut(place, count), bytes);
            straddle.len = straddle.len.wrapping_add(count);
            (sector, skip) = (ahead.end, 0);
            straddle.rest = sector;
        }
        Ok(Place::Joined)
    }

    /// Decodes a block to the next sector of the caller's buffer.
    pub(super) fn decode(&mut self, span: &Span, place: Place) -> Result<(), Code> {
        let Disc { index, ahead, .. } = &*self.disc;
        let bytes = match place {
            Place::Buffered(start) => ahead.memory.bytes(start, span.len),
            Place::Joined => index.memory.bytes(index.straddle(), span.len),
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

    /// Reads units from `first` on, for this block and those before block `wanted`, in one device request.
    pub(super) fn read<D: SectorDevice>(
        &mut self,
        device: &mut D,
        first: FileSector,
        block: Block,
        wanted: u32,
    ) -> Result<(), Code> {
        let Disc {
            plan, index, ahead, ..
        } = &mut *self.disc;
        // Units that are read together, less one.
        let mask = (1u32 << index.part_shift().wrapping_sub(P::UNIT_SHIFT)).wrapping_sub(1);
        let mut from = FileSector(first.0 & !mask);
        ahead.begin(first, 0, 0);
        let free = ahead.reached(self.delivered);
        let mut memory = if ahead.joins_in_place() {
            self.out.borrow()
        } else {
            ahead.memory.borrow()
        };
        let len = memory.len() << P::UNITS_SHIFT;
        let limit = if P::OVERLAPS || P::IN_PLACE_ONLY || P::UNITS_SHIFT > 0 {
            u32::MAX
        } else {
            plan.offset_of(from.plus(len))
        };
        let wanted = index.end_before(plan, block, wanted, limit).since(from) as i32;
        let wanted = (wanted.max(1) as u32).wrapping_add(mask) & !mask;
        let mut count = wanted.min(len.wrapping_sub(free));
        loop {
            let at = len.wrapping_sub(count);
            let buffer = memory.bytes_mut(at << P::UNIT_SHIFT, count << P::UNIT_SHIFT);
            match policy::read::<P, D>(device, from, buffer) {
                Ok(()) => {
                    ahead.begin(from, count, len);
                    return Ok(());
                }
                // A failure elsewhere than in this unit is not this block's failure.
                Err(_) if count > 1 => (from, count) = (first, 1),
                Err(code) => return Err(code),
            }
        }
    }
}
