//! How long the console's readers take for blocks that a game reads one after the other: request by request, as
//! `src/lean` reads them. Where plain runs are, and which work hides which, depends on each block; of means that cannot
//! be told.

use std::ops::Range;

use zso::format::SHORTEST_RUN;
use zso_write::lz4::cost::{COPY, PLACE, READ};

use super::model::CHUNK;
use crate::backend::{Backend, CLOCK};

const SECTOR: u64 = zso::SECTOR_SIZE as u64;
/// Sectors of a cache that are not read ahead to: one of the index, and the straddle buffer; with overlap, no block
/// straddles.
const OTHERS: u32 = 2;
const OTHERS_OVERLAPPING: u32 = 1;
/// Part of the shorter one of both works that the longer one does not hide: where the buffer's memory ends, less is read
/// than the next read needs, and the rest is not there to be decoded meanwhile. What fits the times of
/// docs/bench/settings.md.
const NOT_HIDDEN: f64 = 0.03;
/// Blocks whose entries a sector of the index has.
const ENTRIES: f64 = 512.0;

/// What is stored of a sector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoredBlock {
    /// Bytes in the file.
    pub len: usize,
    /// Cycles to decode it; nothing if it is plain.
    pub decoding: Option<u64>,
}

/// Consecutive blocks, in a file whose plain runs begin at sectors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    blocks: Vec<Block>,
    /// Bytes that they take up, gaps before runs included.
    pub bytes: u64,
}

/// Where a block is, and what it takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Block {
    /// Sectors of the file from its first one to the one after its last one.
    first: u32,
    end: u32,
    /// Cycles to decode or to copy it.
    cycles: u64,
    /// Whether it is a sector of the file as it is.
    is_sector: bool,
}

impl Stretch {
    /// Of these blocks, the first of which begins at byte `start` of a sector.
    #[must_use]
    pub fn new(start: usize, stored: &[StoredBlock]) -> Self {
        let mut at = start as u64;
        let mut was_plain = true;
        let mut blocks = Vec::with_capacity(stored.len());
        for (i, block) in stored.iter().enumerate() {
            let plain = block.decoding.is_none();
            let run = stored.iter().skip(i).take(SHORTEST_RUN as usize);
            let is_run =
                run.filter(|block| block.decoding.is_none()).count() == SHORTEST_RUN as usize;
            if plain && !was_plain && is_run {
                at = at.next_multiple_of(SECTOR);
            }
            was_plain = plain;
            let end = at + block.len as u64;
            blocks.push(Block {
                first: (at / SECTOR) as u32,
                end: end.div_ceil(SECTOR) as u32,
                cycles: block.decoding.map_or(COPY, |decoding| READ + decoding),
                is_sector: plain && at.is_multiple_of(SECTOR),
            });
            at = end;
        }
        Self {
            blocks,
            bytes: at - start as u64,
        }
    }

    /// How many blocks these are.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Seconds to read it, by the faster reader.
    #[must_use]
    pub fn seconds(&self, backend: &Backend) -> f64 {
        let seconds = |overlaps| Replay::new(&self.blocks, backend, overlaps).seconds();
        let zso = seconds(false);
        match backend.spins {
            true => zso,
            false => zso.min(seconds(true)),
        }
    }
}

/// A reader at work.
struct Replay<'b> {
    blocks: &'b [Block],
    backend: &'b Backend,
    /// Whether it decodes while the device reads.
    overlaps: bool,
    /// The sector after the last one buffered.
    end: u32,
    seconds: f64,
}

impl<'b> Replay<'b> {
    fn new(blocks: &'b [Block], backend: &'b Backend, overlaps: bool) -> Self {
        Self {
            blocks,
            backend,
            overlaps,
            end: 0,
            seconds: 0.0,
        }
    }

    fn seconds(mut self) -> f64 {
        let count = self.blocks.len();
        for start in (0..count).step_by(CHUNK as usize) {
            self.request(start..(start + CHUNK as usize).min(count));
        }
        // Wherever it begins, and then at each end of one.
        let index = 1.0 + count as f64 / ENTRIES;
        self.seconds + index * self.backend.seconds(1)
    }

    /// Serves one read of the game.
    fn request(&mut self, wanted: Range<usize>) {
        let mut at = wanted.start;
        // How far it is read ahead.
        let until = match (wanted.start, self.overlaps) {
            (0, _) => wanted.end,
            (_, true) => wanted.end + CHUNK as usize,
            (_, false) => self.blocks.len(),
        };
        if self.overlaps && at > 0 && self.block(at).first < self.end {
            at = self.overlap(&wanted, until);
        }
        while at < wanted.end {
            let block = self.block(at);
            let run = self.run(at, wanted.end);
            if block.end <= self.end {
                self.work(block.cycles);
                at += 1;
            } else if run >= SHORTEST_RUN && block.first >= self.end {
                self.seconds += self.backend.seconds(run);
                self.work(u64::from(run) * PLACE);
                at += run as usize;
            } else {
                let from = block.first.max(self.end);
                let most = from + self.room();
                let end = self.end_before(at, until);
                self.end = end.clamp(from + 1, most);
                self.seconds += self.backend.seconds(self.end - from);
            }
        }
    }

