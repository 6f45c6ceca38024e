//! Defects that readers have had on consoles, one test for each, for both readers on this machine and for the console's
//! own objects.
//!
//! Not here: 12 is of the loader that runs before the reader, 16 of writers. `crates/ziso/tests/cli` has their tests,
//! by names that begin as these do.

use core::cell::RefCell;
use std::rc::Rc;

use testkit::code;
use testkit::data;
use testkit::device::{
    AlignmentRecorder, Alignments, DeviceError, Faults, Faulty, Log, Poison, RamDevice, Split,
    UnknownSize,
};
use testkit::encode::Encoder;
use testkit::image::{Builder, EndEntry, Filler, Gaps, Plain, Tail, Zso};
use testkit::reader::{Reader, assert_read, assert_reads, sectors_of};
use testkit::{Rng, TARGETS, lean, on_all, on_both, on_lean};
use zso::format::MAX_ALIGN;
use zso::{Code, Error, Image, Sector, SectorDevice, memory_sectors};

const AHEAD: u32 = 16;
const MEMORY: u32 = memory_sectors(2048, AHEAD);
/// With the smallest read-ahead buffer.
const SMALLEST: u32 = memory_sectors(2048, 0);

fn disc(sectors: usize) -> Vec<u8> {
    data::game_like(1, sectors * 2048)
}

fn zso(disc: &[u8]) -> Zso {
    Builder::default().build(disc)
}

/// Both outcomes of a mount on the full reader.
fn mount(file: &[u8], memory: u32) -> [Result<(), Code>; 2] {
    TARGETS.map(|target| target(&mut RamDevice::new(file), memory, &mut |_| ()))
}

#[test]
fn defect_01_devices_get_aligned_buffers() {
    let disc = disc(64);
    let zso = zso(&disc);
    for memory in [SMALLEST, MEMORY] {
        for misalign in [0, 1, 2, 3, 4, 32, 62] {
            let alignments = Alignments::default();
            let device = || AlignmentRecorder::new(RamDevice::new(&zso.bytes), &alignments);
            on_all(device, memory, |reader| {
                for count in [1, 3, 8, 30] {
                    let read = reader.read_at(count, count, misalign);
                    assert_eq!(read, Ok(sectors_of(&disc, count, count)));
                }
            });
            // The device itself insists on 4.
            let least = if misalign == 0 { 64 } else { 4 };
            assert!(
                alignments.smallest() >= least,
                "{} at {misalign}",
                alignments.smallest()
            );
        }
    }
}

#[test]
fn defect_02_device_errors_reach_the_caller() {
    let disc = disc(64);
    let zso = zso(&disc);
    let faults = Faults::default();
    let device = || Faulty::new(RamDevice::new(&zso.bytes), &faults);
    on_all(device, MEMORY, |reader| {
        for (lsn, count) in [(10, 1), (20, 8), (0, 40)] {
            faults.fail_sectors(1..u32::MAX - 1000);
            assert_read(reader, lsn, count, Err(Code::Device));
            assert_eq!(reader.last_device_error(), Faulty::<()>::ERROR.0);
            faults.repair();
            assert_eq!(reader.read(lsn, count), Ok(sectors_of(&disc, lsn, count)));
        }
    });
}

#[test]
fn defect_02_a_failed_read_leaves_nothing_valid() {
    let disc = disc(2000);
    let zso = zso(&disc);
    let faults = Faults::default();
    let device = || Poison::new(Faulty::new(RamDevice::new(&zso.bytes), &faults));
    on_all(device, MEMORY, |reader| {
        let mut rng = Rng::new(1);
        for round in 0..60 {
            let (lsn, count) = (rng.within(0..1960) as u32, rng.within(1..40) as u32);
            faults.fail_after(rng.within(0..3));
            let read = reader.read(lsn, count);
            assert!(
                read.is_err() || read == Ok(sectors_of(&disc, lsn, count)),
                "round {round}"
            );
            faults.repair();
            // What the failed read left must not serve the next one.
            let (lsn, count) = (lsn + rng.within(0..3) as u32, rng.within(1..9) as u32);
            assert_eq!(
                reader.read(lsn, count),
                Ok(sectors_of(&disc, lsn, count)),
                "round {round}"
            );
        }
    });
}

