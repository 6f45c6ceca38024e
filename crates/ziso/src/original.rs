//! Images to compress, whatever kind of file they are in.

use std::io::Read;
use std::path::Path;

use crate::cso::{CSO_MAGIC, Cso};
use crate::device::Stream;
use crate::error::Error;
use crate::image::Zso;
use crate::input::Input;
use crate::track::{self, Track};

/// Bytes at a file's start that tell what it is.
pub(crate) const START: usize = 16;

/// An image, and the file that it is in.
pub(crate) struct Original {
    kind: Kind,
}

enum Kind {
    /// The image itself.
    Iso(Input),
    /// Compressed already, perhaps less well.
    Zso(Zso),
    /// Sectors of 2352 bytes, with 2048 of the image in each.
    Track(Input),
    /// Compressed for other consoles.
    Cso(Cso),
}

/// Files that are known, and of no use here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Foreign {
    /// Of the emulator MAME.
    #[error("CHD")]
    Chd,
    /// An archive.
    #[error("Zip")]
    Zip,
    /// An archive.
    #[error("7z")]
    SevenZip,
    /// An archive.
    #[error("RAR")]
    Rar,
    /// A compressed file.
    #[error("gzip")]
    Gzip,
}

/// How foreign files begin.
const FOREIGN: [(&[u8], Foreign); 5] = [
    (b"MComprHD", Foreign::Chd),
    (b"PK\x03\x04", Foreign::Zip),
    (b"7z\xBC\xAF\x27\x1C", Foreign::SevenZip),
    (b"Rar!\x1A\x07", Foreign::Rar),
    (b"\x1F\x8B\x08", Foreign::Gzip),
];

/// What a file is that begins like this, if it is of no use here.
pub(crate) fn foreign(start: &[u8]) -> Option<Foreign> {
    let foreign = FOREIGN.iter().find(|(magic, _)| start.starts_with(magic));
    foreign.map(|&(_, format)| format)
}

impl Original {
    /// Opens the file at `path`, which is no stream.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        Self::new(Input::open(path, Path::new(""))?)
    }

    /// Finds out what kind of file it is.
    ///
    /// # Errors
    /// [`Error::Empty`], as no disc is; [`Error::Foreign`]; [`Error::Track`]; those of damaged ZSO and CSO files.
    pub(crate) fn new(input: Input) -> Result<Self, Error> {
        let path = input.path().to_owned();
        let start = input.start(START)?;
        let kind = match foreign(&start) {
            Some(format) => return Err(Error::Foreign { path, format }),
            None if start.is_empty() => return Err(Error::Empty { path }),
            None if start.starts_with(&zso::format::MAGIC) => Kind::Zso(Zso::new(input)?),
            None if start.starts_with(&CSO_MAGIC) => Kind::Cso(Cso::new(input)?),
            None if track::begins(&start) => {
                track::check_len(input.len()).map_err(|source| Error::Track { path, source })?;
                Kind::Track(input)
            }
            None => Kind::Iso(input),
        };
        Ok(Self { kind })
    }

    /// The file.
    pub(crate) fn input(&self) -> &Input {
        match &self.kind {
            Kind::Iso(input) | Kind::Track(input) => input,
            Kind::Zso(zso) => zso.input(),
            Kind::Cso(cso) => cso.input(),
        }
    }

    /// What errors call it.
    pub(crate) fn path(&self) -> &Path {
        self.input().path()
    }

    /// Bytes of the image.
    pub(crate) fn len(&self) -> u64 {
        match &self.kind {
            Kind::Iso(input) => input.len(),
            Kind::Zso(zso) => zso.total_bytes(),
            Kind::Cso(cso) => cso.total_bytes(),
            Kind::Track(input) => track::image_len(input.len()),
        }
    }

    /// The image from its first byte on; its errors may be [`Error`]s.
    pub(crate) fn stream(&self) -> Box<dyn Read + Send + '_> {
        match &self.kind {
            Kind::Iso(input) => Box::new(Stream::new(input.file())),
            Kind::Zso(zso) => Box::new(zso.stream()),
            Kind::Cso(cso) => Box::new(cso.reader()),
            Kind::Track(input) => Box::new(Track::new(Stream::new(input.file()), input.path())),
        }
    }

    /// Makes sure that what was read is what the file has, where its stream cannot know.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match &self.kind {
            Kind::Zso(zso) => zso.check_tail(),
            Kind::Iso(_) | Kind::Track(_) | Kind::Cso(_) => Ok(()),
        }
    }
}