    /// Decodes what is buffered while the device reads on; returns the first block that is left.
    fn overlap(&mut self, wanted: &Range<usize>, until: usize) -> usize {
        let most = self.block(wanted.start).first + self.room();
        let end = self.end_before(wanted.start, until);
        let end = end.min(most).max(self.end);
        let sectors = end - self.end;
        let device = match sectors {
            0 => 0.0,
            _ => self.backend.seconds(sectors),
        };
        let mut cycles = u64::from(sectors) * self.backend.driver_cycles;
        let mut at = wanted.start;
        while at < wanted.end && self.block(at).end <= self.end {
            cycles += self.block(at).cycles;
            at += 1;
        }
        let processor = cycles as f64 / CLOCK;
        self.seconds += device.max(processor) + NOT_HIDDEN * device.min(processor);
        self.end = end;
        at
    }

    /// Sectors that can be buffered.
    fn room(&self) -> u32 {
        self.backend.cache
            - match self.overlaps {
                true => OTHERS_OVERLAPPING,
                false => OTHERS,
            }
    }

    fn work(&mut self, cycles: u64) {
        self.seconds += cycles as f64 / CLOCK;
    }

    /// A block; one that takes nothing after the last one.
    fn block(&self, at: usize) -> Block {
        self.blocks.get(at).copied().unwrap_or(Block {
            first: u32::MAX,
            end: u32::MAX,
            cycles: 0,
            is_sector: false,
        })
    }

    /// Blocks of the plain run from one on, up to another one.
    fn run(&self, at: usize, end: usize) -> u32 {
        let blocks = self.blocks.get(at..end.min(self.blocks.len()));
        let run = blocks.unwrap_or_default().iter();
        run.take_while(|block| block.is_sector).count() as u32
    }

    /// The sector after the blocks before another one, but not of a plain run after others.
    fn end_before(&self, at: usize, end: usize) -> u32 {
        let begins = |&i: &usize| {
            let run = self.run(i, i + SHORTEST_RUN as usize);
            !self.block(i - 1).is_sector && run == SHORTEST_RUN
        };
        let end = end.min(self.blocks.len());
        // What lies beyond the buffer is not looked at.
        let end = end.min(at + 4 * self.backend.cache as usize);
        let end = (at + 1..end).find(begins).unwrap_or(end);
        self.block(end - 1).end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::BACKENDS;

    fn seconds(blocks: &[StoredBlock], backend: &Backend) -> f64 {
        Stretch::new(0, blocks).seconds(backend)
    }

    const PLAIN: StoredBlock = StoredBlock {
        len: 2048,
        decoding: None,
    };
    const HALF: StoredBlock = StoredBlock {
        len: 1024,
        decoding: Some(18_000),
    };

    #[test]
    fn a_film_that_is_plain_takes_little_more_than_an_image() {
        for backend in &BACKENDS {
            let looks = 8000.0 * PLACE as f64 / CLOCK;
            let expected = 1000.0 * backend.seconds(CHUNK) + looks;
            let off = seconds(&[PLAIN; 8000], backend) / expected - 1.0;
            assert!((0.0..0.01).contains(&off), "{}: {off}", backend.name);
        }
    }

    /// Requests of 14 or 6 sectors and the decoder, one after the other; or the slower one of both and a part of the
    /// other.
    #[test]
    fn compressed_blocks_take_what_device_and_decoder_take() {
        let decoder = 8000.0 * (READ + 18_000) as f64 / CLOCK;
        for backend in &BACKENDS {
            let device = |sectors: u32| 4000.0 / f64::from(sectors) * backend.seconds(sectors);
            let expected = match backend.spins {
                true => device(6) + decoder,
                false => {
                    let processor = decoder + 4000.0 * backend.driver_cycles as f64 / CLOCK;
                    device(4).max(processor) + NOT_HIDDEN * device(4).min(processor)
                }
            };
            let half = seconds(&[HALF; 8000], backend);
            let off = half / expected - 1.0;
            assert!((0.0..0.02).contains(&off), "{}: {off}", backend.name);
        }
    }

    #[test]
    fn runs_begin_at_sectors_and_are_not_copied() {
        let blocks = [[HALF; 9].as_slice(), &[PLAIN; 40]].concat();
        let stretch = Stretch::new(0, &blocks);
        assert_eq!(stretch.bytes, (5 + 40) * 2048);
        let hdd = &BACKENDS[8];
        let copied = 40.0 * COPY as f64 / CLOCK;
        let faster = seconds(&[HALF; 9], hdd) + copied;
        assert!(stretch.seconds(hdd) < faster);
    }
}
