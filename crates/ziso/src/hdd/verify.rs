//! An image on a disk to a verdict.

use std::path::Path;

use discs::DiscReader;
use discs::disc::Memory;
use discs::hashes::{Hasher, Hashes};
use ps2_apa::Game;

use super::error::Error;
use super::install::open;
use super::list::find;
use super::stored::Stored;
use crate::disc::{self, Disc};
use crate::error::At;
use crate::progress::{Meter, Phase, Watch};

/// Where a disc with files has its descriptor, and what that begins with.
const DESCRIPTOR: (usize, &[u8]) = (16 * 2048, b"\x01CD001");

/// What was found of a sound image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// The game.
    pub game: Game,
    /// Whether the image is compressed.
    pub compressed: bool,
    /// Size of the disc in it, in bytes.
    pub disc_bytes: u64,
    /// Checksums of the disc.
    pub hashes: Hashes,
}

/// Reads all of the image of the game `name` on the disk at `disk`, and compares the disc in it with the one in the
/// file `against`. One of them may be compressed and the other not.
///
/// # Errors
/// [`Error::Damaged`], [`Error::NoDisc`], [`Error::Differs`], [`Error::Disk`] if the image does not pass; others if
/// that could not be found out.
pub fn verify(
    disk: &Path,
    name: &str,
    against: Option<&Path>,
    watch: Watch<'_>,
) -> Result<Verified, Error> {
    let mut opened = open(disk)?;
    let game = find(&mut opened, disk, name)?;
    let other = against.map(disc::open).transpose()?;
    let mut memory = other.as_ref().map(Disc::memory);
    let other = other.as_ref().zip(memory.as_mut());
    let other = other
        .map(|(disc, memory)| Other::new(disc, memory))
        .transpose()?;
    let mut stored = Stored::new(&mut opened, &game);
    let disc_bytes = stored
        .disc_bytes()
        .map_err(|fault| fault.into_error(disk, &game))?;
    let mut check = Check {
        title: &game.header.title,
        other,
        hasher: Hasher::default(),
        done: 0,
    };
    let mut meter = Meter::new(watch, Phase::Verify, disc_bytes);
    let read = stored.disc(&mut |bytes| {
        check.next(bytes)?;
        meter.add(bytes.len()).map_err(Error::of_watch)
    });
    read.map_err(|fault| fault.into_error(disk, &game))?;
    let compressed = stored.is_compressed().map_err(Error::disk(disk))?;
    let hashes = check.finish(disc_bytes)?;
    Ok(Verified {
        compressed,
        disc_bytes,
        hashes,
        game,
    })
}

/// A disc that is looked at piece by piece.
struct Check<'c> {
    title: &'c str,
    other: Option<Other<'c>>,
    hasher: Hasher,
    done: u64,
}

/// The disc that it is compared with.
struct Other<'c> {
    path: &'c Path,
    sectors: u64,
    reader: DiscReader<'c>,
}

impl<'c> Other<'c> {
    fn new(disc: &'c Disc, memory: &'c mut Memory) -> Result<Self, crate::Error> {
        let path = disc.file().path();
        Ok(Self {
            path,
            sectors: disc.sectors(),
            reader: disc.reader(memory).at(path)?,
        })
    }
}

impl Check<'_> {
    fn next(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let (at, mark) = DESCRIPTOR;
        let found = bytes.get(at..).unwrap_or_default();
        // The first piece is longer than that, if there is so much.
        if self.done == 0 && !found.starts_with(mark) {
            return Err(Error::NoDisc {
                title: self.title.to_owned(),
            });
        }
        self.hasher.update(bytes);
        self.compare(bytes)?;
        self.done += bytes.len() as u64;
        Ok(())
    }

    /// Compares a piece with the other disc, which may end inside of the last sector.
    fn compare(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(other) = &mut self.other else {
            return Ok(());
        };
        let mut theirs = vec![0; bytes.len()];
        let read = other.reader.read_at(self.done, &mut theirs);
        read.at(other.path)?;
        match bytes
            .iter()
            .zip(&theirs)
            .position(|(own, other)| own != other)
        {
            Some(at) => Err(self.differs(self.done + at as u64)),
            None => Ok(()),
        }
    }

    fn finish(self, disc_bytes: u64) -> Result<Hashes, Error> {
        let sectors = disc_bytes.div_ceil(2048);
        match &self.other {
            Some(other) if other.sectors != sectors => {
                let shorter = other.reader.bytes().min(disc_bytes);
                Err(self.differs(shorter))
            }
            _ => Ok(self.hasher.finish()),
        }
    }

    fn differs(&self, at: u64) -> Error {
        let against = self.other.as_ref().map(|other| other.path.to_owned());
        Error::Differs {
            title: self.title.to_owned(),
            against: against.unwrap_or_default(),
            at,
        }
    }
}
