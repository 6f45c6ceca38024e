//! An image on a disk to a verdict.

use std::io::Read as _;
use std::path::Path;

use discs::disc::Memory;
use discs::hashes::{Hasher, Hashes};
use discs::{DiscReader, Form};
use ps2_apa::Game;
use zso_report::info::Problem;

use super::error::Error;
use super::stored::Stored;
use crate::disc::{self, Disc};
use crate::error::At;
use crate::progress::{Meter, Phase, Watch};

/// Bytes of a disc that are looked at at a time.
const RUN: usize = 1 << 20;
/// Where a disc with files has its descriptor, and what that begins with.
const DESCRIPTOR: (usize, &[u8]) = (16 * 2048, b"\x01CD001");

/// What was found of a sound image.
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    pub game: Game,
    pub compressed: bool,
    /// Size of the disc in it, in bytes.
    pub disc_bytes: u64,
    pub hashes: Hashes,
    /// What the image does not have of the disc, although its header counts it.
    pub never_stored: Option<Problem>,
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
    let stored = Stored::open(disk, name)?;
    let game = stored.game().clone();
    let title = &game.header.title;
    let fault = |error| Error::of_disc(disk, title, error);
    let image = discs::Disc::new(stored).map_err(fault)?;
    let other = against.map(disc::open).transpose()?;
    let mut memory = other.as_ref().map(Disc::memory);
    let other = other.as_ref().zip(memory.as_mut());
    let other = other
        .map(|(disc, memory)| Other::new(disc, memory))
        .transpose()?;
    let mut check = Check {
        title,
        other,
        hasher: Hasher::default(),
        done: 0,
    };
    let mut meter = Meter::new(watch, Phase::Verify, image.bytes());
    let mut stream = image.stream().map_err(fault)?;
    let mut run = Vec::with_capacity(RUN);
    loop {
        run.clear();
        let read = stream.by_ref().take(RUN as u64).read_to_end(&mut run);
        let read = read.map_err(|error| Error::of_stream(disk, title, error))?;
        if read == 0 {
            break;
        }
        check.next(&run)?;
        meter.add(read).map_err(Error::of_watch)?;
    }
    image.check().map_err(fault)?;
    let hashes = check.finish(image.bytes() + image.never_stored())?;
    Ok(Verified {
        compressed: matches!(image.form(), Form::Zso(_)),
        disc_bytes: image.bytes(),
        hashes,
        never_stored: Problem::never_stored(&image),
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
