//! The log of the console's driver.
//!
//! Sector 8 lists which headers are under way, and their bytes follow from sector 10 on. Writing that one sector is
//! the moment at which a change counts: whoever opens the disk next, the console's driver or this crate, copies the
//! headers from the log to their places before doing anything else.

use std::collections::BTreeMap;

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::disk::{self, Disk};
use crate::error::Error;
use crate::game::Game;
use crate::header::{HEADER_SIZE, Header, Kind};
use crate::sector::{Extent, GRAIN, Lba, SECTOR_SIZE};

/// Headers that fit into the log.
pub const MAX_ENTRIES: usize = 126;
/// Where the list is.
pub const LIST: Lba = Lba(8);
/// Where the first header is.
pub const FIRST_COPY: Lba = Lba(10);
/// The first sector that is not the log's.
pub const END: Lba = Lba(FIRST_COPY.0 + 2 * MAX_ENTRIES as u32);

const MAGIC: [u8; 4] = *b"LAPA";

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Raw {
    magic: [u8; 4],
    used: U32,
    places: [U32; MAX_ENTRIES],
}

const _: () = assert!(size_of::<Raw>() == SECTOR_SIZE);

/// Sectors in pairs, and where they belong.
pub(crate) type Pairs = BTreeMap<Lba, [u8; HEADER_SIZE]>;

/// What the log holds that has not reached its place yet; nothing, unless a change was interrupted.
pub(crate) fn pending(disk: &mut impl Disk) -> Result<Pairs, Error> {
    let raw: Raw = zerocopy::transmute!(disk::read::<SECTOR_SIZE>(disk, LIST)?);
    let entries = raw.used.get();
    if raw.magic != MAGIC {
        return Ok(Pairs::new());
    }
    if entries as usize > MAX_ENTRIES {
        return Err(Error::Journal { entries });
    }
    let places = raw.places.iter().take(entries as usize);
    let pairs = places.zip(copies());
    pairs
        .map(|(place, copy)| Ok((Lba(place.get()), disk::read(disk, copy)?)))
        .collect()
}

/// A place that no journal of a change to this table has: `headers` are those of the table once it is completed.
///
/// A change writes headers, and, inside of partitions that it makes, what lay over headers that are no more. Both begin
/// where a partition can. Or it gives a game another header of its own, with another title.
pub(crate) fn stray(pending: &Pairs, headers: &[Header]) -> Option<Lba> {
    let is_of_table = |at: Lba| {
        let mut changed = headers
            .iter()
            .map(Header::extent)
            .filter(|extent| pending.contains_key(&extent.start));
        let sectors = Extent::new(at, 2);
        at.0.is_multiple_of(GRAIN) && changed.any(|extent| extent.contains(sectors))
    };
    let is_of_game = |at: Lba, bytes: &[u8; HEADER_SIZE]| {
        let mut mains = headers
            .iter()
            .filter(|header| header.sub_of().is_none() && header.kind() == Kind::GAME);
        let main = mains.find(|main| Game::header_place(main.extent().start) == at);
        main.is_some_and(|main| Game::parse(bytes, main).is_ok())
    };
    let mut strays = pending
        .iter()
        .filter(|&(&at, bytes)| !is_of_table(at) && !is_of_game(at, bytes));
    strays.next().map(|(&at, _)| at)
}

/// Brings what is pending to its places, as the console's driver does.
pub(crate) fn complete(disk: &mut impl Disk) -> Result<(), Error> {
    let pending = pending(disk)?;
    if pending.is_empty() {
        return Ok(());
    }
    put(disk, &pending)?;
    reset(disk)
}

/// Writes the log, and makes it count.
pub(crate) fn write(disk: &mut impl Disk, pairs: &Pairs) -> Result<(), Error> {
    for (bytes, copy) in pairs.values().zip(copies()) {
        disk::write(disk, copy, bytes)?;
    }
    disk::flush(disk)?;
    let mut places = [U32::ZERO; MAX_ENTRIES];
    for (to, from) in places.iter_mut().zip(pairs.keys()) {
        *to = U32::new(from.0);
    }
    list(disk, pairs.len().min(MAX_ENTRIES) as u32, places)
}

/// Empties the log: what it had to say has been done, or taken back.
pub(crate) fn reset(disk: &mut impl Disk) -> Result<(), Error> {
    list(disk, 0, [U32::ZERO; MAX_ENTRIES])
}

/// Writes sectors to their places, and makes sure that they are there.
///
/// Headers come first, the last of the disk before all others. A driver of the console that does not look at the log
/// then finds a chain that leads on after each write: a header is there before another one leads to it.
pub(crate) fn put(disk: &mut impl Disk, pairs: &Pairs) -> Result<(), Error> {
    let is_header = |(at, bytes): &(&Lba, &[u8; HEADER_SIZE])| Header::parse(bytes, **at).is_ok();
    let (headers, others): (Vec<_>, Vec<_>) = pairs.iter().rev().partition(is_header);
    for (at, bytes) in headers.into_iter().chain(others) {
        disk::write(disk, *at, bytes)?;
    }
    disk::flush(disk)
}

fn list(disk: &mut impl Disk, used: u32, places: [U32; MAX_ENTRIES]) -> Result<(), Error> {
    let raw = Raw {
        magic: MAGIC,
        used: U32::new(used),
        places,
    };
    disk::write(disk, LIST, raw.as_bytes())?;
    disk::flush(disk)
}

/// Where the log has its copies.
fn copies() -> impl Iterator<Item = Lba> {
    (FIRST_COPY.0..END.0).step_by(2).map(Lba)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Access, FileDisk};

    /// An empty disk of 256 MiB, in a file.
    fn blank() -> FileDisk {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(256 << 20).unwrap();
        FileDisk::open(file.path(), Access::Write).unwrap()
    }

    #[test]
    fn a_log_is_read_as_it_was_written_and_completed_once() {
        let mut disk = blank();
        let pairs = Pairs::from([(Lba(0), [1; HEADER_SIZE]), (Lba(0x40000), [2; HEADER_SIZE])]);
        write(&mut disk, &pairs).unwrap();
        assert_eq!(pending(&mut disk).unwrap(), pairs);
        complete(&mut disk).unwrap();
        assert_eq!(
            disk::read(&mut disk, Lba(0x40000)).unwrap(),
            [2; HEADER_SIZE]
        );
        assert_eq!(pending(&mut disk).unwrap(), Pairs::new());
    }

    #[test]
    fn the_log_ends_where_the_console_has_it_end() {
        assert_eq!(END, Lba(262));
        assert_eq!(copies().count(), MAX_ENTRIES);
    }

    #[test]
    fn a_damaged_log_is_refused() {
        let mut disk = blank();
        list(&mut disk, 127, [U32::ZERO; MAX_ENTRIES]).unwrap();
        assert!(matches!(
            pending(&mut disk),
            Err(Error::Journal { entries: 127 })
        ));
        disk.write(LIST, &[0xFF; SECTOR_SIZE]).unwrap();
        assert!(
            pending(&mut disk).unwrap().is_empty(),
            "none was ever written"
        );
    }
}
