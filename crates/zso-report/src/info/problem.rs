//! What a reader on the console would stumble over.

use std::fmt;

use discs::game::Oddity;
use discs::iso9660::Listing;
use discs::{Disc, Form, ReadAt};
use serde::Serialize;
use zso::format::DEFAULT_BLOCK_SIZE;

/// Largest file on FAT32, in bytes.
pub(super) const FAT32_LIMIT: u64 = u32::MAX as u64;

/// No program has more bytes: the console's numbers of bytes are signed ones.
const LONGEST_PROGRAM: u32 = i32::MAX as u32;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Some readers, or some games, will not work.
    Warning,
    /// Data is lost or wrong.
    Damage,
}

/// What is wrong with a file, or with the disc in it.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Problem {
    /// The file ends inside its index.
    IndexCut {
        /// Size of the file.
        file_bytes: u64,
        /// Where the index ends.
        index_end: u64,
    },
    /// The first block begins inside the index.
    IndexOverlaps {
        /// Where the block begins.
        first: u64,
        /// Where the index ends.
        index_end: u64,
    },
    /// The index goes backwards.
    Backwards {
        /// The first block that ends before it begins.
        block: u32,
        /// How many there are.
        blocks: u64,
    },
    /// The file ends before the data does.
    Cut {
        /// Size of the file.
        file_bytes: u64,
        /// Where the data ends.
        data_end: u64,
    },
    /// The last block cannot be decoded.
    LastBlock {
        /// Its number.
        block: u32,
    },
    /// The program that made the file left out what follows the disc's last whole block.
    NeverStored {
        /// How many bytes that is.
        bytes: u64,
        /// Bytes in a whole block.
        block_size: u32,
    },
    /// Directories of the disc cannot be read.
    Unreadable {
        /// What the reader says.
        reason: String,
    },
    /// The last index entry is before the last block's end.
    EndTooLow {
        /// The last block's number.
        block: u32,
    },
    /// Blocks are not as large as sectors.
    BlockSize {
        /// How large they are.
        block_size: u32,
    },
    /// Compressed blocks that take up more than a sector.
    LongBlocks {
        /// The first one.
        block: u32,
        /// How many there are.
        blocks: u64,
    },
    /// The disc ends with a part of a sector.
    PartialSector {
        /// Bytes of that part.
        bytes: u64,
    },
    /// The file is no whole number of sectors.
    Unpadded {
        /// Bytes in its last, partial sector.
        bytes: u64,
    },
    /// Sectors are stored with their headers and checksums.
    RawSectors,
    /// It is an image with other bytes around it.
    Nrg,
    /// It is compressed for other consoles.
    Cso,
    /// It is compressed for emulators.
    Chd,
    /// There is no volume.
    NoVolume {
        /// What the file seems to be, and what to do.
        seems: Option<String>,
    },
    /// There is a volume, and none of ISO 9660.
    OtherVolume,
    /// The disc ends before its volume does.
    VolumeCut {
        /// Sectors that the volume says there are.
        volume: u64,
        /// Sectors that there are.
        disc: u64,
    },
    /// Files go on after the disc's end.
    FilesCut {
        /// The first one.
        file: String,
        /// How many there are.
        files: u64,
        /// Sectors that are missing for all of them.
        sectors: u64,
    },
    /// The directories make no sense somewhere.
    BadTree,
    /// Nothing says what to start.
    NoGame,
    /// The program to start is not there.
    NoProgram {
        /// Its path.
        program: String,
    },
    /// The program to start is longer than any, or goes on after the disc's end.
    ProgramSize {
        /// Its path.
        program: String,
        /// Its size, as the directory has it.
        bytes: u32,
    },
    /// `SYSTEM.CNF` is not as the console's tools write it.
    OddSystemCnf {
        /// What is unusual.
        oddity: Oddity,
    },
    /// The file's name has the number of another game.
    OtherNumber {
        /// The number in the name.
        name: String,
        /// The disc's.
        disc: String,
    },
    /// A game of the first PlayStation.
    Ps1,
    /// Sectors after the volume that are no second layer.
    BehindVolume {
        /// How many.
        sectors: u64,
    },
    /// The file is too large for FAT32.
    TooLargeForFat32,
    /// It was hardly worth compressing.
    HardlySmaller {
        /// The file's size in percent of the disc's.
        percent: f64,
    },
    /// Index entries count in larger units than they have to.
    LargeAlign {
        /// The header's.
        align: u8,
        /// The one that would do.
        need: u8,
    },
}

