//! Tables that are damaged, hostile, or no tables at all.

mod common;

use common::{GIB, blank, image, install};
use proptest::prelude::*;
use ps2_apa::game::{Game, GameFault};
use ps2_apa::header::{HEADER_SIZE, Header, HeaderFault, Kind};
use ps2_apa::{CHUNK, Disk, Error, Extent, Id, Lba, Table, Timestamp, journal};
use testkit::disk::MemoryDisk;

/// A disk with two games, `PP.A` at chunk 1, and `PP.B` at chunks 2 and 4.
fn disk() -> MemoryDisk {
    let mut disk = blank(40 * GIB);
    install(&mut disk, "PP.A", &image(1, 10)).unwrap();
    install(&mut disk, "PP.B", &image(2, 150_000)).unwrap();
    disk
}

fn header(disk: &mut MemoryDisk, at: Lba) -> Header {
    let mut bytes = [0; HEADER_SIZE];
    disk.read(at, &mut bytes).unwrap();
    Header::parse(&bytes, at).unwrap()
}

/// What reading says when the header of a chunk is another.
fn with(chunk: u32, change: impl FnOnce(&mut Header)) -> Error {
    let mut disk = disk();
    let at = Lba(chunk * CHUNK);
    let mut header = header(&mut disk, at);
    change(&mut header);
    disk.write(at, &header.emit()).unwrap();
    Table::read(&mut disk).unwrap_err()
}

#[test]
fn what_is_no_apa_disk_is_told_so() {
    for sectors in [0, 1, 100, 1 << 30] {
        let empty = Table::read(&mut MemoryDisk::new(sectors));
        assert!(matches!(empty, Err(Error::NotApa)), "{sectors}");
    }
    let mut pc = MemoryDisk::new(1 << 20);
    pc.write(Lba(0), &[0x55; 512]).unwrap();
    assert!(matches!(Table::read(&mut pc), Err(Error::NotApa)));
}

#[test]
fn the_parts_of_a_table_are_where_they_were_put() {
    let table = Table::read(&mut disk()).unwrap();
    let starts: Vec<_> = table
        .headers()
        .iter()
        .map(|header| header.extent().start.0 / CHUNK)
        .collect();
    assert_eq!(starts, [0, 1, 2, 4]);
    let ids: Vec<_> = table.games().map(|game| game.id().to_string()).collect();
    assert_eq!(ids, ["PP.A", "PP.B"]);
    assert_eq!(table.find(Id::new("pp.b")).unwrap().subs().len(), 1);
}

#[test]
fn every_damage_is_told_with_its_place() {
    let mut disk = disk();
    disk.write(Lba(CHUNK), &[0; 512]).unwrap();
    let error = Table::read(&mut disk).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Header {
                at: Lba(CHUNK),
                fault: HeaderFault::Magic
            }
        ),
        "{error}"
    );

    let (mbr, a, b, sub) = (Lba(0), Lba(CHUNK), Lba(2 * CHUNK), Lba(4 * CHUNK));
    let back = with(1, |header| header.link(b, b));
    assert!(
        matches!(back, Error::Link { at: Lba(CHUNK), before, .. } if before == mbr),
        "{back}"
    );
    let circle = with(2, |header| header.link(a, a));
    assert!(
        matches!(circle, Error::Order { at, .. } if at == a),
        "{circle}"
    );
    let short = with(2, |header| header.link(a, mbr));
    assert!(
        matches!(short, Error::Link { at, before, .. } if at == mbr && before == b),
        "{short}"
    );
    let beyond = with(4, |header| header.link(b, Lba(0xFFFF_FFFF)));
    assert!(
        matches!(
            beyond,
            Error::Beyond {
                at: Lba(0xFFFF_FFFF),
                ..
            }
        ),
        "{beyond}"
    );
    let longer = with(4, |header| {
        let extent = Extent::new(Lba(4 * CHUNK), 4 * CHUNK);
        *header = Header::sub(extent, Kind::GAME, b, 1, Timestamp::default());
        header.link(b, mbr);
    });
    assert!(
        matches!(longer, Error::Sub { main, .. } if main == b),
        "{longer}"
    );
    let foundling = with(4, |header| {
        *header = Header::sub(header.extent(), Kind::GAME, a, 1, Timestamp::default());
        header.link(b, mbr);
    });
    assert!(
        matches!(foundling, Error::Sub { sub: at, .. } if at == sub),
        "{foundling}"
    );
    let childless = with(4, |header| {
        *header = Header::empty(header.extent(), Timestamp::default());
        header.link(b, mbr);
    });
    assert!(
        matches!(childless, Error::Sub { sub: at, .. } if at == sub),
        "{childless}"
    );
}

