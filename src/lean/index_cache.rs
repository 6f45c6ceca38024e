//! The index cache, for blocks that are sectors: entries one by one, and the sectors of the file that they were taken
//! from.

use super::memory::Memory;
use super::plan::Plan;
use super::policy::{self, Policy};
use crate::code::Code;
use crate::device::SectorDevice;
use crate::format::{Entry, HEADER_ENTRIES, SHORTEST_RUN};
use crate::sector::{Block, FileSector, SECTOR_SHIFT, SECTOR_SIZE, copy_to};

/// Words of the file in a sector.
const SECTOR_WORDS: u32 = (SECTOR_SIZE / 4) as u32;

/// Most sectors of the index that are kept: those of 16 MiB of the disc.
const MOST_SECTORS: u32 = 16;

/// Before no word of any file.
const NOWHERE: u32 = 1 << 31;

/// Parts of the index.
pub(crate) struct IndexCache<'m, P: Policy> {
    /// Memory for sectors of the index, and the straddle buffer after it; or one sector for both.
    pub(super) memory: Memory<'m>,
    /// Added to what is known to be there: [`NOWHERE`] if that is the straddle buffer, which has another use as well.
    shared: u32,
    /// Which sectors are there; none while it is being filled, so that a failed read leaves nothing valid.
    sectors: [u32; MOST_SECTORS as usize],
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

    /// The last word of a sector that is followed by as many.
    const LAST_SLOT: u32 = SECTOR_WORDS - Self::ENTRIES as u32;

    /// Nothing is known.
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::NONE,
            shared: 0,
            sectors: [NOWHERE; MOST_SECTORS as usize],
            oldest: 0,
            start: NOWHERE,
            words: P::NO_ENTRIES,
        }
    }

    /// Forgets everything, and uses this memory from now on: two sectors at least, or one that `is_shared`.
    pub(crate) fn move_to(&mut self, memory: Memory<'m>, is_shared: bool) {
        self.memory = memory;
        self.shared = if is_shared { NOWHERE } else { 0 };
        self.sectors.fill(NOWHERE);
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
        let sector = word / SECTOR_WORDS;
        let found = self.sectors.iter().position(|known| *known == sector);
        let place = match found {
            Some(place) => place as u32,
            None => self.fill(device, sector)?,
        };
        let slot = (word % SECTOR_WORDS).min(Self::LAST_SLOT);
        let start = (place << SECTOR_SHIFT).wrapping_add(slot << 2);
        let words = self.memory.bytes(start, Self::BYTES);
        copy_to(self.words.as_mut().as_flattened_mut(), words);
        self.start = sector.wrapping_mul(SECTOR_WORDS).wrapping_add(slot);
        Ok(())
    }

    /// Reads a sector of the index, and tells to which place.
    fn fill<D: SectorDevice>(&mut self, device: &mut D, sector: u32) -> Result<u32, Code> {
        let place = self.oldest % MOST_SECTORS;
        let known = self.sectors.get_mut(place as usize).ok_or(Code::Internal)?;
        *known = NOWHERE;
        let memory = self
            .memory
            .bytes_mut(place << SECTOR_SHIFT, SECTOR_SIZE as u32);
        policy::read::<P, D>(device, FileSector(sector), memory)?;
        *known = sector | self.shared;
        self.oldest = place.wrapping_add(1);
        // Of one sector, it is the last one, too.
        if self.oldest >= self.memory.len().wrapping_sub(1) {
            self.oldest = 0;
        }
        Ok(place)
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
    /// entries; but not of a plain run after others, which is better read to its place.
    #[inline(never)]
    pub(crate) fn end_before(&self, plan: &Plan, mut block: Block, end: u32) -> FileSector {
        let mut last = self.cached(block.0).unwrap_or(Entry(0));
        while block.0 < end {
            block = block.next();
            let Some(entry) = self.cached(block.0) else {
                break;
            };
            let begins = entry.is_plain() && !last.is_plain();
            last = entry;
            if begins && self.plain_run(plan, block, SHORTEST_RUN).1 == SHORTEST_RUN {
                break;
            }
        }
        plan.end_at(last)
    }

    /// How many blocks from this one on, up to `most`, are plain and sectors of the file, as cached entries have it;
    /// and the first of those sectors.
    #[inline(never)]
    pub(crate) fn plain_run(&self, plan: &Plan, first: Block, most: u32) -> (FileSector, u32) {
        let align = plan.header.align();
        let mut entry = self.cached(first.0).unwrap_or(Entry(0));
        let (sector, skip) = entry.place(align);
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
}

/// The number of an entry's word in the file.
fn word(i: u32) -> u32 {
    i.wrapping_add(HEADER_ENTRIES)
}
