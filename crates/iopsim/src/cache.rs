//! The instruction cache, which holds decoded instructions.
//!
//! 4 KiB, direct mapped, 256 lines of 16 bytes; a miss fetches from the missed word to the line's
//! end. Unlike the hardware's it never serves old code: a store drops the word it changes, as if
//! every program called FlushIcache. So it doubles as the simulator's cache of decoded words.

use crate::isa::Instr;
use crate::memory::{Memory, physical};

const WORDS: usize = 1024;
const LINE_BYTES: u32 = 16;
/// No instruction has an odd address.
const EMPTY: u32 = 1;

/// One cached word.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    /// Address as the program used it, or `EMPTY`.
    tag: u32,
    /// Source registers, one bit each.
    pub(crate) sources: u32,
    /// `None` if the word is not an instruction.
    pub(crate) instr: Option<Instr>,
}

impl Slot {
    fn decode(tag: u32, word: u32) -> Slot {
        let instr = Instr::decode(word);
        let sources = instr.map_or(0, |instr| instr.source_mask());
        Slot {
            tag,
            sources,
            instr,
        }
    }
}

pub(crate) struct ICache {
    slots: Box<[Slot; WORDS]>,
}

/// Where the word at an address goes; always below `WORDS`.
#[inline(always)]
fn index(addr: u32) -> usize {
    (addr >> 2) as usize % WORDS
}

impl ICache {
    pub(crate) fn new() -> ICache {
        ICache {
            slots: Box::new(
                [Slot {
                    tag: EMPTY,
                    sources: 0,
                    instr: None,
                }; WORDS],
            ),
        }
    }

    /// The word at `pc` if it is cached.
    #[inline(always)]
    pub(crate) fn hit(&self, pc: u32) -> Option<Slot> {
        let slot = self.slots[index(pc)];
        (slot.tag == pc).then_some(slot)
    }

    /// Fetches the missed word at `pc` and the rest of its line, and says how many words that were;
    /// `None` outside RAM. In kseg1, which is not cached, it is one word and stays out of the cache.
    pub(crate) fn fill(&mut self, pc: u32, memory: &Memory) -> Option<(Slot, u32)> {
        let start = physical(pc)?;
        let missed = Slot::decode(pc, memory.fetch(start)?);
        if pc >> 29 == 5 {
            return Some((missed, 1));
        }
        let line = pc & !(LINE_BYTES - 1);
        for addr in (line..pc).step_by(4) {
            let slot = &mut self.slots[index(addr)];
            if slot.tag != addr {
                slot.tag = EMPTY;
            }
        }
        let words = (line + LINE_BYTES - pc) / 4;
        for n in 0..words {
            // invariant: RAM and ROM end at a line's end, so the rest of the line is there, too.
            let word = memory.fetch(start + 4 * n)?;
            self.slots[index(pc + 4 * n)] = Slot::decode(pc + 4 * n, word);
        }
        Some((missed, words))
    }

    /// Drops the word at a RAM address that is being written.
    #[inline(always)]
    pub(crate) fn written(&mut self, addr: u32) {
        let slot = &mut self.slots[index(addr)];
        if (slot.tag ^ addr) & 0x1FFF_FFFC == 0 {
            slot.tag = EMPTY;
        }
    }

    /// Drops the words of a RAM range that the host wrote.
    pub(crate) fn written_range(&mut self, addr: u32, len: usize) {
        if len >= WORDS * 4 {
            return self.flush();
        }
        let last = addr.wrapping_add(len as u32).wrapping_add(3);
        (addr & !3..last & !3)
            .step_by(4)
            .for_each(|addr| self.written(addr));
    }

    /// Drops everything.
    pub(crate) fn flush(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.tag = EMPTY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_fetches_to_the_lines_end() {
        let memory = Memory::new();
        let mut cache = ICache::new();
        assert_eq!(cache.fill(0x1008, &memory).unwrap().1, 2);
        assert!(cache.hit(0x1000).is_none() && cache.hit(0x1004).is_none());
        assert!(cache.hit(0x1008).is_some() && cache.hit(0x100C).is_some());
        assert_eq!(cache.fill(0x1004, &memory).unwrap().1, 3);
        assert!(cache.hit(0x1000).is_none() && cache.hit(0x1004).is_some());
    }

    #[test]
    fn lines_4_kib_apart_share_a_place() {
        let memory = Memory::new();
        let mut cache = ICache::new();
        cache.fill(0x1000, &memory).unwrap();
        cache.fill(0x2008, &memory).unwrap();
        assert!(
            (0x1000..0x1010)
                .step_by(4)
                .all(|addr| cache.hit(addr).is_none())
        );
        cache.fill(0x1010, &memory).unwrap();
        assert!(cache.hit(0x2008).is_some());
    }

    #[test]
    fn kseg1_is_not_cached() {
        let memory = Memory::new();
        let mut cache = ICache::new();
        assert_eq!(cache.fill(0xA000_1000, &memory).unwrap().1, 1);
        assert!(cache.hit(0xA000_1000).is_none());
        assert!(cache.fill(0x0020_0000, &memory).is_none());
    }

    #[test]
    fn a_write_drops_the_word_through_any_mirror() {
        let memory = Memory::new();
        let mut cache = ICache::new();
        cache.fill(0x1000, &memory).unwrap();
        cache.written(0xA000_1005);
        assert!(cache.hit(0x1000).is_some() && cache.hit(0x1004).is_none());
        cache.written_range(0x1007, 2);
        assert!(cache.hit(0x1000).is_some() && cache.hit(0x1008).is_none());
        assert!(cache.hit(0x100C).is_some());
    }
}