/// Tools for small disks make them; games keep to their own grid around them.
#[test]
fn partitions_of_8_mib_are_read_and_spared() {
    let mut disk = blank(4 * GIB);
    let mut mbr = header(&mut disk, Lba(0));
    let extent = |number: u32| Extent::new(Lba(CHUNK + number * CHUNK / 16), CHUNK / 16);
    let (one, two) = (extent(0).start, extent(1).start);
    let mut small = Header::main(
        extent(0),
        Kind::PFS,
        Id::new("+OPL"),
        &[],
        Timestamp::default(),
    );
    let mut free = Header::empty(extent(1), Timestamp::default());
    mbr.link(two, one);
    small.link(Lba(0), two);
    free.link(one, Lba(0));
    for header in [&mbr, &small, &free] {
        disk.write(header.extent().start, &header.emit()).unwrap();
    }
    install(&mut disk, "PP.A", &image(1, 10)).unwrap();
    let table = Table::read(&mut disk).unwrap();
    let starts: Vec<_> = table
        .headers()
        .iter()
        .map(|header| header.extent().start)
        .collect();
    assert_eq!(starts, [Lba(0), one, two, Lba(2 * CHUNK)]);
    assert_eq!(
        common::walk(&mut disk),
        ["__mbr", "+OPL", "__empty", "PP.A"]
    );
}

#[test]
fn a_disk_that_was_cut_is_told_so() {
    let mut short = MemoryDisk::new(u64::from(5 * CHUNK) - 1);
    let mut disk = disk();
    for chunk in [0, 1, 2, 4] {
        let mut bytes = [0; HEADER_SIZE];
        disk.read(Lba(chunk * CHUNK), &mut bytes).unwrap();
        short.write(Lba(chunk * CHUNK), &bytes).unwrap();
    }
    assert!(matches!(
        Table::read(&mut short),
        Err(Error::Beyond {
            at: Lba(0x10_0000),
            ..
        })
    ));
}

#[test]
fn games_that_point_elsewhere_are_not_read() {
    let place = Lba(CHUNK + 0x808);
    let fault = |at: usize, value: u32| {
        let mut disk = disk();
        let mut bytes = [0; 1024];
        disk.read(place, &mut bytes).unwrap();
        bytes[at..][..4].copy_from_slice(&value.to_le_bytes());
        disk.write(place, &bytes).unwrap();
        let table = Table::read(&mut disk).unwrap();
        match Game::read(&mut disk, table.games().next().unwrap()) {
            Err(Error::Game {
                at: Lba(CHUNK),
                fault,
            }) => fault,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(fault(0, 0), GameFault::Magic);
    assert_eq!(fault(0xF0, 0), GameFault::Parts { parts: 0 });
    assert_eq!(fault(0xF0, 66), GameFault::Parts { parts: 66 });
    assert_eq!(fault(0xF0, 2), GameFault::Gap { part: 1 });
    assert_eq!(fault(0xF4, 1), GameFault::Gap { part: 0 });
    assert_eq!(fault(0xF8, CHUNK), GameFault::Outside { part: 0 });
    assert_eq!(fault(0xF8, 0xFFFF_FFFF), GameFault::Outside { part: 0 });
    assert_eq!(fault(0xFC, 124 << 20 | 512), GameFault::Outside { part: 0 });
}

#[test]
fn a_games_fields_are_where_loaders_look_for_them() {
    let mut disk = disk();
    let mut bytes = [0; 1024];
    disk.read(Lba(2 * CHUNK + 0x808), &mut bytes).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..][..4].try_into().unwrap());
    assert_eq!((word(0), word(4)), (0xDEAD_FEED, 0x1_0000));
    assert_eq!(&bytes[8..13], b"PP.B\0");
    assert_eq!(bytes[0xA8..0xAC], [0, 0, 0x40, 4]);
    assert_eq!(&bytes[0xAC..0xB8], b"SLES_123.45\0");
    assert_eq!((word(0xE8), word(0xEC), word(0xF0)), (0, 0x14, 2));
    let first = (2 * 128 - 4) * 512;
    assert_eq!(
        (word(0xF4), word(0xF8), word(0xFC)),
        (0, 2 * CHUNK + 0x2000, first * 2048)
    );
    assert_eq!(
        (word(0x100), word(0x104), word(0x108)),
        (first, 4 * CHUNK + 0x800, (150_000 - first) * 2048)
    );
}