#[test]
fn defect_02_a_failed_decode_leaves_no_block_valid() {
    let disc = data::text(1, 16 * 2048);
    let builder = Builder {
        block_size: 8192,
        ..Builder::default()
    };
    let mut zso = builder.build(&disc);
    // The block's end is damaged: most of it is decoded before that is seen.
    let end = zso.blocks[2].bytes.end;
    zso.bytes[end - 40..end].fill(0xFF);
    on_both(
        || RamDevice::new(&zso.bytes),
        memory_sectors(8192, AHEAD),
        |reader| {
            assert_eq!(reader.read(0, 1), Ok(sectors_of(&disc, 0, 1)));
            assert!(reader.read(8, 1).is_err());
            assert_eq!(reader.read(1, 2), Ok(sectors_of(&disc, 1, 2)));
            assert!(reader.read(9, 1).is_err());
        },
    );
}

#[test]
fn defect_03_corrupt_index_entries_touch_no_memory() {
    let disc = disc(12);
    let values = [
        0,
        1,
        23,
        60,
        2048,
        20_000,
        0x7FFF_FFFF,
        0x8000_0000,
        0x8000_0100,
        0xFFFF_FFFF,
    ];
    for align in [0, 4, 9, 11] {
        let mut zso = Builder {
            align,
            ..Builder::default()
        }
        .build(&disc);
        let good = zso.clone();
        for (i, value) in (0..4).flat_map(|i| values.map(|value| (i, value))) {
            zso.bytes.clone_from(&good.bytes);
            zso.set_entry(i, value);
            on_all(
                || RamDevice::new(&zso.bytes),
                SMALLEST,
                |reader| {
                    // The readers check their red zones and, on the console, every single access.
                    let _ = reader.read(0, 12);
                    let _ = reader.read(1, 1);
                    let rest = reader.read(6, 4);
                    assert_eq!(rest, Ok(sectors_of(&disc, 6, 4)), "entry {i} = {value:#x}");
                },
            );
        }
    }
}

#[test]
fn defect_04_any_count_works() {
    let disc = disc(700);
    let zso = zso(&disc);
    for memory in [SMALLEST, MEMORY] {
        on_all(
            || RamDevice::new(&zso.bytes),
            memory,
            |reader| {
                for count in [255, 256, 257, 300, 512, 513] {
                    assert_eq!(
                        reader.read(90, count),
                        Ok(sectors_of(&disc, 90, count)),
                        "{count} sectors"
                    );
                    assert_eq!(
                        reader.read_at(91, count, 1),
                        Ok(sectors_of(&disc, 91, count)),
                        "{count} sectors"
                    );
                }
            },
        );
    }
}

#[test]
fn defect_05_a_bad_header_is_refused_with_its_reason() {
    let cases: [(usize, &[u8], Code); 12] = [
        (0, b"CISO", Code::NotZso),
        (0, b"ZSO\0", Code::ServerVariant),
        (4, &[23], Code::HeaderSize),
        (7, &[1], Code::HeaderSize),
        (15, &[1], Code::TooLarge),
        (16, &[0, 0, 0, 0], Code::BlockSize),
        (16, &[1, 8, 0, 0], Code::BlockSize),
        (16, &[0, 4, 0, 0], Code::BlockSize),
        (16, &[0, 0, 0, 0x80], Code::BlockSize),
        (20, &[2], Code::Version),
        (21, &[MAX_ALIGN + 1], Code::Align),
        (21, &[255], Code::Align),
    ];
    let zso = zso(&disc(4));
    for (place, bytes, reason) in cases {
        let mut file = zso.bytes.clone();
        file[place..place + bytes.len()].copy_from_slice(bytes);
        assert_eq!(
            mount(&file, MEMORY),
            [Err(reason); 2],
            "{bytes:02x?} at {place}"
        );
        for target in lean::everywhere() {
            let mounted = target(&mut RamDevice::new(&file), MEMORY, &mut |_| ());
            let refused = mounted.is_err_and(|found| code::is_for(found, reason));
            assert!(refused, "{bytes:02x?} at {place}: {mounted:?}");
        }
    }
}

