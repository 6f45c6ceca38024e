//! Why there is no disc to be read. Whoever knows the file's name says it.

use std::io;

use crate::chd::ChdFault;
use crate::image::ImageFault;
use crate::track::TrackFault;

/// Why there is no disc to be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Read(#[from] io::Error),
    /// The disc is packed in a way that is not unpacked here.
    #[error("it is a {0} file, no disc image")]
    Foreign(Foreign),
    /// The file has none of the first bytes of a ZSO file.
    #[error("it is not a ZSO file")]
    NotZso,
    /// A ZSO file, or a CSO file, is damaged.
    #[error(transparent)]
    Image(#[from] ImageFault),
    /// A track has sectors that have no place in an ISO file.
    #[error(transparent)]
    Track(#[from] TrackFault),
    /// A CHD file is damaged, or not whole.
    #[error(transparent)]
    Chd(#[from] ChdFault),
}

/// Files that are known, and of no use here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Foreign {
    /// An archive.
    #[error("Zip")]
    Zip,
    /// An archive.
    #[error("7z")]
    SevenZip,
    /// An archive.
    #[error("RAR")]
    Rar,
    /// A compressed file.
    #[error("gzip")]
    Gzip,
}

/// How foreign files begin.
const FOREIGN: [(&[u8], Foreign); 4] = [
    (b"PK\x03\x04", Foreign::Zip),
    (b"7z\xBC\xAF\x27\x1C", Foreign::SevenZip),
    (b"Rar!\x1A\x07", Foreign::Rar),
    (b"\x1F\x8B\x08", Foreign::Gzip),
];

impl Foreign {
    /// What a file is that begins like this, if it is of no use here.
    #[must_use]
    pub fn of(start: &[u8]) -> Option<Self> {
        let foreign = FOREIGN.iter().find(|(magic, _)| start.starts_with(magic));
        foreign.map(|&(_, format)| format)
    }
}
