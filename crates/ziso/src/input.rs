//! Files to read: one, several parts of one, the data track that a .cue file names, or the image in an archive.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use discs::ReadAt;
use discs::cue::{self, DataTrack};

use crate::archive::{self, Archive, ArchiveFault};
use crate::error::{At, Error};
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
}

/// Which bytes of the file are meant.
#[derive(Debug)]
enum Within {
    All,
    /// A track.
    Track {
        bytes: Range<u64>,
        music: usize,
    },
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
        if stdio::is_meant(path) {
            return Self::new(stdio::input(folder)?, path);
        }
        if is_cue(path) {
            return Self::of_cue(path);
        }
        if let Some(part) = parts::missing(path) {
            let path = path.to_owned();
            return Err(Error::MissingPart { path, part });
        }
        let mut input = Self::new(open(path)?, path)?;
        if parts::is_first(path) {
            input.add_parts()?;
        }
        let start = input.start(START).at(path)?;
        match archive::begins(&start) {
            true => input.unpacked(&start),
            false => Ok(input),
        }
    }

    /// Opens the data track that a .cue file names.
    fn of_cue(path: &Path) -> Result<Self, Error> {
        let fault = |source| Error::Cue {
            path: path.to_owned(),
            source,
        };
        let mut text = Vec::new();
        let mut file = open(path)?.take(cue::MOST_BYTES);
        file.read_to_end(&mut text).at(path)?;
        let track = cue::data_track(&String::from_utf8_lossy(&text)).map_err(fault)?;
        let DataTrack {
            file,
            start,
            end,
            music,
        } = track;
        let bin = beside(path, &file);
        let mut input = Self::new(open(&bin)?, &bin)?;
        let len = input.file.len();
        let bytes = start.min(len)..end.unwrap_or(len).min(len);
        input.within = Within::Track { bytes, music };
        Ok(input)
    }

    /// The image in the archive that this is.
    fn unpacked(mut self, start: &[u8]) -> Result<Self, Error> {
        let fault = |source| Error::Archive {
            path: self.path.clone(),
            source,
        };
        let archive = Archive::open(&self.path, start).map_err(fault)?;
        let mut image = [0; START];
        let have = archive.read_at(&mut image, 0).at(&self.path)?;
        let image = image.get(..have).unwrap_or_default();
        if PACKED.iter().any(|magic| image.starts_with(magic)) {
            return Err(fault(ArchiveFault::Packed));
        }
        self.within = Within::Archive(archive);
        Ok(self)
    }

    /// Adds the parts that follow the first one.
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
        })
    }

    /// What errors call it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tracks of music that a .cue file names besides.
    #[must_use]
    pub fn music_tracks(&self) -> usize {
        match &self.within {
            Within::Track { music, .. } => *music,
            Within::All | Within::Archive(_) => 0,
        }
    }

    /// Whether all of one file is meant, as it is.
    pub(crate) fn is_image(&self) -> bool {
        matches!(self.within, Within::All) && !self.file.are_several()
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
            Within::Track { bytes, .. } => {
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
            Within::Track { bytes, .. } => bytes.end - bytes.start,
        }
    }
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|error| Error::open(path, error))
}

fn is_cue(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("cue"))
}

/// The file that a .cue file names: beside it, wherever it was when it was written.
fn beside(cue: &Path, name: &str) -> PathBuf {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    cue.with_file_name(name)
}
