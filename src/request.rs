//! One request: block by block into the caller's buffer, with as few device requests as can be.

use crate::device::SectorDevice;
use crate::error::Code;
use crate::image::Image;
use crate::landing::Landing;
use crate::lz4::{self, DecodeError};
use crate::plan::Span;
use crate::sector::{Block, FileSector, SECTOR_SIZE, Sector, copy_to};

/// Alignment of every buffer that a device is given, in bytes.
const DEVICE_ALIGN: usize = 4;

/// A request under way.
pub(crate) struct Request<'r, 'm, D: SectorDevice> {
    image: &'r mut Image<'m, D>,
    /// The caller's buffer, as far as the image has sectors for it.
    out: &'r mut [[u8; SECTOR_SIZE]],
    /// Sectors of `out` that are output already.
    delivered: usize,
    /// Compressed sectors that wait at the end of `out`.
    landing: Landing,
    /// The block behind the last one that the request needs.
    end: Block,
    /// Whether it pays to read on behind the request: games read in runs.
    sequential: bool,
}

impl<'r, 'm, D: SectorDevice> Request<'r, 'm, D> {
    pub(crate) fn new(
        image: &'r mut Image<'m, D>,
        out: &'r mut [[u8; SECTOR_SIZE]],
        end: Block,
        sequential: bool,
    ) -> Self {
        Self { image, out, delivered: 0, landing: Landing::NONE, end, sequential }
    }

    /// Delivers the next `count` sectors of the request: those of `block` from its sector `skip` on.
    ///
    /// A block that is needed as a whole is decoded where it belongs, one that is needed in part by way of the block
    /// buffer, where it stays for the next request.
    pub(crate) fn deliver(&mut self, block: Block, skip: usize, count: usize) -> Result<(), Code> {
        let whole = skip == 0 && count.wrapping_mul(SECTOR_SIZE) >= self.image.plan.header.block_len(block) as usize;
        if whole && self.image.buffered != block {
            self.decode(block, count)?;
        } else {
            if self.image.buffered != block {
                self.image.buffered = Block::NONE;
                self.decode(block, 0)?;
                self.image.buffered = block;
            }
            let part = self.image.block.get(skip..skip.wrapping_add(count)).unwrap_or_default();
            let out = self.out.get_mut(self.delivered..).unwrap_or_default();
            copy_to(out.as_flattened_mut(), Sector::bytes(part));
        }
        self.delivered = self.delivered.wrapping_add(count);
        Ok(())
    }

    /// Decodes a block to the next `count` sectors of the caller's buffer, or to the block buffer if `count` is 0.
    fn decode(&mut self, block: Block, count: usize) -> Result<(), Code> {
        let span = self.image.span(block)?;
        let until = self.delivered.wrapping_add(count);
        let landed = self.fetch(&span, until)?;

        let split = self.out.split_at_mut_checked(landed.unwrap_or(self.out.len()));
        let (out, sectors) = split.unwrap_or_default();
        let bytes = match landed {
            Some(_) => span.bytes(sectors.as_flattened()),
            None => self.image.stage.bytes(&span),
        };
        let out = match count {
            0 => Sector::bytes_mut(self.image.block),
            _ => out.get_mut(self.delivered..until).unwrap_or_default().as_flattened_mut(),
        };
        let block_len = self.image.plan.header.block_len(block) as usize;
        let (out, padding) = out.split_at_mut_checked(block_len).unwrap_or_default();
        padding.fill(0);
        if span.plain {
            copy_to(out, bytes);
            return Ok(());
        }
        lz4::decode_block(bytes, out).map_err(|error| match error {
            DecodeError::InputEnd => self.image.plan.explain_end(&span),
            error => error.into(),
        })
    }

    /// Finds or reads the sectors of a block.
    ///
    /// `None`: they are staged. Otherwise they begin at this sector of the caller's buffer, at `until` or behind it.
    #[inline(never)]
    fn fetch(&mut self, span: &Span, until: usize) -> Result<Option<usize>, Code> {
        if self.image.stage.holds(span) {
            return Ok(None);
        }
        if span.end <= self.landing.end
            && let Some(place) = self.landing.find(span.first, self.out.len(), until)
        {
            return Ok(Some(place));
        }
        // Parts are here and there, or behind where the output goes now, or not read yet: they meet on the stage.
        // There they also wait for the next request, which mostly begins in the sector in which this one ends.
        self.image.stage.keep(span.first);
        loop {
            self.stage_landed(span);
            if self.image.stage.holds(span) {
                return Ok(None);
            }
            // Adds at least a sector of the block to the stage, or lands one.
            self.read(span)?;
        }
    }

    /// Takes sectors of a block from the landing to the stage.
    fn stage_landed(&mut self, span: &Span) {
        let first = self.image.stage.end();
        let end = self.landing.end.min(span.end);
        if let Some(place) = self.landing.find(first, self.out.len(), self.delivered) {
            let sectors = self.out.get(place..place.wrapping_add(end.since(first) as usize)).unwrap_or_default();
            self.image.stage.add(sectors.as_flattened(), end);
        }
    }

    /// Reads on behind what is staged, for this block and those after it, in one device request.
    #[inline(never)]
    fn read(&mut self, span: &Span) -> Result<(), Code> {
        let Image { plan, index, stage, drive, .. } = &mut *self.image;
        let first = stage.end();
        let limit = stage.limit();
        let need = plan.end_at(index.latest_up_to(self.end.0)).max(span.end);
        let landing_limit = first.plus(self.out.len().wrapping_sub(self.delivered) as u32);
        if need.min(landing_limit) > limit && self.out.as_ptr().addr() % DEVICE_ALIGN == 0 {
            return self.land(first, need.min(landing_limit));
        }
        let ahead = if self.sequential { plan.end_at(index.latest_up_to(u32::MAX)).max(need) } else { need };
        // A failure behind this block is not this block's failure.
        if ahead > span.end && stage.read(drive, ahead).is_ok() {
            return Ok(());
        }
        stage.read(drive, span.end)
    }

    /// Reads the sectors `first..end` to the end of the caller's buffer.
    fn land(&mut self, first: FileSector, end: FileSector) -> Result<(), Code> {
        self.landing = Landing::NONE;
        let start = self.out.len().wrapping_sub(end.since(first) as usize);
        let place = self.out.get_mut(start..).unwrap_or_default();
        self.image.drive.read(first, place.as_flattened_mut())?;
        self.landing = Landing { first, end };
        Ok(())
    }
}
