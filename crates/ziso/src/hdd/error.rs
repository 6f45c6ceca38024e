//! What can go wrong with games on a disk.

use std::io;
use std::path::{Path, PathBuf};

use discs::image::ImageFault;
use zso_report::info::Problem;
use zso_report::{plain, shown};

/// Why a run did not do what it was asked to. The disk's table is then as it was, unless the error says something else.
///
/// Messages say what is wrong and what to do or type next; sources say why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("cannot open the disk {}", shown(path))]
    Open {
        path: PathBuf,
        source: ps2_apa::OpenError,
    },
    /// The disk's table cannot be read, or not be changed.
    #[error("{}", shown(path))]
    Disk {
        path: PathBuf,
        source: ps2_apa::Error,
    },
    /// An image or another file is to blame.
    #[error(transparent)]
    File(#[from] crate::Error),
    #[error(
        "there is no game {name:?} on {}; type: ziso hdd list {}",
        shown(path),
        shown(path)
    )]
    NoGame { path: PathBuf, name: String },
    #[error(
        "{count} games on {} are {name:?}; name the partition instead, which ziso hdd list shows",
        shown(path)
    )]
    Ambiguous {
        path: PathBuf,
        name: String,
        count: usize,
    },
    #[error(
        "{} does not give back what was written; the game was not installed, and the disk may be failing",
        shown(path)
    )]
    ReadBack { path: PathBuf },
    #[error("the image of {title:?} is damaged; install it again")]
    Damaged { title: String, source: ImageFault },
    /// A game's image does not begin like a disc.
    #[error("the image of {title:?} is neither a ZSO nor a disc with files; install it again")]
    NoDisc { title: String },
    #[error(
        "the image of {title:?} and {} differ from byte {at} on",
        shown(against)
    )]
    Differs {
        title: String,
        against: PathBuf,
        at: u64,
    },
    /// There is something on a disk that is to be made one of the console's.
    #[error(
        "{} is not empty: there is {content} on it, which would be lost; \
         if that is what you want, type --force besides",
        shown(path)
    )]
    Content {
        path: PathBuf,
        content: ps2_apa::Content,
    },
    #[error("the title is empty; type one with letters")]
    EmptyTitle,
    #[error(
        "{title:?} with {} is on {} already, as {partition}; type --skip-existing to leave it out, \
         --title with another title, or: ziso hdd delete {} {partition}",
        plain(startup),
        shown(path),
        shown(path)
    )]
    Installed {
        path: PathBuf,
        title: String,
        startup: String,
        partition: String,
    },
    #[error(
        "{} is damaged, and was not installed: {problem}; type --force to install it all the same",
        shown(path)
    )]
    Problem { path: PathBuf, problem: Problem },
    /// The caller ended the run.
    #[error("interrupted; the table of the disk is as it was")]
    Interrupted,
}

impl Error {
    /// Whether an image is to blame, damaged or different, and not the command line or the disk.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::File(error) => error.is_damage(),
            Self::Damaged { .. }
            | Self::NoDisc { .. }
            | Self::Differs { .. }
            | Self::Problem { .. } => true,
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

    /// An error of the disc in the image of a game.
    pub(crate) fn of_disc(path: &Path, title: &str, error: discs::Error) -> Self {
        match error {
            discs::Error::Read(source) => Self::of_stream(path, title, source),
            discs::Error::Image(source) => Self::Damaged {
                title: title.to_owned(),
                source,
            },
            // What begins like something else entirely.
            _ => Self::NoDisc {
                title: title.to_owned(),
            },
        }
    }

    /// An error of that disc's stream: the disc's if it came through, or the disk's.
    pub(crate) fn of_stream(path: &Path, title: &str, error: io::Error) -> Self {
        match error.downcast() {
            Ok(error) => Self::of_disc(path, title, error),
            Err(error) => match error.downcast() {
                Ok(error) => Self::disk(path)(error),
                Err(error) => Self::read(path)(error),
            },
        }
    }

    /// The run's end, in this module's words.
    pub(crate) fn of_watch(error: crate::Error) -> Self {
        match error {
            crate::Error::Interrupted => Self::Interrupted,
            error => Self::File(error),
        }
    }
}
