//! How often the device is asked, and for how much, for each way in which games read: golden numbers.
//!
//! They are in tests/golden/requests.txt; `cargo xtask bless` accepts new ones.

use std::fmt::Write as _;
use std::sync::OnceLock;

use testkit::device::{Faults, Faulty, Log, RamDevice, Request};
use testkit::image::{Builder, Zso};
use testkit::patterns::Pattern;
use testkit::reader::sectors_of;
use testkit::{LEAN, TARGETS, Target, on_host};
use testkit::{data, golden};
use zso::format::SHORTEST_RUN;
use zso::{Code, memory_sectors};

/// Sectors of the disc: 6 MiB.
const SECTORS: u32 = 3072;
/// Sectors that a console's loader buffers, and the fewest.
const AHEAD: [(&str, u32); 2] = [("16", 16), ("smallest", 0)];

/// The lean reader as the objects have it: with OPL's cache of 16 sectors, without overlap and with it, and without
/// any.
const LEAN_READERS: [(&str, Target, u32); 3] = [
    ("lean", LEAN[0], 17),
    ("overlap", LEAN[1], 17),
    ("in-place", LEAN[3], 1),
];

/// A disc and its file, made once for all tests.
fn image() -> &'static (Vec<u8>, Zso) {
    static IMAGE: OnceLock<(Vec<u8>, Zso)> = OnceLock::new();
    IMAGE.get_or_init(|| {
        let disc = data::game_like(1, SECTORS as usize * 2048);
        let zso = Builder::default().build(&disc);
        (disc, zso)
    })
}

/// What a pattern costs.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    reads: u64,
    delivered: u64,
    requests: u64,
    sectors: u64,
}

impl Cost {
    fn per_read(self, of: u64) -> f64 {
        of as f64 / self.reads as f64
    }

    fn per_sector(self, of: u64) -> f64 {
        of as f64 / self.delivered as f64
    }
}

/// Reads by a pattern, checks the data, and counts.
fn measure(pattern: Pattern, ahead: u32) -> Cost {
    measure_on(pattern, TARGETS[0], memory_sectors(2048, ahead))
}

/// The same on any reader.
fn measure_on(pattern: Pattern, target: Target, memory: u32) -> Cost {
    let (disc, zso) = image();
    let log = Log::default();
    let mut device = RamDevice::logging(&zso.bytes, &log);
    let mut cost = Cost::default();
    let mounted = target(&mut device, memory, &mut |reader| {
        // The mount is paid for once.
        log.clear();
        for (lsn, count) in pattern.requests(SECTORS) {
            assert!(
                reader.read(lsn, count) == Ok(sectors_of(disc, lsn, count)),
                "{pattern:?}: {lsn}, {count}"
            );
            cost.reads += 1;
            cost.delivered += u64::from(count);
        }
    });
    assert_eq!(mounted, Ok(()));
    Cost {
        requests: log.requests() as u64,
        sectors: log.sectors(),
        ..cost
    }
}

fn table() -> String {
    let (disc, zso) = image();
    let mut table = format!(
        "A disc of {SECTORS} sectors in a file of {} ({:.1} %).\n\n\
         pattern          buffer    reads  delivered  requests  sectors\n",
        zso.file_sectors(),
        zso.percent_of(disc)
    );
    for pattern in Pattern::ALL {
        for (name, ahead) in AHEAD {
            let Cost {
                reads,
                delivered,
                requests,
                sectors,
            } = measure(pattern, ahead);
            let pattern = pattern.name();
            writeln!(
                table,
                "{pattern:<16} {name:<8} {reads:>6} {delivered:>10} {requests:>9} {sectors:>8}"
            )
            .expect("a string has room");
        }
        for (name, target, memory) in LEAN_READERS {
            let Cost {
                reads,
                delivered,
                requests,
                sectors,
            } = measure_on(pattern, target, memory);
            let pattern = pattern.name();
            writeln!(
                table,
                "{pattern:<16} {name:<8} {reads:>6} {delivered:>10} {requests:>9} {sectors:>8}"
            )
            .expect("a string has room");
        }
    }
    table
}

