//! Changes to what is on a disk: a game goes, or gets another title.

use crate::change::Change;
use crate::disk::{self, Disk};
use crate::error::Error;
use crate::game::{Game, GameHeader};
use crate::header::{Header, Kind};
use crate::sector::{CHUNK, Extent, Lba};
use crate::table::Table;
use crate::timestamp::Timestamp;

/// Sectors of the longest free partition that the console's driver makes of two: 512 MiB.
const LONGEST: u32 = 4 * CHUNK;

/// What is going to be done to a disk. Nothing has been written.
#[derive(Clone, Debug)]
pub struct Edit {
    before: Table,
    change: Change,
}

impl Edit {
    /// Frees a main partition and its sub-partitions, as the console's driver does it: from the last one to the first;
    /// one at the table's end goes, with the free ones before it, and any other becomes free, joined with its free
    /// other half.
    ///
    /// # Errors
    /// Those of [`Table::check_changeable`]; [`Error::TooManyChanges`].
    pub fn delete(table: &Table, main: &Header, now: Timestamp) -> Result<Self, Error> {
        table.check_changeable()?;
        let parts = table.parts(main);
        let change = |longest| Change::between(table, &without(table, &parts, longest, now));
        let mut best = change(LONGEST);
        if best.check_size().is_err() {
            // Joining changes neighbours besides; without, there are no more changes than parts.
            best = change(0);
        }
        best.check_size()?;
        Ok(Self {
            before: table.clone(),
            change: best,
        })
    }

    /// Gives a game another title, of which [`GameHeader::MAX_TITLE`] bytes count. Its partitions keep their name.
    ///
    /// # Errors
    /// Those of [`Table::check_changeable`]; [`Error::Read`].
    pub fn rename(
        table: &Table,
        disk: &mut impl Disk,
        game: &Game,
        title: &str,
    ) -> Result<Self, Error> {
        table.check_changeable()?;
        let place = Game::header_place(game.start);
        let bytes = disk::read(disk, place)?;
        let mut change = Change::default();
        change.add(place, GameHeader::with_title(&bytes, title));
        Ok(Self {
            before: table.clone(),
            change,
        })
    }

    /// Does it.
    ///
    /// # Errors
    /// [`Error::Changed`] if the table is not the one that this was made for; those of [`Table::check_changeable`];
    /// [`Error::Unfinished`] if it failed and could not be taken back. After any other error, the disk is as it was.
    pub fn commit(&self, disk: &mut impl Disk) -> Result<(), Error> {
        self.before.make_ready(disk)?;
        self.change.commit(disk)
    }
}

/// The table without some of its partitions, none joined to one longer than `longest`.
fn without(table: &Table, gone: &[Extent], longest: u32, now: Timestamp) -> Table {
    let mut headers = table.headers().to_vec();
    for extent in gone.iter().rev() {
        let at_end = headers.last().map(Header::extent) == Some(*extent);
        headers.retain(|header| header.extent() != *extent);
        match at_end {
            true => drop_free_end(&mut headers),
            false => add_free(&mut headers, *extent, longest, now),
        }
    }
    Table::of(table.sectors(), headers)
}

fn drop_free_end(headers: &mut Vec<Header>) {
    while headers
        .last()
        .is_some_and(|last| last.kind() == Kind::EMPTY)
    {
        headers.pop();
    }
}

/// Adds a free partition, joined with its other half, the two with theirs, and so on.
fn add_free(headers: &mut Vec<Header>, mut extent: Extent, longest: u32, now: Timestamp) {
    while extent.sectors.is_power_of_two() && extent.sectors <= longest / 2 {
        let half = Extent {
            start: Lba(extent.start.0 ^ extent.sectors),
            ..extent
        };
        let before = headers.len();
        headers.retain(|header| header.kind() != Kind::EMPTY || header.extent() != half);
        if headers.len() == before {
            break;
        }
        extent = Extent::new(extent.start.min(half.start), 2 * extent.sectors);
    }
    let at = headers.partition_point(|header| header.extent().start < extent.start);
    headers.insert(at, Header::empty(extent, now));
}
