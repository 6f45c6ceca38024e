//! Files to read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::device::Stream;
use crate::error::Error;
use crate::parts::{self, Parts};
use crate::stdio;

/// A file to read, which was opened once and is not opened again: so it stays the same file.
#[derive(Debug)]
pub(crate) struct Input {
    /// What errors call it.
    path: PathBuf,
    file: Parts,
}

impl Input {
    /// Opens a file; `-` is standard input, which is copied to a file in `folder` if it is none itself. The first of
    /// several parts stands for all of them.
    ///
    /// # Errors
    /// [`Error::Open`]; [`Error::NotAFile`] for a folder; [`Error::Read`] for what has no size, as pipes have none;
    /// [`Error::Parts`].
    pub(crate) fn open(path: &Path, folder: &Path) -> Result<Self, Error> {
        let file = match stdio::is_meant(path) {
            true => stdio::input(folder)?,
            false => open(path)?,
        };
        let mut input = Self::new(file, path)?;
        if parts::is_first(path) {
            input.add_parts()?;
        }
        Ok(input)
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
        })
    }

    /// What errors call it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes.
    pub(crate) fn file(&self) -> &Parts {
        &self.file
    }

    /// Bytes that it has, or had when it was opened.
    pub(crate) fn len(&self) -> u64 {
        self.file.len()
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
        self.file.is_at(path)
    }

    /// An error of reading it.
    pub(crate) fn failed(&self, error: io::Error) -> Error {
        Error::read(&self.path, error)
    }
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|error| Error::open(path, error))
}
