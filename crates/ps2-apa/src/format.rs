//! An empty disk: the table's beginning, and nothing else.
//!
//! The console's own format has four partitions for its software besides, which loaders of games do not need.

use crate::disk::{self, Disk, REACH};
use crate::error::Error;
use crate::header::Header;
use crate::journal;
use crate::sector::{Lba, SECTOR_SIZE};
use crate::table::Table;
use crate::timestamp::Timestamp;

/// Where the console notes a sector and a partition that it had trouble with.
const NOTES: Lba = Lba(6);

/// Makes the disk an empty one. All that was on it is lost.
///
/// # Errors
/// The disk's.
pub fn format(disk: &mut impl Disk, created: Timestamp) -> Result<Table, Error> {
    disk::write(disk, NOTES, &[0; 2 * SECTOR_SIZE])?;
    journal::reset(disk)?;
    let table = Table::of(disk.sectors().min(REACH), vec![Header::mbr(created)]);
    for header in table.headers() {
        disk::write(disk, header.extent().start, &header.emit())?;
    }
    disk::flush(disk)?;
    Ok(table)
}
