//! A mounted disc whose blocks are sectors: what is known of one image, and how the memory is divided for it.
//!
//! `request.rs` reads from it.

use super::header::Header;
use super::index_cache::IndexCache;
use super::memory::Memory;
use super::plan::Plan;
use super::policy::Policy;
use super::read_ahead::ReadAhead;
use crate::sector::{Block, FileSector, SECTOR_SHIFT};
use crate::sequence::Sequence;

/// The smallest number of sectors of which some are a read-ahead buffer.
pub(crate) const FEWEST_SECTORS: u32 = 3;

/// One sector in eight for the index: two streams far apart, and all the rest for reading ahead.
const LITTLE_INDEX: u32 = 3;

/// One sector in two for the index; of 16 it is 9, as a read-ahead buffer of 7 is enough for short reads.
const MUCH_INDEX: u32 = 1;

/// What is in the straddle buffer: a sector in which the bytes of a block are joined that begins in one read and ends
/// in the next. They stay there, as loaders read the last sector again.
pub(crate) struct Straddle {
    /// The block.
    pub(crate) block: Block,
    /// How many bytes are there, and the unit that the rest of them begins with.
    pub(crate) len: u32,
    pub(crate) rest: FileSector,
}

/// A mounted disc.
pub(crate) struct Disc<'m, P: Policy> {
    pub(crate) plan: Plan<P>,
    pub(crate) index: IndexCache<'m, P>,
    pub(crate) ahead: ReadAhead<'m, P>,
    pub(crate) straddle: Straddle,
    pub(crate) sequence: Sequence,
    /// Which part of the memory is for the index: [`LITTLE_INDEX`] or [`MUCH_INDEX`].
    shift: u32,
    /// The access pattern: a bit for each request, the last one lowest; set if it jumped, or was one plain run. Eight of
    /// a kind decide what is worth more, sectors of the index or sectors read ahead.
    pattern: u32,
}

impl<'m, P: Policy> Disc<'m, P> {
    /// Gets ready to read an image in memory of one sector, or of three or more.
    pub(crate) fn new(header: Header, memory: Memory<'m>) -> Self {
        let mut disc = Self {
            plan: Plan::new(header),
            index: IndexCache::new(),
            ahead: ReadAhead::new(),
            straddle: Straddle {
                block: Block::NONE,
                len: 0,
                rest: FileSector(0),
            },
            sequence: Sequence::NONE,
            shift: LITTLE_INDEX,
            pattern: 0,
        };
        disc.give(memory);
        disc.restart(header);
        disc
    }

    /// Uses this memory from now on, of one sector, or of three or more. To be [restarted](Self::restart) then.
    pub(crate) fn give(&mut self, memory: Memory<'m>) {
        self.index.memory = memory;
        self.ahead.memory = Memory::NONE;
    }

    /// Gets ready to read this image, and no longer the one before, in the same memory.
    pub(crate) fn restart(&mut self, header: Header) {
        self.plan = Plan::new(header);
        if P::ADAPTS {
            self.pattern = 0;
            self.shift = LITTLE_INDEX;
        }
        self.divide(LITTLE_INDEX);
    }

    /// Divides the memory anew where the access pattern has changed: more of the index for jumps, more sectors read
    /// ahead for sequential requests. What was in memory has to be read again, which is rare.
    pub(crate) fn adapt(&mut self, lsn: u32) {
        if !P::ADAPTS {
            return;
        }
        self.pattern = self.pattern << 1 | u32::from(!self.sequence.continues(lsn));
        let shift = match self.pattern as u8 {
            0 => LITTLE_INDEX,
            u8::MAX => MUCH_INDEX,
            _ => return,
        };
        if shift != self.shift {
            self.shift = shift;
            self.divide(shift);
        }
    }

    /// Counts the request as a jump: it was one plain run, for which nothing has to be read ahead. Not if there are two
    /// sectors of the index anyway, enough for two streams: there may be others between, which are not plain.
    pub(crate) fn count_as_jump(&mut self) {
        // Where jumps take units of the index, those have too few entries for what comes next.
        if P::ADAPTS && P::UNITS_SHIFT == 0 {
            let sectors = self
                .index
                .memory
                .len()
                .wrapping_add(self.ahead.memory.len());
            self.pattern |= u32::from(sectors >> LITTLE_INDEX < 2);
        }
    }

    /// Divides the memory: one sector is the straddle buffer, one in `1 << shift` for the index and an eighth of that
    /// besides, and the rest is the read-ahead buffer. If there is but one, it is both straddle buffer and the index's.
    /// What was known is forgotten.
    #[inline(never)]
    #[allow(unsafe_code, reason = "joins memory that was divided before")]
    fn divide(&mut self, shift: u32) {
        // SAFETY: these are all memory and none, as they were given, or what was split here; both are replaced below.
        let memory = unsafe { self.index.memory.join(&self.ahead.memory) };
        let len = memory.len().wrapping_sub(1);
        let part = len >> shift;
        let index = part.wrapping_add(part >> 3).max(1);
        // With overlap, blocks are only joined where there is no read-ahead buffer.
        let straddle = u32::from(!P::OVERLAPS);
        let (index, ahead) = memory.split(index.wrapping_add(straddle));
        let part = if shift == MUCH_INDEX {
            P::UNIT_SHIFT
        } else {
            SECTOR_SHIFT
        };
        self.index.move_to(index, len == 0, part);
        self.straddle.block = Block::NONE;
        self.ahead.move_to(ahead);
        self.sequence = Sequence::NONE;
    }
}
