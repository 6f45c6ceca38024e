//! A hard disk of the console, some of whose bytes are others: its table is read or refused, and installing a game
//! harms no other game.
//!
//! An input is which disk (one with two games, or one on which the second game's installation was interrupted), and
//! changes: what (one byte), where in it (two), and to which value (one).

use std::sync::OnceLock;

use ps2_apa::header::HEADER_SIZE;
use ps2_apa::space::{Reach, Space};
use ps2_apa::{Disk, Edit, Error, Extent, Game, Id, Lba, Plan, Table, Timestamp, journal};
use testkit::Rng;
use testkit::disk::{FailingDisk, Failure, MemoryDisk, game_header};
use time::OffsetDateTime;

use crate::input::Input;

/// Sectors of the disk: 4 GiB.
const SECTORS: u64 = 4 << 21;
/// A game's header lies here in its main partition.
const GAME_HEADER: u32 = 0x10_1000 / 512;
/// Sectors of the disk in a sector of a disc.
const PER_DISC_SECTOR: usize = 4;

/// See the module.
pub(crate) fn apa(data: &[u8]) -> u64 {
    let mut input = Input(data);
    let mut disk = disks()[input.below(2)].clone();
    while !input.0.is_empty() {
        change(&mut input, &mut disk);
    }
    let Ok(before) = Table::read(&mut disk) else {
        return 1;
    };
    check_table(&before);
    let games = games(&mut disk, &before);
    let plan = Plan::new(
        &before,
        Id::new("PP.NEW"),
        game_header("New"),
        3,
        Reach::Lba48,
        timestamp(),
    );
    let installed = plan.and_then(|plan| install(plan, &mut disk));
    check_games(&mut disk, &games);
    if installed.is_ok() {
        let after = Table::read(&mut disk).expect("a table after an installation");
        check_table(&after);
        assert!(after.find(Id::new("PP.NEW")).is_some() && !after.is_interrupted());
    }
    if let Some(((game, _), others)) = games.split_first() {
        edit(&mut disk, game, others);
    }
    1
}

/// Gives a game another title, and deletes it. Both may be refused.
fn edit(disk: &mut MemoryDisk, game: &Game, others: &[(Game, Vec<u8>)]) {
    let table = Table::read(disk).expect("a table that could be read before");
    let mut mains = table.games();
    let main = mains.find(|main| main.extent().start == game.start);
    let main = main.expect("a game that was there before");
    let renamed = Edit::rename(&table, disk, game, "Other").and_then(|edit| edit.commit(disk));
    check_games(disk, others);
    if renamed.is_ok() {
        let game = Game::read(disk, main).expect("a game with another title");
        assert_eq!(game.header.title, "Other");
    }
    let deleted = Edit::delete(&table, main, timestamp()).and_then(|edit| edit.commit(disk));
    check_games(disk, others);
    if deleted.is_ok() {
        let after = Table::read(disk).expect("a table after a deletion");
        check_table(&after);
        assert_eq!(after.games().count() + 1, table.games().count());
    }
}

/// No partition overlaps another one or the disk's end.
fn check_table(table: &Table) {
    let mut end = 0;
    for header in table.headers() {
        assert!(u64::from(header.extent().start.0) >= end, "{header:?}");
        end = header.extent().end();
    }
    assert!(end <= table.sectors());
    let free: u64 = Space::of(table, Reach::Lba48)
        .free()
        .map(|extent| u64::from(extent.sectors))
        .sum();
    assert!(free <= table.sectors());
}

/// Games whose headers are sound, with the bytes of their headers and of their images' first sectors.
fn games(disk: &mut MemoryDisk, table: &Table) -> Vec<(Game, Vec<u8>)> {
    let games = table.games().filter_map(|main| {
        let game = Game::read(disk, main).ok()?;
        let extents: Vec<_> = table
            .headers()
            .iter()
            .map(ps2_apa::Header::extent)
            .collect();
        let inside = |part: Extent| extents.iter().any(|extent| extent.contains(part));
        assert!(
            game.header.parts.iter().all(|part| inside(part.extent())),
            "{game:?}"
        );
        Some((content(disk, &game), game))
    });
    games.map(|(content, game)| (game, content)).collect()
}

fn content(disk: &mut MemoryDisk, game: &Game) -> Vec<u8> {
    let mut bytes = vec![0; HEADER_SIZE];
    disk.read(Lba(game.start.0 + GAME_HEADER), &mut bytes)
        .expect("a disk in memory");
    let mut image = vec![0; 2 * PER_DISC_SECTOR * 512];
    let read = game.read_at(disk, 0, &mut image).expect("a disk in memory");
    bytes.extend_from_slice(&image[..read]);
    bytes
}

