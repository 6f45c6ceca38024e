//! The object that takes the place of Neutrino's `device-fhi.o`.

use backend_tests::neutrino::{Asked, Cdvdman, Setup};
use backend_tests::{Faults, Ram, Wire};
use sha2::{Digest, Sha256};
use testkit::Rng;
use testkit::data;
use testkit::image::Builder;

const SECTORS: u32 = 1500;
/// `SCECdErREAD`.
const READ_ERROR: u32 = 0x30;

fn disc() -> Vec<u8> {
    data::game_like(4, SECTORS as usize * 2048)
}

/// Files with handles; each is there with the rest of its last cluster.
fn wire(disc: &[u8], others: &[Vec<u8>]) -> Wire {
    let mut first = disc.to_vec();
    first.resize(disc.len().next_multiple_of(4096), 0);
    Wire::new(Ram([&[first][..], others].concat()))
}

fn compressed(disc: &[u8], setup: Setup) -> (Cdvdman, Wire) {
    let zso = Builder::default().build(disc).bytes;
    let wire = wire(&zso, &[]);
    (Cdvdman::boot(wire.clone(), zso.len() as u64, setup), wire)
}

fn assert_sectors(read: Result<Vec<u8>, u32>, disc: &[u8], lsn: u32, count: u32) {
    let expected = &disc[lsn as usize * 2048..][..count as usize * 2048];
    assert!(
        read.as_deref() == Ok(expected),
        "{lsn}, {count}: {:?}",
        read.err()
    );
}

#[test]
fn an_image_as_it_is_is_read_as_before() {
    let disc = disc();
    let wire = wire(&disc, &[]);
    let mut cdvdman = Cdvdman::boot(wire.clone(), disc.len() as u64, Setup::default());
    assert_eq!(cdvdman.sectors(), SECTORS);
    let _ = wire.take_transfers();
    for (lsn, count) in [(0, 1), (16, 8), (100, 400), (SECTORS - 8, 8)] {
        assert_sectors(cdvdman.read(0, lsn, count, 0), &disc, lsn, count);
        let [transfer] = wire.take_transfers()[..] else {
            panic!("a read is one transfer");
        };
        assert_eq!((transfer.part, transfer.len), (0, count as usize * 2048));
    }
    assert_eq!(cdvdman.read(0, SECTORS + 8, 8, 0), Err(READ_ERROR));
    // No memory, and one look for the library.
    let asked = Asked {
        lookups: 1,
        ..Asked::default()
    };
    assert_eq!(cdvdman.asked(), asked);
}

#[test]
fn a_file_of_any_length_has_the_sectors_that_it_had() {
    for blocks in [1, 3, 4, 5, 4001] {
        let wire = wire(&vec![7; blocks * 512], &[]);
        let len = blocks as u64 * 512 + 100;
        let mut cdvdman = Cdvdman::boot(wire, len, Setup::default());
        assert_eq!(cdvdman.sectors(), blocks.div_ceil(4) as u32);
    }
}

#[test]
fn a_compressed_image_is_the_disc() {
    let disc = disc();
    let (mut cdvdman, _) = compressed(&disc, Setup::default());
    assert_eq!(cdvdman.sectors(), SECTORS);
    let mut hash = Sha256::new();
    for lsn in (0..SECTORS).step_by(8) {
        let count = (SECTORS - lsn).min(8);
        hash.update(
            cdvdman
                .read(0, lsn, count, 0)
                .expect("all of it can be read"),
        );
    }
    assert_eq!(hash.finalize(), Sha256::digest(&disc));
    let mut rng = Rng::new(1);
    for round in 0..200 {
        let lsn = rng.within(0..SECTORS as usize) as u32;
        let most = if round % 20 == 0 { 400 } else { 17 };
        let count = rng.within(1..most).min((SECTORS - lsn) as usize) as u32;
        let misalign = rng.within(0..5) as u32;
        assert_sectors(cdvdman.read(0, lsn, count, misalign), &disc, lsn, count);
    }
    for (lsn, count) in [(SECTORS, 1), (SECTORS - 1, 2), (0x7F_FFFF, 1)] {
        assert_eq!(cdvdman.read(0, lsn, count, 0), Err(READ_ERROR));
    }
    assert_eq!(cdvdman.read(0, 5, 0, 0), Ok(vec![]));
    let asked = cdvdman.asked();
    println!("{asked:?}");
    assert_eq!((asked.lookups, asked.allocations), (1, 1));
    assert!(
        (34_816..35_500).contains(&asked.memory),
        "{} bytes",
        asked.memory
    );
}

