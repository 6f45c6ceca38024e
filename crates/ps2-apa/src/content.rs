//! What is on a disk that may not be the console's, as its first and last sectors tell.

use crate::disk::{Disk, REACH};
use crate::error::Error;
use crate::sector::{Lba, SECTOR_SIZE};
use crate::table::Table;

/// Bytes at the start of a disk, and at its end, in which everything that is known leaves a mark.
const LOOK: usize = 1 << 20;
/// Sectors of so many bytes.
const LOOK_SECTORS: u64 = (LOOK / SECTOR_SIZE) as u64;
/// Marks that tell who uses a disk: where, which, and whose. Those that others have besides come last.
const MARKS: [(usize, &[u8], &str); 13] = [
    (4, b"APA\0", "a damaged table of the console"),
    (512, b"EFI PART", "a GUID partition table (GPT)"),
    (4096, b"EFI PART", "a GUID partition table (GPT)"),
    (3, b"NTFS    ", "a file system of Windows (NTFS)"),
    (3, b"EXFAT   ", "an exFAT file system"),
    (54, b"FAT", "a FAT file system"),
    (82, b"FAT32", "a FAT file system"),
    (0x438, b"\x53\xEF", "a file system of Linux (ext)"),
    (0, b"XFSB", "a file system of Linux (XFS)"),
    (0x1_0040, b"_BHRfS_M", "a file system of Linux (Btrfs)"),
    (512, b"LABELONE", "volumes of Linux (LVM)"),
    (0x8001, b"CD001", "an image of a disc"),
    (510, b"\x55\xAA", "a PC's partition table (MBR)"),
];

/// What is on a disk.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Content {
    /// Zeros, at its start and at its end.
    #[error("nothing")]
    Nothing,
    /// A table of the console's that is sound.
    #[error("a table of the console with {} games", .0.games().count())]
    Apa(Box<Table>),
    /// Something of another kind, known by a mark.
    #[error("{0}")]
    Other(&'static str),
    /// Bytes that are not known.
    #[error("data of a kind that is not known")]
    Unknown,
}

impl Content {
    /// Looks at a disk.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn of(disk: &mut impl Disk) -> Result<Self, Error> {
        match Table::read(disk) {
            Ok(table) => return Ok(Self::Apa(Box::new(table))),
            Err(error @ Error::Read { .. }) => return Err(error),
            Err(_) => {}
        }
        let sectors = disk.sectors();
        let mut start = read(disk, 0, sectors.min(LOOK_SECTORS))?;
        let has = |&&(at, mark, _): &&(usize, &[u8], &str)| {
            start.get(at..).unwrap_or_default().starts_with(mark)
        };
        if let Some((_, _, whose)) = MARKS.iter().find(has) {
            return Ok(Self::Other(whose));
        }
        let end = sectors.saturating_sub(LOOK_SECTORS);
        // What lies above the reach of sector numbers is out of the console's reach, too.
        if end < REACH {
            start.extend(read(disk, end, (sectors - end).min(REACH - end))?);
        }
        match start.iter().all(|&byte| byte == 0) {
            true => Ok(Self::Nothing),
            false => Ok(Self::Unknown),
        }
    }
}

fn read(disk: &mut impl Disk, at: u64, sectors: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; sectors as usize * SECTOR_SIZE];
    let at = Lba(u32::try_from(at).unwrap_or(u32::MAX));
    disk.read(at, &mut bytes)
        .map_err(|source| Error::Read { at, source })?;
    Ok(bytes)
}
