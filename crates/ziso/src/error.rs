//! What can go wrong with a run.

use std::io;
use std::path::{Path, PathBuf};

use discs::chd::ChdFault;
use discs::cue::CueFault;
use discs::dat::DatError;
use discs::hashes::Checksum;
use discs::{Foreign, ImageFault, SidecarFault, TrackFault};
use zso_write::{OptionError, SourceError};

use crate::archive::ArchiveFault;
use crate::input::Input;
use crate::name;
use crate::parts::{self, PartsFault};
use crate::target::folder;
use zso_report::shown;

/// What to type when a file without a volume is meant.
const ANY_DATA: &str = "; to take it as it is, type --any-data";

/// Why a run did not do what it was asked to. Nothing was written then.
///
/// Messages say what is wrong and what to do or type next; sources say why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(transparent)]
    Options(#[from] OptionError),
    #[error("cannot open {}", shown(path))]
    Open { path: PathBuf, source: io::Error },
    #[error(
        "cannot open {}, which {} names; put it there, or correct the name",
        shown(path),
        shown(cue)
    )]
    OpenNamed {
        path: PathBuf,
        /// What names it.
        cue: PathBuf,
        source: io::Error,
    },
    #[error("cannot read {}", shown(path))]
    Read { path: PathBuf, source: io::Error },
    /// A file cannot be written; `-` is standard output.
    #[error("cannot write {}", if name::is_stdio(path) { "to standard output".to_owned() } else { shown(path).to_string() })]
    Write { path: PathBuf, source: io::Error },
    #[error(
        "nothing can be written to the folder {}; type -o or --output-dir with another one",
        shown(folder)
    )]
    ReadOnly { folder: PathBuf, source: io::Error },
    /// What comes from standard input, or goes to standard output, cannot be put into a file on its way.
    #[error(
        "cannot write a file in {} for standard input or output",
        shown(folder)
    )]
    OnItsWay { folder: PathBuf, source: io::Error },
    #[error(
        "{} has more than the {most} bytes that are read of such a file; name another one",
        shown(path)
    )]
    TooLong { path: PathBuf, most: u64 },
    /// A folder, device or pipe stands where a file was expected.
    #[error("{} is not an ordinary file; name another one", shown(path))]
    NotAFile { path: PathBuf },
    #[error(
        "{} exists; type --force to replace it, or -o with another name",
        shown(path)
    )]
    Exists { path: PathBuf },
    /// The output is the input, perhaps by another name.
    #[error(
        "{} is the input itself; name another output file with -o",
        shown(path)
    )]
    SameFile { path: PathBuf },
    #[error("{} is empty, no disc image; copy or download it again", shown(path))]
    Empty { path: PathBuf },
    #[error(
        "{} changed while it was read, from {expected} bytes to {found}; \
         start again when nothing writes to it any more",
        shown(path)
    )]
    Changed {
        path: PathBuf,
        expected: u64,
        found: u64,
    },
    #[error(
        "{} was written to while it was read; start again when nothing writes to it any more",
        shown(path)
    )]
    Modified { path: PathBuf },
    #[error("{} is no disc image, but {format}", shown(path))]
    Foreign { path: PathBuf, format: Foreign },
    #[error("{} is {}{}", shown(path), Foreign::no_volume(seems.as_ref()), if *any_data { ANY_DATA } else { "" })]
    NoVolume {
        path: PathBuf,
        seems: Option<Foreign>,
        any_data: bool,
    },
    #[error("cannot take an image out of {}", shown(path))]
    Archive { path: PathBuf, source: ArchiveFault },
    #[error("cannot use the tracks that {} names", shown(path))]
    Cue { path: PathBuf, source: CueFault },
    #[error("cannot read {}", shown(path))]
    Chd { path: PathBuf, source: ChdFault },
    #[error(
        "{} and the parts after it are not what a file was split into",
        shown(path)
    )]
    Parts { path: PathBuf, source: PartsFault },
    #[error(
        "{} is missing, without which {} is not whole; copy all parts into one folder, \
         or split the file again with --force if that was interrupted",
        shown(part),
        shown(path)
    )]
    MissingPart { path: PathBuf, part: PathBuf },
    /// The first part is not there, and one is that was to be replaced.
    #[error(
        "{} is of a file that was not split to the end; split it again with --force, \
         or bring back what it was to replace: {}",
        shown(path),
        how_to_bring_back(aside)
    )]
    Unfinished { path: PathBuf, aside: PathBuf },
    /// Parts were to be replaced, and could neither be replaced nor brought back.
    #[error(
        "the parts that were to be replaced could not be brought back: {}",
        how_to_bring_back(aside)
    )]
    PutAside { aside: PathBuf, source: Box<Error> },
    /// The program that starts has a name that could lead to another folder.
    #[error(
        "the program that starts is called {startup:?}, which cannot be part of a file's name; \
         type --startup with its name, as SLES_123.45"
    )]
    StartupPath { startup: String },
    #[error(
        "{} is no disc of a PlayStation 2 game: it does not say which program starts; \
         if it is one all the same, type --startup with the program's name, as SLES_123.45",
        shown(path)
    )]
    NotAGame { path: PathBuf },
    /// The image is in a form that loaders do not take: a track with 2352 bytes in each sector, a CSO file, an archive.
    #[error(
        "{} is in a form that loaders do not take; type: ziso compress {}, and install that",
        shown(path),
        shown(path)
    )]
    Form { path: PathBuf },
    /// The ZSO file's header counts bytes that are not in it: the console's reader takes that for damage.
    #[error(
        "{} lacks its image's last bytes, which its header counts; type: ziso compress {} -o NEW, and install that",
        shown(path),
        shown(path)
    )]
    NeverStored { path: PathBuf },
    #[error(
        "the title of {} is empty, and menus would show nothing; type --title with another one",
        shown(path)
    )]
    NoTitle { path: PathBuf },
    #[error(
        "the program that starts is called {startup:?}, and there is room for {} letters; \
         type --startup with a shorter name, as SLES_123.45",
        ps2_apa::GameHeader::MAX_STARTUP
    )]
    Startup { startup: String },
    #[error(
        "{} would take {parts} parts of 1 GiB, and loaders take {}; compress it",
        shown(path),
        parts::MAX_PARTS
    )]
    TooManyParts { path: PathBuf, parts: u64 },
    #[error(
        "{} has {title:?} already; type --force to replace it, or --title with another title",
        shown(path)
    )]
    Listed { path: PathBuf, title: String },
    #[error(
        "{} is a track of a CD that cannot be turned into an image",
        shown(path)
    )]
    Track { path: PathBuf, source: TrackFault },
    /// A thread could not be started, or ended without a result.
    #[error("cannot use the processor; close other programs and start again")]
    Thread(#[source] io::Error),
    #[error("cannot use the checksums in {}", shown(path))]
    Sidecar { path: PathBuf, source: SidecarFault },
    #[error("cannot use the list of discs {}", shown(path))]
    List { path: PathBuf, source: DatError },
    #[error(
        "{} is no list of titles: its lines have a number or a file's name, a comma, and a title, as SLES_123.45,Game; \
         a DAT file does as well",
        shown(path)
    )]
    Titles { path: PathBuf },
    #[error(
        "the image in {} does not have the {wanted} of {}; copy or download it again",
        shown(zso),
        shown(sidecar)
    )]
    Checksum {
        zso: PathBuf,
        sidecar: PathBuf,
        wanted: Checksum,
    },
    /// A file has none of the kind's first bytes.
    #[error(
        "{} is not a ZSO file; `ziso info` tells what it is, and `ziso compress` makes a ZSO of an image",
        shown(path)
    )]
    NotZso { path: PathBuf },
    /// A ZSO file, or a CSO file, is damaged.
    #[error(
        "{} is damaged, or of a kind that cannot be read; copy or download it again",
        shown(path)
    )]
    Image { path: PathBuf, source: ImageFault },
    #[error(
        "{} and {} differ from byte {at} on; make or copy one of them again",
        shown(zso),
        shown(against)
    )]
    Differs {
        zso: PathBuf,
        against: PathBuf,
        at: u64,
    },
    #[error(
        "{} holds {zso_bytes} bytes, and {} has {against_bytes}; make or copy one of them again",
        shown(zso),
        shown(against)
    )]
    LengthDiffers {
        zso: PathBuf,
        zso_bytes: u64,
        against: PathBuf,
        against_bytes: u64,
    },
    #[error(
        "the new file failed its check and was removed; start again, and check disk and memory"
    )]
    Unverified { source: Box<Error> },
    #[error(
        "the new file has {output_bytes} bytes, more than the {most_bytes} that it may have, and was removed"
    )]
    TooLarge { output_bytes: u64, most_bytes: u64 },
    /// The caller ended the run.
    #[error("interrupted; nothing was written")]
    Interrupted,
}

