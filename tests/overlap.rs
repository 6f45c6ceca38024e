//! Decoding while the device reads, with devices that do both at once: what `zso_opl_overlap.o` does on the console.

use std::thread;

use proptest::prelude::*;
use testkit::data;
use testkit::device::{DeviceError, Log, RamDevice};
use testkit::image::{Builder, Gaps, Plain, Zso};
use zso::device::Work;
use zso::lean::{Image, Overlapped};
use zso::{Block, BlockFault, Error, SECTOR_SIZE, Sector, SectorDevice};

/// A file in memory, and a thread to work while it is read. What is read appears at the end, when the work is done.
struct Threaded<'f> {
    file: RamDevice<'f>,
    /// How often there was work, and at which of these the device fails, counted from 0.
    overlapped: u32,
    fails_at: Option<u32>,
}

impl<'f> Threaded<'f> {
    fn new(file: &'f [u8], log: &Log) -> Self {
        Self {
            file: RamDevice::logging(file, log),
            overlapped: 0,
            fails_at: None,
        }
    }
}

impl SectorDevice for Threaded<'_> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        self.file.read_sectors(first, buf)
    }

    fn overlaps(&self) -> bool {
        true
    }

    fn read_sectors_while(
        &mut self,
        first: u32,
        buf: &mut [u8],
        work: &mut dyn Work,
    ) -> Result<(), DeviceError> {
        let number = self.overlapped;
        self.overlapped += 1;
        // Both at the same time, as a sanitizer can tell if they touch the same bytes; junk, should the work look at
        // it.
        thread::scope(|scope| {
            let worker = scope.spawn(|| work.run());
            buf.fill(0xA5);
            worker.join().expect("the work ends");
        });
        if self.fails_at == Some(number) {
            return Err(DeviceError::IO);
        }
        self.file.read_sectors(first, buf)
    }
}

fn zso(disc: &[u8], builder: &Builder) -> Zso {
    builder.build(disc)
}

fn game() -> Vec<u8> {
    data::game_like(3, 600 * SECTOR_SIZE)
}

/// Reads `reads` one after the other, and compares.
fn assert_reads<D: SectorDevice>(
    image: &mut Image<'_, D, Overlapped>,
    disc: &[u8],
    reads: impl IntoIterator<Item = (u32, u32)>,
) {
    for (lsn, count) in reads {
        let mut out = vec![0x5A; count as usize * SECTOR_SIZE];
        let read = image.read_sectors(lsn, &mut out).expect("the device works");
        let expected = &disc[lsn as usize * SECTOR_SIZE..][..read as usize * SECTOR_SIZE];
        assert!(out.starts_with(expected), "{count} sectors from {lsn}");
        assert_eq!(read, count.min(600 - lsn.min(600)));
    }
}

fn in_runs(chunk: u32) -> impl Iterator<Item = (u32, u32)> {
    (0..600)
        .step_by(chunk as usize)
        .map(move |lsn| (lsn, chunk))
}

#[test]
fn runs_are_read_while_they_are_decoded() {
    let disc = game();
    let zso = zso(&disc, &Builder::default());
    let log = Log::default();
    let mut memory = vec![Sector::ZERO; 17];
    let mut device = Threaded::new(&zso.bytes, &log);
    let mut image = Image::<_, Overlapped>::mount(&mut device, &mut memory).expect("valid");
    assert_reads(&mut image, &disc, in_runs(8));
    // The first request of the run cannot know that it is one, and the last has nothing after it.
    assert!(device.overlapped >= 600 / 8 - 10, "{}", device.overlapped);
    // Each sector of the file is read once, but for what a block's end and the next one's beginning share.
    let read = log.sectors();
    let file = zso.bytes.len().div_ceil(SECTOR_SIZE) as u64;
    assert!(read <= file + file / 8, "{read} sectors of {file}");
}

/// What is read ahead goes where earlier sectors of the same run were.
#[test]
fn what_was_read_over_is_not_buffered() {
    let disc = game();
    let zso = zso(&disc, &Builder::default());
    for back in 0..24 {
        for memory in [9, 17, 29] {
            let mut memory = vec![Sector::ZERO; memory];
            let device = Threaded::new(&zso.bytes, &Log::default());
            let mut image = Image::<_, Overlapped>::mount(device, &mut memory).expect("valid");
            assert_reads(&mut image, &disc, in_runs(9).skip(30).take(5));
            assert_reads(
                &mut image,
                &disc,
                [(35 * 9 - back, 1), (35 * 9 - back + 1, 4)],
            );
        }
    }
}

