//! Files to read: one, several parts of one, the data track that a .cue file names, or the image in an archive.

use std::fs::{File, FileType};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use discs::ReadAt;
use discs::cue::{self, CueFault, DataTrack};
use discs::name::{self, is_cue};

use crate::archive::{self, Archive, ArchiveFault};
use crate::error::{At, Error};
use crate::name::is_stdio;
use crate::parts::{self, Parts};
use crate::stdio;

/// Bytes at a file's start that tell what it is.
const START: usize = 16;
/// How images begin that are compressed themselves.
const PACKED: [&[u8]; 3] = [b"ZISO", b"CISO", discs::chd::MAGIC];

/// A file to read, which was opened once and is not opened again: so it stays the same file.
#[derive(Debug)]
pub struct Input {
    /// What errors call it.
    path: PathBuf,
    file: Parts,
    within: Within,
    music: Music,
}

/// Tracks of music that a disc has besides.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Music {
    /// How many.
    pub tracks: usize,
    /// Files that have nothing else in them.
    pub files: Vec<PathBuf>,
}

/// Which bytes of the file are meant.
#[derive(Debug)]
enum Within {
    All,
    /// A track.
    Track(Range<u64>),
    /// An image that is packed.
    Archive(Archive),
}

impl Input {
    /// Opens a file; `-` is standard input, which is copied to a file in `folder` if it is none itself. The first of
    /// several parts stands for all of them, a .cue file for the data track that it names, and an archive for the one
    /// image in it.
    ///
    /// # Errors
    /// [`Error::Open`]; [`Error::NotAFile`] for a folder; [`Error::Read`] for what has no size, as pipes have none;
    /// [`Error::Parts`], [`Error::Cue`], [`Error::Archive`].
    pub(crate) fn open(path: &Path, folder: &Path) -> Result<Self, Error> {
        if is_stdio(path) {
            return Self::new(stdio::input(folder)?, path);
        }
        if is_cue(path) {
            return Self::of_cue(path);
        }
        let files = other_tracks(path);
        let tracks = files.len();
        let music = Music { tracks, files };
        if let Some(aside) = parts::unfinished(path) {
            let path = path.to_owned();
            return Err(Error::Unfinished { path, aside });
        }
        if let Some(part) = parts::missing(path) {
            let path = path.to_owned();
            return Err(Error::MissingPart { path, part });
        }
        let mut input = Self::new(open(path)?, path)?;
        input.music = music;
        input.add_parts()?;
        let start = input.start(START).at(path)?;
        match archive::begins(&start) {
            true => input.unpacked(&start),
            false => Ok(input),
        }
    }

    /// Opens the data track that a .cue file names.
    fn of_cue(path: &Path) -> Result<Self, Error> {
        let track = data_track(path)?;
        let mut input = Self::named(path, &track.file)?;
        input.take_track(track.start, track.end);
        let bin = input.path.clone();
        let others = track.files.iter().map(|file| beside(path, file));
        let others: Result<Vec<_>, _> = others.collect();
        input.music = Music {
            tracks: track.music,
            files: others?.into_iter().filter(|file| *file != bin).collect(),
        };
        Ok(input)
    }

    /// Opens all tracks that a .cue file names, each with all that its sectors have.
    pub(crate) fn tracks_of_cue(path: &Path) -> Result<Vec<Self>, Error> {
        let text = read_all(path, cue::MOST_BYTES)?;
        let tracks = cue::whole_tracks(&String::from_utf8_lossy(&text));
        let tracks = tracks.map_err(|source| Error::Cue {
            path: path.to_owned(),
            source,
        })?;
        let open = |track: cue::WholeTrack| {
            let mut input = Self::named(path, &track.file)?;
            input.take_track(track.start, track.end);
            Ok(input)
        };
        tracks.into_iter().map(open).collect()
    }

    /// Opens the file that a .cue file names.
    fn named(cue: &Path, name: &str) -> Result<Self, Error> {
        let path = beside(cue, name)?;
        let file = open(&path).map_err(|error| match error {
            Error::Open { path, source } => Error::OpenNamed {
                path,
                cue: cue.to_owned(),
                source,
            },
            error => error,
        })?;
        Self::new(file, &path)
    }

    /// Means these bytes of the file, as far as it has them.
    fn take_track(&mut self, start: u64, end: Option<u64>) {
        let len = self.file.len();
        let start = start.min(len);
        self.within = Within::Track(start..end.unwrap_or(len).clamp(start, len));
    }

    /// The image in the archive that this is.
    fn unpacked(mut self, start: &[u8]) -> Result<Self, Error> {
        let fault = |source| Error::Archive {
            path: self.path.clone(),
            source,
        };
        let archive = Archive::open(&self.path, start).map_err(fault)?;
        let mut image = [0; START];
        let have = archive.read_at(&mut image, 0);
        let have = have.map_err(|error| match error.downcast() {
            Ok(source) => fault(source),
            Err(error) => Error::read(&self.path, error),
        })?;
        let image = image.get(..have).unwrap_or_default();
        if PACKED.iter().any(|magic| image.starts_with(magic)) {
            return Err(fault(ArchiveFault::Packed));
        }
        self.within = Within::Archive(archive);
        Ok(self)
    }

    /// Adds the parts that follow, if this is the first one of several.
    fn add_parts(&mut self) -> Result<(), Error> {
        for path in parts::following(&self.path) {
            let pushed = self.file.push(open(&path)?);
            pushed.map_err(|error| Error::read(&path, error))?;
        }
        self.file.check().map_err(|source| Error::Parts {
            path: self.path.clone(),
            source,
        })
    }

