//! The index cache, for blocks that are sectors: entries one by one, and the parts of the index that they were taken
//! from: sectors, or units while a game jumps about.

use super::memory::Memory;
use super::plan::Plan;
use super::policy::{self, Policy};
use crate::code::Code;
use crate::device::SectorDevice;
use crate::format::{Entry, HEADER_ENTRIES, SHORTEST_RUN};
use crate::sector::{Block, FileSector, SECTOR_SHIFT, copy_to};

/// Before no word of any file, and no part of any index.
pub(super) const NOWHERE: u32 = 1 << 31;

/// Parts of the index.
pub(crate) struct IndexCache<'m, P: Policy> {
    /// Memory for sectors of the index, and the straddle buffer after it; or one sector for both.
    pub(super) memory: Memory<'m>,
    /// Added to what is known to be there: [`NOWHERE`] if that is the straddle buffer, which has another use as well.
    shared: u32,
    /// `log2` of the bytes in a part, if that changes.
    part_shift: u32,
    /// Which parts are there; none while it is being filled, so that a failed read leaves nothing valid.
    parts: P::Parts,
    /// The one that was filled longest ago.
    oldest: u32,
    /// Which word of the file the first cached entry is.
    start: u32,
    words: P::Entries,
}

impl<'m, P: Policy> IndexCache<'m, P> {
    /// Cached entries.
    const ENTRIES: usize = size_of::<P::Entries>() / 4;

    /// Bytes of them.
    const BYTES: u32 = size_of::<P::Entries>() as u32;

    /// Most parts that are kept.
    const PARTS: u32 = (size_of::<P::Parts>() / 4) as u32;