#[test]
fn defect_05_every_align_that_a_header_can_have_is_read() {
    let disc = disc(8);
    for align in 0..=MAX_ALIGN.min(17) {
        let zso = Builder {
            align,
            filler: Filler::Noise(1),
            ..Builder::default()
        }
        .build(&disc);
        on_all(
            || RamDevice::new(&zso.bytes),
            MEMORY,
            |reader| assert_reads(reader, &disc, 3),
        );
    }
}

#[test]
fn defect_06_a_backward_seek_and_a_small_read_stay_small() {
    let disc = disc(400);
    let zso = zso(&disc);
    let log = Log::default();
    let device = || RamDevice::logging(&zso.bytes, &log);
    let test = |reader: &mut dyn Reader, requests: usize, sectors: u64| {
        for lsn in [300, 299, 10, 200, 9, 150] {
            log.clear();
            assert_eq!(reader.read(lsn, 1), Ok(sectors_of(&disc, lsn, 1)));
            let is_small = log.requests() <= requests && log.sectors() <= sectors;
            assert!(is_small, "{lsn}: {:?}", log.take());
        }
    };
    // The index of so short an image is in the header's sector, and in memory since the mount.
    on_both(device, MEMORY, |reader| test(reader, 1, 3));
    // The lean reader asks for it, and with one sector of memory for each of the block's two sectors.
    on_lean(device, MEMORY, |reader| test(reader, 3, 4));
}

#[test]
fn defect_06_two_streams_far_apart_keep_their_index() {
    let disc = disc(2000);
    let zso = zso(&disc);
    let log = Log::default();
    let device = || RamDevice::logging(&zso.bytes, &log);
    let test = |reader: &mut dyn Reader, most: usize| {
        for lsn in [100, 1100] {
            reader.read(lsn, 8).unwrap();
        }
        log.clear();
        for n in 1..=10 {
            reader.read(100 + 8 * n, 8).unwrap();
            reader.read(1100 + 8 * n, 8).unwrap();
        }
        let requests = log.requests();
        assert!(requests <= most, "{requests} requests for 20 reads");
    };
    on_both(device, MEMORY, |reader| test(reader, 20));
    // With one sector of memory each stream's entries take a request, and the last block of a read does.
    on_lean(device, MEMORY, |reader| test(reader, 60));
}

#[test]
fn defect_07_a_file_cut_to_whole_sectors_loses_one_block() {
    let disc = disc(40);
    let zso = Builder {
        plain: Plain::Always,
        tail: Tail::Cut,
        ..Builder::default()
    }
    .build(&disc);
    // The lean reader is not told where the file ends: the device is.
    for reason in [Code::Truncated, Code::Device] {
        let test = |reader: &mut dyn Reader| {
            assert_read(reader, 0, 39, Ok(sectors_of(&disc, 0, 39)));
            assert_read(reader, 39, 1, Err(reason));
            assert_read(reader, 32, 8, Err(reason));
            assert_read(reader, 32, 7, Ok(sectors_of(&disc, 32, 7)));
        };
        let device = || RamDevice::new(&zso.bytes);
        match reason {
            Code::Truncated => on_both(device, MEMORY, test),
            _ => on_lean(device, MEMORY, test),
        }
    }
}

#[test]
fn defect_08_the_header_says_how_many_sectors_there_are() {
    let mut disc = data::noise(1, 30 * 2048);
    // A volume descriptor that understates the disc: 20 sectors, in both byte orders.
    disc[16 * 2048..][..6].copy_from_slice(b"\x01CD001");
    disc[16 * 2048 + 80..][..8].copy_from_slice(&[20, 0, 0, 0, 0, 0, 0, 20]);
    let zso = zso(&disc);
    on_all(
        || RamDevice::new(&zso.bytes),
        MEMORY,
        |reader| {
            assert_eq!(reader.sectors(), 30);
            assert_eq!(reader.read(25, 5), Ok(sectors_of(&disc, 25, 5)));
        },
    );
}

