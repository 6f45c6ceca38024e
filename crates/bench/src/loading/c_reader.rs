//! OPL's C reader, as a model: which device requests it makes, and how long its processor works.
//!
//! Requests follow from how it reads, described below where each step is. Its processor's time is what it decodes,
//! copies and calls, times the constants of [`Cost`], which were fitted to measurements of the real code.

use anyhow::Result;
use zso::format::{ENTRY_SIZE, HEADER_SIZE};

use super::event::{Contender, Recording, Request};
use super::layout::Layout;

const SECTOR: u64 = zso::SECTOR_SIZE as u64;
/// Entries of its window on the index.
const WINDOW: u32 = 257;

/// OPL's C reader.
pub struct CReader<'l> {
    layout: &'l Layout,
    /// Sectors of its cache; 0 for none.
    cache: u32,
    /// The first sector in the cache.
    cached: Option<u32>,
    /// The first block of the window on the index.
    indexed: Option<u32>,
    /// What it did since the last device request.
    work: Work,
}

/// What its processor does, counted.
#[derive(Clone, Copy, Default)]
struct Work {
    /// Reads of whole sectors, from the cache or from the device.
    calls: u64,
    /// Bytes that the decoder writes.
    decoded: u64,
    /// Sequences that it decodes for that.
    sequences: u64,
    /// Bytes that are copied by words, because source and destination are equally aligned.
    words: u64,
    /// Bytes that are copied one by one, because they are not.
    bytes: u64,
}

/// Cycles of a processor at work.
struct Cost {
    /// For each read of whole sectors.
    call: f64,
    /// For each byte decoded.
    decoded: f64,
    /// For each sequence decoded.
    sequence: f64,
    /// For each byte copied by words.
    word: f64,
    /// For each byte copied one by one.
    byte: f64,
}

/// The decoder's were fitted to the real one's cycles on some thousand blocks of disc images; the others, with these
/// given, to what `MEASURED` in the tests has, by least squares of relative errors.
const COST: Cost = Cost {
    call: 1013.0,
    decoded: 5.63,
    sequence: 97.7,
    word: 3.65,
    byte: 13.23,
};

/// The constants, for people.
pub fn costs() -> [[String; 2]; 5] {
    [
        ("a byte decoded", COST.decoded),
        ("a sequence decoded", COST.sequence),
        ("a byte copied by words", COST.word),
        ("a byte copied by bytes", COST.byte),
        ("a read of whole sectors, cached or not", COST.call),
    ]
    .map(|(what, cycles)| [what.to_owned(), cycles.to_string()])
}

impl Work {
    fn cycles(self) -> u64 {
        let parts = [
            (self.calls, COST.call),
            (self.decoded, COST.decoded),
            (self.sequences, COST.sequence),
            (self.words, COST.word),
            (self.bytes, COST.byte),
        ];
        let cycles = parts.iter().map(|&(count, cost)| count as f64 * cost);
        cycles.sum::<f64>().round() as u64
    }

    /// A copy by its plain `memcpy`, between places that are `apart` bytes apart.
    fn copy(&mut self, len: u64, apart: u64) {
        if apart.is_multiple_of(4) {
            self.words += len;
        } else {
            self.bytes += len;
        }
    }
}

impl<'l> CReader<'l> {
    /// With a cache of so many sectors.
    pub fn new(layout: &'l Layout, cache: u32) -> Self {
        Self {
            layout,
            cache,
            cached: None,
            indexed: None,
            work: Work::default(),
        }
    }

    /// Makes sure that the index window has the entries of some blocks and of the one after them.
    ///
    /// If not, all of it is read anew, from the first of these blocks on, and past the cache.
    fn index(&mut self, lsn: u32, count: u32, recording: &mut Recording) {
        let there = |start: u32| lsn >= start && lsn + count < start + WINDOW - 1;
        if self.indexed.is_some_and(there) {
            return;
        }
        let place = HEADER_SIZE as u64 + u64::from(lsn) * ENTRY_SIZE as u64;
        let len = u64::from(WINDOW) * ENTRY_SIZE as u64;
        self.bytes(place, len, 0, false, recording);
        self.indexed = Some(lsn);
    }

