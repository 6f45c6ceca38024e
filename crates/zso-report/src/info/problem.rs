//! What a reader on the console would stumble over.

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

/// What is wrong with a file, or with the disc in it, and what to do.
#[derive(Clone, PartialEq, Debug, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum Problem {
    #[error(
        "the file ends inside its index, after {file_bytes} of {index_end} bytes; copy or download it again"
    )]
    IndexCut { file_bytes: u64, index_end: u64 },
    #[error(
        "the first block begins at byte {first}, inside the index, which ends at {index_end}; make the file again"
    )]
    IndexOverlaps { first: u64, index_end: u64 },
    #[error(
        "the index goes backwards {blocks} times, first after block {block}; make the file again, perhaps the \
         program that made it chose too small an align"
    )]
    Backwards { block: u32, blocks: u64 },
    #[error(
        "the file has {file_bytes} bytes and its data {data_end}: the end is cut off; copy or install it again"
    )]
    Cut { file_bytes: u64, data_end: u64 },
    #[error("block {block}, the last one, cannot be decoded; copy or download the file again")]
    LastBlock { block: u32 },
    /// The program that made the file left out what follows the disc's last whole block.
    #[error(
        "the script that made the file never stored the last {bytes} bytes of the image, which ends inside a block \
         of {block_size} bytes; all before them is there, and an image of whole {} is not affected; make the file \
         again from the image, or of what is there with `ziso compress`",
        if *block_size == DEFAULT_BLOCK_SIZE { "sectors" } else { "blocks" }
    )]
    NeverStored { bytes: u64, block_size: u32 },
    #[error("the disc's directories cannot be read: {reason}")]
    Unreadable { reason: String },
    #[error(
        "the last index entry is before the end of block {block}: some readers lose the disc's end; type \
         `ziso decompress` and `ziso compress` to make the file again"
    )]
    EndTooLow { block: u32 },
    #[error(
        "blocks of {block_size} bytes: OPL's own reader takes 2048 only; make the file again with \
         --block-size 2048"
    )]
    BlockSize { block_size: u32 },
    #[error(
        "{blocks} compressed blocks take up more than they hold, block {block} is the first: OPL's own reader \
         delivers them wrong; make the file again"
    )]
    LongBlocks { block: u32, blocks: u64 },
    #[error("the disc ends with {bytes} bytes of a sector, which OPL's own reader leaves out")]
    PartialSector { bytes: u64 },
    #[error(
        "the file ends with {bytes} bytes of a sector, which some versions of hdl-dump cut off; make the file \
         again, files of `ziso compress` are padded"
    )]
    Unpadded { bytes: u64 },
    #[error(
        "sectors of 2352 bytes, with headers and checksums: loaders want the 2048 bytes of data of each"
    )]
    RawSectors,
    #[error(
        "an NRG file, which loaders do not read: `ziso compress` makes a ZSO of it, `ziso decompress` an image"
    )]
    Nrg,
    #[error(
        "a CSO file, which loaders on this console do not read: `ziso compress` makes a ZSO of it; Neutrino's server \
         for UDPFS shows it as an image, with --enable-compression"
    )]
    Cso,
    #[error(
        "a CHD file, which loaders on this console do not read: `ziso compress` makes a ZSO of it; Neutrino's server \
         for UDPFS shows it as an image, with --enable-compression"
    )]
    Chd,
    #[error("no ISO 9660 volume: no disc that the console starts{}", seeming(seems.as_deref()))]
    NoVolume { seems: Option<String> },
    #[error(
        "a volume that is not of ISO 9660, which is all that the console reads: no disc that it starts"
    )]
    OtherVolume,
    #[error(
        "the volume has {volume} sectors, and there are {disc}: {} are missing, the copy may be cut off",
        volume.saturating_sub(*disc)
    )]
    VolumeCut { volume: u64, disc: u64 },
    #[error(
        "{files} files go on after the end of the disc, {file:?} is the first: {sectors} sectors are missing, the \
         copy is cut off; copy or download it again"
    )]
    FilesCut {
        file: String,
        files: u64,
        sectors: u64,
    },
    #[error(
        "the disc's directories have loops, or places outside the disc: not all files are listed"
    )]
    BadTree,
    #[error("no SYSTEM.CNF that names a program: the console does not start this disc")]
    NoGame,
    #[error(
        "{program:?}, which is to start, is not on the disc; copy the disc again, or type --startup"
    )]
    NoProgram { program: String },
    #[error(
        "{program:?}, which is to start, has {bytes} bytes, more than any program or more than there are; copy the \
         disc again"
    )]
    ProgramSize { program: String, bytes: u32 },
    /// `SYSTEM.CNF` is not as the console's tools write it.
    #[error("SYSTEM.CNF {}", odd(*oddity))]
    OddSystemCnf { oddity: Oddity },
    #[error(
        "the file's name has the number {name}, and the disc {disc}: loaders that go by the name show a white \
         screen; type `ziso info --rename` with the file's name"
    )]
    OtherNumber { name: String, disc: String },
    #[error("a game for the first PlayStation, which OPL does not start")]
    Ps1,
    #[error(
        "{sectors} sectors after the volume are no second layer, but OPL takes them for one when a ZSO is on \
         the internal hard disk"
    )]
    BehindVolume { sectors: u64 },
    #[error("4 GiB or more, too large for FAT32; use exFAT, or the internal hard disk")]
    TooLargeForFat32,
    #[error("{percent:.1} % of the disc's size: it hardly compresses, and loads faster as an ISO")]
    HardlySmaller { percent: f64 },
    #[error("align {align} where {need} would do: the file is larger than it has to be")]
    LargeAlign { align: u8, need: u8 },
}

impl Problem {
    /// What is missing in a file that says that it has more than was ever stored in it.
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
    pub fn is_of_program(&self) -> bool {
        matches!(self, Self::NoProgram { .. } | Self::ProgramSize { .. })
    }

    /// Whether it is about the file's form, which loaders do not take whatever is in it.
    pub(crate) fn is_form(&self) -> bool {
        matches!(self, Self::RawSectors | Self::Nrg | Self::Cso | Self::Chd)
    }

    /// Whether it is about the disc, and not about the file that it is in: it stays when that is converted.
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

/// What a file without a volume seems to be.
fn seeming(seems: Option<&str>) -> String {
    seems.map_or_else(String::new, |seems| format!("; it seems to be {seems}"))
}

fn odd(oddity: Oddity) -> &'static str {
    match oddity {
        Oddity::Mark => {
            "begins with a byte order mark, which an editor has put there: programs on the console may not find what to \
             start; save it without"
        }
        Oddity::Utf16 => {
            "is in UTF-16, and programs on the console may not find what to start; save it as plain text"
        }
        Oddity::Boot => {
            "has BOOT, as games for the first PlayStation, and names a program for this console, where BOOT2 belongs: \
             loaders may not start it"
        }
    }
}
