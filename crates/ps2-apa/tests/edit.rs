//! Games off disks, other titles, and disks begun anew: what is left, and that a failure leaves no trace.

mod common;

use common::{GIB, MIB, blank, check, complete, failing, image, install, layout, read_game};
use ps2_apa::{CHUNK, Content, Disk, Edit, Error, Extent, Game, Id, Lba, Table, Timestamp, format};
use testkit::disk::{Failure, MemoryDisk};

fn delete(disk: &mut impl Disk, name: &str) -> Result<(), Error> {
    let table = Table::read(disk)?;
    let main = table.find(Id::new(name)).unwrap();
    Edit::delete(&table, main, Timestamp::default())?.commit(disk)
}

fn rename(disk: &mut impl Disk, name: &str, title: &str) -> Result<(), Error> {
    let table = Table::read(disk)?;
    let game = Game::read(disk, table.find(Id::new(name)).unwrap())?;
    Edit::rename(&table, disk, &game, title)?.commit(disk)
}

fn title(disk: &mut impl Disk, name: &str) -> String {
    let table = Table::read(disk).unwrap();
    let game = Game::read(disk, table.find(Id::new(name)).unwrap()).unwrap();
    game.header.title
}

/// A disk of 8 GiB with games of one partition at chunks 1, 2 and 3, of three at 4 to 9, and of one at 10.
fn disk() -> MemoryDisk {
    let mut disk = blank(20_000_000_000);
    for (name, sectors) in [("PP.A", 9), ("PP.B", 9), ("PP.C", 9)] {
        install(&mut disk, name, &image(1, sectors)).unwrap();
    }
    install(&mut disk, "PP.D", &image(2, (700 * MIB / 2048) as usize)).unwrap();
    install(&mut disk, "PP.E", &image(3, 9)).unwrap();
    assert_eq!(
        layout(&mut disk),
        [
            (0, 1, true),
            (1, 1, true),
            (2, 1, true),
            (3, 1, true),
            (4, 4, true),
            (8, 2, true),
            (10, 1, true)
        ]
    );
    disk
}

#[test]
fn what_a_game_has_taken_is_free_and_joined_with_its_free_other_half() {
    let mut disk = disk();
    delete(&mut disk, "PP.B").unwrap();
    check(&mut disk);
    assert_eq!(layout(&mut disk)[2..4], [(2, 1, false), (3, 1, true)]);
    delete(&mut disk, "PP.C").unwrap();
    check(&mut disk);
    assert_eq!(
        layout(&mut disk)[1..4],
        [(1, 1, true), (2, 2, false), (4, 4, true)]
    );
    // Its first part is as long as free partitions become.
    delete(&mut disk, "PP.D").unwrap();
    check(&mut disk);
    assert_eq!(
        layout(&mut disk)[2..],
        [(2, 2, false), (4, 4, false), (8, 2, false), (10, 1, true)]
    );
    for name in ["PP.A", "PP.E"] {
        let seed = if name == "PP.A" { 1 } else { 3 };
        assert_eq!(read_game(&mut disk, name), image(seed, 9));
    }
    // The last one takes the free ones before it along.
    delete(&mut disk, "PP.E").unwrap();
    check(&mut disk);
    assert_eq!(layout(&mut disk), [(0, 1, true), (1, 1, true)]);
    delete(&mut disk, "PP.A").unwrap();
    assert_eq!(layout(&mut disk), [(0, 1, true)]);
    check(&mut disk);
}

#[test]
fn a_game_goes_where_another_was_deleted() {
    let mut disk = disk();
    delete(&mut disk, "PP.D").unwrap();
    let new = image(7, (600 * MIB / 2048) as usize);
    install(&mut disk, "PP.NEW", &new).unwrap();
    check(&mut disk);
    assert!(read_game(&mut disk, "PP.NEW") == new);
    assert_eq!(layout(&mut disk)[4], (4, 4, true));
}

#[test]
fn a_game_in_as_many_pieces_as_can_be_is_deleted_at_once() {
    let mut disk = blank(64 * GIB);
    // A partition in each chunk; then every fourth is free, and is taken.
    let name = |chunk: u32| format!("PP.{chunk}");
    for chunk in 1..270 {
        install(&mut disk, &name(chunk), &image(1, 1)).unwrap();
    }
    let parts = (1..=65).map(|number| 4 * number);
    for chunk in parts.clone() {
        common::delete(&mut disk, &name(chunk));
    }
    let table = Table::read(&mut disk).unwrap();
    let plan = common::plan(&table, "PP.NEW", (65 * 127 - 3) * MIB).unwrap();
    assert_eq!(plan.partitions().len(), 65);
    plan.begin(&mut disk).unwrap().commit().unwrap();
    // Each part has a free other half now: with all of them joined, more would change than the journal takes.
    for chunk in parts {
        common::delete(&mut disk, &name(chunk + 1));
    }
    delete(&mut disk, "PP.NEW").unwrap();
    check(&mut disk);
    assert_eq!(
        layout(&mut disk)[4..7],
        [(4, 1, false), (5, 1, false), (6, 1, true)]
    );
    assert_eq!(Table::read(&mut disk).unwrap().games().count(), 139);
}