/// What can be done to a disk.
#[derive(Clone, Debug)]
enum Step {
    /// Installs a game of so many MiB.
    Install(u64),
    /// Deletes one of the games.
    Delete(prop::sample::Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (1..1400_u64).prop_map(Step::Install),
        2 => any::<prop::sample::Index>().prop_map(Step::Delete),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_installed_and_deleted_tables_are_sound_and_games_keep_apart(steps in steps()) {
        let mut disk = blank(8 * GIB);
        let mut games: Vec<String> = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            match step {
                Step::Install(mib) => {
                    let (name, table) = (format!("PP.{number}"), Table::read(&mut disk).unwrap());
                    match common::plan(&table, &name, mib << 20) {
                        Ok(plan) => {
                            plan.begin(&mut disk).unwrap().commit().unwrap();
                            games.push(name);
                        }
                        Err(error) => prop_assert!(matches!(error, Error::NoSpace { .. }), "{error}"),
                    }
                }
                Step::Delete(_) if games.is_empty() => {}
                Step::Delete(index) => common::delete(&mut disk, &games.swap_remove(index.index(games.len()))),
            }
            common::check(&mut disk);
            let table = Table::read(&mut disk).unwrap();
            prop_assert_eq!(table.games().count(), games.len());
            for game in table.games() {
                Game::read(&mut disk, game).unwrap();
            }
        }
    }

    #[test]
    fn no_bytes_make_reading_panic_or_go_on_for_ever(
        damage in prop::collection::vec((0..5_u32, 0..1024_usize, any::<u8>(), any::<bool>()), 1..8),
    ) {
        let mut disk = disk();
        for (chunk, at, value, seal) in damage {
            let place = Lba(chunk * CHUNK);
            let mut bytes = [0; HEADER_SIZE];
            disk.read(place, &mut bytes).unwrap();
            bytes[at] = value;
            if seal {
                let sum = common::sum(&bytes);
                bytes[..4].copy_from_slice(&sum.to_le_bytes());
            }
            disk.write(place, &bytes).unwrap();
        }
        if let Ok(table) = Table::read(&mut disk) {
            for main in table.games() {
                let game = Game::read(&mut disk, main);
                let _ = game.map(|game| game.read_at(&mut disk, 0, &mut [0; 4096]));
            }
        }
    }
}

/// Writes a journal with one entry, which counts.
fn put_journal(disk: &mut MemoryDisk, place: Lba, bytes: &[u8; HEADER_SIZE]) {
    let mut list = [0; 512];
    list[..4].copy_from_slice(b"LAPA");
    list[4..8].copy_from_slice(&1_u32.to_le_bytes());
    list[8..12].copy_from_slice(&place.0.to_le_bytes());
    disk.write(journal::FIRST_COPY, bytes).unwrap();
    disk.write(journal::LIST, &list).unwrap();
}

/// The console would do it, which is no reason to do it here: the games can still be read.
#[test]
fn a_journal_that_would_write_over_a_game_is_left_alone() {
    const GAME_HEADER: u32 = 0x10_1000 / 512;
    let before = Table::read(&mut disk()).unwrap();
    let orphan = Header::empty(
        Extent::new(Lba(2 * CHUNK + CHUNK / 2), CHUNK),
        Timestamp::now(),
    );
    let mut others = [0; HEADER_SIZE];
    let others_place = Lba(2 * CHUNK + GAME_HEADER);
    disk().read(others_place, &mut others).unwrap();
    for (place, bytes) in [
        // Another game's header, which would have this game play that one's image.
        (Lba(CHUNK + GAME_HEADER), others),
        // A game's own header, what lies after it, the disk's end, and nothing that is a table's.
        (Lba(CHUNK + GAME_HEADER), [0xEE; HEADER_SIZE]),
        (Lba(2 * CHUNK + 0x2000), [0xEE; HEADER_SIZE]),
        (Lba(2 * CHUNK + CHUNK / 2), orphan.emit()),
        (Lba(u32::MAX), [0; HEADER_SIZE]),
        (Lba(7 * CHUNK), [0xEE; HEADER_SIZE]),
    ] {
        let mut disk = disk();
        put_journal(&mut disk, place, &bytes);
        let table = Table::read(&mut disk).unwrap();
        assert_eq!(table.headers(), before.headers(), "{place}");
        assert!(!table.is_interrupted(), "{place}");
        let refused = install(&mut disk, "PP.NEW", &image(3, 10)).unwrap_err();
        assert!(
            matches!(refused, Error::JournalPlace { at } if at == place),
            "{refused}"
        );
        assert_eq!(
            common::read_game(&mut disk, "PP.A"),
            image(1, 10),
            "{place}"
        );
        assert_eq!(
            common::read_game(&mut disk, "PP.B"),
            image(2, 150_000),
            "{place}"
        );
    }
}
