//! A game off a disk, or another title for it: shown first, and then done.

use std::path::{Path, PathBuf};

use ps2_apa::{Access, Edit, Game, Table, Timestamp};

use super::error::Error;
use super::list::{Listed, find_main, listed};
use super::open;

/// What is going to be done to a game on a disk. Nothing has been written.
#[derive(Debug)]
pub struct Editing {
    disk: PathBuf,
    game: Listed,
    edit: Edit,
}

impl Editing {
    /// Takes the game that goes by `name` off the disk. A damaged one goes by its partition's name.
    pub fn delete(path: &Path, name: &str) -> Result<Self, Error> {
        let mut disk = open(path, Access::Read)?;
        let table = Table::read(&mut disk).map_err(Error::disk(path))?;
        let main = find_main(&mut disk, &table, path, name)?;
        let edit = Edit::delete(&table, main, Timestamp::now()).map_err(Error::disk(path))?;
        Ok(Self {
            disk: path.to_owned(),
            game: listed(&mut disk, main),
            edit,
        })
    }

    /// Gives the game that goes by `name` another title. Its partition keeps its name.
    ///
    /// # Errors
    /// As of [`delete`](Self::delete), and [`Error::EmptyTitle`].
    pub fn rename(path: &Path, name: &str, title: &str) -> Result<Self, Error> {
        let title = match title.trim() {
            // Menus would show a line with nothing in it.
            "" => return Err(Error::EmptyTitle),
            title => title,
        };
        let mut disk = open(path, Access::Read)?;
        let table = Table::read(&mut disk).map_err(Error::disk(path))?;
        let main = find_main(&mut disk, &table, path, name)?;
        let game = Game::read(&mut disk, main).map_err(Error::disk(path))?;
        let edit = Edit::rename(&table, &mut disk, &game, title).map_err(Error::disk(path))?;
        Ok(Self {
            disk: path.to_owned(),
            game: listed(&mut disk, main),
            edit,
        })
    }

    /// The game, as it is.
    pub fn game(&self) -> &Listed {
        &self.game
    }

    /// Does it.
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::Disk`]. The disk is then as it was; see [`ps2_apa::Error::Unfinished`] for the
    /// exception.
    pub fn run(&self) -> Result<(), Error> {
        let mut disk = open(&self.disk, Access::Write)?;
        self.edit.commit(&mut disk).map_err(Error::disk(&self.disk))
    }
}