#[test]
fn defect_09_reads_across_the_end_deliver_what_exists() {
    for len in [40 * 2048, 40 * 2048 - 2047, 40 * 2048 - 1] {
        for (block_size, plain) in [
            (2048, Plain::Never),
            (2048, Plain::Always),
            (16_384, Plain::Threshold(95)),
        ] {
            let disc = data::game_like(3, len);
            let zso = Builder {
                block_size,
                plain,
                ..Builder::default()
            }
            .build(&disc);
            on_both(
                || Poison::new(RamDevice::new(&zso.bytes)),
                memory_sectors(block_size, AHEAD),
                |reader| {
                    for (lsn, count) in [
                        (39, 1),
                        (39, 2),
                        (35, 8),
                        (0, 64),
                        (40, 1),
                        (41, 5),
                        (u32::MAX, 3),
                        (5, 0),
                    ] {
                        assert_eq!(
                            reader.read(lsn, count),
                            Ok(sectors_of(&disc, lsn, count)),
                            "{lsn}, {count}"
                        );
                    }
                },
            );
        }
    }
}

#[test]
fn defect_10_too_little_memory_is_a_clean_error_with_the_size_needed() {
    for block_size in [2048, 4096, 65_536] {
        let disc = disc(64);
        let zso = Builder {
            block_size,
            ..Builder::default()
        }
        .build(&disc);
        let need = memory_sectors(block_size, 0);
        for have in [0, 1, 2, need - 1] {
            assert_eq!(
                mount(&zso.bytes, have),
                [Err(Code::Memory); 2],
                "{have} sectors"
            );
            let mut memory = vec![Sector::ZERO; have as usize];
            let mounted = Image::mount(RamDevice::new(&zso.bytes), &mut memory);
            assert_eq!(mounted.err(), Some(Error::Memory { need, have }));
        }
        on_both(
            || RamDevice::new(&zso.bytes),
            need,
            |reader| assert_reads(reader, &disc, 5),
        );
    }
}

#[test]
fn defect_11_nothing_is_read_after_the_file() {
    // The device panics at the first sector after the file's end.
    for sectors in [1, 2, 7, 40] {
        let disc = disc(sectors);
        for tail in [Tail::AsIs, Tail::Pad] {
            let zso = Builder {
                tail,
                ..Builder::default()
            }
            .build(&disc);
            for memory in [SMALLEST, MEMORY] {
                on_all(
                    || RamDevice::new(&zso.bytes),
                    memory,
                    |reader| {
                        for count in 1..=8 {
                            assert_reads(reader, &disc, count);
                        }
                    },
                );
            }
        }
    }
}

#[test]
fn defect_11_nothing_is_read_after_a_file_of_unknown_size() {
    let past_end = Log::default();
    for sectors in [1, 7, 40, 700] {
        let disc = disc(sectors);
        let zso = zso(&disc);
        let device = || UnknownSize::new(RamDevice::new(&zso.bytes), &past_end);
        on_all(device, MEMORY, |reader| {
            for count in [1, 2, 8, 20] {
                assert_reads(reader, &disc, count);
            }
        });
        assert_eq!(past_end.take(), [], "{sectors} sectors");
    }
}

#[test]
fn defect_13_every_block_size_works() {
    let disc = disc(150);
    for sectors in [1, 2, 3, 4, 5, 7, 8, 16, 32, 64] {
        let block_size = sectors * 2048;
        for plain in [
            Plain::Threshold(95),
            Plain::Random {
                seed: 1,
                percent: 50,
            },
        ] {
            let zso = Builder {
                block_size,
                plain,
                ..Builder::default()
            }
            .build(&disc);
            for ahead in [0, 2 * AHEAD] {
                let memory = memory_sectors(block_size, ahead);
                on_both(
                    || RamDevice::new(&zso.bytes),
                    memory,
                    |reader| {
                        assert_reads(reader, &disc, 8);
                        assert_eq!(reader.read(3, 140), Ok(sectors_of(&disc, 3, 140)));
                    },
                );
            }
        }
    }
}

