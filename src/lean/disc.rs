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

/// The bits of the access pattern for eight requests.
const EIGHT: u32 = 0xFF;

/// The bit of the access pattern that tells that the last request was one plain run.
const WAS_PLAIN: u32 = 1 << 31;

/// Such a request counts as four jumps, since nothing has to be read ahead for it. Not if there are two sectors of the
/// index anyway, enough for two streams: there may be others between, which are not plain. And not where jumps take units
/// of the index, which have too few entries for what comes next.
const PLAIN_JUMPS: u32 = 0xF;

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
    /// The access pattern: a bit for each request, the last one lowest; set if it jumped. Eight of a kind decide what is
    /// worth more, sectors of the index or sectors read ahead. The highest bit is [`WAS_PLAIN`].
    pattern: u32,
    /// What is set in the pattern after a request that was one plain run.
    plain: u32,
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
            plain: WAS_PLAIN,
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
        self.pattern = (self.pattern << 1 | u32::from(!self.sequence.continues(lsn))) & EIGHT;
        let shift = match self.pattern {
            0 => LITTLE_INDEX,
            EIGHT => MUCH_INDEX,
            _ => return,
        };
        if shift != self.shift {
            self.shift = shift;
            self.divide(shift);
        }
    }

    /// Whether the last request was one plain run, so that this one may be another.
    pub(crate) fn was_plain(&self) -> bool {
        self.pattern & WAS_PLAIN != 0
    }

    /// Counts the request as one plain run, to which the memory was [adapted](Self::adapt).
    pub(crate) fn count_as_plain(&mut self) {
        if P::ADAPTS {
            self.pattern |= self.plain;
        }
    }

    /// Counts it so without that.
    pub(crate) fn count_as_another_plain(&mut self) {
        self.pattern = self.pattern << 1 | self.plain;
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
        self.plain = if P::UNITS_SHIFT == 0 && len >> LITTLE_INDEX < 2 {
            WAS_PLAIN | PLAIN_JUMPS
        } else {
            WAS_PLAIN
        };
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
