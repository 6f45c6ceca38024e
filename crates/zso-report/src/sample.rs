//! What a disc would become, by compressing some of its blocks.
//!
//! The disc is divided into as many parts as there will be runs of blocks, and of each part one run is taken, somewhere
//! in it: no regularity of the disc's can deceive that, and few places have to be visited.

use std::iter;
use std::ops::{ControlFlow, Range};

use discs::DiscReader;
use zso::SECTOR_SIZE;
use zso_write::lz4::cost::{CONSOLE, COPY, READ};
use zso_write::{Encoder, Options, Packer};

use crate::map::Map;

const SECTOR: u64 = SECTOR_SIZE as u64;
/// Blocks that are taken in a row.
const RUN: u64 = 8;
/// One of so many runs is taken of large discs.
const SPARSE: u64 = 64;
/// Runs that are taken at least, if the disc has as many: 8192 blocks.
const FEWEST: u64 = 1024;
/// Runs that are taken at most: 128 MiB.
const MOST: u64 = 8192;

/// Is called now and then with the bytes that are done, and with those that there are to do; `Break` ends the run.
pub type Watch<'w> = &'w mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// Why no sample was taken.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The disc cannot be read.
    #[error(transparent)]
    Disc(#[from] discs::Error),
    /// The caller ended the run.
    #[error("interrupted")]
    Interrupted,
}

/// Blocks of a disc, compressed to see what becomes of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sample {
    disc_bytes: u64,
    /// In the order of the disc.
    blocks: Vec<Block>,
}

/// A block of one sector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Block {
    lsn: u32,
    /// Bytes of the disc in it; the last one may be partial.
    bytes: u32,
    /// What is stored of it.
    stored: u32,
    /// What the console works to read it.
    cycles: u64,
}

/// What a sample says of a part of the disc.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Part {
    /// Blocks that were compressed.
    pub blocks: u64,
    /// What is left of a byte.
    pub ratio: f64,
    /// How far off that may be, in 19 of 20 cases.
    pub error: f64,
    /// Cycles that the console works for a byte.
    pub cycles: f64,
}

impl Sample {
    /// Takes a sample of a disc, at the level that `ziso` compresses with. The same disc gives the same sample.
    pub fn take(reader: &mut DiscReader<'_>, watch: Watch<'_>) -> Result<Self, SampleError> {
        let disc_bytes = reader.bytes();
        let runs = reader.bytes().div_ceil(SECTOR).div_ceil(RUN);
        let taken = (runs / SPARSE).clamp(FEWEST, MOST).min(runs);
        let mut encoder = Sampler::new();
        let mut run = vec![0; (RUN * SECTOR) as usize];
        let mut blocks = Vec::new();
        for number in 0..taken {
            let first = place(number, taken, runs) * RUN;
            let read = reader.read_at(first * SECTOR, &mut run)?;
            let read = run.get(..read).unwrap_or_default();
            for (lsn, block) in (first..).zip(read.chunks(SECTOR_SIZE)) {
                blocks.push(encoder.block(lsn as u32, block));
            }
            if watch((number + 1) * RUN * SECTOR, taken * RUN * SECTOR).is_break() {
                return Err(SampleError::Interrupted);
            }
        }
        Ok(Self { disc_bytes, blocks })
    }

    /// Blocks that were compressed.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// What it says of all of the disc.
    pub fn whole(&self) -> Part {
        self.part(iter::once(0..u32::MAX))
    }

    /// What it says of some ranges of sectors, which are in the order of the disc.
    pub fn part(&self, ranges: impl IntoIterator<Item = Range<u32>>) -> Part {
        let mut sums = Sums::default();
        for range in ranges {
            let start = self.blocks.partition_point(|block| block.lsn < range.start);
            let blocks = self.blocks.iter().skip(start);
            for block in blocks.take_while(|block| block.lsn < range.end) {
                sums.add(block);
            }
        }
        let taken = self.blocks.len() as f64 * SECTOR as f64 / self.disc_bytes.max(1) as f64;
        sums.part(taken)
    }

