//! A disc's bytes, whether its file is an image, a track with whole sectors, or compressed.

use std::path::Path;

use embedded_io::{Read as _, Seek as _, SeekFrom};
use zso::format::{MAGIC, SERVER_MAGIC};
use zso::{Reader, SECTOR_SIZE, Sector};

use crate::cso::{CSO_MAGIC, Cso, CsoReader};
use crate::device::FileDevice;
use crate::error::Error;
use crate::image::Zso;
use crate::input::Input;
use crate::original::{self, START};
use crate::{target, track};

const SECTOR: u64 = SECTOR_SIZE as u64;

/// A file with a disc in it, told by its first bytes and never by its name.
#[derive(Debug)]
pub struct Disc {
    form: Form,
}

/// How the disc is stored.
#[derive(Debug)]
pub(crate) enum Form {
    /// As it is.
    Plain(Input),
    /// With headers and checksums of sectors.
    Track(Input),
    /// Compressed.
    Zso(Zso),
    /// Compressed for other consoles.
    Cso(Cso),
}

/// What a [`Disc`]'s reader works in: [`Disc::memory`].
pub struct Memory(Vec<Sector>);

/// Reads a disc anywhere.
pub struct DiscReader<'d> {
    disc: &'d Disc,
    stream: Stream<'d>,
}

enum Stream<'d> {
    Plain(&'d Input),
    Track(&'d Input),
    Zso(&'d Zso, Box<Reader<'d, FileDevice<'d>>>),
    Cso(Box<CsoReader<'d>>),
}

impl Disc {
    /// Opens the file at `path`; `-` is standard input.
    ///
    /// # Errors
    /// Those of opening; [`Error::Image`] for a ZSO or CSO file whose header cannot be read;
    /// [`Error::Foreign`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let input = Input::open(path, &target::folder(path))?;
        let start = input.start(START)?;
        if let Some(format) = original::foreign(&start) {
            let path = path.to_owned();
            return Err(Error::Foreign { path, format });
        }
        let is_cso = start.starts_with(&CSO_MAGIC);
        let is_zso = start.starts_with(&MAGIC) || start.starts_with(&SERVER_MAGIC);
        let is_track = track::begins(&start) && track::check_len(input.len()).is_ok();
        let form = match (is_zso, is_track) {
            _ if is_cso => Form::Cso(Cso::new(input)?),
            (true, _) => Form::Zso(Zso::new(input)?),
            (_, true) => Form::Track(input),
            _ => Form::Plain(input),
        };
        Ok(Self { form })
    }

    /// The file.
    pub(crate) fn input(&self) -> &Input {
        match &self.form {
            Form::Plain(input) | Form::Track(input) => input,
            Form::Zso(zso) => zso.input(),
            Form::Cso(cso) => cso.input(),
        }
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.input().path()
    }

    /// Size of the file, in bytes.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        self.input().len()
    }

    /// Size of the disc, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.form {
            Form::Plain(input) => input.len(),
            Form::Track(input) => track::image_len(input.len()),
            Form::Zso(zso) => zso.total_bytes(),
            Form::Cso(cso) => cso.total_bytes(),
        }
    }

    /// Makes sure that there is anything to say of it.
    ///
    /// # Errors
    /// [`Error::Empty`].
    pub(crate) fn not_empty(self) -> Result<Self, Error> {
        match self.bytes() {
            0 => Err(Error::Empty {
                path: self.path().to_owned(),
            }),
            _ => Ok(self),
        }
    }

    /// Sectors of the disc, a last partial one included.
    #[must_use]
    pub fn sectors(&self) -> u64 {
        self.bytes().div_ceil(SECTOR)
    }

    /// How the disc is stored.
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }

    /// What a reader of this disc needs; it depends on the block size, which is limited.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory(match &self.form {
            Form::Plain(_) | Form::Track(_) | Form::Cso(_) => Vec::new(),
            Form::Zso(zso) => zso.memory(),
        })
    }

    /// A reader of this disc.
    ///
    /// # Errors
    /// [`Error::Image`] or [`Error::Read`].
    pub fn reader<'d>(&'d self, memory: &'d mut Memory) -> Result<DiscReader<'d>, Error> {
        let stream = match &self.form {
            Form::Plain(input) => Stream::Plain(input),
            Form::Track(input) => Stream::Track(input),
            Form::Zso(zso) => Stream::Zso(zso, Box::new(zso.mount(&mut memory.0)?)),
            Form::Cso(cso) => Stream::Cso(Box::new(cso.reader())),
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
        let mut left = want;
        while let Some(rest) = buf
            .get_mut(want - left..want)
            .filter(|rest| !rest.is_empty())
        {
            match self.read(at + (want - left) as u64, rest)? {
                // A file that has become shorter.
                0 => break,
                read => left -= read,
            }
        }
        Ok(want - left)
    }

    /// One sector, filled up with zeros at the disc's end; nothing behind it.
    pub(crate) fn sector(&mut self, lsn: u32) -> Result<Option<[u8; SECTOR_SIZE]>, Error> {
        let mut sector = [0; SECTOR_SIZE];
        let read = self.read_at(u64::from(lsn) * SECTOR, &mut sector)?;
        Ok((read > 0).then_some(sector))
    }

    /// Some of the bytes at `at`; none behind the end of the file.
    fn read(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
        match &mut self.stream {
            Stream::Plain(input) => input
                .file()
                .read_at(buf, at)
                .map_err(|error| input.failed(error)),
            Stream::Track(input) => read_track(input, at, buf),
            Stream::Cso(reader) => reader.read_at(at, buf),
            Stream::Zso(zso, reader) => reader
                .seek(SeekFrom::Start(at))
                .and_then(|_| reader.read(buf))
                .map_err(|error| zso.explain(error)),
        }
    }
}

/// Bytes of one sector of a track.
fn read_track(input: &Input, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
    let (sector, skip) = (at / SECTOR, (at % SECTOR) as usize);
    let mut raw = [0; track::RAW];
    let mut have = 0;
    while let Some(rest) = raw.get_mut(have..).filter(|rest| !rest.is_empty()) {
        let at = sector * track::RAW as u64 + have as u64;
        match input
            .file()
            .read_at(rest, at)
            .map_err(|error| input.failed(error))?
        {
            0 => return Ok(0),
            read => have += read,
        }
    }
    let path = input.path();
    let data = track::data(&raw, sector).map_err(|source| Error::Track {
        path: path.to_owned(),
        source,
    })?;
    let data = data.get(skip..).unwrap_or_default();
    let pairs = buf.iter_mut().zip(data);
    Ok(pairs.map(|(to, from)| *to = *from).count())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

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
