//! The same disc comes from all backends.

use sha2::{Digest, Sha256};
use testkit::patterns::Pattern;
use testkit::reader::{Reader, sectors_of};

use backend_tests::{Case, Map, Ram};
use ziso::split::{Splitting, split};
use ziso::unwatched;

use crate::places;

/// SHA-256 of a disc as a reader delivers it.
pub fn digest(reader: &mut dyn Reader, count: u32) -> Vec<u8> {
    let mut hash = Sha256::new();
    for lsn in (0..reader.sectors()).step_by(count as usize) {
        let read = reader.read(lsn, count);
        hash.update(read.unwrap_or_else(|code| panic!("{count} from {lsn}: {code:?}")));
    }
    hash.finalize().to_vec()
}

/// SHA-256 of a disc, its last sector filled up with zeros.
pub fn digest_of(disc: &[u8]) -> Vec<u8> {
    let sectors = disc.len().div_ceil(2048) as u32;
    Sha256::digest(sectors_of(disc, 0, sectors)).to_vec()
}

/// Reads all of it, and in all the ways in which games read.
fn reads_the_disc(case: &Case, disc: &[u8]) {
    let expected = digest_of(disc);
    case.on_both(16, |reader| {
        assert_eq!(digest(reader, 64), expected, "{}", case.name)
    });
    let sectors = disc.len().div_ceil(2048) as u32;
    let patterns = [
        Pattern::Overlapping,
        Pattern::Random {
            seed: 3,
            requests: 200,
        },
    ];
    for (pattern, stage) in patterns.into_iter().zip([0, 16]) {
        case.on_both(stage, |reader| {
            for (lsn, count) in pattern.requests(sectors).take(300) {
                let read = reader.read(lsn, count);
                assert!(
                    read == Ok(sectors_of(disc, lsn, count)),
                    "{}, {count} from {lsn}: {:?}",
                    case.name,
                    read.err()
                );
            }
        });
    }
}

#[test]
fn of_every_local_backend() {
    let (disc, zso) = places::image();
    for case in places::local(&zso.bytes) {
        reads_the_disc(&case, disc);
    }
}

#[test]
fn of_a_server() {
    let (disc, zso) = places::image();
    let (_server, case) = places::on_server(&zso.bytes, places::PART_SECTORS);
    reads_the_disc(&case, disc);
}

/// What `ziso split` writes for FAT32 is read as parts: `.zso.00` and so on, and USBExtreme's files differ only in name.
#[test]
fn of_a_file_that_ziso_has_split() {
    let (disc, zso) = places::image();
    let folder = tempfile::tempdir().expect("there is room");
    let input = folder.path().join("game.zso");
    std::fs::write(&input, &zso.bytes).expect("there is room");
    let options = Splitting {
        part_bytes: u64::from(places::PART_SECTORS) * 2048,
        ..Splitting::default()
    };
    let made = split(&input, &options, &mut unwatched).expect("it can be split");
    let parts = made
        .parts
        .iter()
        .map(|path| std::fs::read(path).expect("it was written"));
    let map = Map::Parts {
        part_sectors: places::PART_SECTORS,
        most: u32::MAX,
    };
    let case = Case::new("split", map, Ram(parts.collect()), made.bytes);
    let expected = digest_of(disc);
    case.on_both(16, |reader| assert!(digest(reader, 64) == expected));
}