impl Problem {
    /// What is missing in a file that says that it has more than was ever stored in it.
    #[must_use]
    pub fn never_stored<F: ReadAt>(disc: &Disc<F>) -> Option<Self> {
        match disc.form() {
            Form::Zso(zso) if zso.never_stored() > 0 => Some(Self::NeverStored {
                bytes: zso.never_stored(),
                block_size: zso.header().block_size(),
            }),
            _ => None,
        }
    }

    /// What is wrong with the program that starts, on a disc of so many sectors.
    #[must_use]
    pub fn of_program(listing: &Listing, program: &str, sectors: u64) -> Option<Self> {
        let program = program.to_owned();
        let Some(file) = listing.find(&program) else {
            return Some(Self::NoProgram { program });
        };
        let bytes = file.extent.bytes;
        let is_wrong = bytes > LONGEST_PROGRAM || super::end(file) > sectors;
        is_wrong.then_some(Self::ProgramSize { program, bytes })
    }

    /// Whether it is about the program that starts.
    #[must_use]
    pub fn is_of_program(&self) -> bool {
        matches!(self, Self::NoProgram { .. } | Self::ProgramSize { .. })
    }

    /// Whether it is about the file's form, which loaders do not take whatever is in it.
    pub(crate) fn is_form(&self) -> bool {
        matches!(self, Self::RawSectors | Self::Nrg | Self::Cso | Self::Chd)
    }

    /// Whether it is about the disc, and not about the file that it is in: it stays when that is converted.
    #[must_use]
    pub fn is_of_disc(&self) -> bool {
        matches!(
            self,
            Self::NeverStored { .. }
                | Self::NoVolume { .. }
                | Self::OtherVolume
                | Self::VolumeCut { .. }
                | Self::FilesCut { .. }
                | Self::BadTree
                | Self::NoGame
                | Self::NoProgram { .. }
                | Self::ProgramSize { .. }
                | Self::OddSystemCnf { .. }
                | Self::OtherNumber { .. }
                | Self::Ps1
        )
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::IndexCut { .. }
            | Self::IndexOverlaps { .. }
            | Self::Backwards { .. }
            | Self::Cut { .. }
            | Self::LastBlock { .. }
            | Self::NeverStored { .. }
            | Self::FilesCut { .. }
            | Self::Unreadable { .. } => Severity::Damage,
            Self::TooLargeForFat32 | Self::HardlySmaller { .. } | Self::LargeAlign { .. } => {
                Severity::Note
            }
            _ => Severity::Warning,
        }
    }
}

