//! Why there is no disc to be read. Whoever knows the file's name says it.

use std::io;

use crate::chd::ChdFault;
use crate::foreign::Foreign;
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
    /// The file has no volume, as discs have; what it seems to be.
    #[error("it is {}", Foreign::no_volume(.0.as_ref()))]
    NoVolume(Option<Foreign>),
    /// The file has no bytes.
    #[error("it is empty, no disc image; copy or download it again")]
    Empty,
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