/// The first function that is called binds; the other one finds it done.
#[test]
fn the_library_and_the_device_may_come_late() {
    let disc = disc();
    let setup = Setup {
        absent: 3,
        ..Setup::default()
    };
    for first_reads in [false, true] {
        let (mut cdvdman, _) = compressed(&disc, setup.clone());
        if first_reads {
            assert_sectors(cdvdman.read(0, 16, 8, 0), &disc, 16, 8);
        }
        assert_eq!(cdvdman.sectors(), SECTORS);
        assert_sectors(cdvdman.read(0, 300, 8, 0), &disc, 300, 8);
        let asked = cdvdman.asked();
        assert_eq!((asked.waits, asked.lookups), (3, 1));
    }
}

#[test]
fn other_handles_are_passed_on() {
    let disc = disc();
    let zso = Builder::default().build(&disc).bytes;
    let others: Vec<Vec<u8>> = (1..6).map(|n| vec![n; 64 * 2048]).collect();
    let wire = wire(&zso, &others);
    let mut cdvdman = Cdvdman::boot(wire, zso.len() as u64, Setup::default());
    for handle in 1..6 {
        let read = cdvdman.read(handle, 3, 8, 0);
        assert_eq!(read, Ok(vec![handle as u8; 8 * 2048]));
    }
    assert_sectors(cdvdman.read(0, 3, 8, 0), &disc, 3, 8);
}

#[test]
fn little_memory_is_enough_and_none_is_an_error() {
    let disc = disc();
    for (refused, memory) in [(1, Some(6_144..6_700)), (2, None)] {
        let setup = Setup {
            refused,
            ..Setup::default()
        };
        let (mut cdvdman, _) = compressed(&disc, setup);
        match memory {
            Some(memory) => {
                assert_sectors(cdvdman.read(0, 50, 20, 0), &disc, 50, 20);
                let got = cdvdman.asked().memory;
                assert!(memory.contains(&got), "{got} bytes");
            }
            // Never the compressed bytes in place of the disc; and the next call asks again.
            None => {
                assert_eq!(cdvdman.read(0, 50, 20, 0), Err(READ_ERROR));
                assert_sectors(cdvdman.read(0, 50, 20, 0), &disc, 50, 20);
            }
        }
    }
}

#[test]
fn damaged_headers_are_errors() {
    let disc = disc();
    let zso = Builder::default().build(&disc).bytes;
    // Header size, block size, version, align.
    for place in [4, 16, 20, 21] {
        let mut bytes = zso.clone();
        bytes[place] = 0x55;
        let wire = wire(&bytes, &[]);
        let mut cdvdman = Cdvdman::boot(wire, zso.len() as u64, Setup::default());
        assert_eq!(cdvdman.read(0, 0, 1, 0), Err(READ_ERROR), "{place}");
        assert_eq!(cdvdman.read(0, 16, 8, 0), Err(READ_ERROR), "{place}");
        assert!(cdvdman.asked().allocations <= 1);
    }
}

#[test]
fn a_transfer_that_fails_fails_one_read() {
    let disc = disc();
    for short in [false, true] {
        for number in 0..6 {
            let (mut cdvdman, wire) = compressed(&disc, Setup::default());
            let number = Some(number);
            wire.set_faults(Faults {
                fail: number.filter(|_| !short),
                short: number.filter(|_| short),
                ..Faults::default()
            });
            let mut failed = 0;
            for lsn in [0, 8, 1200, 700, 16] {
                let first = cdvdman.read(0, lsn, 8, 0);
                if first.is_err() {
                    assert_eq!(first, Err(READ_ERROR));
                    failed += 1;
                    assert_sectors(cdvdman.read(0, lsn, 8, 0), &disc, lsn, 8);
                } else {
                    assert_sectors(first, &disc, lsn, 8);
                }
            }
            assert!(failed <= 1, "{failed} reads failed");
        }
    }
}

/// cdvdman's threads have 4 KiB, and games call some of its functions on stacks of their own.
#[test]
fn the_stack_stays_shallow() {
    let disc = disc();
    let (mut cdvdman, _) = compressed(&disc, Setup::default());
    assert_eq!(cdvdman.sectors(), SECTORS);
    let first = cdvdman.counters().stack_depth;
    cdvdman.reset_counters();
    let mut rng = Rng::new(2);
    for _ in 0..100 {
        let lsn = rng.within(0..SECTORS as usize - 40) as u32;
        assert_sectors(cdvdman.read(0, lsn, 8, 0), &disc, lsn, 8);
    }
    let later = cdvdman.counters().stack_depth;
    println!("stack: {first} bytes, then {later}");
    assert!(first <= 1024 && later <= 384, "{first}, {later}");
}