#[test]
fn what_cannot_be_read_ahead_is_no_failure() {
    let disc = game();
    let zso = zso(&disc, &Builder::default());
    let mut failures = 0;
    for fails_at in 0..40 {
        let mut memory = vec![Sector::ZERO; 17];
        let mut device = Threaded::new(&zso.bytes, &Log::default());
        device.fails_at = Some(fails_at);
        let mut image = Image::<_, Overlapped>::mount(&mut device, &mut memory).expect("valid");
        for (lsn, count) in in_runs(8) {
            let mut out = vec![0x5A; count as usize * SECTOR_SIZE];
            let read = image.read_sectors(lsn, &mut out);
            if let Err(error) = read {
                assert!(matches!(error, Error::Device(DeviceError::IO)), "{error}");
                failures += 1;
            }
            // Nor does it come back later.
            assert_reads(&mut image, &disc, [(lsn, count)]);
        }
    }
    // But for sectors that a request itself was short of.
    assert!(failures < 10, "{failures} of 40 were told");
}

#[test]
fn a_damaged_block_is_named() {
    let disc = game();
    for broken in [50, 51, 57, 58, 100] {
        let mut zso = zso(&disc, &Builder::default());
        zso.set_entry(broken, 3);
        let mut memory = vec![Sector::ZERO; 17];
        let device = Threaded::new(&zso.bytes, &Log::default());
        let mut image = Image::<_, Overlapped>::mount(device, &mut memory).expect("valid");
        let mut failed = Vec::new();
        for (lsn, count) in in_runs(8) {
            let mut out = vec![0; count as usize * SECTOR_SIZE];
            if let Err(error) = image.read_sectors(lsn, &mut out) {
                failed.push((lsn, format!("{error}")));
            }
        }
        // The block that ends there, and the one that begins there.
        let block = broken as u32 - 1;
        assert_eq!(failed.first().map(|failed| failed.0), Some(block / 8 * 8));
        assert!(failed[0].1.contains(&block.to_string()), "{failed:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_read_delivers_the_disc(
        seed in any::<u64>(),
        memory in 3..40_usize,
        align in 0..4_u8,
        // No block that does not shrink is compressed.
        percent in 50..100_u8,
        gaps in any::<bool>(),
        reads in prop::collection::vec((0..600_u32, 1..40_u32, 1..5_u32), 1..30),
    ) {
        let disc = data::mixture(seed, 600 * SECTOR_SIZE);
        let builder = Builder {
            align,
            plain: Plain::Threshold(percent),
            gaps: Gaps { seed, most: if gaps { 3000 } else { 0 } },
            ..Builder::default()
        };
        let zso = zso(&disc, &builder);
        let mut memory = vec![Sector::ZERO; memory];
        let device = Threaded::new(&zso.bytes, &Log::default());
        let mut image = Image::<_, Overlapped>::mount(device, &mut memory).expect("valid");
        let runs = reads.into_iter().flat_map(|(lsn, count, times)| {
            (0..times).map(move |n| (lsn + n * count, count)).filter(|(lsn, _)| *lsn < 600)
        });
        assert_reads(&mut image, &disc, runs);
    }
}

/// Found by the fuzz target `lean_reader`: it was taken for an entry that could not be read, of a device that had not
/// failed.
#[test]
fn an_entry_that_is_zero_is_a_damaged_index() {
    let disc = game();
    let whole = zso(&disc, &Builder::default());
    for broken in 500..600 {
        let mut zso = whole.clone();
        zso.set_entry(broken as usize, 0);
        let mut memory = vec![Sector::ZERO; 17];
        let device = Threaded::new(&zso.bytes, &Log::default());
        let mut image = Image::<_, Overlapped>::mount(device, &mut memory).expect("valid");
        let mut out = vec![0; 40 * SECTOR_SIZE];
        let error = image.read_sectors(broken - 30, &mut out);
        let is_index = matches!(
            error,
            Err(Error::Block { block, fault: BlockFault::Index { end: 0, .. } })
                if block == Block(broken - 1)
        );
        assert!(is_index, "{error:?} of entry {broken}");
        assert_eq!(image.delivered(), 29);
    }
}