/// All games are what they were.
fn check_games(disk: &mut MemoryDisk, games: &[(Game, Vec<u8>)]) {
    for (game, before) in games {
        assert!(
            &content(disk, game) == before,
            "another game has changed: {game:?}"
        );
    }
}

fn install<D: Disk>(plan: Plan, disk: D) -> Result<(), Error> {
    let mut installation = plan.begin(disk)?;
    installation.write(&[0x77; 3 * PER_DISC_SECTOR * 512])?;
    installation.flush()?;
    installation.commit().map(drop)
}

/// What changes can be made to.
fn places() -> Vec<Lba> {
    let copies = (0..4).map(|number| Lba(journal::FIRST_COPY.0 + 2 * number));
    let chunks = (0..6).map(|number| Lba(number * ps2_apa::CHUNK));
    let games = chunks.clone().map(|chunk| Lba(chunk.0 + GAME_HEADER));
    // The journal's list has one sector; the next one is of no use to anybody.
    [journal::LIST]
        .into_iter()
        .chain(copies)
        .chain(chunks)
        .chain(games)
        .collect()
}

/// One change: of a byte anywhere, or of a place in the journal to where something else is.
fn change(input: &mut Input<'_>, disk: &mut MemoryDisk) {
    let what = input.byte();
    let places = places();
    if what & 0x40 != 0 {
        let word = usize::from(input.half()) % 128 * 4;
        let place = places[usize::from(input.byte()) % places.len()];
        let mut list = [0; 512];
        disk.read(journal::LIST, &mut list)
            .expect("a disk in memory");
        list[word..word + 4].copy_from_slice(&place.0.to_le_bytes());
        disk.write(journal::LIST, &list).expect("a disk in memory");
    } else {
        change_byte(input, disk, what, &places);
    }
}

/// A header's checksum is put right most of the time: nearly nothing is looked at without that.
fn change_byte(input: &mut Input<'_>, disk: &mut MemoryDisk, what: u8, places: &[Lba]) {
    let at = places[usize::from(what & 0x3F) % places.len()];
    let mut bytes = [0; HEADER_SIZE];
    disk.read(at, &mut bytes).expect("a disk in memory");
    bytes[usize::from(input.half()) % HEADER_SIZE] = input.byte();
    let is_header = bytes[4..8] == *b"APA\0";
    if is_header && what & 0x80 == 0 {
        let words = bytes[4..]
            .chunks(4)
            .map(|word| u32::from_le_bytes(word.try_into().expect("four bytes")));
        let sum = words.fold(0, u32::wrapping_add);
        bytes[..4].copy_from_slice(&sum.to_le_bytes());
    }
    disk.write(at, &bytes).expect("a disk in memory");
}

/// A disk with two games, and one on which the second's installation was interrupted.
fn disks() -> &'static [MemoryDisk; 2] {
    static DISKS: OnceLock<[MemoryDisk; 2]> = OnceLock::new();
    DISKS.get_or_init(|| {
        let mut disk = MemoryDisk::new(SECTORS);
        ps2_apa::format::format(&mut disk, timestamp()).expect("a disk in memory");
        install(plan(&mut disk, "PP.ONE"), &mut disk).expect("room for a game");
        let interrupted = (0..).find_map(|good| {
            let mut failing = FailingDisk::new(disk.clone(), good, Failure::Power);
            let _ = install(plan(&mut disk.clone(), "PP.TWO"), &mut failing);
            let table = Table::read(&mut failing.medium).expect("a table");
            table.is_interrupted().then_some(failing.medium)
        });
        install(plan(&mut disk, "PP.TWO"), &mut disk).expect("room for a game");
        [
            disk,
            interrupted.expect("a moment in which the journal counts"),
        ]
    })
}

fn plan(disk: &mut MemoryDisk, id: &str) -> Plan {
    let table = Table::read(disk).expect("a table");
    Plan::new(
        &table,
        Id::new(id),
        game_header(id),
        3,
        Reach::Lba48,
        timestamp(),
    )
    .expect("room for a game")
}

fn timestamp() -> Timestamp {
    Timestamp::from(OffsetDateTime::UNIX_EPOCH)
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut rng = Rng::new(1);
    (0..16)
        .map(|n| [vec![n % 2], rng.bytes(2 * usize::from(n))].concat())
        .collect()
}
