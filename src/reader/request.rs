//! One request: block by block into the caller's buffer, with as few device requests as can be.
//!
//! # Reading compressed sectors to the caller's buffer
//! A request that needs more sectors than the read-ahead buffer takes is still one request of the device. The caller's
//! buffer is empty so far, and its end is filled last: so the compressed sectors are read to its end, and go from there
//! to the read-ahead buffer, as many at a time as fit. The output comes from the left, the compressed sectors are used
//! from left to right, too, and are mostly ahead of it, since 8 sectors of output have 5 or 6 compressed ones:
//!
//! ```text
//!            out                                                      out + len
//! read       |        empty         | c0 | c1 | c2 | c3 | c4 | c5 |
//!            | output | empty       | -- | -- | c2 | c3 | c4 | c5 |   c0 c1 went to the read-ahead buffer
//!            | output           | output reaches c2: it is read again if it is still needed
//! ```
//!
//! ```text
//! for each block of the request:
//!     until the read-ahead buffer has all of its sectors:
//!         drop what is before the block's first sector
//!         add what waits at the end of `out` and was not overwritten yet
//!         still not all?  read on: to the end of `out` if more is needed than the read-ahead buffer takes,
//!                         else to the read-ahead buffer, and more than is needed if requests are sequential
//!     decode the block from the read-ahead buffer to `out`
//! ```
//!
//! Plain blocks that are sectors of the file, one after the other, are what the caller wants already: where none of
//! them is buffered when it is their turn, the device reads them to their places.
//!
//! Index entries can say anything, and so `out` can reach a compressed sector that is still needed: then that sector is
//! read again. Nothing is ever decoded from where it is decoded to, so no margin has to be computed as `lz4.h` does for
//! `LZ4_DECOMPRESS_INPLACE`.

use core::mem;
use core::ops::Range;

use super::disc::Disc;
use super::plan::{Plan, Span};
use super::read_ahead::ReadAhead;
use crate::code::Code;
use crate::device::SectorDevice;
use crate::format::{Entry, SHORTEST_RUN};
use crate::lz4::{self, DecodeError};
use crate::sector::{Block, DEVICE_ALIGN, FileSector, SECTOR_SIZE, Sector, copy_to};
use crate::source;

/// No sectors.
const NOTHING: Range<FileSector> = FileSector(0)..FileSector(0);

/// A request under way.
struct Request<'r, 'm, D: SectorDevice> {
    disc: &'r mut Disc<'m>,
    device: &'r mut D,
    /// The caller's buffer.
    out: &'r mut [[u8; SECTOR_SIZE]],
    /// Sectors of `out` that are output already.
    delivered: usize,
    /// Compressed sectors that wait at the end of `out`: the last one of them ends where `out` ends.
    in_out: Range<FileSector>,
    /// The block after the last one that the request needs.
    end: Block,
    /// Whether it pays to read more than the request needs.
    sequential: bool,
}

impl<'r, 'm, D: SectorDevice> Request<'r, 'm, D> {
    fn new(
        disc: &'r mut Disc<'m>,
        device: &'r mut D,
        out: &'r mut [[u8; SECTOR_SIZE]],
        sequential: bool,
    ) -> Self {
        Self {
            disc,
            device,
            out,
            delivered: 0,
            in_out: NOTHING,
            end: Block(0),
            sequential,
        }
    }

