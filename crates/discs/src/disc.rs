//! A disc's bytes, whether its file is an image, a track with whole sectors, or compressed.

use std::io;

use embedded_io::{Read as _, Seek as _, SeekFrom};
use zso::format::{MAGIC, SERVER_MAGIC};
use zso::{Reader, SECTOR_SIZE, Sector};

use crate::chd::{self, Chd, ChdReader};
use crate::cso::{CSO_MAGIC, Cso, CsoReader};
use crate::device::FileDevice;
use crate::error::Error;
use crate::foreign::Foreign;
use crate::image::{self, Zso};
use crate::iso9660::volume;
use crate::nrg;
use crate::read_at::{ReadAt, Stream};
use crate::track::reader::{Source, TrackReader};
use crate::track::{self, Layout, TrackFault};

const SECTOR: u64 = SECTOR_SIZE as u64;
/// Bytes at a file's start that tell what it is.
const START: usize = 16;

/// A file with a disc in it, told by its first bytes and never by its name.
#[derive(Debug)]
pub struct Disc<F> {
    form: Form<F>,
}

/// How the disc is stored.
#[derive(Debug)]
pub enum Form<F> {
    /// As it is.
    Plain(F),
    /// With headers and checksums of sectors.
    Track(F, Layout),
    /// Compressed.
    Zso(Zso<F>),
    /// Compressed for other consoles.
    Cso(Cso<F>),
    /// Compressed for emulators.
    Chd(Chd<F>),
}

/// What a [`Disc`]'s reader works in: [`Disc::memory`].
pub struct Memory(Vec<Sector>);

/// Reads a disc anywhere.
pub struct DiscReader<'d> {
    bytes: u64,
    form: FormReader<'d>,
}

