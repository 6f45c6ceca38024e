//! A ZSO file to a verdict.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::image::Zso;
use crate::input;
use crate::progress::{Meter, Phase, Watch};

/// What [`verify`] found in a sound file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Report {
    /// Size of the image, in bytes.
    pub total_bytes: u64,
    /// SHA-256 of the image.
    pub sha256: [u8; 32],
}

/// Reads all of the ZSO file `zso`, and compares the image in it with the file `against`.
///
/// The format has no checksum: without `against`, damage that still decodes is not noticed; compare
/// the SHA-256 then with one that is known.
///
/// # Errors
/// [`Error::Image`], [`Error::Differs`] or [`Error::LengthDiffers`] if the file does not pass;
/// others if that could not be found out.
pub fn verify(zso: &Path, against: Option<&Path>, watch: Watch<'_>) -> Result<Report, Error> {
    let zso = Zso::open(zso)?;
    let mut meter = Meter::new(watch, Phase::Verify, zso.total_bytes());
    let other = against.map(|path| input::open(path).map(|(file, _)| (path, file)));
    let other = other.transpose()?;
    let comparison = other
        .as_ref()
        .map(|(path, file)| Comparison::new(&zso, path, file));
    let mut comparison = comparison.transpose()?;
    let mut sha256 = Sha256::new();
    zso.read_all(&mut |bytes| {
        if let Some(comparison) = &mut comparison {
            comparison.next(bytes)?;
        }
        sha256.update(bytes);
        meter.add(bytes.len())
    })?;
    Ok(Report {
        total_bytes: zso.total_bytes(),
        sha256: sha256.finalize().into(),
    })
}

/// Compares the image in `zso` with the file `image` at `path`, and nothing else.
pub(crate) fn compare(
    zso: &Zso,
    path: &Path,
    image: &File,
    mut meter: Meter<'_>,
) -> Result<(), Error> {
    let mut comparison = Comparison::new(zso, path, image)?;
    zso.read_all(&mut |bytes| {
        comparison.next(bytes)?;
        meter.add(bytes.len())
    })
}

/// A file that an image is compared with, piece by piece.
struct Comparison<'a> {
    zso: &'a Path,
    against: &'a Path,
    file: &'a File,
    position: u64,
    buffer: Vec<u8>,
}

impl<'a> Comparison<'a> {
    /// Starts with the first byte of files that are as long as each other.
    fn new(zso: &'a Zso, against: &'a Path, file: &'a File) -> Result<Self, Error> {
        let against_bytes = input::rewind(file, against)?;
        if against_bytes != zso.total_bytes() {
            return Err(Error::LengthDiffers {
                zso: zso.path().to_owned(),
                zso_bytes: zso.total_bytes(),
                against: against.to_owned(),
                against_bytes,
            });
        }
        Ok(Self {
            zso: zso.path(),
            against,
            file,
            position: 0,
            buffer: Vec::new(),
        })
    }

    /// Compares the image's next bytes.
    fn next(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.clear();
        let mut file = self.file.take(bytes.len() as u64);
        file.read_to_end(&mut self.buffer)
            .map_err(|error| Error::read(self.against, error))?;
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
