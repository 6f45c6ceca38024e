//! An output file that appears under its name when it is complete, or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use same_file::is_same_file;
use tempfile::{Builder, NamedTempFile, PersistError};

use crate::error::Error;

/// A temporary file in the folder of the file that it is to become; removed when dropped.
pub(crate) struct Target {
    /// The name asked for.
    path: PathBuf,
    /// Where that leads to.
    real: PathBuf,
    temporary: NamedTempFile,
    force: bool,
}

impl Target {
    /// Makes sure that `path` can be had without harm, and opens a temporary file beside it.
    ///
    /// # Errors
    /// [`Error::SameFile`] if it is `input`, by whatever name; [`Error::Exists`] unless `force`;
    /// [`Error::NotAFile`]; [`Error::Write`].
    pub(crate) fn create(path: &Path, input: &Path, force: bool) -> Result<Self, Error> {
        let real = resolve(path, input, force)?;
        let folder = real
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let temporary = builder()
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| Error::write(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            real,
            temporary,
            force,
        })
    }

    /// The file to write to.
    pub(crate) fn file(&mut self) -> &mut File {
        self.temporary.as_file_mut()
    }

    /// The same file, opened again to be read.
    pub(crate) fn reopen(&self) -> Result<File, Error> {
        self.temporary.reopen().map_err(|error| self.failed(error))
    }

    /// Brings the file to the disk, and gives it its name.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let synced = self.temporary.as_file().sync_all();
        synced.map_err(|error| Error::write(&self.path, error))?;
        let named = match self.force {
            true => self.temporary.persist(&self.real),
            false => persist_new(self.temporary, &self.real),
        };
        match named {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::Exists { path: self.path })
            }
            Err(error) => Err(Error::write(&self.path, error.error)),
        }
    }

    /// An error of writing this file.
    pub(crate) fn failed(&self, error: io::Error) -> Error {
        Error::write(&self.path, error)
    }
}

/// Where `path` leads to, if it may be written.
fn resolve(path: &Path, input: &Path, force: bool) -> Result<PathBuf, Error> {
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
    if is_same_file(path, input).map_err(|error| Error::read(path, error))? {
        return Err(Error::SameFile {
            path: path.to_owned(),
        });
    }
    if !meta.is_file() {
        return Err(Error::NotAFile {
            path: path.to_owned(),
        });
    }
    if !force {
        return Err(Error::Exists {
            path: path.to_owned(),
        });
    }
    path.canonicalize()
        .map_err(|error| Error::write(path, error))
}

/// A name that neither looks like an image nor is seen in listings.
fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".ziso-").suffix(".part");
    // The file will be an ordinary one, not one for the user's eyes only.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// Gives a file its name unless something has that name by now.
fn persist_new(file: NamedTempFile, path: &Path) -> Result<File, PersistError> {
    match file.persist_noclobber(path) {
        // Some file systems on removable disks cannot do this in one step.
        Err(PersistError { error, file })
            if error.kind() != io::ErrorKind::AlreadyExists && path.symlink_metadata().is_err() =>
        {
            file.persist(path)
        }
        result => result,
    }
}
