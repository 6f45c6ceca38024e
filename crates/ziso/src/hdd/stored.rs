//! An image that is on a disk, as if it were a file: all that is known of files holds for it, too.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use discs::ReadAt;
use ps2_apa::{Access, FileDisk, Game, SECTOR_SIZE};
use zso::format::MAGIC;

use super::error::Error;
use super::list::find;
use super::open;

const SECTOR: u64 = SECTOR_SIZE as u64;

/// An image on a disk.
#[derive(Debug)]
pub struct Stored {
    disk: Mutex<FileDisk>,
    game: Game,
}

impl Stored {
    /// The image of the game that goes by `name` on the disk at `path`.
    pub fn open(path: &Path, name: &str) -> Result<Self, Error> {
        let mut disk = open(path, Access::Read)?;
        let game = find(&mut disk, path, name)?;
        Ok(Self::new(disk, game))
    }

    /// The image of a game.
    pub(crate) fn new(disk: FileDisk, game: Game) -> Self {
        let disk = Mutex::new(disk);
        Self { disk, game }
    }

    pub fn game(&self) -> &Game {
        &self.game
    }

    /// Whether the image is compressed.
    pub fn is_compressed(&self) -> io::Result<bool> {
        Ok(self.start(MAGIC.len())? == MAGIC)
    }
}

impl ReadAt for Stored {
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        let (sector, skip) = (at / SECTOR, (at % SECTOR) as usize);
        let mut read = |buf: &mut [u8]| {
            let read = self.game.read_at(&mut *disk, sector, buf);
            read.map_err(io::Error::other)
        };
        // Disks are read in whole sectors.
        let whole = buf.len() / SECTOR_SIZE * SECTOR_SIZE;
        if skip == 0 && whole > 0 {
            return read(buf.get_mut(..whole).unwrap_or_default());
        }
        let mut one = [0; SECTOR_SIZE];
        let have = read(&mut one)?;
        let mut bytes = one.get(skip..have).unwrap_or_default();
        io::Read::read(&mut bytes, buf)
    }

    fn len(&self) -> u64 {
        self.game.header.bytes()
    }
}