#[test]
fn requests_are_as_they_were() {
    golden::check("requests.txt", &table());
}

#[test]
fn the_disc_is_like_a_game_s() {
    let (disc, zso) = image();
    let percent = zso.percent_of(disc);
    assert!((53.0..60.0).contains(&percent), "{percent} %");
}

#[test]
fn sequential_reads_are_buffered_ahead() {
    let cost = measure(Pattern::Sequential, 16);
    assert!(cost.per_sector(cost.requests) <= 0.36, "{cost:?}");
    assert!(cost.per_sector(cost.sectors) <= 0.62, "{cost:?}");
}

#[test]
fn looking_ahead_begins_at_the_disc_s_start() {
    let (disc, zso) = image();
    let log = Log::default();
    let mut device = RamDevice::logging(&zso.bytes, &log);
    // All of them in the index sector that the header is in.
    let reads = 60;
    let mounted = on_host(&mut device, memory_sectors(2048, 16), |reader| {
        for n in 0..reads {
            assert!(reader.read(8 * n, 8) == Ok(sectors_of(disc, 8 * n, 8)));
        }
    });
    assert_eq!(mounted, Ok(()));
    assert!(
        log.requests() < reads as usize * 2 / 3,
        "{} requests for {reads} reads",
        log.requests()
    );
}

#[test]
fn random_sectors_cost_little() {
    let cost = measure(
        Pattern::RandomSingle {
            seed: 2,
            requests: 1000,
        },
        16,
    );
    assert!(cost.per_read(cost.requests) <= 2.0, "{cost:?}");
    assert!(cost.per_read(cost.sectors) <= 4.5, "{cost:?}");
}

#[test]
fn the_smallest_buffer_still_reads_at_once() {
    let cost = measure(Pattern::Sequential, 0);
    assert!(cost.per_read(cost.requests) <= 1.1, "{cost:?}");
}

/// A disc with a film, which does not compress, and its file, in which the film begins at a sector.
fn film() -> (Vec<u8>, Zso, u32) {
    let text = data::text(1, 20 * 2048);
    let disc = [&text[..], &data::noise(1, 64 * 2048), &text].concat();
    let zso = Builder {
        plain_runs: true,
        ..Builder::default()
    }
    .build(&disc);
    assert!(zso.blocks[20].bytes.start.is_multiple_of(2048) && zso.blocks[20].plain);
    let first = zso.blocks[20].bytes.start / 2048;
    (disc, zso, first as u32)
}

/// Each reader that there is, with the memory that loaders give it.
fn all_readers() -> impl Iterator<Item = (Target, u32)> {
    let full = TARGETS.map(|target| (target, memory_sectors(2048, 16)));
    full.into_iter().chain(LEAN.map(|target| (target, 17)))
}

#[test]
fn a_film_that_is_stored_plain_takes_the_requests_of_the_image_itself() {
    let (disc, zso, first) = film();
    // The last two have one sector of memory, and so few cached entries that some reads are divided.
    for (target, memory) in all_readers().take(5) {
        let log = Log::default();
        let mut device = RamDevice::logging(&zso.bytes, &log);
        let mounted = target(&mut device, memory, &mut |reader| {
            reader.read(16, 4).expect("the text");
            log.clear();
            for lsn in (20..84).step_by(16) {
                let expected = sectors_of(&disc, lsn, 16);
                assert!(reader.read(lsn, 16) == Ok(expected), "{}", reader.name());
            }
            let film = (0..4).map(|read| Request {
                first: first + 16 * read,
                count: 16,
            });
            assert!(log.take().into_iter().eq(film), "{}", reader.name());
        });
        assert_eq!(mounted, Ok(()));
    }
}