    /// Reads any bytes of the file, in three steps at most: what is in a first partial sector, whole sectors, what is
    /// in a last one. The partial ones go through a buffer of one sector.
    ///
    /// `apart` is how far source and destination are apart, as far as alignment is concerned.
    fn bytes(&mut self, place: u64, len: u64, apart: u64, cached: bool, recording: &mut Recording) {
        let mut sector = (place / SECTOR) as u32;
        let mut left = len;
        let skip = place % SECTOR;
        if skip != 0 {
            let part = left.min(SECTOR - skip);
            self.sectors(sector, 1, 0, cached, recording);
            self.work.copy(part, apart);
            left -= part;
            sector += 1;
        }
        let whole = (left.div_ceil(SECTOR) as u32).saturating_sub(1);
        if whole > 0 {
            self.sectors(sector, whole, apart, cached, recording);
            left -= u64::from(whole) * SECTOR;
            sector += whole;
        }
        if left > 0 {
            self.sectors(sector, 1, 0, cached, recording);
            self.work.copy(left, apart);
        }
    }

    /// Reads whole sectors: fewer than the cache has go through it. It is one run, and always filled whole.
    fn sectors(
        &mut self,
        first: u32,
        count: u32,
        apart: u64,
        cached: bool,
        recording: &mut Recording,
    ) {
        self.work.calls += 1;
        if !cached || count >= self.cache {
            return self.request(first, count, recording);
        }
        let there = |start: u32| first >= start && first + count - start <= self.cache;
        if !self.cached.is_some_and(there) {
            self.request(first, self.cache, recording);
            self.cached = Some(first);
        }
        self.work.copy(u64::from(count) * SECTOR, apart);
    }

    /// Reads from the device. What is past the file's end fails there, and does not count.
    fn request(&mut self, first: u32, count: u32, recording: &mut Recording) {
        self.spend(recording);
        let sectors = count.min(self.layout.file_sectors - first);
        recording.read(Request::of_sectors(first, sectors));
    }

    fn spend(&mut self, recording: &mut Recording) {
        recording.compute(core::mem::take(&mut self.work).cycles());
    }

    /// Delivers a block, `apart` from a word's boundary: it is copied to a buffer and decoded from there, or moved to
    /// its place if it is plain.
    fn block(&mut self, block: u32, apart: u64) {
        let len = self.layout.size(block, 1).min(SECTOR);
        self.work.copy(len, apart);
        if let Some(sequences) = self.layout.sequences(block) {
            self.work.decoded += SECTOR;
            self.work.sequences += u64::from(sequences);
        }
    }
}