enum FormReader<'d> {
    Plain(&'d dyn ReadAt),
    Track(Box<TrackReader<'d>>),
    Zso(Box<Reader<'d, FileDevice<'d>>>),
    Cso(Box<CsoReader<'d>>),
    Chd(Box<ChdReader<'d>>),
}

impl<F> From<Form<F>> for Disc<F> {
    fn from(form: Form<F>) -> Self {
        Self { form }
    }
}

impl<F: ReadAt> Disc<F> {
    /// Finds out what kind of file it is.
    ///
    /// # Errors
    /// [`Error::Image`] for a ZSO or CSO file whose header cannot be read; [`Error::Chd`], [`Error::Track`] for a disc
    /// that has no track of data; [`Error::Foreign`]; [`Error::Read`].
    pub fn new(file: F) -> Result<Self, Error> {
        let start = file.start(START)?;
        if let Some(format) = Foreign::of(&start) {
            return Err(Error::Foreign(format));
        }
        let is_cso = start.starts_with(&CSO_MAGIC);
        let is_zso = start.starts_with(&MAGIC) || start.starts_with(&SERVER_MAGIC);
        let form = match () {
            () if is_cso => Form::Cso(Cso::new(file)?),
            () if is_zso => Form::Zso(Zso::new(file)?),
            () if start.starts_with(chd::MAGIC) => Form::Chd(Chd::new(file)?),
            () => {
                let layout = match nrg::layout(&file)? {
                    None => Layout::of(&file)?,
                    found => found,
                };
                match layout {
                    Some(layout) => Form::Track(file, layout),
                    None => Form::Plain(file),
                }
            }
        };
        Ok(Self { form })
    }

    /// Makes sure that there are bytes, and that all of them can be read.
    ///
    /// # Errors
    /// [`Error::Empty`]; [`Error::Track`] for a track whose last sector is cut.
    pub fn whole(self) -> Result<Self, Error> {
        let disc = self.not_empty()?;
        match &disc.form {
            Form::Plain(file) if track::begins(&file.start(START)?) => {
                Err(Error::Track(TrackFault::Length { len: file.len() }))
            }
            _ => Ok(disc),
        }
    }

    /// Makes sure that there is anything to say of it.
    ///
    /// # Errors
    /// [`Error::Empty`].
    pub fn not_empty(self) -> Result<Self, Error> {
        match self.bytes() {
            0 => Err(Error::Empty),
            _ => Ok(self),
        }
    }

    /// Makes sure that there is a volume of any kind.
    ///
    /// # Errors
    /// [`Error::NoVolume`], and those of reading.
    pub fn check_volume(&self) -> Result<(), Error> {
        let mut memory = self.memory();
        if volume::is_any(&mut self.reader(&mut memory)?)? {
            return Ok(());
        }
        Err(Error::NoVolume(match &self.form {
            Form::Plain(file) => Foreign::guess(file)?,
            _ => None,
        }))
    }

    /// The file.
    pub fn file(&self) -> &F {
        match &self.form {
            Form::Plain(file) | Form::Track(file, _) => file,
            Form::Zso(zso) => zso.file(),
            Form::Cso(cso) => cso.file(),
            Form::Chd(chd) => chd.file(),
        }
    }

    /// Size of the file, in bytes.
    pub fn file_bytes(&self) -> u64 {
        self.file().len()
    }

    /// Size of the disc, in bytes.
    pub fn bytes(&self) -> u64 {
        match &self.form {
            Form::Plain(file) => file.len(),
            Form::Track(_, layout) => layout.image_bytes(),
            Form::Zso(zso) => zso.total_bytes(),
            Form::Cso(cso) => cso.total_bytes(),
            Form::Chd(chd) => chd.total_bytes(),
        }
    }

    /// Sectors of the disc, a last partial one included.
    pub fn sectors(&self) -> u64 {
        self.bytes().div_ceil(SECTOR)
    }

    /// How the disc is stored, with all that is needed to read it.
    pub fn into_form(self) -> Form<F> {
        self.form
    }

    /// How the disc is stored.
    pub fn form(&self) -> &Form<F> {
        &self.form
    }

    /// What a reader of this disc needs; it depends on the block size, which is limited.
    pub fn memory(&self) -> Memory {
        Memory(match &self.form {
            Form::Plain(_) | Form::Track(..) | Form::Cso(_) | Form::Chd(_) => Vec::new(),
            Form::Zso(zso) => zso.memory(),
        })
    }

    /// A reader of this disc.
    ///
    /// # Errors
    /// [`Error::Image`] or [`Error::Read`].
    pub fn reader<'d>(&'d self, memory: &'d mut Memory) -> Result<DiscReader<'d>, Error> {
        self.reader_in(&mut memory.0)
    }

    /// The same in the memory that a ZSO file needs; others need none.
    fn reader_in<'d>(&'d self, memory: &'d mut [Sector]) -> Result<DiscReader<'d>, Error> {
        let track = |source, layout: &Layout| {
            FormReader::Track(Box::new(TrackReader::new(source, *layout)))
        };
        let form = match &self.form {
            Form::Plain(file) => FormReader::Plain(file),
            Form::Track(file, layout) => track(Source::File(file), layout),
            Form::Zso(zso) => FormReader::Zso(Box::new(zso.mount(memory)?)),
            Form::Cso(cso) => FormReader::Cso(Box::new(cso.reader())),
            Form::Chd(chd) => match chd.layout() {
                Some(layout) => track(Source::Chd(chd.reader()?), layout),
                None => FormReader::Chd(chd.reader()?),
            },
        };
        let bytes = self.bytes();
        Ok(DiscReader { bytes, form })
    }

    /// The disc from its first byte on; its errors may be [`Error`]s.
    pub fn stream(&self) -> Result<Box<dyn io::Read + Send + '_>, Error> {
        Ok(match &self.form {
            // Also what has come to the file since it was opened.
            Form::Plain(file) => Box::new(Stream::new(file)),
            Form::Zso(zso) => Box::new(zso.stream()),
            Form::Track(..) | Form::Cso(_) | Form::Chd(_) => Box::new(FromStart {
                reader: self.reader_in(&mut [])?,
                position: 0,
            }),
        })
    }

    /// Sectors of music after the data, which are left out.
    pub fn music(&self) -> u64 {
        match &self.form {
            Form::Track(_, layout) => layout.music,
            Form::Chd(chd) => chd.layout().map_or(0, |layout| layout.music),
            Form::Plain(_) | Form::Zso(_) | Form::Cso(_) => 0,
        }
    }

    /// Bytes at the disc's end that the writer of a ZSO file left out: see [`Zso::never_stored`].
    pub fn never_stored(&self) -> u64 {
        match &self.form {
            Form::Zso(zso) => zso.never_stored(),
            Form::Plain(_) | Form::Track(..) | Form::Cso(_) | Form::Chd(_) => 0,
        }
    }

    /// Makes sure that what was read is what the file has, where its stream cannot know.
    ///
    /// # Errors
    /// [`Error::Image`], [`Error::Read`].
    pub fn check(&self) -> Result<(), Error> {
        match &self.form {
            Form::Zso(zso) => zso.check_tail(),
            Form::Plain(_) | Form::Track(..) | Form::Cso(_) | Form::Chd(_) => Ok(()),
        }
    }
}

impl DiscReader<'_> {
    /// Size of the disc, in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Fills `buf` with the disc's bytes from `at` on; returns how many there were, fewer only at the disc's end.
    ///
    /// # Errors
    /// [`Error::Image`] where the file is damaged, [`Error::Read`].
    pub fn read_at(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
        let left = self.bytes.saturating_sub(at);
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

    /// One sector, filled up with zeros at the disc's end; nothing after it.
    pub fn sector(&mut self, lsn: u32) -> Result<Option<[u8; SECTOR_SIZE]>, Error> {
        let mut sector = [0; SECTOR_SIZE];
        let read = self.read_at(u64::from(lsn) * SECTOR, &mut sector)?;
        Ok((read > 0).then_some(sector))
    }

    /// Some of the bytes at `at`; none past the end of the file.
    fn read(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
        match &mut self.form {
            FormReader::Plain(file) => Ok(file.read_at(buf, at)?),
            FormReader::Track(reader) => reader.read_at(at, buf),
            FormReader::Chd(reader) => reader.read_at(at, buf),
            FormReader::Cso(reader) => reader.read_at(at, buf),
            FormReader::Zso(reader) => reader
                .seek(SeekFrom::Start(at))
                .and_then(|_| reader.read(buf))
                .map_err(image::explain),
        }
    }
}

/// A disc as a stream; its errors are [`Error`]s.
struct FromStart<'d> {
    reader: DiscReader<'d>,
    position: u64,
}

impl io::Read for FromStart<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read_at(self.position, buf);
        let read = read.map_err(io::Error::other)?;
        self.position += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use testkit::image::Builder;

    use super::*;

    fn pattern(len: usize) -> Vec<u8> {
        (0..len).map(|at| (at / 7 % 251) as u8).collect()
    }

    /// A disc of these bytes, as an image and compressed.
    fn both(bytes: &[u8]) -> [Vec<u8>; 2] {
        [bytes.to_vec(), Builder::default().build(bytes).bytes]
    }

    #[test]
    fn bytes_are_the_same_in_both_forms() {
        let bytes = pattern(9 * SECTOR_SIZE + 77);
        let files = both(&bytes);
        for file in files {
            let disc = Disc::new(file).unwrap();
            assert_eq!((disc.bytes(), disc.sectors()), (bytes.len() as u64, 10));
            let mut memory = disc.memory();
            let mut reader = disc.reader(&mut memory).unwrap();
            for (at, len) in [(0, 5000), (2047, 3), (9 * 2048, 4096), (18_508, 9), (1, 0)] {
                let mut buf = vec![0xAA; len];
                let read = reader.read_at(at as u64, &mut buf).unwrap();
                assert_eq!(read, len.min(bytes.len() - at), "{at}");
                assert_eq!(buf[..read], bytes[at..at + read], "{at}");
            }
        }
    }

    #[test]
    fn nothing_is_behind_the_end() {
        let files = both(&pattern(2 * SECTOR_SIZE));
        for file in files {
            let disc = Disc::new(file).unwrap();
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
