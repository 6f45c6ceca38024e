//! Which games a disk has, and which of them is meant.

use std::path::Path;

use ps2_apa::space::{Reach, Space};
use ps2_apa::{Access, FileDisk, Game, Header, Table};

use super::error::Error;
use super::open;

/// Bytes of a sector of the disk.
const SECTOR: u64 = ps2_apa::SECTOR_SIZE as u64;

/// What is on a disk.
#[derive(Debug)]
pub struct Overview {
    /// The games, in the order in which they lie on the disk.
    pub games: Vec<Listed>,
    /// Size of the disk, in bytes, as far as its table reaches.
    pub disk_bytes: u64,
    /// What games can still take, in bytes, their headers included.
    pub free_bytes: u64,
    /// Whether a change of the table was interrupted, and awaits completion.
    pub interrupted: bool,
}

/// A game on a disk.
#[derive(Debug)]
pub struct Listed {
    /// Its main partition's name.
    pub partition: String,
    /// Bytes of the disk that its partitions take.
    pub partition_bytes: u64,
    /// What its header says, if it can be read.
    pub game: Result<Entry, ps2_apa::Error>,
}

/// What a game's header says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub game: Game,
    pub compressed: bool,
}

impl Overview {
    /// Lists the games on a disk. A damaged one is listed as such.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let mut disk = open(path, Access::Read)?;
        let table = Table::read(&mut disk).map_err(Error::disk(path))?;
        let games = table.games().map(|main| listed(&mut disk, main));
        Ok(Self {
            games: games.collect(),
            disk_bytes: table.sectors() * SECTOR,
            free_bytes: Space::of(&table, Reach::Lba48).free_mib() << 20,
            interrupted: table.is_interrupted(),
        })
    }
}

pub(crate) fn listed(disk: &mut FileDisk, main: &Header) -> Listed {
    let mut extents = main.subs();
    extents.push(main.extent());
    let sectors: u64 = extents.iter().map(|extent| u64::from(extent.sectors)).sum();
    Listed {
        partition: main.id().to_string(),
        partition_bytes: sectors * SECTOR,
        game: entry(disk, main),
    }
}

fn entry(disk: &mut FileDisk, main: &Header) -> Result<Entry, ps2_apa::Error> {
    let game = Game::read(disk, main)?;
    let mut start = [0; ps2_apa::SECTOR_SIZE];
    game.read_at(disk, 0, &mut start)?;
    let compressed = start.starts_with(&zso::format::MAGIC);
    Ok(Entry { game, compressed })
}

/// The game that goes by `name`: its title, the program that starts, or its partition.
///
/// # Errors
/// [`Error::NoGame`], [`Error::Ambiguous`]; [`Error::Disk`] if its header is damaged.
pub fn find(disk: &mut FileDisk, path: &Path, name: &str) -> Result<Game, Error> {
    let table = Table::read(disk).map_err(Error::disk(path))?;
    let main = find_main(disk, &table, path, name)?;
    Game::read(disk, main).map_err(Error::disk(path))
}

/// The main partition of the game that goes by `name`. A damaged game goes by its partition's name alone.
pub(crate) fn find_main<'t>(
    disk: &mut FileDisk,
    table: &'t Table,
    path: &Path,
    name: &str,
) -> Result<&'t Header, Error> {
    if let Some(main) = table.games().find(|main| main.id().matches(name)) {
        return Ok(main);
    }
    let mut is_meant = |main: &&Header| {
        Game::read(disk, main).is_ok_and(|game| {
            let names = [game.header.title, game.header.startup];
            names.iter().any(|own| own.eq_ignore_ascii_case(name))
        })
    };
    let mut found: Vec<_> = table.games().filter(&mut is_meant).collect();
    let (path, name) = (path.to_owned(), name.to_owned());
    match (found.len(), found.pop()) {
        (1, Some(main)) => Ok(main),
        (0, _) => Err(Error::NoGame { path, name }),
        (count, _) => Err(Error::Ambiguous { path, name, count }),
    }
}