impl Contender for CReader<'_> {
    /// All compressed bytes of a read go to the end of the game's buffer, and block after block moves to the front.
    fn read(&mut self, lsn: u32, count: u32, recording: &mut Recording) -> Result<()> {
        let count = count.min(self.layout.blocks().saturating_sub(lsn));
        if count == 0 {
            return Ok(());
        }
        self.index(lsn, count, recording);
        let end = self.layout.start(lsn + count);
        self.bytes(
            self.layout.start(lsn),
            self.layout.size(lsn, count),
            // The game's buffer is aligned; so is the file's byte 0.
            end,
            true,
            recording,
        );
        for block in lsn..lsn + count {
            self.block(block, end - self.layout.start(block));
        }
        self.spend(recording);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::Rng;
    use testkit::data;
    use testkit::image::Builder;
    use testkit::patterns::Pattern;
    use zso::format::Entry;

    const SECTORS: u32 = 3072;

    /// What was measured of the real code, compiled for this processor, on a mixed image of 6 MB without align.
    struct Measured {
        pattern: &'static str,
        cache: u32,
        /// Device requests for each read.
        requests: f64,
        /// Device sectors for each sector delivered.
        sectors: f64,
        /// Cycles for each byte delivered.
        cycles: f64,
    }

    const fn measured(
        pattern: &'static str,
        cache: u32,
        requests: f64,
        sectors: f64,
        cycles: f64,
    ) -> Measured {
        Measured {
            pattern,
            cache,
            requests,
            sectors,
            cycles,
        }
    }

    const MEASURED: [Measured; 10] = [
        measured("sequential 8", 16, 0.36, 0.62, 23.7),
        measured("7+1 overlap", 16, 0.36, 0.64, 23.7),
        measured("sequential 16", 16, 0.81, 0.72, 23.1),
        measured("random 1", 16, 2.39, 17.2, 31.0),
        measured("random 2", 16, 2.37, 8.6, 27.2),
        measured("sequential 8", 0, 2.9, 0.70, 18.1),
        measured("7+1 overlap", 0, 2.9, 0.70, 18.0),
        measured("sequential 16", 0, 3.0, 0.63, 17.5),
        measured("random 1", 0, 2.97, 2.97, 25.4),
        measured("random 2", 0, 3.5, 1.75, 22.3),
    ];

    /// An image that compresses as the measured one's requests say that it did: without a cache, 8 sectors took 5.6 of
    /// the file, which is 8 times the ratio, one for two partial ones, and the index.
    fn layout() -> Layout {
        let disc = data::game_like(10, SECTORS as usize * zso::SECTOR_SIZE);
        let zso = Builder::default().build(&disc);
        let entries: Vec<_> = (0..=zso.blocks.len())
            .map(|i| Entry(zso.entry(i)))
            .collect();
        let stored = |block: u32| Ok(zso.bytes[zso.blocks[block as usize].bytes.clone()].to_vec());
        Layout::new(&entries, 0, zso.bytes.len() as u64, stored).unwrap()
    }

    fn reads(pattern: &str) -> Vec<(u32, u32)> {
        let random = |count: u32| {
            let mut rng = Rng::new(3);
            let places = 0..(SECTORS - count) as usize;
            (0..1000)
                .map(|_| (rng.within(places.clone()) as u32, count))
                .collect()
        };
        match pattern {
            "sequential 8" => Pattern::Sequential.requests(SECTORS).collect(),
            "7+1 overlap" => Pattern::Overlapping.requests(SECTORS).collect(),
            "sequential 16" => Pattern::Stream.requests(SECTORS).collect(),
            "random 1" => random(1),
            "random 2" => random(2),
            other => panic!("{other}"),
        }
    }

    fn record(reader: &mut CReader<'_>, reads: &[(u32, u32)]) -> Recording {
        let mut recording = Recording::default();
        for &(lsn, count) in reads {
            reader.read(lsn, count, &mut recording).unwrap();
        }
        recording
    }

    #[test]
    fn the_model_does_what_was_measured() {
        let layout = layout();
        for row in MEASURED {
            let reads = reads(row.pattern);
            let recording = record(&mut CReader::new(&layout, row.cache), &reads);
            let delivered = reads
                .iter()
                .map(|&(_, count)| f64::from(count))
                .sum::<f64>();
            let near = |what: &str, modelled: f64, measured: f64, tolerance: f64| {
                assert!(
                    (modelled / measured - 1.0).abs() <= tolerance,
                    "{}, cache {}: {modelled:.3} {what} instead of {measured}",
                    row.pattern,
                    row.cache
                );
            };
            let requests = recording.requests().count() as f64 / reads.len() as f64;
            near("requests a read", requests, row.requests, 0.03);
            let sectors = recording.sectors() / delivered;
            near("sectors a sector", sectors, row.sectors, 0.03);
            let cycles = recording.cycles() as f64 / delivered / SECTOR as f64;
            near("cycles a byte", cycles, row.cycles, 0.02);
        }
    }

    /// Blocks of 1000 bytes, the first one at byte 5000.
    fn even(blocks: usize) -> Layout {
        Layout::of_sizes(vec![1000; blocks])
    }

    fn requests(recording: &Recording) -> Vec<(u32, u32)> {
        let sectors = |bytes: u64| (bytes / SECTOR) as u32;
        let pair = |request: Request| (sectors(request.start), sectors(request.bytes));
        recording.requests().map(pair).collect()
    }

    #[test]
    fn one_read_makes_three_requests_for_the_index_and_three_for_the_data() {
        let layout = even(600);
        // The index window begins at byte 24 + 4 * 300, and ends in the next sector; so does the data.
        let recording = record(&mut CReader::new(&layout, 0), &[(300, 4)]);
        assert_eq!(
            requests(&recording),
            [(0, 1), (1, 1), (148, 1), (149, 1), (150, 1)]
        );
    }

    #[test]
    fn the_cache_is_filled_whole_and_serves_what_is_in_it() {
        let layout = even(600);
        let recording = record(&mut CReader::new(&layout, 16), &[(0, 4), (4, 4), (8, 4)]);
        // Byte 24 is not a sector's first, but 1028 bytes end in that sector.
        assert_eq!(requests(&recording), [(0, 1), (2, 16)]);
        let recording = record(&mut CReader::new(&layout, 3), &[(0, 8)]);
        // The first partial sector fills the cache, three whole ones are as many as it has, the last one fills it
        // again.
        assert_eq!(requests(&recording), [(0, 1), (2, 3), (3, 3), (6, 3)]);
    }

    #[test]
    fn nothing_is_read_past_the_media() {
        let layout = even(10);
        let mut reader = CReader::new(&layout, 16);
        assert_eq!(requests(&record(&mut reader, &[(10, 1), (400, 3)])), []);
        // 15,000 bytes are 8 sectors: the cache gets those that there are.
        assert_eq!(requests(&record(&mut reader, &[(9, 4)])), [(0, 1), (6, 2)]);
    }
}