/// What is the matter, and what to do.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IndexCut { file_bytes, index_end } => write!(
                f,
                "the file ends inside its index, after {file_bytes} of {index_end} bytes; copy or download it again"
            ),
            Self::IndexOverlaps { first, index_end } => write!(
                f,
                "the first block begins at byte {first}, inside the index, which ends at {index_end}; make the file again"
            ),
            Self::Backwards { block, blocks } => write!(
                f,
                "the index goes backwards {blocks} times, first after block {block}; make the file again, perhaps the \
                 program that made it chose too small an align"
            ),
            Self::Cut { file_bytes, data_end } => write!(
                f,
                "the file has {file_bytes} bytes and its data {data_end}: the end is cut off; copy or install it again"
            ),
            Self::LastBlock { block } => write!(
                f,
                "block {block}, the last one, cannot be decoded; copy or download the file again"
            ),
            Self::NeverStored { bytes, block_size } => write!(
                f,
                "the script that made the file never stored the last {bytes} bytes of the image, which ends inside a block \
                 of {block_size} bytes; all before them is there, and an image of whole {} is not affected; make the file \
                 again from the image, or of what is there with `ziso compress`",
                if *block_size == DEFAULT_BLOCK_SIZE { "sectors" } else { "blocks" }
            ),
            Self::Unreadable { reason } => write!(f, "the disc's directories cannot be read: {reason}"),
            Self::EndTooLow { block } => write!(
                f,
                "the last index entry is before the end of block {block}: some readers lose the disc's end; type \
                 `ziso decompress` and `ziso compress` to make the file again"
            ),
            Self::BlockSize { block_size } => write!(
                f,
                "blocks of {block_size} bytes: OPL's own reader takes 2048 only; make the file again with \
                 --block-size 2048"
            ),
            Self::LongBlocks { block, blocks } => write!(
                f,
                "{blocks} compressed blocks take up more than they hold, block {block} is the first: OPL's own reader \
                 delivers them wrong; make the file again"
            ),
            Self::PartialSector { bytes } => write!(
                f,
                "the disc ends with {bytes} bytes of a sector, which OPL's own reader leaves out"
            ),
            Self::Unpadded { bytes } => write!(
                f,
                "the file ends with {bytes} bytes of a sector, which some versions of hdl-dump cut off; make the file \
                 again, files of `ziso compress` are padded"
            ),
            Self::RawSectors => f.write_str(
                "sectors of 2352 bytes, with headers and checksums: loaders want the 2048 bytes of data of each",
            ),
            Self::Nrg => f.write_str(
                "an NRG file, which loaders do not read: `ziso compress` makes a ZSO of it, `ziso decompress` an image",
            ),
            Self::Cso => f.write_str(
                "a CSO file, which loaders on this console do not read: `ziso compress` makes a ZSO of it; Neutrino's server \
                 for UDPFS shows it as an image, with --enable-compression",
            ),
            Self::Chd => f.write_str(
                "a CHD file, which loaders on this console do not read: `ziso compress` makes a ZSO of it; Neutrino's server \
                 for UDPFS shows it as an image, with --enable-compression",
            ),
            Self::NoVolume { seems: None } => {
                f.write_str("no ISO 9660 volume: no disc that the console starts")
            }
            Self::NoVolume { seems: Some(seems) } => write!(
                f,
                "no ISO 9660 volume: no disc that the console starts; it seems to be {seems}"
            ),
            Self::OtherVolume => f.write_str(
                "a volume that is not of ISO 9660, which is all that the console reads: no disc that it starts",
            ),
            Self::VolumeCut { volume, disc } => write!(
                f,
                "the volume has {volume} sectors, and there are {disc}: {} are missing, the copy may be cut off",
                volume.saturating_sub(*disc)
            ),
            Self::FilesCut { file, files, sectors } => write!(
                f,
                "{files} files go on after the end of the disc, {file:?} is the first: {sectors} sectors are missing, the \
                 copy is cut off; copy or download it again"
            ),
            Self::BadTree => {
                f.write_str("the disc's directories have loops, or places outside the disc: not all files are listed")
            }
            Self::NoGame => f.write_str("no SYSTEM.CNF that names a program: the console does not start this disc"),
            Self::NoProgram { program } => {
                write!(f, "{program:?}, which is to start, is not on the disc; copy the disc again, or type --startup")
            }
            Self::ProgramSize { program, bytes } => write!(
                f,
                "{program:?}, which is to start, has {bytes} bytes, more than any program or more than there are; copy the \
                 disc again"
            ),
            Self::OddSystemCnf { oddity: Oddity::Mark } => f.write_str(
                "SYSTEM.CNF begins with a byte order mark, which an editor has put there: programs on the console may \
                 not find what to start; save it without",
            ),
            Self::OddSystemCnf { oddity: Oddity::Utf16 } => f.write_str(
                "SYSTEM.CNF is in UTF-16, and programs on the console may not find what to start; save it as plain text",
            ),
            Self::OddSystemCnf { oddity: Oddity::Boot } => f.write_str(
                "SYSTEM.CNF has BOOT, as games for the first PlayStation, and names a program for this console, where \
                 BOOT2 belongs: loaders may not start it",
            ),
            Self::OtherNumber { name, disc } => write!(
                f,
                "the file's name has the number {name}, and the disc {disc}: loaders that go by the name show a white \
                 screen; type `ziso info --rename` with the file's name"
            ),
            Self::Ps1 => f.write_str("a game for the first PlayStation, which OPL does not start"),
            Self::BehindVolume { sectors } => write!(
                f,
                "{sectors} sectors after the volume are no second layer, but OPL takes them for one when a ZSO is on \
                 the internal hard disk"
            ),
            Self::TooLargeForFat32 => {
                f.write_str("4 GiB or more, too large for FAT32; use exFAT, or the internal hard disk")
            }
            Self::HardlySmaller { percent } => write!(
                f,
                "{percent:.1} % of the disc's size: it hardly compresses, and loads faster as an ISO"
            ),
            Self::LargeAlign { align, need } => write!(
                f,
                "align {align} where {need} would do: the file is larger than it has to be"
            ),
        }
    }
}
