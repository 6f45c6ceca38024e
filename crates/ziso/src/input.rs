//! Files to read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use same_file::Handle;

use crate::device::Stream;
use crate::error::Error;
use crate::stdio;

/// A file to read, which was opened once and is not opened again: so it stays the same file.
#[derive(Debug)]
pub(crate) struct Input {
    /// What errors call it.
    path: PathBuf,
    file: File,
    /// Bytes that it has, or had when it was opened.
    len: u64,
}

impl Input {
    /// Opens a file; `-` is standard input, which is copied to a file in `folder` if it is none itself.
    ///
    /// # Errors
    /// [`Error::Open`]; [`Error::NotAFile`] for a folder; [`Error::Read`] for what has no size, as pipes have none.
    pub(crate) fn open(path: &Path, folder: &Path) -> Result<Self, Error> {
        let file = match stdio::is_meant(path) {
            true => stdio::input(folder)?,
            false => File::open(path).map_err(|error| Error::open(path, error))?,
        };
        Self::new(file, path)
    }

    /// Takes a file that is open already.
    pub(crate) fn new(file: File, path: &Path) -> Result<Self, Error> {
        if file.metadata().is_ok_and(|meta| meta.is_dir()) {
            return Err(Error::NotAFile {
                path: path.to_owned(),
            });
        }
        let len = size(&file).map_err(|error| Error::read(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            len,
        })
    }

    /// What errors call it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Its first `len` bytes, or all of a shorter one.
    pub(crate) fn start(&self, len: usize) -> Result<Vec<u8>, Error> {
        let mut start = Vec::with_capacity(len);
        let mut stream = Stream::new(&self.file).take(len as u64);
        let read = stream.read_to_end(&mut start);
        read.map_err(|error| self.failed(error))?;
        Ok(start)
    }

    /// Whether `path` leads to this very file, by whatever name.
    pub(crate) fn is_at(&self, path: &Path) -> io::Result<bool> {
        let own = Handle::from_file(self.file.try_clone()?)?;
        Ok(own == Handle::from_path(path)?)
    }

    /// An error of reading it.
    pub(crate) fn failed(&self, error: io::Error) -> Error {
        Error::read(&self.path, error)
    }
}

/// Bytes of a file. Not from the metadata: those of a disc drive say 0.
fn size(mut file: &File) -> io::Result<u64> {
    file.seek(SeekFrom::End(0))
}
