//! An output file that appears under its name when it is complete, or not at all.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

use crate::error::Error;
use crate::input::Input;
use crate::naming::{move_new, replace, sync_name};
use crate::writeback::Writeback;
use crate::{name, stdio};

/// Where what is written goes.
pub(crate) struct Target {
    /// The name asked for.
    path: PathBuf,
    place: Place,
}

/// A file under way.
pub(crate) enum Place {
    /// A temporary file in the folder of the file that it is to become; removed when dropped.
    Named {
        temporary: NamedTempFile,
        /// The same one, to be written.
        file: Writeback,
        /// Where the name leads to.
        real: PathBuf,
        force: bool,
    },
    /// A file without a name, which goes to standard output in the end.
    Collected(File),
}

impl Target {
    /// Makes sure that `path` can be had without harm, and opens a temporary file beside it; `-` is standard output.
    ///
    /// # Errors
    /// [`Error::SameFile`] if it is `input`, by whatever name; [`Error::Exists`] unless `force`;
    /// [`Error::NotAFile`]; [`Error::Write`].
    pub(crate) fn create(path: &Path, input: &Input, force: bool) -> Result<Self, Error> {
        let place = match name::is_stdio(path) {
            true => Place::collected()?,
            false => {
                let real = resolve(path, input, force)?;
                Place::named(real, force).map_err(|error| Error::create(path, error))?
            }
        };
        let path = path.to_owned();
        Ok(Self { path, place })
    }

    /// Opens a temporary file beside `path`, whatever is there but `input`: who names it decides what becomes of that.
    pub(crate) fn part(path: &Path, input: &Input) -> Result<Self, Error> {
        resolve(path, input, true)?;
        let path = path.to_owned();
        let place = Place::named(path.clone(), false);
        match place {
            Ok(place) => Ok(Self { path, place }),
            Err(error) => Err(Error::create(&path, error)),
        }
    }

    /// The name asked for.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what comes next.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file()
            .write_all(bytes)
            .map_err(|error| self.failed(error))
    }

    /// Writes what comes next, but for zeros in it: there the file is left out, which takes no room where the file
    /// system can do that, and reads as zeros in any case.
    pub(crate) fn write_sparse(&mut self, bytes: &[u8]) -> Result<(), Error> {
        static ZEROS: [u8; 64 << 10] = [0; 64 << 10];
        for piece in bytes.chunks(ZEROS.len()) {
            let is_zero = ZEROS.starts_with(piece);
            let written = match is_zero {
                true => self
                    .file()
                    .seek(SeekFrom::Current(piece.len() as i64))
                    .map(drop),
                false => self.file().write_all(piece),
            };
            written.map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// Lets the file end where it is, also where it was left out.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        let ended = match &mut self.place {
            Place::Named {
                temporary, file, ..
            } => {
                let end = file.stream_position();
                end.and_then(|end| temporary.as_file().set_len(end))
            }
            Place::Collected(_) => Ok(()),
        };
        ended.map_err(|error| self.failed(error))
    }

    /// The file to write to.
    pub(crate) fn file(&mut self) -> &mut Place {
        &mut self.place
    }

    /// The same file, to be read, now that it is complete.
    pub(crate) fn reopen(&mut self) -> Result<Input, Error> {
        let file = match &mut self.place {
            // The disk can write meanwhile.
            Place::Named {
                temporary, file, ..
            } => file.start().and_then(|()| temporary.reopen()),
            Place::Collected(file) => file.try_clone(),
        };
        Input::new(file.map_err(|error| self.failed(error))?, &self.path)
    }

    /// Brings the file to the disk, and gives it its name; or brings it to standard output.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self.place {
            Place::Collected(mut file) => {
                stdio::output(&mut file).map_err(|error| Error::write(&self.path, error))
            }
            Place::Named { .. } => self.complete()?.name(),
        }
    }

    /// Brings the file to the disk, and leaves it for later to give it its name.
    pub(crate) fn complete(self) -> Result<Complete, Error> {
        let Self { path, place } = self;
        match place {
            // Nobody gives a stream a name.
            Place::Collected(_) => Err(Error::NotAFile { path }),
            Place::Named {
                temporary,
                file,
                real,
                force,
            } => {
                file.finish().map_err(|error| Error::write(&path, error))?;
                Ok(Complete {
                    path,
                    temporary: temporary.into_temp_path(),
                    real,
                    force,
                })
            }
        }
    }

    /// An error of writing this file.
    pub(crate) fn failed(&self, error: io::Error) -> Error {
        match self.place {
            Place::Named { .. } => Error::write(&self.path, error),
            Place::Collected(_) => Error::on_its_way(&folder(&self.path), error),
        }
    }
}

