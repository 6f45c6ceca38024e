//! From one table to another: wholly, or not at all.
//!
//! # The order, and why
//! 1. The image goes to free sectors. Whatever happens now, the table is as it was.
//!    One thing lies in free space that the table needs: the headers of partitions that nobody uses. Where the image
//!    covers one, that piece of the image is withheld, and becomes a part of the change.
//! 2. The game's header goes to its place, which is free as well; all is read back.
//! 3. All changed headers, and what was withheld, go to the journal. It does not count yet.
//! 4. One sector makes the journal count. This is the moment of the change: a disk keeps such a write whole.
//! 5. The headers go to their places. Whoever opens the disk when this was interrupted, the console or this crate,
//!    does it again from the journal.
//! 6. The journal is emptied.
//!
//! If the disk refuses a write in 3 to 6, what was there before is written back, and the journal is emptied. While
//! that is under way the journal still has the whole change, so a second failure leaves a disk that completes it.

use crate::disk::{self, Disk};
use crate::error::Error;
use crate::header::{HEADER_SIZE, Header};
use crate::journal::{self, MAX_ENTRIES, Pairs};
use crate::sector::Lba;
use crate::table::Table;

/// Sectors to be written together, in pairs.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Change {
    pairs: Pairs,
}

impl Change {
    /// All headers of `new` that `old` has not.
    pub fn between(old: &Table, new: &Table) -> Self {
        let bytes = |header: &Header| (header.extent().start, header.emit());
        let known: Pairs = old.headers().iter().map(bytes).collect();
        let headers = new.headers().iter().map(bytes);
        Self {
            pairs: headers
                .filter(|(at, bytes)| known.get(at) != Some(bytes))
                .collect(),
        }
    }

    /// Adds two sectors from `at` on.
    pub(crate) fn add(&mut self, at: Lba, bytes: [u8; HEADER_SIZE]) {
        self.pairs.insert(at, bytes);
    }

    /// How many pairs of sectors change.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Makes the change.
    ///
    /// # Errors
    /// [`Error::Unfinished`] if it failed and could not be taken back. After any other error, the disk is as it was.
    pub fn commit(&self, disk: &mut impl Disk) -> Result<(), Error> {
        self.check_size()?;
        let before = self.read(disk)?;
        self.apply(disk)
            .map_err(|error| take_back(disk, &before, error))
    }

    /// Makes sure that the journal takes the change.
    pub(crate) fn check_size(&self) -> Result<(), Error> {
        match self.len() {
            changes if changes > MAX_ENTRIES => Err(Error::TooManyChanges { changes }),
            _ => Ok(()),
        }
    }

    fn read(&self, disk: &mut impl Disk) -> Result<Pairs, Error> {
        let places = self.pairs.keys();
        places.map(|&at| Ok((at, disk::read(disk, at)?))).collect()
    }

    fn apply(&self, disk: &mut impl Disk) -> Result<(), Error> {
        journal::write(disk, &self.pairs)?;
        journal::put(disk, &self.pairs)?;
        if let Some((at, _)) = self
            .read(disk)?
            .iter()
            .find(|(at, bytes)| self.pairs.get(at) != Some(bytes))
        {
            return Err(Error::ReadBack { at: *at });
        }
        journal::reset(disk)
    }
}

/// Restores what was there before, and gives the error to report.
fn take_back(disk: &mut impl Disk, before: &Pairs, error: Error) -> Error {
    match journal::put(disk, before).and_then(|()| journal::reset(disk)) {
        Ok(()) => error,
        Err(_) => Error::Unfinished {
            source: Box::new(error),
        },
    }
}