    /// Where the disc becomes smaller.
    pub fn map(&self) -> Map {
        let mut map = Map::new(self.disc_bytes);
        for block in &self.blocks {
            let at = u64::from(block.lsn) * SECTOR;
            map.add(at, block.bytes.into(), block.stored.into());
        }
        map
    }
}

/// The run that is taken of part `number`; there are `taken` parts of `runs` runs.
fn place(number: u64, taken: u64, runs: u64) -> u64 {
    let start = |number: u64| number * runs / taken.max(1);
    let len = start(number + 1) - start(number);
    // Numbers that look like chance, always the same: Steele's and Vigna's mixer.
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    start(number) + (mixed ^ (mixed >> 31)) % len.max(1)
}

/// The encoder that images are compressed with by default.
struct Sampler(Encoder);

impl Sampler {
    fn new() -> Self {
        Self(Encoder::new(&Packer::new(&Options::default(), 0)))
    }

    fn block(&mut self, lsn: u32, block: &[u8]) -> Block {
        // A block that did not shrink is stored plain.
        let compressed = self.0.encode(block);
        let compressed = (compressed.len() < block.len()).then_some(compressed);
        let bytes = block.len() as u32;
        Block {
            lsn,
            bytes,
            stored: compressed.map_or(bytes, |compressed| compressed.len() as u32),
            cycles: compressed.map_or(COPY, |compressed| READ + CONSOLE.cycles(compressed)),
        }
    }
}

/// Sums over blocks, and over their runs: blocks of a run are like each other, and count as one observation.
#[derive(Default)]
struct Sums {
    blocks: u64,
    bytes: f64,
    stored: f64,
    cycles: f64,
    /// The run under way, its bytes, and what is stored of it.
    run: (u64, f64, f64),
    runs: f64,
    /// Of all runs: squares of bytes, of what is stored, and products of both.
    squares: [f64; 3],
}

impl Sums {
    fn add(&mut self, block: &Block) {
        let run = u64::from(block.lsn) / RUN;
        if run != self.run.0 {
            self.close();
            self.run.0 = run;
        }
        let (bytes, stored) = (f64::from(block.bytes), f64::from(block.stored));
        self.run.1 += bytes;
        self.run.2 += stored;
        self.blocks += 1;
        self.bytes += bytes;
        self.stored += stored;
        self.cycles += block.cycles as f64;
    }

    fn close(&mut self) {
        let (_, bytes, stored) = self.run;
        if bytes > 0.0 {
            self.runs += 1.0;
            let [bytes_squared, stored_squared, products] = &mut self.squares;
            *bytes_squared += bytes * bytes;
            *stored_squared += stored * stored;
            *products += bytes * stored;
        }
        self.run = (0, 0.0, 0.0);
    }

