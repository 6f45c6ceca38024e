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
    #[error("it is no disc image, but {0}")]
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

/// Files that are known, and of no use here: what they are, and what to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Foreign {
    /// An archive.
    #[error("a zip file inside of something else; unpack it first")]
    Zip,
    /// An archive.
    #[error("a 7z file inside of something else; unpack it first")]
    SevenZip,
    /// An archive.
    #[error("a RAR archive; unpack it first, and take the image in it")]
    Rar,
    /// A compressed file.
    #[error("a gzip file; unpack it first, and take the image in it")]
    Gzip,
    /// An image, compressed for other consoles.
    #[error(
        "a DAX file, which is not read here; make an ISO file of it with the program that made it"
    )]
    Dax,
    /// An image, compressed for other consoles.
    #[error(
        "a JSO file, which is not read here; make an ISO file of it with the program that made it"
    )]
    Jso,
    /// A track without what can be worked out.
    #[error("an ECM file; type unecm with its name, and take the BIN file that it makes")]
    Ecm,
    /// What Alcohol 120% says of an image.
    #[error("an MDS file, which has no data; name the MDF file beside it")]
    Mds,
    /// The console's memory card.
    #[error("a memory card of the console, with saved games")]
    MemoryCard,
    /// A track of a CD.
    #[error("a track of music; name the track with data, or the .cue file")]
    Music,
}

/// How foreign files begin.
const FOREIGN: [(&[u8], Foreign); 9] = [
    (b"PK\x03\x04", Foreign::Zip),
    (b"7z\xBC\xAF\x27\x1C", Foreign::SevenZip),
    (b"Rar!\x1A\x07", Foreign::Rar),
    (b"\x1F\x8B\x08", Foreign::Gzip),
    (b"DAX\0", Foreign::Dax),
    (b"JISO", Foreign::Jso),
    (b"ECM\0", Foreign::Ecm),
    (b"MEDIA DESCRIPTOR", Foreign::Mds),
    (b"Sony PS2 Memory ", Foreign::MemoryCard),
];

impl Foreign {
    /// What a file is that begins like this, if it is of no use here.
    #[must_use]
    pub fn of(start: &[u8]) -> Option<Self> {
        let foreign = FOREIGN.iter().find(|(magic, _)| start.starts_with(magic));
        foreign.map(|&(_, format)| format)
    }
}
