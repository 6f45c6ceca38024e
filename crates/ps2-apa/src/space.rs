//! Which parts of a disk are free, in chunks of 128 MiB.

use crate::header::Kind;
use crate::sector::{CHUNK, Extent, Lba};
use crate::table::Table;

/// Sectors that ATA commands with 28 bits reach: 128 GiB.
const LBA28: u64 = 1 << 28;
/// MiB of a chunk.
const CHUNK_MIB: u64 = 128;

/// The chunks of a disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Space {
    free: Vec<bool>,
}

/// How far a disk is used.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Reach {
    /// As far as the table can say: 2 TiB.
    #[default]
    Lba48,
    /// As far as software without 48-bit commands can see: 128 GiB.
    Lba28,
}

impl Space {
    /// What is free of a disk: everything that no partition uses, of the console or of a PC.
    pub fn of(table: &Table, reach: Reach) -> Self {
        let chunks = table.sectors() / u64::from(CHUNK);
        let end = match reach {
            Reach::Lba48 => u64::MAX,
            Reach::Lba28 => LBA28,
        };
        let headers = table.headers().iter();
        let used = headers.filter(|header| header.kind() != Kind::EMPTY);
        let mut used: Vec<_> = used.map(|header| header.extent()).collect();
        used.extend(table.foreign());
        let is_free =
            |chunk: Extent| chunk.end() <= end && !used.iter().any(|extent| extent.overlaps(chunk));
        Self {
            free: (0..chunks).map(|number| is_free(extent(number))).collect(),
        }
    }

    /// Chunks of the disk, free or not.
    pub fn chunks(&self) -> usize {
        self.free.len()
    }

    /// The free chunks, in order.
    pub fn free(&self) -> impl Iterator<Item = Extent> {
        let numbered = (0_u64..).zip(&self.free);
        numbered
            .filter(|(_, free)| **free)
            .map(|(number, _)| extent(number))
    }

    /// How much is free, in MiB.
    pub fn free_mib(&self) -> u64 {
        self.free().count() as u64 * CHUNK_MIB
    }
}

/// The sectors of a chunk. No table has more than 2^14 of them, so its number fits.
fn extent(number: u64) -> Extent {
    Extent::new(Lba((number as u32).wrapping_mul(CHUNK)), CHUNK)
}