#[test]
fn a_title_changes_and_nothing_else() {
    let mut disk = disk();
    let (before, mut old) = (disk.clone(), [0; 1024]);
    let place = Lba(4 * CHUNK + 0x808);
    // What this crate does not understand is kept.
    disk.read(place, &mut old).unwrap();
    old[0xE0] = 0x77;
    disk.write(place, &old).unwrap();
    rename(&mut disk, "PP.D", "Ein längerer Titel").unwrap();
    assert_eq!(title(&mut disk, "PP.D"), "Ein längerer Titel");
    assert_eq!(
        Table::read(&mut disk).unwrap(),
        Table::read(&mut before.clone()).unwrap()
    );
    let mut new = [0; 1024];
    disk.read(place, &mut new).unwrap();
    assert_eq!(new[0xA8..], old[0xA8..]);
    assert_eq!(new[..8], old[..8]);
    // 64 bytes, and no half letters.
    rename(&mut disk, "PP.D", &"ä".repeat(40)).unwrap();
    assert_eq!(title(&mut disk, "PP.D"), "ä".repeat(32));
}

#[test]
fn other_tables_are_left_alone() {
    let mut disk = disk();
    let table = Table::read(&mut disk).unwrap();
    let late = Edit::delete(&table, table.games().next().unwrap(), Timestamp::default()).unwrap();
    delete(&mut disk, "PP.E").unwrap();
    assert!(matches!(late.commit(&mut disk), Err(Error::Changed)));
    let gpt = Extent::new(Lba(1), 100);
    common::share(&mut disk, gpt, 0xEE);
    assert!(matches!(delete(&mut disk, "PP.A"), Err(Error::Shared(_))));
    assert!(matches!(
        rename(&mut disk, "PP.A", "T"),
        Err(Error::Shared(_))
    ));
}

type Work = fn(&mut dyn Disk) -> Result<(), Error>;

/// What is done to a disk, and how it is then told from before.
const WORKS: [(&str, Work); 3] = [
    ("delete", |mut disk| delete(&mut disk, "PP.D")),
    ("rename", |mut disk| rename(&mut disk, "PP.D", "New")),
    ("format", |mut disk| {
        format::format(&mut disk, Timestamp::default()).map(drop)
    }),
];

/// All that anybody can see of the games.
fn seen(disk: &mut MemoryDisk) -> Vec<(String, String)> {
    check(disk);
    let table = Table::read(disk).unwrap();
    let games: Vec<_> = table.games().cloned().collect();
    let games = games.iter().map(|main| Game::read(disk, main).unwrap());
    games
        .map(|game| (game.id.to_string(), game.header.title))
        .collect()
}

#[test]
fn after_a_failed_write_all_is_as_it_was() {
    for (what, work) in WORKS {
        let mut disk = disk();
        let before = seen(&mut disk);
        let mut tried = 0;
        while let Some((error, mut disk)) = failing(&disk, tried, Failure::Once, |disk| work(disk))
        {
            assert!(
                !matches!(error, Error::Unfinished { .. }),
                "{what}, write {tried}: {error}"
            );
            let notes = what == "format" && seen(&mut disk).is_empty();
            assert!(notes || seen(&mut disk) == before, "{what}, write {tried}");
            tried += 1;
        }
        assert!(tried >= 4, "{what}: only {tried} writes");
    }
}

#[test]
fn after_a_loss_of_power_all_is_as_it_was_or_done() {
    for (what, work) in WORKS {
        let disk = disk();
        let mut done = disk.clone();
        work(&mut done).unwrap();
        let (before, after) = (seen(&mut disk.clone()), seen(&mut done));
        let (mut old, mut new) = (0, 0);
        while let Some((_, mut disk)) = failing(&disk, old + new, Failure::Power, |disk| work(disk))
        {
            let interrupted = Table::read(&mut disk).unwrap().is_interrupted();
            complete(&mut disk);
            match seen(&mut disk) {
                now if now == before => {
                    assert!(new == 0 && !interrupted, "{what}: one moment of the change");
                    old += 1;
                }
                now => {
                    assert!(now == after, "{what}: {now:?}");
                    new += 1;
                }
            }
            if what != "format" {
                assert_eq!(read_game(&mut disk, "PP.A"), image(1, 9), "{what}");
            }
        }
        assert!(old >= 2 && new >= 2, "{what}: {old} and {new} writes");
    }
}