#[test]
fn defect_13_requests_end_wherever_a_large_block_is() {
    // Blocks of their own size when compressed, gaps that make them look longer, and no more room than for one.
    for (sectors, seed) in [2, 3, 4, 8, 17]
        .into_iter()
        .flat_map(|sectors| [(sectors, 1), (sectors, 2)])
    {
        let block_size = sectors * 2048;
        let disc = data::noise(1, 4 * block_size as usize);
        let gaps = Gaps { seed, most: 3000 };
        let builder = Builder {
            block_size,
            gaps,
            encoder: Encoder::Literals,
            ..Builder::default()
        };
        let zso = Builder {
            plain: Plain::Never,
            ..builder
        }
        .build(&disc);
        let memory = memory_sectors(block_size, 0);
        on_both(
            || RamDevice::new(&zso.bytes),
            memory,
            |reader| {
                for count in 1..=3 * sectors + 1 {
                    assert_eq!(
                        reader.read(0, count),
                        Ok(sectors_of(&disc, 0, count)),
                        "{count} sectors"
                    );
                }
            },
        );
    }
}

#[test]
fn defect_14_how_a_device_splits_its_transfers_does_not_matter() {
    let disc = disc(300);
    let zso = zso(&disc);
    for sectors in [1, 4, 8] {
        let device = || Split::new(Poison::new(RamDevice::new(&zso.bytes)), sectors);
        on_all(device, MEMORY, |reader| {
            assert_reads(reader, &disc, 8);
            assert_reads(reader, &disc, 33);
        });
    }
}

/// A device that somebody else uses as well, and that must be free whenever it is asked for anything.
struct Shared<'f>(Rc<RefCell<RamDevice<'f>>>);

impl SectorDevice for Shared<'_> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        self.0.borrow_mut().read_sectors(first, buf)
    }

    fn sectors(&self) -> Option<u32> {
        self.0.borrow().sectors()
    }
}

#[test]
fn defect_15_no_device_is_held_while_decoding() {
    let disc = disc(300);
    let zso = zso(&disc);
    let log = Log::default();
    let shared = Rc::new(RefCell::new(RamDevice::logging(&zso.bytes, &log)));
    let test = |reader: &mut dyn Reader, requests: usize| {
        let mut card = vec![Sector::ZERO; 2];
        for lsn in (0..280).step_by(8) {
            log.clear();
            assert_eq!(reader.read(lsn, 8), Ok(sectors_of(&disc, lsn, 8)));
            // Not a call for each of the eight blocks.
            assert!(log.requests() <= requests, "{} requests", log.requests());
            // Between requests the memory card reads what it likes.
            shared
                .borrow_mut()
                .read_sectors(lsn % 50, Sector::bytes_mut(&mut card))
                .unwrap();
        }
    };
    on_both(
        || Shared(Rc::clone(&shared)),
        MEMORY,
        |reader| test(reader, 1),
    );
    on_lean(
        || Shared(Rc::clone(&shared)),
        MEMORY,
        |reader| test(reader, 6),
    );
}

#[test]
fn odd_files_of_the_field_are_read() {
    // All freedoms of the format at once.
    let disc = data::mixture(9, 123_456);
    for (align, block_size) in [(0, 2048), (3, 2048), (11, 4096), (9, 16_384)] {
        let zso = Builder {
            align,
            block_size,
            gaps: Gaps { seed: 5, most: 700 },
            filler: Filler::Noise(6),
            plain: Plain::Random {
                seed: 7,
                percent: 40,
            },
            end_entry: EndEntry::Down,
            header_size: 0,
            version: 0,
            tail: Tail::Pad,
            ..Builder::default()
        }
        .build(&disc);
        let memory = memory_sectors(block_size, AHEAD);
        on_both(
            || RamDevice::new(&zso.bytes),
            memory,
            |reader| assert_reads(reader, &disc, 8),
        );
    }
}
