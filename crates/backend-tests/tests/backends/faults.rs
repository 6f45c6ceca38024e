//! Devices that fail, deliver too little, are slow, or are gone.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use backend_tests::case::Target;
use backend_tests::medium::{GONE, IO_ERROR, SHORT};
use backend_tests::samba::Server;
use backend_tests::{Case, Faults, Map, Medium, Ram};
use testkit::reader::{Reader, sectors_of};
use zso::Code;

use crate::places;

/// Reads on both sides of fragments and parts, a long one, and back.
const READS: [(u32, u32); 6] = [(0, 8), (8, 16), (600, 60), (660, 1), (3070, 8), (3, 1)];

/// Makes the reads, each again if it failed, and returns the errors.
fn run(case: &Case, reader: &mut dyn Reader, expected: i32) -> usize {
    let (disc, _) = places::image();
    let mut failed = 0;
    for (lsn, count) in READS {
        let expected_bytes = Ok(sectors_of(disc, lsn, count));
        let first = reader.read(lsn, count);
        if first == expected_bytes {
            continue;
        }
        failed += 1;
        assert_eq!(first, Err(Code::Device), "{}: {lsn}", case.name);
        assert_eq!(reader.last_device_error(), expected, "{}", case.name);
        assert!(
            reader.read(lsn, count) == expected_bytes,
            "{}: {lsn} again",
            case.name
        );
    }
    failed
}

/// Lets each transfer fail in turn, and expects that a read fails, with the driver's number, and works the next time.
fn each_transfer(case: &Case, faults: impl Fn(usize) -> Faults, driver: i32) -> usize {
    let expected = case.map.reported(driver);
    let mut failures = 0;
    case.wire.set_faults(Faults::default());
    let transfers = case.on_both(16, |reader| {
        let _ = case.wire.take_transfers();
        assert_eq!(run(case, reader, 0), 0);
    });
    for number in 0..transfers.len() {
        for target in Target::BOTH {
            case.wire.set_faults(Faults::default());
            let failed = case.on(target, 16, |reader| {
                case.wire.set_faults(faults(number));
                run(case, reader, expected)
            });
            failures += failed.expect("mounting does not fail");
        }
    }
    case.wire.set_faults(Faults::default());
    failures
}

#[test]
fn a_transfer_that_fails_fails_one_read() {
    let (_, zso) = places::image();
    for case in places::local(&zso.bytes) {
        let fail = |number| Faults {
            fail: Some(number),
            ..Faults::default()
        };
        assert!(each_transfer(&case, fail, IO_ERROR) > 0, "{}", case.name);
    }
}

#[test]
fn a_transfer_that_delivers_too_little_fails_one_read() {
    let (_, zso) = places::image();
    for case in places::local(&zso.bytes) {
        let short = |number| Faults {
            short: Some(number),
            ..Faults::default()
        };
        let failures = each_transfer(&case, short, SHORT);
        // Bytes are asked for until they are there.
        assert_eq!(failures == 0, case.map.goes_on(), "{}", case.name);
    }
}

#[test]
fn a_device_that_comes_back_is_read_again() {
    let (disc, zso) = places::image();
    for case in places::local(&zso.bytes) {
        for target in Target::BOTH {
            case.wire.set_faults(Faults::default());
            let result = case.on(target, 16, |reader| {
                case.wire.set_faults(Faults {
                    gone_from: Some(1),
                    ..Faults::default()
                });
                let reads = (0..4).map(|n| reader.read(700 * n, 8)).collect::<Vec<_>>();
                assert_eq!(reads.last(), Some(&Err(Code::Device)), "{}", case.name);
                assert_eq!(reader.last_device_error(), case.map.reported(GONE));
                case.wire.set_faults(Faults::default());
                reader.read(700, 8)
            });
            assert!(result == Ok(Ok(sectors_of(disc, 700, 8))), "{}", case.name);
        }
    }
}

/// What providers of file handles return when a read fails differs.
const ANSWERS: [i32; 6] = [-1, 0, 1, -5, i32::MIN, 0x1_0000];

/// A file whose provider gives an answer of its own to the next read.
struct Odd {
    file: Ram,
    answer: Rc<Cell<Option<i32>>>,
}

impl Medium for Odd {
    fn read(&mut self, part: u32, offset: u64, buf: &mut [u8]) -> Result<usize, i32> {
        match self.answer.take() {
            Some(answer) => Err(answer),
            None => self.file.read(part, offset, buf),
        }
    }
}