    /// `taken` is the part of the disc that was compressed: what is known has no error.
    fn part(mut self, taken: f64) -> Part {
        self.close();
        if self.blocks == 0 {
            return Part::default();
        }
        let ratio = self.stored / self.bytes;
        // The ratio estimator's variance: how far runs are from what the ratio makes of their bytes.
        let [bytes, stored, products] = self.squares;
        let residual = (stored - 2.0 * ratio * products + ratio * ratio * bytes).max(0.0);
        let freedom = (self.runs - 1.0).max(1.0);
        let mean = self.bytes / self.runs;
        let unknown = (1.0 - taken).max(0.0);
        let variance = unknown * residual / freedom / self.runs / (mean * mean);
        Part {
            blocks: self.blocks,
            ratio,
            error: 1.96 * variance.sqrt(),
            cycles: self.cycles / self.bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(image: &[u8], watch: Watch<'_>) -> Result<Sample, SampleError> {
        let disc = discs::Disc::new(image.to_vec())?;
        let mut memory = disc.memory();
        Sample::take(&mut disc.reader(&mut memory)?, watch)
    }

    fn sample_of(image: &[u8]) -> Sample {
        sample(image, &mut |_, _| ControlFlow::Continue(())).unwrap()
    }

    /// What all blocks become.
    fn truth(image: &[u8]) -> f64 {
        let mut encoder = Sampler::new();
        let stored = image
            .chunks(2048)
            .map(|block| encoder.block(0, block).stored);
        stored.map(f64::from).sum::<f64>() / image.len() as f64
    }

    #[test]
    fn small_discs_are_compressed_whole() {
        let image = testkit::data::game_like(5, 700_000);
        let sample = sample_of(&image);
        assert_eq!(sample.blocks(), image.len().div_ceil(2048));
        let whole = sample.whole();
        assert_eq!(whole.error, 0.0);
        assert!((whole.ratio - truth(&image)).abs() < 1e-9);
        assert_eq!(sample_of(&[]).whole(), Part::default());
    }

    #[test]
    fn large_discs_by_a_sample() {
        // 24 MiB, of which a third is like a game, twice the same 4 MiB, a third noise, a third empty.
        let mut image = testkit::data::game_like(5, 4 << 20).repeat(2);
        image.extend(testkit::data::noise(2, 8 << 20));
        image.resize(24 << 20, 0);
        let sample = sample_of(&image);
        assert_eq!(sample.blocks(), 8192);
        let whole = sample.whole();
        let truth = truth(&image);
        assert!(
            (whole.ratio - truth).abs() < whole.error,
            "{whole:?} {truth}"
        );
        assert!(whole.error < 0.05, "{whole:?}");
        let noise = sample.part(iter::once(4096..8192));
        assert!((noise.ratio, noise.error) == (1.0, 0.0), "{noise:?}");
        assert!((noise.cycles - 3.58).abs() < 0.01, "{noise:?}");
        let both = sample.part([4096..8192, 8192..12_288]);
        assert!(
            (both.ratio - 0.5).abs() < 0.05 && both.blocks > 4000,
            "{both:?}"
        );
        assert_eq!(sample.map().columns().len(), 1024);
    }

    /// Of 200 discs, the error that is stated covers about 190.
    #[test]
    fn stated_errors_are_honest() {
        let covered = (0..200).filter(|&seed| {
            let mut rng = testkit::Rng::new(seed);
            // Blocks of a run are like each other, and as much as the one before.
            let mut like = 1000;
            let disc: Vec<Block> = (0..16_000)
                .map(|lsn| {
                    if lsn % 8 == 0 {
                        like = (like + rng.within(0..2048)) / 2;
                    }
                    Block {
                        lsn,
                        bytes: 2048,
                        stored: (like / 2 + rng.within(0..1024)) as u32,
                        cycles: 0,
                    }
                })
                .collect();
            let runs = disc.chunks(8);
            let taken = runs.filter(|_| rng.within(0..5) == 0).flatten().copied();
            let part = Sample {
                disc_bytes: 16_000 * 2048,
                blocks: taken.collect(),
            }
            .whole();
            let truth = disc
                .iter()
                .map(|block| f64::from(block.stored))
                .sum::<f64>();
            (part.ratio - truth / (16_000.0 * 2048.0)).abs() <= part.error
        });
        let covered = covered.count();
        assert!((184..=196).contains(&covered), "{covered}");
    }

    #[test]
    fn places_cover_the_disc() {
        for (taken, runs) in [(1, 1), (1024, 1024), (1024, 1100), (8192, 500_000), (3, 10)] {
            let places: Vec<_> = (0..taken)
                .map(|number| place(number, taken, runs))
                .collect();
            for (number, &place) in (0..).zip(&places) {
                assert!((number * runs / taken..(number + 1) * runs / taken).contains(&place));
            }
        }
    }

    #[test]
    fn sampling_can_be_ended() {
        let sample = sample(&vec![1; 100_000], &mut |_, _| ControlFlow::Break(()));
        assert!(matches!(sample, Err(SampleError::Interrupted)));
    }
}
