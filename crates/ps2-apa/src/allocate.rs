//! Which free chunks a game gets.
//!
//! As hdl-dump does it, so that disks look the same whoever has filled them: chunks from the first free one on,
//! neighbours joined to partitions twice as long where alignment allows it. With one difference: no partition is
//! longer than 4 GiB. A game's header has 32 bits for the bytes in each part, and a longer part would be cut.

use crate::error::Error;
use crate::game::{MAX_PARTS, MIB};
use crate::sector::{CHUNK, Extent, SECTOR_SIZE};
use crate::space::Space;

/// Chunks of the longest partition: 4 GiB.
const LONGEST: usize = 32;
/// No partition is longer than this part of the disk.
const SHARE: usize = 32;
/// Sectors of a MiB.
const PER_MIB: u64 = MIB / SECTOR_SIZE as u64;

/// The partitions for `bytes` of a game, the main one first.
///
/// # Errors
/// [`Error::NoSpace`], [`Error::Fragmented`].
pub fn allocate(space: &Space, bytes: u64) -> Result<Vec<Extent>, Error> {
    let image = bytes.div_ceil(MIB).max(1);
    let longest = (space.chunks() / SHARE).clamp(1, LONGEST) as u32 * CHUNK;
    let mut free = space.free();
    let mut parts = Joined::new(longest);
    let enough = parts.fill(&mut free, image) && {
        // How many headers there are is known only now. They never take more than one chunk.
        let with_headers = image + headers(parts.len());
        parts.fill(&mut free, with_headers)
    };
    if !enough {
        let need = image + headers(parts.len());
        let free = space.free_mib();
        return Err(Error::NoSpace { need, free });
    }
    match parts.len() {
        parts if parts > MAX_PARTS => Err(Error::Fragmented { parts }),
        _ => Ok(parts.into_iter().collect()),
    }
}

/// MiB that are not for the image in so many partitions: 4 in the main one, 1 in each other.
fn headers(parts: usize) -> u64 {
    parts as u64 + 3
}

/// Partitions in order, neighbours joined as far as they can be.
pub(crate) struct Joined {
    longest: u32,
    list: Vec<Extent>,
}

impl Joined {
    /// None yet, and none is going to have more sectors than `longest`.
    pub(crate) fn new(longest: u32) -> Self {
        let list = Vec::new();
        Self { longest, list }
    }

    fn len(&self) -> usize {
        self.list.len()
    }

    fn mib(&self) -> u64 {
        let sectors = self.list.iter().map(|part| u64::from(part.sectors));
        sectors.sum::<u64>() / PER_MIB
    }

    /// Adds chunks until there are so many MiB; false if there are not enough of them.
    fn fill(&mut self, free: &mut impl Iterator<Item = Extent>, mib: u64) -> bool {
        while self.mib() < mib {
            match free.next() {
                Some(chunk) => self.push(chunk),
                None => return false,
            }
        }
        true
    }

    /// Adds a chunk after all others, and joins it with its neighbour, these two with theirs, and so on.
    pub(crate) fn push(&mut self, mut part: Extent) {
        while let Some(joined) = self.list.last().and_then(|&before| self.join(before, part)) {
            self.list.pop();
            part = joined;
        }
        self.list.push(part);
    }

    /// One partition of two, if they are halves of it.
    fn join(&self, before: Extent, part: Extent) -> Option<Extent> {
        let sectors = before.sectors.checked_mul(2)?;
        let twins = before.sectors == part.sectors && before.end() == u64::from(part.start.0);
        let aligned = before.start.0.is_multiple_of(sectors);
        (twins && aligned && sectors <= self.longest).then_some(Extent { sectors, ..before })
    }
}

impl IntoIterator for Joined {
    type Item = Extent;
    type IntoIter = std::vec::IntoIter<Extent>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}
