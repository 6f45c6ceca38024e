//! The same disc comes from all backends.

use std::fs::File;
use std::path::Path;

use ps2_apa::{Access, FileDisk, Timestamp, format};
use sha2::{Digest, Sha256};
use testkit::data;
use testkit::image::Builder;
use testkit::iso::Iso;
use testkit::patterns::Pattern;
use testkit::reader::{Reader, sectors_of};
use zso::device::HDL_HEADER_OFFSET;

use backend_tests::hdd::HddMedium;
use backend_tests::{Case, Map, Ram};
use ziso::hdd::{Destination, Preparation, Wishes};
use ziso::label::Corrections;
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
    for (pattern, read_ahead) in patterns.into_iter().zip([0, 16]) {
        case.on_both(read_ahead, |reader| {
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

/// What `ziso split` writes for FAT32 is read as parts: `.zso.00` and so on, and USBExtreme's `ul.` files.
#[test]
fn of_a_file_that_ziso_has_split() {
    let game = Iso::of_game("GAME", "SLES_123.45").file("DATA.BIN", data::game_like(3, 5 << 20));
    let disc = game.build();
    let zso = Builder::default().build(&disc);
    let folder = tempfile::tempdir().expect("there is room");
    let input = folder.path().join("game.zso");
    std::fs::write(&input, &zso.bytes).expect("there is room");
    for (usbextreme, name) in [(None, "game.zso.0"), (Some(Corrections::default()), "ul.")] {
        let options = Splitting {
            part_bytes: u64::from(places::PART_SECTORS) * 2048,
            usbextreme,
            ..Splitting::default()
        };
        let made = split(&input, &options, &mut unwatched).expect("it can be split");
        assert!(made.parts.len() > 2);
        let parts = made.parts.iter().map(|path| {
            let file_name = path.file_name().expect("it has one").to_string_lossy();
            assert!(file_name.starts_with(name), "{file_name}");
            std::fs::read(path).expect("it was written")
        });
        let map = Map::Parts {
            part_sectors: places::PART_SECTORS,
            most: u32::MAX,
        };
        let case = Case::new("split", map, Ram(parts.collect()), made.bytes);
        let expected = digest_of(&disc);
        case.on_both(16, |reader| assert!(digest(reader, 64) == expected));
    }
}

/// A disk with the image of a game that `ziso hdd install` has put there, and the sector of the game's header.
fn installed(folder: &Path, image: &[u8]) -> (HddMedium<FileDisk>, u32) {
    let (disk, input) = (folder.join("disk"), folder.join("game.zso"));
    let file = File::create_new(&disk).expect("there is room");
    file.set_len(2_000_000_000).expect("files can be sparse");
    std::fs::write(&input, image).expect("there is room");
    let mut opened = FileDisk::open(&disk, Access::Write).expect("nobody uses it");
    format::format(&mut opened, Timestamp::now()).expect("there is room");
    drop(opened);
    let opened = Destination::open(&disk);
    let installed = opened
        .and_then(|disk| Preparation::new(&disk, &input, &Wishes::default()))
        .and_then(|preparation| preparation.run(&mut unwatched));
    let game = installed.expect("there is room").game;
    let opened = FileDisk::open(&disk, Access::Read).expect("it is there");
    (HddMedium(opened), game.start.0 + HDL_HEADER_OFFSET)
}

/// In one partition, and in two: a gap in the file makes it longer than one takes, and is read by nobody.
#[test]
fn of_a_game_that_ziso_has_installed() {
    let game = Iso::of_game("GAME", "SLES_123.45").file("DATA.BIN", data::game_like(2, 5 << 20));
    let disc = game.build();
    for gap in [0, 130 << 20] {
        let zso = places::with_gap(Builder::default().build(&disc), 1500, gap);
        assert_ne!(zso.len() % 2048, 0);
        let folder = tempfile::tempdir().expect("there is room");
        let (disk, header_at) = installed(folder.path(), &zso);
        let case = Case::new("hdl", Map::Hdl(header_at), disk, zso.len() as u64);
        let expected = digest_of(&disc);
        let transfers = case.on_both(16, |reader| assert!(digest(reader, 64) == expected));
        let places = transfers.iter().map(|transfer| transfer.offset);
        assert_eq!(places.max().expect("it was read") > 256 << 20, gap > 0);
    }
}