/// With the cache for hard disks: the index of both is in memory once it is known that nothing has to be read ahead.
#[test]
fn a_film_and_its_sound_take_no_requests_for_the_index() {
    let disc = [data::text(1, 8 * 2048), data::noise(1, 992 * 2048)].concat();
    let zso = Builder {
        plain_runs: true,
        ..Builder::default()
    }
    .build(&disc);
    for target in TARGETS.into_iter().chain([LEAN[0], LEAN[1]]) {
        let log = Log::default();
        let mut device = RamDevice::logging(&zso.bytes, &log);
        let mounted = target(&mut device, 9, &mut |reader| {
            reader.read(0, 4).expect("the text");
            let sound = (700..).step_by(16);
            for (film, sound) in (16..464).step_by(64).zip(sound) {
                log.clear();
                for lsn in [film, film + 16, film + 32, film + 48, sound] {
                    let expected = sectors_of(&disc, lsn, 16);
                    assert!(reader.read(lsn, 16) == Ok(expected), "{}", reader.name());
                }
                let known = film > 16 + 2 * 64;
                assert!(!known || log.requests() == 5, "{}: {film}", reader.name());
            }
        });
        assert_eq!(mounted, Ok(()));
    }
}

/// The header and the entries of 506 blocks are in the first sector. There have to be enough of them for a run, whose last
/// block ends where one more begins.
#[test]
fn a_film_goes_over_the_end_of_an_index_sector_in_one_request() {
    let disc = data::noise(1, 1000 * 2048);
    let zso = Builder {
        plain_runs: true,
        ..Builder::default()
    }
    .build(&disc);
    let data = (zso.blocks[0].bytes.start / 2048) as u32;
    for target in TARGETS.into_iter().chain([LEAN[0], LEAN[1]]) {
        for first in 491..506 - SHORTEST_RUN {
            let log = Log::default();
            let mut device = RamDevice::logging(&zso.bytes, &log);
            let mounted = target(&mut device, 17, &mut |reader| {
                for lsn in [first - 32, first - 16, first] {
                    log.clear();
                    let expected = sectors_of(&disc, lsn, 16);
                    assert!(reader.read(lsn, 16) == Ok(expected), "{}", reader.name());
                }
                let film = log.take().into_iter().filter(|read| read.first >= data);
                let whole = Request {
                    first: data + first,
                    count: 16,
                };
                assert!(film.eq([whole]), "{}: {first}", reader.name());
            });
            assert_eq!(mounted, Ok(()));
        }
    }
}

#[test]
fn a_bad_sector_in_a_film_costs_no_other_one() {
    let (disc, zso, first) = film();
    for (target, memory) in all_readers() {
        let faults = Faults::default();
        faults.fail_sectors(first + 5..first + 6);
        let mut device = Faulty::new(RamDevice::new(&zso.bytes), &faults);
        let mounted = target(&mut device, memory, &mut |reader| {
            for (lsn, count) in [(16, 9), (20, 5), (26, 20), (20, 1), (30, 8)] {
                let expected = sectors_of(&disc, lsn, count);
                assert!(reader.read(lsn, count) == Ok(expected), "{}", reader.name());
            }
            for (lsn, count) in [(20, 16), (25, 1), (24, 4), (16, 30)] {
                assert_eq!(reader.read(lsn, count), Err(Code::Device));
                assert_eq!(reader.last_device_error(), Faulty::<()>::ERROR.0);
            }
        });
        assert_eq!(mounted, Ok(()));
    }
}

/// A device may want buffers that are aligned, and the caller's need not be.
#[test]
fn a_film_is_read_to_any_address() {
    let (disc, zso, _) = film();
    for (target, memory) in all_readers() {
        let mut device = RamDevice::new(&zso.bytes);
        let mounted = target(&mut device, memory, &mut |reader| {
            for misalign in 0..8 {
                for (lsn, count) in [(0, 84), (20, 16), (36, 5), (41, 63)] {
                    let expected = sectors_of(&disc, lsn, count);
                    let read = reader.read_at(lsn, count, misalign);
                    assert!(read == Ok(expected), "{} {misalign}", reader.name());
                }
            }
        });
        assert_eq!(mounted, Ok(()));
    }
}
