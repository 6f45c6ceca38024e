//! A ZSO file to a verdict.

use std::io::Read;
use std::num::NonZeroUsize;
use std::path::Path;

use crate::error::Error;
use crate::hashes::{Checksum, Hasher, Hashes};
use crate::image::Zso;
use crate::original::Original;
use crate::progress::{Meter, Phase, Watch};
use crate::{sidecar, source, target};

/// What a ZSO file is to be compared with.
#[derive(Clone, Copy, Default, Debug)]
pub struct Checks<'p> {
    /// An image, in any form that can be compressed. Default none.
    pub against: Option<&'p Path>,
    /// A file with a checksum of the image, as `md5sum` and `sha1sum` write them, or SFV. Default none.
    pub sidecar: Option<&'p Path>,
    /// Threads that decode; `None`, the default, for one on each core.
    pub threads: Option<NonZeroUsize>,
}

/// What [`verify`] found in a sound file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Report {
    /// Size of the image, in bytes.
    pub image_bytes: u64,
    /// Checksums of the image.
    pub hashes: Hashes,
}

/// Reads all of the ZSO file `zso`, compares the image in it with what is wanted, and finds out its checksums.
///
/// The format has no checksum: damage that still decodes is noticed only by comparison, with an image or with checksums
/// that are known.
///
/// # Errors
/// [`Error::Image`], [`Error::Differs`], [`Error::LengthDiffers`] or [`Error::Checksum`] if the file does not pass;
/// others if that could not be found out.
pub fn verify(zso: &Path, checks: &Checks<'_>, watch: Watch<'_>) -> Result<Report, Error> {
    let zso = Zso::open(zso, &target::folder(zso))?;
    let known = checks
        .sidecar
        .map(|path| Known::new(path, &zso))
        .transpose()?;
    let original = checks.against.map(Original::open).transpose()?;
    let comparison = original
        .as_ref()
        .map(|original| Comparison::new(&zso, original));
    let mut comparison = comparison.transpose()?;
    let mut meter = Meter::new(watch, Phase::Verify, zso.total_bytes());
    let mut hasher = Hasher::default();
    zso.read_all(checks.threads, &mut |bytes| {
        if let Some(comparison) = &mut comparison {
            comparison.next(bytes)?;
        }
        hasher.update(bytes);
        meter.add(bytes.len())
    })?;
    let hashes = hasher.finish();
    comparison.map_or(Ok(()), Comparison::end)?;
    known.map_or(Ok(()), |known| known.check(&zso, &hashes))?;
    Ok(Report {
        image_bytes: zso.total_bytes(),
        hashes,
    })
}

/// A checksum that an image must have.
struct Known<'p> {
    sidecar: &'p Path,
    checksum: Checksum,
}

impl<'p> Known<'p> {
    fn new(sidecar: &'p Path, zso: &Zso) -> Result<Self, Error> {
        let checksum = sidecar::checksum(sidecar, zso.path())?;
        Ok(Self { sidecar, checksum })
    }

    fn check(&self, zso: &Zso, hashes: &Hashes) -> Result<(), Error> {
        match self.checksum.is_of(hashes) {
            true => Ok(()),
            false => Err(Error::Checksum {
                zso: zso.path().to_owned(),
                sidecar: self.sidecar.to_owned(),
                wanted: self.checksum,
            }),
        }
    }
}

/// Compares the image in `zso` with `original`, and nothing else.
pub(crate) fn compare(
    zso: &Zso,
    original: &Original,
    threads: Option<NonZeroUsize>,
    mut meter: Meter<'_>,
) -> Result<(), Error> {
    let mut comparison = Comparison::new(zso, original)?;
    zso.read_all(threads, &mut |bytes| {
        comparison.next(bytes)?;
        meter.add(bytes.len())
    })?;
    comparison.end()
}

/// An image that another one is compared with, piece by piece.
struct Comparison<'a> {
    zso: &'a Path,
    against: &'a Path,
    stream: Box<dyn Read + Send + 'a>,
    position: u64,
    buffer: Vec<u8>,
}

impl<'a> Comparison<'a> {
    /// Starts with the first byte of images that are as long as each other.
    fn new(zso: &'a Zso, original: &'a Original) -> Result<Self, Error> {
        if original.len() != zso.total_bytes() {
            return Err(Error::LengthDiffers {
                zso: zso.path().to_owned(),
                zso_bytes: zso.total_bytes(),
                against: original.path().to_owned(),
                against_bytes: original.len(),
            });
        }
        Ok(Self {
            zso: zso.path(),
            against: original.path(),
            stream: original.stream(),
            position: 0,
            buffer: Vec::new(),
        })
    }

    /// Makes sure that nothing more has come to the other image.
    fn end(mut self) -> Result<(), Error> {
        let more = self.stream.read(&mut [0]);
        match more.map_err(|error| source::failed(self.against, error))? {
            0 => Ok(()),
            more => Err(Error::Changed {
                path: self.against.to_owned(),
                expected: self.position,
                found: self.position + more as u64,
            }),
        }
    }

    /// Compares the image's next bytes.
    fn next(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.clear();
        let mut stream = self.stream.by_ref().take(bytes.len() as u64);
        let read = stream.read_to_end(&mut self.buffer);
        read.map_err(|error| source::failed(self.against, error))?;
        if self.buffer == bytes {
            self.position += bytes.len() as u64;
            return Ok(());
        }
        let pairs = self.buffer.iter().zip(bytes);
        let same = pairs.take_while(|(other, byte)| other == byte).count();
        Err(Error::Differs {
            zso: self.zso.to_owned(),
            against: self.against.to_owned(),
            at: self.position + same as u64,
        })
    }
}