#[test]
fn whatever_a_provider_returns_in_place_of_the_count_is_a_failure() {
    let (disc, zso) = places::image();
    let mut bytes = zso.bytes.clone();
    bytes.resize(bytes.len().next_multiple_of(2048), 0);
    for (target, number) in Target::BOTH
        .into_iter()
        .flat_map(|target| ANSWERS.map(|number| (target, number)))
    {
        let answer = Rc::new(Cell::new(None));
        let medium = Odd {
            file: Ram(vec![bytes.clone()]),
            answer: Rc::clone(&answer),
        };
        let case = Case::new("fhi", Map::Fhi, medium, bytes.len() as u64);
        let result = case.on(target, 16, |reader| {
            answer.set(Some(number));
            assert_eq!(reader.read(1000, 8), Err(Code::Device), "{number}");
            assert_eq!(reader.last_device_error(), Code::Device as i32);
            reader.read(1000, 8)
        });
        assert!(result == Ok(Ok(sectors_of(disc, 1000, 8))), "{number}");
    }
}

#[test]
fn a_map_that_cannot_be_made_says_why() {
    let (_, zso) = places::image();
    let case = places::on_hdd("hdl", &zso.bytes);
    case.wire.set_faults(Faults {
        fail: Some(0),
        ..Faults::default()
    });
    let mounted = case.on(Target::Console, 16, |_| ());
    assert_eq!(mounted, Err(Code::Device));
}

#[test]
fn a_slow_device_is_waited_for() {
    let (disc, zso) = places::image();
    for case in places::local(&zso.bytes) {
        case.wire.set_faults(Faults {
            delay: Duration::from_millis(5),
            ..Faults::default()
        });
        case.on_both(16, |reader| {
            assert_eq!(
                reader.read(500, 8),
                Ok(sectors_of(disc, 500, 8)),
                "{}",
                case.name
            );
        });
    }
}

#[test]
fn a_server_that_is_killed_fails_reads_until_there_is_another() {
    let (disc, zso) = places::image();
    for target in Target::BOTH {
        let (mut server, case) = places::on_server(&zso.bytes, places::PART_SECTORS);
        let (_other, again) = places::on_server(&zso.bytes, places::PART_SECTORS);
        let result = case.on(target, 16, |reader| {
            assert!(reader.read(0, 8) == Ok(sectors_of(disc, 0, 8)));
            server.kill();
            assert_eq!(reader.read(1000, 8), Err(Code::Device));
            assert_eq!(reader.last_device_error(), GONE);
            // The client connects to another server, and the reader goes on where it was.
            case.wire.connect(&again.wire);
            reader.read(1000, 8)
        });
        assert!(result == Ok(Ok(sectors_of(disc, 1000, 8))));
    }
}

/// A server with the file in one part, which fails to read it from `begin` to `end`, with the driver's number.
fn fails_meanwhile<T>(begin: impl Fn(&Server) -> T, end: impl Fn(&Server, T), driver: i32) {
    let (disc, zso) = places::image();
    for target in Target::BOTH {
        let (server, case) = places::on_server(&zso.bytes, zso.file_sectors());
        let result = case.on(target, 16, |reader| {
            assert!(reader.read(0, 8) == Ok(sectors_of(disc, 0, 8)));
            let fault = begin(&server);
            assert_eq!(reader.read(1000, 8), Err(Code::Device));
            assert_eq!(reader.last_device_error(), driver);
            end(&server, fault);
            reader.read(1000, 8)
        });
        assert!(result == Ok(Ok(sectors_of(disc, 1000, 8))));
    }
}

#[test]
fn a_server_that_refuses_to_read_fails_reads_until_it_does() {
    fails_meanwhile(|server| server.lock(0), |_, locked| drop(locked), IO_ERROR);
}

#[test]
fn a_file_on_a_server_that_became_shorter_fails_reads_until_it_is_whole() {
    let (_, zso) = places::image();
    let inside = zso.blocks[1003].bytes.start as u64;
    fails_meanwhile(
        |server| server.cut(0, inside),
        |server, ()| server.restore(0, &zso.bytes),
        SHORT,
    );
}

#[test]
fn a_server_that_does_not_answer_is_waited_for() {
    const PAUSE: Duration = Duration::from_millis(300);
    let (disc, zso) = places::image();
    for target in Target::BOTH {
        let (server, case) = places::on_server(&zso.bytes, places::PART_SECTORS);
        let result = case.on(target, 16, |reader| {
            let start = Instant::now();
            server.pause(PAUSE);
            let read = reader.read(1000, 8);
            (read, start.elapsed())
        });
        let (read, time) = result.expect("it can be mounted");
        assert!(read == Ok(sectors_of(disc, 1000, 8)));
        // It did not answer, and the read did not end without it.
        assert!(time >= PAUSE, "{time:?}");
    }
}