/// What to type after replacing parts was ended in between, by the name that the first old one has.
fn how_to_bring_back(aside: &Path) -> String {
    let old = shown(aside);
    match aside.extension().is_some_and(|ending| ending == "~0") {
        true => format!(
            "remove those that end in .01, .02 and so on, then let {old} and what follows it \
             end in .00, .01 and so on again"
        ),
        false => {
            format!("let {old} and what ends in .~1, .~2 and so on end in .00, .01, .02 again")
        }
    }
}

impl Error {
    /// Whether an image is to blame, damaged or different, and not the command line or the disk.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::NotZso { .. }
            | Self::Image { .. }
            | Self::Differs { .. }
            | Self::LengthDiffers { .. }
            | Self::Checksum { .. } => true,
            Self::Read { source, .. } => source.kind() == io::ErrorKind::InvalidData,
            Self::Chd { source, .. } => matches!(source, ChdFault::Hunk { .. }),
            Self::Unverified { source } => source.is_damage(),
            _ => false,
        }
    }

    /// Whether the file is no disc image, and nothing is wrong with it otherwise.
    pub fn is_no_disc(&self) -> bool {
        matches!(self, Self::NoVolume { .. } | Self::Foreign { .. })
    }

    /// This error of reading `input`, or of comparing with it; unless it was another file meanwhile.
    pub(crate) fn unless_changed(self, input: &Input) -> Self {
        match self {
            Self::Interrupted | Self::Changed { .. } | Self::Write { .. } => self,
            _ if input.is_changed() => Self::Modified {
                path: input.path().to_owned(),
            },
            error => error,
        }
    }

    pub(crate) fn on_its_way(folder: &Path, source: io::Error) -> Self {
        let folder = folder.to_owned();
        Self::OnItsWay { folder, source }
    }

    pub(crate) fn open(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Open { path, source }
    }

    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Write { path, source }
    }

    /// A file cannot be made at `path`. The system's error may name a temporary file, of which the user knows nothing.
    pub(crate) fn create(path: &Path, error: io::Error) -> Self {
        let source = io::Error::from(error.kind());
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly {
                folder: folder(path),
                source,
            },
            _ => Self::write(path, source),
        }
    }

    /// An error of the disc in the file at `path`.
    pub(crate) fn of_disc(path: &Path, error: discs::Error) -> Self {
        let path = path.to_owned();
        match error {
            discs::Error::Read(source) => Self::of_stream(&path, source),
            discs::Error::Foreign(format) => Self::Foreign { path, format },
            discs::Error::NoVolume(seems) => Self::NoVolume {
                path,
                seems,
                any_data: true,
            },
            discs::Error::Empty => Self::Empty { path },
            discs::Error::NotZso => Self::NotZso { path },
            discs::Error::Image(source) => Self::Image { path, source },
            discs::Error::Track(source) => Self::Track { path, source },
            discs::Error::Chd(source) => Self::Chd { path, source },
            other => Self::read(&path, io::Error::other(other)),
        }
    }

    /// An error of the stream of the disc in the file at `path`: the disc's if it came through, or the file's.
    pub(crate) fn of_stream(path: &Path, error: io::Error) -> Self {
        match error.downcast() {
            Ok(error) => Self::of_disc(path, error),
            Err(error) => Self::read(path, error),
        }
    }

    /// An error of the image in the file at `path`, as it is compressed.
    pub(crate) fn of_source(path: &Path, error: SourceError) -> Self {
        match error {
            SourceError::Read(error) => Self::of_stream(path, error),
            SourceError::Changed { expected, found } => Self::Changed {
                path: path.to_owned(),
                expected,
                found,
            },
            other => Self::read(path, io::Error::other(other)),
        }
    }
}

/// Results of what does not know which file it reads.
pub trait At<T> {
    /// The same, with the file's name in the error.
    ///
    /// # Errors
    /// The error, if it is one.
    fn at(self, path: &Path) -> Result<T, Error>;
}

impl<T> At<T> for Result<T, discs::Error> {
    fn at(self, path: &Path) -> Result<T, Error> {
        self.map_err(|error| Error::of_disc(path, error))
    }
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, Error> {
        self.map_err(|error| Error::read(path, error))
    }
}
