//! A disc's bytes, whether its file is an image or a ZSO.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use embedded_io::{Read as _, Seek as _};
use zso::format::{MAGIC, SERVER_MAGIC};
use zso::{Reader, SECTOR_SIZE, Sector};

use crate::device::FileDevice;
use crate::error::Error;
use crate::image::Zso;
use crate::input;

/// A file with a disc in it, told by its first bytes and never by its name.
#[derive(Debug)]
pub struct Disc {
    path: PathBuf,
    file_bytes: u64,
    form: Form,
}

/// How the disc is stored.
#[derive(Debug)]
pub(crate) enum Form {
    /// As it is.
    Plain(File),
    /// Compressed.
    Zso(Zso),
}

/// What a [`Disc`]'s reader works in: [`Disc::memory`].
pub struct Memory(Vec<Sector>);

/// Reads a disc anywhere.
pub struct DiscReader<'d> {
    disc: &'d Disc,
    stream: Stream<'d>,
}

enum Stream<'d> {
    Plain(&'d File),
    Zso(&'d Zso, Box<Reader<'d, FileDevice<'d>>>),
}

impl Disc {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// Those of opening; [`Error::Image`] for a ZSO file whose header cannot be read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let (file, file_bytes) = input::open(path)?;
        let magic = first_bytes(&file).map_err(|error| Error::read(path, error))?;
        let form = match magic {
            MAGIC | SERVER_MAGIC => Form::Zso(Zso::new(file, path)?),
            _ => Form::Plain(file),
        };
        Ok(Self {
            path: path.to_owned(),
            file_bytes,
            form,
        })
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Size of the file, in bytes.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// Size of the disc, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.form {
            Form::Plain(_) => self.file_bytes,
            Form::Zso(zso) => zso.total_bytes(),
        }
    }

    /// Sectors of the disc, a last partial one included.
    #[must_use]
    pub fn sectors(&self) -> u64 {
        self.bytes().div_ceil(SECTOR_SIZE as u64)
    }

    /// How the disc is stored.
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }

    /// What a reader of this disc needs; it depends on the block size, which is limited.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory(match &self.form {
            Form::Plain(_) => Vec::new(),
            Form::Zso(zso) => zso.memory(),
        })
    }

    /// A reader of this disc. There should be one at a time: they share the file's position.
    ///
    /// # Errors
    /// [`Error::Image`] or [`Error::Read`].
    pub fn reader<'d>(&'d self, memory: &'d mut Memory) -> Result<DiscReader<'d>, Error> {
        let stream = match &self.form {
            Form::Plain(file) => Stream::Plain(file),
            Form::Zso(zso) => Stream::Zso(zso, Box::new(zso.mount(&mut memory.0)?)),
        };
        Ok(DiscReader { disc: self, stream })
    }
}

impl DiscReader<'_> {
    /// The disc.
    #[must_use]
    pub fn disc(&self) -> &Disc {
        self.disc
    }

    /// Fills `buf` with the disc's bytes from `at` on; returns how many there were, fewer only at the disc's end.
    ///
    /// # Errors
    /// [`Error::Image`] where the file is damaged, [`Error::Read`].
    pub fn read_at(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
        let left = self.disc.bytes().saturating_sub(at);
        let want = usize::try_from(left).map_or(buf.len(), |left| left.min(buf.len()));
        let mut rest = buf.get_mut(..want).unwrap_or_default();
        if rest.is_empty() {
            return Ok(0);
        }
        self.seek(at)?;
        while !rest.is_empty() {
            match self.read(rest)? {
                // A file that has become shorter.
                0 => break,
                read => rest = rest.get_mut(read..).unwrap_or_default(),
            }
        }
        let missing = rest.len();
        Ok(want - missing)
    }

    /// One sector, filled up with zeros at the disc's end; nothing behind it.
    pub(crate) fn sector(&mut self, lsn: u32) -> Result<Option<[u8; SECTOR_SIZE]>, Error> {
        let mut sector = [0; SECTOR_SIZE];
        let read = self.read_at(u64::from(lsn) * SECTOR_SIZE as u64, &mut sector)?;
        Ok((read > 0).then_some(sector))
    }

    fn seek(&mut self, at: u64) -> Result<(), Error> {
        match &mut self.stream {
            Stream::Plain(file) => file
                .seek(io::SeekFrom::Start(at))
                .map_err(|error| Error::read(&self.disc.path, error)),
            Stream::Zso(zso, reader) => reader
                .seek(embedded_io::SeekFrom::Start(at))
                .map_err(|error| zso.explain(error)),
        }
        .map(|_| ())
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        match &mut self.stream {
            Stream::Plain(file) => file
                .read(buf)
                .map_err(|error| Error::read(&self.disc.path, error)),
            Stream::Zso(zso, reader) => reader.read(buf).map_err(|error| zso.explain(error)),
        }
    }
}

/// The first four bytes, zeros if there are fewer; the position is then the file's start again.
fn first_bytes(mut file: &File) -> io::Result<[u8; 4]> {
    let mut start = Vec::new();
    file.take(4).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(start.try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::progress::unwatched;

    fn pattern(len: usize) -> Vec<u8> {
        (0..len).map(|at| (at / 7 % 251) as u8).collect()
    }

    /// A disc of these bytes, as an image and compressed.
    fn both(bytes: &[u8]) -> (tempfile::TempDir, [PathBuf; 2]) {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["disc.iso", "disc.zso"].map(|name| folder.path().join(name));
        std::fs::write(&paths[0], bytes).unwrap();
        crate::compress(&paths[0], &paths[1], &Options::default(), &mut unwatched).unwrap();
        (folder, paths)
    }

    #[test]
    fn bytes_are_the_same_in_both_forms() {
        let bytes = pattern(9 * SECTOR_SIZE + 77);
        let (_folder, paths) = both(&bytes);
        for path in paths {
            let disc = Disc::open(&path).unwrap();
            assert_eq!((disc.bytes(), disc.sectors()), (bytes.len() as u64, 10));
            let mut memory = disc.memory();
            let mut reader = disc.reader(&mut memory).unwrap();
            for (at, len) in [(0, 5000), (2047, 3), (9 * 2048, 4096), (18_508, 9), (1, 0)] {
                let mut buf = vec![0xAA; len];
                let read = reader.read_at(at as u64, &mut buf).unwrap();
                assert_eq!(read, len.min(bytes.len() - at), "{path:?} {at}");
                assert_eq!(buf[..read], bytes[at..at + read], "{path:?} {at}");
            }
        }
    }

    #[test]
    fn nothing_is_behind_the_end() {
        let (_folder, paths) = both(&pattern(2 * SECTOR_SIZE));
        for path in paths {
            let disc = Disc::open(&path).unwrap();
            let mut memory = disc.memory();
            let mut reader = disc.reader(&mut memory).unwrap();
            assert!(reader.sector(1).unwrap().is_some());
            for lsn in [2, 3, u32::MAX] {
                assert!(reader.sector(lsn).unwrap().is_none());
            }
            assert_eq!(reader.read_at(u64::MAX, &mut [0; 9]).unwrap(), 0);
        }
    }
}
