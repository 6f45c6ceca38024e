//! Which games a disk has, and which of them is meant.

use std::path::Path;

use ps2_apa::space::{Reach, Space};
use ps2_apa::{FileDisk, Game, Header, Table};

use super::error::Error;
use super::install::open;
use super::stored::Stored;

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
    /// The header.
    pub game: Game,
    /// Whether the image is compressed.
    pub compressed: bool,
}

impl Overview {
    /// Lists the games on a disk. A damaged one is listed as such.
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::Disk`].
    pub fn of(path: &Path) -> Result<Self, Error> {
        let mut disk = open(path)?;
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

fn listed(disk: &mut FileDisk, main: &Header) -> Listed {
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
    let compressed = Stored::new(disk, &game).is_compressed()?;
    Ok(Entry { game, compressed })
}

/// The game that goes by `name`: its title, the program that starts, or its partition.
///
/// # Errors
/// [`Error::NoGame`], [`Error::Ambiguous`]; [`Error::Disk`] if its header is damaged.
pub fn find(disk: &mut FileDisk, path: &Path, name: &str) -> Result<Game, Error> {
    let table = Table::read(disk).map_err(Error::disk(path))?;
    if let Some(main) = table.games().find(|main| main.id().matches(name)) {
        return Game::read(disk, main).map_err(Error::disk(path));
    }
    // A damaged game has no title that anybody could ask for.
    let games = table.games().filter_map(|main| Game::read(disk, main).ok());
    let is_meant = |game: &Game| {
        let names = [&game.header.title, &game.header.startup];
        names.iter().any(|own| own.eq_ignore_ascii_case(name))
    };
    let mut found: Vec<_> = games.filter(is_meant).collect();
    let (path, name) = (path.to_owned(), name.to_owned());
    match (found.len(), found.pop()) {
        (1, Some(game)) => Ok(game),
        (0, _) => Err(Error::NoGame { path, name }),
        (count, _) => Err(Error::Ambiguous { path, name, count }),
    }
}
