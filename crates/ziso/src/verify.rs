//! A ZSO file, or any other with a disc in it, to a verdict.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use discs::hashes::{Checksum, Hasher, Hashes};
use discs::name::is_cue;
use discs::{Form, ReadAt, Stream, sidecar};

use crate::crc_list::CrcList;
use crate::decode::read_disc;
use crate::disc::{self, Disc};
use crate::error::{At, Error};
use crate::info::Problem;
use crate::input::{Input, read_all};
use crate::progress::{Meter, Phase, Watch};
use crate::target::{self, Target};
use zso_write::Source;

/// What a ZSO file is to be compared with.
#[derive(Clone, Copy, Default, Debug)]
pub struct Checks<'p> {
    /// An image, in any form that can be compressed. Default none.
    pub against: Option<&'p Path>,
    /// A file with a checksum of the image, as `md5sum` and `sha1sum` write them, or SFV. Default none.
    pub sidecar: Option<&'p Path>,
    /// Where a CRC-32 of each sector goes, for `zso_selftest.irx` (docs/selftest.md). Default nowhere.
    pub crc_list: Option<&'p Path>,
    /// Whether that may replace a file.
    pub force: bool,
    /// Threads that decode; `None`, the default, for one on each core.
    pub threads: Option<NonZeroUsize>,
}

/// What [`verify`] found in a file without damage.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// Size of the image, in bytes.
    pub image_bytes: u64,
    pub hashes: Hashes,
    /// The track that the image is in, or all tracks that a .cue file names or a CHD file has.
    pub tracks: Vec<Track>,
    /// What the file does not have of the image, although its header counts it.
    pub never_stored: Option<Problem>,
}

/// A track with all that its sectors have besides their data, as lists of discs have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Track {
    /// The file that it is in.
    pub file: PathBuf,
    pub bytes: u64,
    pub hashes: Hashes,
}

/// Reads all of the disc in the file `zso`, compares the image in it with what is wanted, and finds out its checksums.
///
/// The format has no checksum: damage that still decodes is noticed only by comparison, with an image or with checksums
/// that are known.
///
/// # Errors
/// [`Error::Image`], [`Error::Differs`], [`Error::LengthDiffers`] or [`Error::Checksum`] if the file does not pass;
/// others if that could not be found out. There is no list then.
pub fn verify(zso: &Path, checks: &Checks<'_>, watch: Watch<'_>) -> Result<Report, Error> {
    let path = zso;
    let zso = disc::any(Input::open(path, &target::folder(path))?)?;
    let known = checks
        .sidecar
        .map(|path| Known::new(path, &zso))
        .transpose()?;
    let original = checks.against.map(open_original).transpose()?;
    let comparison = original
        .as_ref()
        .map(|original| Comparison::new(&zso, original));
    let mut comparison = comparison.transpose()?;
    let list = checks
        .crc_list
        .map(|path| Target::create(path, zso.file(), checks.force));
    let mut list = list.transpose()?.map(|target| (target, CrcList::default()));
    let mut meter = Meter::new(watch, Phase::Verify, zso.bytes());
    let mut hasher = Hasher::default();
    read_disc(&zso, checks.threads, &mut |bytes| {
        if let Some(comparison) = &mut comparison {
            comparison.next(bytes)?;
        }
        if let Some((_, list)) = &mut list {
            list.update(bytes);
        }
        hasher.update(bytes);
        meter.add(bytes.len())
    })
    .map_err(|error| error.unless_changed(zso.file()))?;
    let hashes = hasher.finish();
    comparison.map_or(Ok(()), Comparison::end)?;
    known.map_or(Ok(()), |known| known.check(&zso, &hashes))?;
    if let Some((mut target, list)) = list {
        target.write(&list.finish())?;
        target.finish()?;
    }
    Ok(Report {
        image_bytes: zso.bytes(),
        hashes,
        tracks: tracks(path, &zso, watch)?,
        never_stored: Problem::never_stored(&zso),
    })
}

