//! What is on a disk besides games, and what it can still take.

use std::path::Path;

use ps2_apa::header::Kind;
use ps2_apa::space::{Reach, Space};
use ps2_apa::{Access, Disk as _, Header, SECTOR_SIZE, Table};

use super::error::Error;
use super::open;

const SECTOR: u64 = SECTOR_SIZE as u64;

/// What is known of a disk.
#[derive(Debug)]
pub struct Info {
    /// Size of the disk, in bytes.
    pub bytes: u64,
    /// Bytes at its end that the table cannot reach.
    pub unused_bytes: u64,
    /// What games can still take, in bytes.
    pub free_bytes: u64,
    /// The partitions, in the order in which they lie on the disk; sub-partitions are a part of their main ones.
    pub partitions: Vec<Partition>,
    /// Bytes that are a PC's.
    pub pc_bytes: u64,
    /// Whether a change of the table was interrupted, and awaits completion.
    pub interrupted: bool,
    /// Why the table cannot be changed, if it can't.
    pub read_only: Option<ps2_apa::Error>,
}

/// A main partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partition {
    pub name: String,
    pub kind: Kind,
    /// Its first sector.
    pub start: u32,
    /// How many sub-partitions it has.
    pub subs: usize,
    /// Bytes that it takes, its sub-partitions' included.
    pub bytes: u64,
}

impl Info {
    /// Looks at a disk.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let mut disk = open(path, Access::Read)?;
        let table = Table::read(&mut disk).map_err(Error::disk(path))?;
        let mains = table.headers().iter();
        let mains = mains.filter(|header| header.sub_of().is_none());
        let pcs = table.foreign();
        Ok(Self {
            bytes: disk.sectors() * SECTOR,
            unused_bytes: unused_bytes(disk.sectors()),
            free_bytes: Space::of(&table, Reach::Lba48).free_mib() << 20,
            partitions: mains.map(|main| partition(&table, main)).collect(),
            pc_bytes: pcs.iter().map(|extent| bytes(extent.sectors)).sum(),
            interrupted: table.is_interrupted(),
            read_only: table.check_changeable().err(),
        })
    }
}

/// Bytes after the last sector that a table can name, of a disk of so many sectors.
pub fn unused_bytes(sectors: u64) -> u64 {
    sectors.saturating_sub(ps2_apa::disk::REACH) * SECTOR
}

fn bytes(sectors: u32) -> u64 {
    u64::from(sectors) * SECTOR
}

fn partition(table: &Table, main: &Header) -> Partition {
    let parts = table.parts(main);
    Partition {
        name: main.id().to_string(),
        kind: main.kind(),
        start: main.extent().start.0,
        subs: parts.len() - 1,
        bytes: parts.iter().map(|part| bytes(part.sectors)).sum(),
    }
}
