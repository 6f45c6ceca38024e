//! Devices that fail, deliver too little, are slow, or are gone.

use std::time::Duration;

use backend_tests::case::Target;
use backend_tests::medium::{GONE, IO_ERROR, SHORT};
use backend_tests::{Case, Faults, Map};
use testkit::reader::{Reader, sectors_of};
use zso::Code;

use crate::places;

/// Reads on both sides of fragments and parts, a long one, and back.
const READS: [(u32, u32); 6] = [(0, 8), (8, 16), (600, 60), (660, 1), (3070, 8), (3, 1)];

/// The number that the reader's caller gets for a driver's.
fn reported(case: &Case, driver: i32) -> i32 {
    match case.map {
        // What a provider returns has no common meaning.
        Map::Fhi => Code::Device as i32,
        _ => driver,
    }
}

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
    let expected = reported(case, driver);
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
        assert_eq!(failures == 0, case.map == Map::Bytes, "{}", case.name);
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
                assert_eq!(reader.last_device_error(), reported(&case, GONE));
                case.wire.set_faults(Faults::default());
                reader.read(700, 8)
            });
            assert!(result == Ok(Ok(sectors_of(disc, 700, 8))), "{}", case.name);
        }
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