/// The tracks of a disc, if its file has them as they are.
fn tracks(path: &Path, disc: &Disc, watch: Watch<'_>) -> Result<Vec<Track>, Error> {
    match disc.form() {
        _ if is_cue(path) => {
            let tracks = Input::tracks_of_cue(path)?;
            tracks.iter().map(|file| Track::of(file, watch)).collect()
        }
        // Of an NRG file nobody knows the lists.
        Form::Track(file, layout) if layout.is_all_of(file) => Ok(vec![Track::of(file, watch)?]),
        Form::Chd(chd) => {
            let tracks = chd.whole_tracks().at(path)?.into_iter();
            tracks
                .map(|track| Track::read(chd.file().path(), track.track_bytes(), track, watch))
                .collect()
        }
        _ => Ok(Vec::new()),
    }
}

impl Track {
    fn of(file: &Input, watch: Watch<'_>) -> Result<Self, Error> {
        Self::read(file.path(), file.len(), Stream::new(file), watch)
    }

    fn read(path: &Path, bytes: u64, stream: impl Read, watch: Watch<'_>) -> Result<Self, Error> {
        let mut meter = Meter::new(watch, Phase::Verify, bytes);
        let mut hasher = Hasher::default();
        for run in Source::new(stream, bytes, 256 << 10) {
            let run = run.map_err(|error| Error::of_source(path, error))?;
            hasher.update(&run.bytes);
            meter.add(run.bytes.len())?;
        }
        Ok(Self {
            file: path.to_owned(),
            bytes,
            hashes: hasher.finish(),
        })
    }
}

/// Opens an image that is no stream.
fn open_original(path: &Path) -> Result<Disc, Error> {
    disc::readable(Input::open(path, Path::new(""))?)
}

/// A checksum that an image must have.
struct Known<'p> {
    sidecar: &'p Path,
    checksum: Checksum,
}

impl<'p> Known<'p> {
    fn new(sidecar: &'p Path, zso: &Disc) -> Result<Self, Error> {
        let text = read_all(sidecar, discs::sidecar::MOST_BYTES)?;
        let checksum = sidecar::checksum(&String::from_utf8_lossy(&text), zso.file().path());
        let checksum = checksum.map_err(|source| Error::Sidecar {
            path: sidecar.to_owned(),
            source,
        })?;
        Ok(Self { sidecar, checksum })
    }

    fn check(&self, zso: &Disc, hashes: &Hashes) -> Result<(), Error> {
        match self.checksum.is_of(hashes) {
            true => Ok(()),
            false => Err(Error::Checksum {
                zso: zso.file().path().to_owned(),
                sidecar: self.sidecar.to_owned(),
                wanted: self.checksum,
            }),
        }
    }
}

/// Compares the image in `zso` with `original`, and nothing else.
pub(crate) fn compare(
    zso: &Disc,
    original: &Disc,
    threads: Option<NonZeroUsize>,
    mut meter: Meter<'_>,
) -> Result<(), Error> {
    let mut comparison = Comparison::new(zso, original)?;
    read_disc(zso, threads, &mut |bytes| {
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
    /// Bytes that follow, and were never stored in the ZSO file.
    rest: u64,
    buffer: Vec<u8>,
}

impl<'a> Comparison<'a> {
    /// Starts with the first byte of images that are as long as each other, with what was never stored or without.
    fn new(zso: &'a Disc, original: &'a Disc) -> Result<Self, Error> {
        let lengths = [zso.bytes(), zso.bytes() + zso.never_stored()];
        if !lengths.contains(&original.bytes()) {
            return Err(Error::LengthDiffers {
                zso: zso.file().path().to_owned(),
                zso_bytes: zso.bytes(),
                against: original.file().path().to_owned(),
                against_bytes: original.bytes(),
            });
        }
        Ok(Self {
            zso: zso.file().path(),
            against: original.file().path(),
            stream: original.stream().at(original.file().path())?,
            position: 0,
            rest: original.bytes() - zso.bytes(),
            buffer: Vec::new(),
        })
    }

    /// Makes sure that nothing more has come to the other image.
    fn end(mut self) -> Result<(), Error> {
        let rest = io::copy(&mut self.stream.by_ref().take(self.rest), &mut io::sink());
        self.position += rest.map_err(|error| Error::of_stream(self.against, error))?;
        let more = self.stream.read(&mut [0]);
        match more.map_err(|error| Error::of_stream(self.against, error))? {
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
        read.map_err(|error| Error::of_stream(self.against, error))?;
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