/// A file that is on the disk, and has no name yet; removed when dropped.
pub(crate) struct Complete {
    path: PathBuf,
    temporary: TempPath,
    real: PathBuf,
    force: bool,
}

impl Complete {
    /// The name asked for.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the name leads to.
    pub(crate) fn real(&self) -> &Path {
        &self.real
    }

    /// Gives the file its name.
    pub(crate) fn name(self) -> Result<(), Error> {
        let Self {
            path,
            temporary,
            real,
            force,
        } = self;
        // A file that is open keeps its bytes: what it is replaced by has the name on the disk before they go.
        let replaced = cfg!(unix).then(|| File::open(&real));
        let named = match force {
            true => replace(temporary, &real),
            false => move_new(&temporary, &real),
        };
        match named {
            Ok(()) => {
                sync_name(&real);
                drop(replaced);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::Exists { path })
            }
            Err(error) => Err(Error::write(&path, error)),
        }
    }
}

impl Place {
    /// A file for standard output.
    fn collected() -> Result<Self, Error> {
        let folder = folder(Path::new(name::STDIO));
        let file = tempfile::tempfile_in(&folder);
        let file = file.map_err(|error| Error::on_its_way(&folder, error))?;
        Ok(Self::Collected(file))
    }

    /// A file that will be at `real`.
    fn named(real: PathBuf, force: bool) -> io::Result<Self> {
        let temporary = temporary(&real)?;
        Ok(Self::Named {
            file: Writeback::new(temporary.as_file().try_clone()?),
            temporary,
            real,
            force,
        })
    }
}

impl Write for Place {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Named { file, .. } => file.write(bytes),
            Self::Collected(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Named { file, .. } => file.flush(),
            Self::Collected(file) => file.flush(),
        }
    }
}

impl Seek for Place {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Named { file, .. } => file.seek(target),
            Self::Collected(file) => file.seek(target),
        }
    }
}

/// The folder that a file is in, or the one for temporary files if it is a stream.
pub(crate) fn folder(path: &Path) -> PathBuf {
    if name::is_stdio(path) {
        return std::env::temp_dir();
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Where `path` leads to, if it may be written.
fn resolve(path: &Path, input: &Input, force: bool) -> Result<PathBuf, Error> {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        // Nothing is there, or a link to nothing.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match path.is_symlink() && !force {
                true => Err(Error::Exists {
                    path: path.to_owned(),
                }),
                false => Ok(path.to_owned()),
            };
        }
        Err(error) => return Err(Error::write(path, error)),
    };
    let same = meta.is_file()
        && input
            .is_at(path)
            .map_err(|error| Error::read(path, error))?;
    let path = path.to_owned();
    match () {
        () if same => Err(Error::SameFile { path }),
        () if !meta.is_file() => Err(Error::NotAFile { path }),
        () if !force => Err(Error::Exists { path }),
        () => path
            .canonicalize()
            .map_err(|error| Error::write(&path, error)),
    }
}

/// A file beside `real`, by a name that neither looks like an image nor is seen in listings.
///
/// It is no shorter than the other name, and no longer than a file system with that one takes: exFAT then changes one
/// to the other where it stands, and a loss of power leaves either.
fn temporary(real: &Path) -> io::Result<NamedTempFile> {
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    let suffix = match name
        .char_indices()
        .find(|(at, _)| *at >= ".ziso-XXXXXX.part".len())
    {
        Some((at, _)) => format!("{}.part", &name[at..]),
        None => ".part".to_owned(),
    };
    let mut builder = Builder::new();
    builder.prefix(".ziso-").suffix(&suffix);
    // The file will be an ordinary one, not one for the user's eyes only.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder(real))
}