    /// Delivers the sectors from `lsn` to `end`, which fill the buffer.
    ///
    /// A block that is one sector is decoded where it belongs. A larger one is decoded in the block buffer and stays
    /// there for the next request, which may need the rest of it.
    fn serve(&mut self, lsn: u32, end: u32) -> Result<(), Code> {
        let per_block = self.disc.plan.header.sectors_per_block();
        self.end = Block(end.wrapping_sub(1) / per_block).next();
        let mut block = Block(lsn / per_block);
        let mut skip = lsn % per_block;
        while self.delivered < self.out.len() {
            if self.disc.buffered != block {
                let span = self.span(block)?;
                let run = self.read_plain(block, &span);
                if run > 0 {
                    block = block.plus(run);
                    self.delivered = self.delivered.wrapping_add(run as usize);
                    continue;
                }
                if !self.buffer(&span)? {
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

    /// Lets the device read the plain run that begins with a block to its place, and tells how many blocks it has; none
    /// if it is too short, or buffered, or the device failed: perhaps not because of this block.
    fn read_plain(&mut self, block: Block, span: &Span) -> u32 {
        let Disc {
            plan, index, ahead, ..
        } = &mut *self.disc;
        if !span.is_sector()
            || ahead.holds(span)
            || span.first < self.in_out.end
            || !self.out.as_ptr().addr().is_multiple_of(DEVICE_ALIGN)
        {
            return 0;
        }
        // The last block of all may be partial.
        let last = plan.header.blocks().wrapping_sub(1);
        let most = self.end.0.min(last).wrapping_sub(block.0);
        let most = most.min(plan.file_end().since(span.first));
        let mut expected = span.entry;
        let mut count = 0;
        while count < most {
            let after = count.wrapping_add(1);
            let next = index.load(self.device, block.plus(after).0);
            let next = next.unwrap_or(Entry(0));
            expected = expected.plus_sector(plan.header.align());
            if next.offset() != expected.offset() {
                break;
            }
            count = after;
            if next != expected {
                break;
            }
        }
        let free = self.out.get_mut(self.delivered..).unwrap_or_default();
        let place = free.get_mut(..count as usize).unwrap_or_default();
        if count < SHORTEST_RUN
            || source::read(self.device, span.first, place.as_flattened_mut()).is_err()
        {
            return 0;
        }
        self.disc.plain = u32::from(count as usize == self.out.len());
        count
    }

    /// Where a block is.
    fn span(&mut self, block: Block) -> Result<Span, Code> {
        self.disc.current = block;
        let own = self.disc.index.load(self.device, block.0)?;
        let next = self.disc.index.load(self.device, block.next().0)?;
        self.disc.plan.span(block, own, next)
    }

    /// Decodes a buffered block to the block buffer, or to the next sector of the caller's buffer if there is none.
    fn decode(&mut self, span: &Span) -> Result<(), Code> {
        let Disc {
            plan,
            ahead,
            block: buffer,
            ..
        } = &mut *self.disc;
        let out = if buffer.is_empty() {
            self.out.get_mut(self.delivered).ok_or(Code::Internal)?
        } else {
            Sector::bytes_mut(buffer)
        };
        decode(plan, ahead, span, out)
    }

    /// Brings the sectors of a block to the read-ahead buffer; `false` if they are not all there yet, and it should be
    /// called again.
    ///
    /// There they also wait for the next request, which mostly begins in the sector in which this one ends.
    fn buffer(&mut self, span: &Span) -> Result<bool, Code> {
        if !self.disc.ahead.holds(span) {
            self.disc.ahead.keep(span.first);
            self.take_from_out()?;
            if !self.disc.ahead.holds(span) {
                self.read(span)?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds sectors that wait in the caller's buffer to the read-ahead buffer, as many as fit.
    fn take_from_out(&mut self) -> Result<(), Code> {
        let ahead = &mut self.disc.ahead;
        let place = self
            .out
            .len()
            .wrapping_sub(self.in_out.end.since(ahead.end()) as usize);
        // A sector that the output has reached is gone.
        if self.in_out.contains(&ahead.end()) && place >= self.delivered {
            ahead.add(self.out.get(place..).ok_or(Code::Internal)?)?;
        }
        Ok(())
    }

    /// Reads the sectors after those buffered, for this block and those after it, in one device request.
    fn read(&mut self, span: &Span) -> Result<(), Code> {
        let Disc {
            plan, index, ahead, ..
        } = &mut *self.disc;
        ahead.drop_index();
        let need = index.end_before(plan, self.end.0).max(span.end);
        let free = self.out.len().wrapping_sub(self.delivered) as u32;
        let in_out_end = need.min(ahead.end().plus(free));
        if in_out_end > ahead.limit() && self.out.as_ptr().addr().is_multiple_of(DEVICE_ALIGN) {
            return self.read_to_out(in_out_end);
        }
        let mut until = need;
        if self.sequential {
            let cached_end = index.end_before(plan, plan.header.blocks());
            until = cached_end.max(plan.known_end).max(need);
        }
        loop {
            match ahead.read(self.device, until) {
                // A failure after this block is not this block's failure.
                Err(_) if until > span.end => until = span.end,
                result => return result,
            }
        }
    }

    /// Reads the sectors after those buffered, up to `end`, to the end of the caller's buffer.
    fn read_to_out(&mut self, end: FileSector) -> Result<(), Code> {
        let first = self.disc.ahead.end();
        let start = self.out.len().wrapping_sub(end.since(first) as usize);
        let place = self.out.get_mut(start..).ok_or(Code::Internal)?;
        source::read(self.device, first, place.as_flattened_mut())?;
        self.in_out = first..end;
        Ok(())
    }
}

impl Disc<'_> {
    /// Reads sectors from `lsn` on, at least one and no more than the disc has, to fill `out`.
    ///
    /// # Errors
    /// `self.current` is then the block that could not be read.
    #[inline(always)]
    pub(crate) fn read<D: SectorDevice>(
        &mut self,
        device: &mut D,
        lsn: u32,
        out: &mut [[u8; SECTOR_SIZE]],
    ) -> Result<(), Code> {
        if self.plain != 0 && self.read_all_plain(device, lsn, out) {
            return Ok(());
        }
        self.read_any(device, lsn, out)
    }

    /// Lets the device read to `out` all that is wanted, if that is one plain run, as the last request was, and not
    /// buffered; `false` if not, or if the device failed. From a fast device the processor's time counts here, and all
    /// that other requests need is left out.
    #[inline(never)]
    fn read_all_plain<D: SectorDevice>(
        &mut self,
        device: &mut D,
        lsn: u32,
        out: &mut [[u8; SECTOR_SIZE]],
    ) -> bool {
        let count = out.len() as u32;
        if count < SHORTEST_RUN || !out.as_ptr().addr().is_multiple_of(DEVICE_ALIGN) {
            return false;
        }
        let Self {
            plan, index, ahead, ..
        } = self;
        let Some(sector) = index.all_plain(ahead, device, plan, lsn, count) else {
            return false;
        };
        if source::read(device, sector, out.as_flattened_mut()).is_err() {
            return false;
        }
        self.sequence.end(lsn.wrapping_add(count));
        true
    }

    /// The same for any sectors.
    #[inline(always)]
    fn read_any<D: SectorDevice>(
        &mut self,
        device: &mut D,
        lsn: u32,
        out: &mut [[u8; SECTOR_SIZE]],
    ) -> Result<(), Code> {
        let end = lsn.wrapping_add(out.len() as u32);
        let sequential = self.sequence.begin(lsn);
        let was_plain = mem::take(&mut self.plain);
        Request::new(self, device, out, sequential).serve(lsn, end)?;
        self.sequence.end(end);
        if was_plain & self.plain != 0 {
            // What is buffered is of no use for such requests, but its memory is, for the index.
            self.ahead.clear();
        }
        Ok(())
    }
}

/// Decodes a buffered block.
fn decode(plan: &Plan, ahead: &ReadAhead<'_>, span: &Span, out: &mut [u8]) -> Result<(), Code> {
    let bytes = ahead.bytes(span)?;
    let (block, padding) = out
        .split_at_mut_checked(span.block_len as usize)
        .ok_or(Code::Internal)?;
    padding.fill(0);
    if span.plain {
        copy_to(block, bytes);
        return Ok(());
    }
    let mut result = lz4::decode_block(bytes, block);
    if result == Err(DecodeError::Overrun) {
        // Perhaps a last block that was filled with zeros to full size before it was compressed.
        result = lz4::decode_block(bytes, out);
    }
    result.map_err(|error| plan.explain(span, error))
}