    /// Nothing is known.
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::NONE,
            shared: 0,
            part_shift: SECTOR_SHIFT,
            parts: P::NO_PARTS,
            oldest: 0,
            start: NOWHERE,
            words: P::NO_ENTRIES,
        }
    }

    /// Forgets everything, and uses this memory from now on: two sectors at least, or one that `is_shared`; for parts
    /// of `1 << part_shift` bytes, a sector or a unit.
    pub(crate) fn move_to(&mut self, memory: Memory<'m>, is_shared: bool, part_shift: u32) {
        if P::UNITS_SHIFT > 0 {
            self.part_shift = part_shift;
        }
        self.memory = memory;
        self.shared = if is_shared { NOWHERE } else { 0 };
        self.parts.as_mut().fill(NOWHERE);
        self.oldest = 0;
        self.start = NOWHERE;
    }

    /// Entry `i`, read from the device if it is not in memory. If that fails, one that no block has.
    #[inline(never)]
    pub(crate) fn load<D: SectorDevice>(&mut self, device: &mut D, i: u32) -> Entry {
        if self.cached(i).is_none() {
            // Should it fail, there is still no such entry.
            self.take(device, word(i)).ok();
        }
        self.cached(i).unwrap_or(Entry(0))
    }

    /// Takes a word, and those around it, out of its sector.
    fn take<D: SectorDevice>(&mut self, device: &mut D, word: u32) -> Result<(), Code> {
        let shift = self.part_shift();
        let words_shift = shift.wrapping_sub(2);
        if P::OVERLAPS {
            // The last word that is followed by as many is the last one to begin with.
            let rest = (1u32 << words_shift).wrapping_sub(Self::ENTRIES as u32);
            let over = (word & (1u32 << words_shift).wrapping_sub(1)).saturating_sub(rest);
            return self.take_from(device, word.wrapping_sub(over));
        }
        let part = word >> words_shift;
        let known = self.parts.as_ref();
        let place = match known.iter().position(|known| *known == part) {
            Some(place) => place as u32,
            None => self.fill(device, part)?,
        };
        // The last word that is followed by as many is the last one to begin with.
        let words = 1u32 << words_shift;
        let slot = (word & words.wrapping_sub(1)).min(words.wrapping_sub(Self::ENTRIES as u32));
        let start = (place << shift).wrapping_add(slot << 2);
        let words = self.memory.bytes(start, Self::BYTES);
        copy_to(self.words.as_mut().as_flattened_mut(), words);
        self.start = (part << words_shift).wrapping_add(slot);
        Ok(())
    }

    /// Takes as many words as are cached from this one on, also out of two parts.
    #[inline(never)]
    fn take_from<D: SectorDevice>(&mut self, device: &mut D, first: u32) -> Result<(), Code> {
        let shift = self.part_shift();
        self.start = NOWHERE;
        let mut taken = 0;
        while taken < Self::BYTES {
            let byte = (first << 2).wrapping_add(taken);
            let place = self.place(device, byte >> shift)?;
            let skip = byte & (1u32 << shift).wrapping_sub(1);
            let count = (1u32 << shift)
                .wrapping_sub(skip)
                .min(Self::BYTES.wrapping_sub(taken));
            let from = self
                .memory
                .bytes((place << shift).wrapping_add(skip), count);
            let to = self.words.as_mut().as_flattened_mut();
            if let Some(to) = to.get_mut(taken as usize..) {
                copy_to(to, from);
            }
            taken = taken.wrapping_add(count);
        }
        self.start = first;
        Ok(())
    }

    /// Caches entries from number `first` on, as many as there is room for, if they are in parts of the index that can be
    /// kept both; otherwise those are the next ones to be loaded.
    pub(crate) fn go_on<D: SectorDevice>(&mut self, device: &mut D, first: u32) {
        self.start = NOWHERE;
        if self.memory.len() > 1 {
            self.take_from(device, word(first)).ok();
        }
    }

    /// Where a part of the index is, which is read if it is not there.
    #[inline(always)]
    fn place<D: SectorDevice>(&mut self, device: &mut D, part: u32) -> Result<u32, Code> {
        let known = self.parts.as_ref();
        let Some(place) = known.iter().position(|known| *known == part) else {
            return self.fill(device, part);
        };
        if place as u32 == self.oldest {
            self.next_oldest();
        }
        Ok(place as u32)
    }

    /// Goes on to the part that was filled, or is not in use, for the next longest time.
    #[inline(always)]
    fn next_oldest(&mut self) {
        let shift = self.part_shift();
        self.oldest = self.oldest.wrapping_add(1);
        // Of one sector, it is the last one, too.
        let sectors = self.memory.len().wrapping_sub(u32::from(!P::OVERLAPS));
        if self.oldest >= (sectors << SECTOR_SHIFT >> shift).min(Self::PARTS) {
            self.oldest = 0;
        }
    }

    /// Reads a part of the index, and tells to which place.
    fn fill<D: SectorDevice>(&mut self, device: &mut D, part: u32) -> Result<u32, Code> {
        let shift = self.part_shift();
        let place = self.oldest;
        let known = self.parts.as_mut().get_mut(place as usize);
        let known = known.ok_or(Code::Internal)?;
        *known = NOWHERE;
        let memory = self.memory.bytes_mut(place << shift, 1 << shift);
        let first = FileSector(part << shift.wrapping_sub(P::UNIT_SHIFT));
        policy::read::<P, D>(device, first, memory)?;
        *known = part | self.shared;
        self.next_oldest();
        Ok(place)
    }

    /// `log2` of the bytes in a part.
    pub(super) fn part_shift(&self) -> u32 {
        if P::UNITS_SHIFT > 0 {
            self.part_shift
        } else {
            SECTOR_SHIFT
        }
    }

    /// Where the straddle buffer begins in the memory.
    pub(super) fn straddle(&self) -> u32 {
        self.memory.len().wrapping_sub(1) << SECTOR_SHIFT
    }

    /// Invalidates the cached entries: the next one to be loaded will be the first of them.
    pub(crate) fn invalidate(&mut self) {
        self.start = NOWHERE;
    }

    /// Entry `i`, if it is cached.
    pub(crate) fn cached(&self, i: u32) -> Option<Entry> {
        let place = word(i).wrapping_sub(self.start) as usize;
        self.words
            .as_ref()
            .get(place)
            .map(|word| Entry(u32::from_le_bytes(*word)))
    }

    /// The first sector after the data of the blocks from `block` to block `end`, or of as many of them as have cached
    /// entries and end before `limit`; but not of a plain run after others, which is better read to its place.
    #[inline(never)]
    pub(crate) fn end_before(
        &self,
        plan: &Plan<P>,
        mut block: Block,
        end: u32,
        limit: u32,
    ) -> FileSector {
        let mut last = self.cached(block.0).unwrap_or(Entry(0));
        while block.0 < end && last.offset() < limit {
            block = block.next();
            let Some(entry) = self.cached(block.0) else {
                break;
            };
            let begins = entry.is_plain() && !last.is_plain();
            last = entry;
            if begins && self.plain_run(plan, block, entry, SHORTEST_RUN).1 == SHORTEST_RUN {
                break;
            }
        }
        plan.end_at(last)
    }

    /// How many blocks from this one on, up to `most`, are plain and sectors of the file, as its own entry and cached
    /// ones have it; and the first of those sectors.
    #[inline(never)]
    pub(crate) fn plain_run(
        &self,
        plan: &Plan<P>,
        first: Block,
        own: Entry,
        most: u32,
    ) -> (FileSector, u32) {
        let align = plan.header.align();
        let mut entry = own;
        let (sector, skip) = plan.place(entry);
        let mut count = 0;
        while count < most && skip == 0 && entry.is_plain() {
            let next = entry.plus_sector(align);
            match self.cached(first.plus(count).next().0) {
                Some(found) if found.offset() == next.offset() => entry = found,
                _ => break,
            }
            count = count.wrapping_add(1);
        }
        (sector, count)
    }

    /// The first one of `count` sectors of the file that are the blocks from `first` on, if those are one plain run, and
    /// the part that has all of their entries is in memory.
    #[inline(always)]
    pub(crate) fn all_plain(&self, plan: &Plan<P>, first: u32, count: u32) -> Option<FileSector> {
        let shift = self.part_shift();
        let words_shift = shift.wrapping_sub(2);
        let word = word(first);
        let part = word >> words_shift;
        let place = self
            .parts
            .as_ref()
            .iter()
            .position(|known| *known == part)?;
        let words = self.memory.words((place as u32) << shift, 1 << words_shift);
        let slot = word & (1u32 << words_shift).wrapping_sub(1);
        let end = slot.wrapping_add(count);
        let (own, others) = words.get(slot as usize..=end as usize)?.split_first()?;
        let own = Entry(u32::from_le(*own));
        let (sector, skip) = plan.place(own);
        if !own.is_plain() || skip != 0 || !plan.is_after_index(own) {
            return None;
        }
        (own.differs(others, plan.header.align()) == 0).then_some(sector)
    }
}

/// The number of an entry's word in the file.
fn word(i: u32) -> u32 {
    i.wrapping_add(HEADER_ENTRIES)
}