    /// Takes a file that is open already.
    pub(crate) fn new(file: File, path: &Path) -> Result<Self, Error> {
        if file.metadata().is_ok_and(|meta| meta.is_dir()) {
            return Err(Error::NotAFile {
                path: path.to_owned(),
            });
        }
        let file = Parts::one(file).map_err(|error| Error::read(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            within: Within::All,
            music: Music::default(),
        })
    }

    /// What errors call it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tracks of music beside this one, as a .cue file or the names of files tell.
    pub fn music(&self) -> &Music {
        &self.music
    }

    /// Whether what is meant lies somewhere in a file, as a track or an image in an archive does.
    pub(crate) fn is_inside(&self) -> bool {
        !matches!(self.within, Within::All)
    }

    /// Whether all of one file is meant, as it is.
    pub(crate) fn is_image(&self) -> bool {
        // One part may be all that there are.
        let is_part = parts::is_first(&self.path) || self.file.are_several();
        matches!(self.within, Within::All) && !is_part
    }

    /// Whether somebody has written to the file since it was opened.
    pub(crate) fn is_changed(&self) -> bool {
        self.file.are_changed()
    }

    /// Whether `path` leads to this very file, by whatever name.
    pub(crate) fn is_at(&self, path: &Path) -> io::Result<bool> {
        self.file.is_at(path)
    }
}

impl ReadAt for Input {
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        match &self.within {
            Within::All => self.file.read_at(buf, at),
            Within::Archive(archive) => archive.read_at(buf, at),
            Within::Track(bytes) => {
                let left = (bytes.end - bytes.start).saturating_sub(at);
                let want = usize::try_from(left).map_or(buf.len(), |left| left.min(buf.len()));
                let buf = buf.get_mut(..want).unwrap_or_default();
                self.file.read_at(buf, bytes.start.saturating_add(at))
            }
        }
    }

    /// Bytes that it has, or had when it was opened.
    fn len(&self) -> u64 {
        match &self.within {
            Within::All => self.file.len(),
            Within::Archive(archive) => archive.len(),
            Within::Track(bytes) => bytes.end - bytes.start,
        }
    }
}

/// Opens a file to be read: an ordinary one, or a disc's drive. Who opens a pipe may wait for its other end for ever.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    if path
        .metadata()
        .is_ok_and(|meta| !can_be_read(meta.file_type()))
    {
        let path = path.to_owned();
        return Err(Error::NotAFile { path });
    }
    File::open(path).map_err(|error| Error::open(path, error))
}

fn can_be_read(kind: FileType) -> bool {
    #[cfg(unix)]
    let is_drive = std::os::unix::fs::FileTypeExt::is_block_device(&kind);
    #[cfg(not(unix))]
    let is_drive = false;
    kind.is_file() || is_drive
}

/// All of a file of which nobody needs more than `most` bytes.
pub(crate) fn read_all(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(most + 1).read_to_end(&mut bytes);
    match read.at(path)? as u64 > most {
        true => Err(Error::TooLong {
            path: path.to_owned(),
            most,
        }),
        false => Ok(bytes),
    }
}

/// What a .cue file says.
fn data_track(cue: &Path) -> Result<DataTrack, Error> {
    let text = read_all(cue, cue::MOST_BYTES)?;
    cue::data_track(&String::from_utf8_lossy(&text)).map_err(|source| Error::Cue {
        path: cue.to_owned(),
        source,
    })
}

/// The files that a .cue file names, which has to lead to data.
///
/// # Errors
/// [`Error::Cue`]; [`Error::Open`] if it is not there, [`Error::OpenNamed`] if the file with the data is not;
/// [`Error::Read`].
pub fn tracks(cue: &Path) -> Result<Vec<PathBuf>, Error> {
    let track = data_track(cue)?;
    Input::named(cue, &track.file)?;
    track.files.iter().map(|file| beside(cue, file)).collect()
}

/// The file that a .cue file names: beside it, wherever it was when it was written, in capital letters or not.
fn beside(cue: &Path, name: &str) -> Result<PathBuf, Error> {
    let path = name::beside(cue, name).ok_or_else(|| Error::Cue {
        path: cue.to_owned(),
        source: CueFault::Name {
            file: name.to_owned(),
        },
    })?;
    if path.exists() {
        return Ok(path);
    }
    let folder = cue.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = folder
        .unwrap_or(Path::new("."))
        .read_dir()
        .into_iter()
        .flatten()
        .flatten();
    let mut names = entries.map(|entry| entry.file_name());
    let wanted = path.file_name().unwrap_or_default();
    let other = names.find(|other| other.eq_ignore_ascii_case(wanted));
    Ok(other.map_or(path, |other| cue.with_file_name(other)))
}

/// The other tracks of a disc, of which `path` is one by its name: `Game (Track 1).bin`.
fn other_tracks(path: &Path) -> Vec<PathBuf> {
    const MARK: &str = "(Track ";
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let parts = name.rsplit_once(MARK).and_then(|(before, rest)| {
        let (number, after) = rest.split_once(')')?;
        Some((before, number.len(), number.parse::<u8>().ok()?, after))
    });
    let Some((before, width, number, after)) = parts else {
        return Vec::new();
    };
    let others = (1..100_u8).filter(|other| *other != number);
    let named = others.map(|n| path.with_file_name(format!("{before}{MARK}{n:0width$}){after}")));
    named.filter(|path| path.exists()).collect()
}
