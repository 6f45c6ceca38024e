//! Files to read.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use discs::ReadAt;

use crate::error::Error;
use crate::parts::{self, Parts};
use crate::stdio;

/// A file to read, which was opened once and is not opened again: so it stays the same file.
#[derive(Debug)]
pub struct Input {
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
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether `path` leads to this very file, by whatever name.
    pub(crate) fn is_at(&self, path: &Path) -> io::Result<bool> {
        self.file.is_at(path)
    }
}

impl ReadAt for Input {
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        self.file.read_at(buf, at)
    }

    /// Bytes that it has, or had when it was opened.
    fn len(&self) -> u64 {
        self.file.len()
    }
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|error| Error::open(path, error))
}
