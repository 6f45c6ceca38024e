//! What can go wrong with games on a disk.

use std::io;
use std::path::{Path, PathBuf};

use discs::image::ImageFault;
use zso_report::shown;

/// Why a run did not do what it was asked to. The disk's table is then as it was, unless the error says something else.
///
/// Messages say what is wrong and what to do or type next; sources say why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk cannot be opened.
    #[error("cannot open the disk {}", shown(path))]
    Open {
        /// The disk.
        path: PathBuf,
        /// Why.
        source: ps2_apa::OpenError,
    },
    /// The disk's table cannot be read, or not be changed.
    #[error("{}", shown(path))]
    Disk {
        /// The disk.
        path: PathBuf,
        /// Why.
        source: ps2_apa::Error,
    },
    /// An image or another file is to blame.
    #[error(transparent)]
    File(#[from] crate::Error),
    /// No game goes by this name.
    #[error("there is no game {name:?} on {}; type: ziso hdd list {}", shown(path), path.display())]
    NoGame {
        /// The disk.
        path: PathBuf,
        /// What was asked for.
        name: String,
    },
    /// More than one game goes by this name.
    #[error(
        "{count} games on {} are {name:?}; name the partition instead, which ziso hdd list shows",
        shown(path)
    )]
    Ambiguous {
        /// The disk.
        path: PathBuf,
        /// What was asked for.
        name: String,
        /// How many.
        count: usize,
    },
    /// What was written is not what is on the disk.
    #[error(
        "{} does not give back what was written; the game was not installed, and the disk may be failing",
        shown(path)
    )]
    ReadBack {
        /// The disk.
        path: PathBuf,
    },
    /// A game's image is damaged.
    #[error("the image of {title:?} is damaged; install it again")]
    Damaged {
        /// The game.
        title: String,
        /// What is wrong with it.
        source: ImageFault,
    },
    /// A game's image does not begin like a disc.
    #[error("the image of {title:?} is neither a ZSO nor a disc with files; install it again")]
    NoDisc {
        /// The game.
        title: String,
    },
    /// A game's image is not the file that it was compared with.
    #[error(
        "the image of {title:?} and {} differ from byte {at} on",
        shown(against)
    )]
    Differs {
        /// The game.
        title: String,
        /// The other file.
        against: PathBuf,
        /// The first byte of the disc that differs.
        at: u64,
    },
    /// The caller ended the run.
    #[error("interrupted; the table of the disk is as it was")]
    Interrupted,
}

impl Error {
    /// Whether an image is to blame, damaged or different, and not the command line or the disk.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::File(error) => error.is_damage(),
            Self::Damaged { .. } | Self::NoDisc { .. } | Self::Differs { .. } => true,
            Self::Disk { source, .. } => matches!(source, ps2_apa::Error::Game { .. }),
            _ => false,
        }
    }

    pub(crate) fn disk(path: &Path) -> impl Fn(ps2_apa::Error) -> Self {
        move |source| Self::Disk {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn read(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| crate::Error::read(path, source).into()
    }

    /// The run's end, in this module's words.
    pub(crate) fn of_watch(error: crate::Error) -> Self {
        match error {
            crate::Error::Interrupted => Self::Interrupted,
            error => Self::File(error),
        }
    }
}
