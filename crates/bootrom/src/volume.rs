//! ISO 9660, as much of it as finding a file in the root directory takes.

use zso::{SECTOR_SIZE, Sector, SectorDevice};

/// Where the volume's descriptor is.
const DESCRIPTOR: u32 = 16;
/// How it begins: its type, the standard, its version.
const MAGIC: [u8; 7] = *b"\x01CD001\x01";
/// Where in it the volume's size is, in sectors.
const VOLUME_SECTORS: usize = 80;
/// Where in it the root directory's own record is.
const ROOT: usize = 156;
/// Bytes of a record before its name.
const RECORD_HEAD: usize = 33;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VolumeError<E> {
    Drive(E),
    /// There is no descriptor in sector 16.
    NoVolume,
    /// A record of the root directory is damaged.
    Directory,
    NotFound,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Volume {
    pub sectors: u32,
    root: Extent,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent {
    pub lsn: u32,
    /// Its size in bytes.
    pub bytes: u32,
}

impl Extent {
    /// Its sectors, a last partial one included.
    pub fn sectors(self) -> u32 {
        self.bytes.div_ceil(SECTOR_SIZE as u32)
    }
}

impl Volume {
    /// The file system of a disc; `sector` is used to read with.
    ///
    /// # Errors
    /// When the drive fails, or there is none.
    pub fn of<D: SectorDevice>(
        disc: &mut D,
        sector: &mut Sector,
    ) -> Result<Self, VolumeError<D::Error>> {
        read(disc, DESCRIPTOR, sector)?;
        let found = || {
            let record = sector.0.get(ROOT..)?;
            Some(Self {
                sectors: word(&sector.0, VOLUME_SECTORS)?,
                root: Extent::of_record(record)?,
            })
        };
        if !sector.0.starts_with(&MAGIC) {
            return Err(VolumeError::NoVolume);
        }
        found().ok_or(VolumeError::NoVolume)
    }

    /// Finds a file of the root directory.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn find<D: SectorDevice>(
        &self,
        disc: &mut D,
        sector: &mut Sector,
        name: &str,
    ) -> Result<Extent, VolumeError<D::Error>> {
        for n in 0..self.root.sectors() {
            read(disc, self.root.lsn.wrapping_add(n), sector)?;
            if let Some(extent) =
                find_in(&sector.0, name).map_err(|Damaged| VolumeError::Directory)?
            {
                return Ok(extent);
            }
        }
        Err(VolumeError::NotFound)
    }
}

fn read<D: SectorDevice>(
    disc: &mut D,
    lsn: u32,
    sector: &mut Sector,
) -> Result<(), VolumeError<D::Error>> {
    let read = disc.read_sectors(lsn, &mut sector.0);
    read.map_err(VolumeError::Drive)
}

/// A record leaves its sector, or its name leaves the record.
struct Damaged;

/// Looks through one sector of a directory. Records do not cross sectors.
fn find_in(mut records: &[u8], name: &str) -> Result<Option<Extent>, Damaged> {
    while let Some(&len @ 1..) = records.first() {
        let (record, rest) = records.split_at_checked(len.into()).ok_or(Damaged)?;
        if is_named(record, name).ok_or(Damaged)? {
            return Extent::of_record(record).map(Some).ok_or(Damaged);
        }
        records = rest;
    }
    Ok(None)
}

/// Whether a record's name is this one, with a version after it.
fn is_named(record: &[u8], name: &str) -> Option<bool> {
    let len = usize::from(*record.get(RECORD_HEAD - 1)?);
    let found = record.get(RECORD_HEAD..)?.get(..len)?;
    let version = found.strip_prefix(name.as_bytes());
    Some(version.is_some_and(|version| version.is_empty() || version == b";1"))
}

impl Extent {
    fn of_record(record: &[u8]) -> Option<Self> {
        Some(Self {
            lsn: word(record, 2)?,
            bytes: word(record, 10)?,
        })
    }
}

/// A little-endian word, at any place.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*word))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec;
    use std::vec::Vec;
    use zso::device::{MemoryDevice, PastEnd};

    fn record(name: &str, lsn: u32, bytes: u32) -> Vec<u8> {
        let mut record = vec![0; RECORD_HEAD + name.len()];
        record[2..6].copy_from_slice(&lsn.to_le_bytes());
        record[10..14].copy_from_slice(&bytes.to_le_bytes());
        record[RECORD_HEAD - 1] = name.len() as u8;
        record[RECORD_HEAD..].copy_from_slice(name.as_bytes());
        record[0] = record.len() as u8;
        record
    }

    /// A disc whose root directory has two sectors, with these records in them.
    fn disc(directory: [Vec<u8>; 2]) -> Vec<u8> {
        let mut disc = vec![0; 19 * SECTOR_SIZE];
        let descriptor = &mut disc[16 * SECTOR_SIZE..];
        descriptor[..MAGIC.len()].copy_from_slice(&MAGIC);
        descriptor[VOLUME_SECTORS] = 19;
        let root = record("\0", 17, 2 * SECTOR_SIZE as u32);
        descriptor[ROOT..][..root.len()].copy_from_slice(&root);
        for (n, records) in directory.iter().enumerate() {
            disc[(17 + n) * SECTOR_SIZE..][..records.len()].copy_from_slice(records);
        }
        disc
    }

    fn find(disc: &[u8], name: &str) -> Result<Extent, VolumeError<PastEnd>> {
        let (mut device, mut sector) = (MemoryDevice::new(disc), Sector::ZERO);
        let volume = Volume::of(&mut device, &mut sector)?;
        assert_eq!(volume.sectors, 19);
        volume.find(&mut device, &mut sector, name)
    }

    #[test]
    fn files_are_found_in_all_sectors_of_the_directory() {
        let first = [
            record("\0", 17, 4096),
            record("GAME.ZSO.1;1", 5, 1),
            record("GAME.ZSO;1", 6, 2049),
        ];
        let disc = disc([first.concat(), record("B", 7, 1)]);
        let game = Extent {
            lsn: 6,
            bytes: 2049,
        };
        assert_eq!(find(&disc, "GAME.ZSO"), Ok(game));
        assert_eq!(game.sectors(), 2);
        assert_eq!(find(&disc, "B"), Ok(Extent { lsn: 7, bytes: 1 }));
        assert_eq!(find(&disc, "C"), Err(VolumeError::NotFound));
    }

    #[test]
    fn damage_is_told() {
        let mut cut = record("A;1", 1, 1);
        cut[0] = 20;
        assert_eq!(
            find(&disc([cut, Vec::new()]), "A"),
            Err(VolumeError::Directory)
        );
        let mut long = record("A;1", 1, 1);
        long[RECORD_HEAD - 1] = 4;
        assert_eq!(
            find(&disc([long, Vec::new()]), "A"),
            Err(VolumeError::Directory)
        );
        assert_eq!(
            find(&[0; 17 * SECTOR_SIZE], "A"),
            Err(VolumeError::NoVolume)
        );
        assert!(matches!(
            find(&[0; SECTOR_SIZE], "A"),
            Err(VolumeError::Drive(_))
        ));
    }
}