#[test]
fn a_driver_that_ignores_the_journal_finds_its_way_after_each_write() {
    for (what, work) in WORKS {
        let (disk, mut good) = (disk(), 0);
        while let Some((_, mut disk)) = failing(&disk, good, Failure::Unplugged, |disk| work(disk))
        {
            let names = common::walk(&mut disk);
            let others = ["PP.A", "PP.B", "PP.C", "PP.E"];
            let all = others
                .iter()
                .all(|other| names.iter().any(|name| name == other));
            assert!(all || what == "format", "{what}, {good}: {names:?}");
            good += 1;
        }
    }
}

#[test]
fn the_next_change_completes_what_was_interrupted() {
    for (what, work) in &WORKS[..2] {
        let disk = disk();
        let cuts = (0..).map_while(|good| failing(&disk, good, Failure::Power, |disk| work(disk)));
        let interrupted: Vec<_> = cuts
            .map(|(_, disk)| disk)
            .filter(|disk| Table::read(&mut disk.clone()).unwrap().is_interrupted())
            .collect();
        assert!(!interrupted.is_empty(), "{what}");
        for mut disk in interrupted {
            delete(&mut disk, "PP.A").unwrap();
            check(&mut disk);
            assert!(!Table::read(&mut disk).unwrap().is_interrupted());
            let games = seen(&mut disk);
            match *what {
                "delete" => assert!(games.iter().all(|(id, _)| id != "PP.D"), "{games:?}"),
                _ => assert!(games.contains(&("PP.D".into(), "New".into())), "{games:?}"),
            }
        }
    }
}

/// A table that was never completed is not to come back over the new one.
#[test]
fn a_disk_whose_change_was_interrupted_is_begun_anew() {
    let disk = disk();
    let mut cuts =
        (0..).map_while(|good| failing(&disk, good, Failure::Power, |disk| delete(disk, "PP.D")));
    let (_, interrupted) = cuts
        .find(|(_, disk)| Table::read(&mut disk.clone()).unwrap().is_interrupted())
        .unwrap();
    let mut good = 0;
    while let Some((_, mut disk)) = failing(&interrupted, good, Failure::Power, |disk| {
        format::format(disk, Timestamp::default())
    }) {
        complete(&mut disk);
        let games = seen(&mut disk);
        assert!(games.is_empty() || games.len() == 4, "{games:?}");
        good += 1;
    }
    assert!(good > 6);
}

#[test]
fn what_is_on_a_disk_is_told() {
    let content = |disk: &mut MemoryDisk| Content::of(disk).unwrap();
    let told = |at: u32, mark: &[u8]| {
        let mut disk = MemoryDisk::new(1 << 20);
        let mut bytes = vec![0; 512 * mark.len().div_ceil(512)];
        bytes[..mark.len()].copy_from_slice(mark);
        disk.write(Lba(at), &bytes).unwrap();
        content(&mut disk).to_string()
    };
    assert_eq!(content(&mut MemoryDisk::new(1 << 20)), Content::Nothing);
    assert_eq!(content(&mut MemoryDisk::new(3)), Content::Nothing);
    assert!(matches!(content(&mut disk()), Content::Apa(_)));
    assert!(content(&mut disk()).to_string().contains("5 games"));
    assert!(told(1, b"EFI PART").contains("GPT"));
    assert!(told(0, b"\xEB\x52\x90NTFS    ").contains("NTFS"));
    let mut mbr = [0; 512];
    mbr[510..].copy_from_slice(b"\x55\xAA");
    assert!(told(0, &mbr).contains("MBR"));
    assert!(told(0, b"\0\0\0\0APA\0").contains("damaged table"));
    for at in [0, 2000, (1 << 20) - 1] {
        assert!(told(at, b"!").contains("not known"), "{at}");
    }
    // A disk above the reach of sector numbers.
    let mut large = MemoryDisk::new(3 << 31);
    assert_eq!(content(&mut large), Content::Nothing);
    large.write(Lba(0), &[1; 512]).unwrap();
    assert_eq!(content(&mut large), Content::Unknown);
}

#[test]
fn a_disk_too_small_for_a_game_is_not_begun() {
    let mut small = MemoryDisk::new(u64::from(2 * CHUNK) - 1);
    let refused = format::format(&mut small, Timestamp::default()).unwrap_err();
    assert!(matches!(refused, Error::TooSmall { .. }), "{refused}");
    assert_eq!(Content::of(&mut small).unwrap(), Content::Nothing);
}
