//! An empty disk: the table's beginning, and nothing else.
//!
//! The console's own format has four partitions for its software besides, which loaders of games do not need.

use crate::change::Change;
use crate::disk::{self, Disk, REACH};
use crate::error::Error;
use crate::header::Header;
use crate::journal;
use crate::sector::{CHUNK, Lba, SECTOR_SIZE};
use crate::table::Table;
use crate::timestamp::Timestamp;

/// Where the console notes a sector and a partition that it had trouble with.
const NOTES: Lba = Lba(6);

/// Makes the disk an empty one. All that was on it is lost.
///
/// The new table goes through the journal, too: a table of the console's that was there remains, or the new one comes.
///
/// # Errors
/// [`Error::TooSmall`]; the disk's; [`Error::Unfinished`] as of [`Change::commit`].
pub fn format(disk: &mut impl Disk, created: Timestamp) -> Result<Table, Error> {
    check_size(disk)?;
    match Table::read(disk) {
        Ok(old) if old.is_interrupted() => journal::complete(disk)?,
        _ => journal::reset(disk)?,
    }
    let table = Table::of(disk.sectors().min(REACH), vec![Header::mbr(created)]);
    let mut change = Change::default();
    for header in table.headers() {
        change.add(header.extent().start, header.emit());
    }
    change.commit(disk)?;
    disk::write(disk, NOTES, &[0; 2 * SECTOR_SIZE])?;
    disk::flush(disk)?;
    Ok(table)
}

/// Makes sure that a table and a game have room on the disk.
///
/// # Errors
/// [`Error::TooSmall`].
pub fn check_size(disk: &impl Disk) -> Result<(), Error> {
    match disk.sectors() {
        sectors if sectors < 2 * u64::from(CHUNK) => Err(Error::TooSmall { sectors }),
        _ => Ok(()),
    }
}
