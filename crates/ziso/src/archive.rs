//! Images in archives: zip and 7z files with one image in them, read without unpacking them to the disk.
//!
//! What is packed can be read from its start to its end only. A thread of its own unpacks it into a pipe, and starts
//! again when somebody wants to go back, which only looking at a disc's directories does, near its start.

use std::fs::File;
use std::io::{self, BufReader, PipeReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use discs::zip::{self, ZipFault};
use sevenz_rust2::{ArchiveReader, Password};

use crate::input::Input;
use crate::name::{is_image, is_zso};

/// KiB that unpacking a 7z file may take; its own program takes 16 MiB unless told otherwise.
const MOST_KIB: usize = 40 << 10;
/// Bytes that are handed on at a time.
const PIECE: usize = 128 << 10;
/// Bytes of an image that are kept, for those who look back a little.
const KEPT: usize = 2 << 20;

/// Why there is no image in an archive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveFault {
    #[error("it is damaged")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("none of its {files} files is a disc image")]
    NoImage { files: usize },
    #[error("{images} of its files are disc images; unpack it first")]
    Several { images: usize },
    #[error("it is encrypted; unpack it first")]
    Encrypted,
    /// It is packed in a way that is not unpacked here.
    #[error("it is packed by {method}, which is not unpacked here; unpack it first")]
    Method { method: String },
    #[error("unpacking it takes {kib} KiB of memory, more than {MOST_KIB}; unpack it first")]
    Memory { kib: usize },
    /// The image is packed once more, in a form that has to be read here and there.
    #[error("the image in it is compressed itself; unpack it first")]
    Packed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Zip,
    SevenZip,
}

/// An image in an archive.
#[derive(Debug)]
pub(crate) struct Archive {
    path: PathBuf,
    kind: Kind,
    /// Which of its files it is.
    number: usize,
    len: u64,
    under_way: Mutex<Option<UnderWay>>,
}

/// Whether a file that begins like this is an archive that is read here.
pub(crate) fn begins(start: &[u8]) -> bool {
    Kind::of(start).is_some()
}

impl Kind {
    fn of(start: &[u8]) -> Option<Self> {
        match start {
            [b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Some(Self::SevenZip),
            _ => None,
        }
    }
}

/// An image in an archive.
struct Packed {
    number: usize,
    len: u64,
    /// Why it cannot be unpacked, as far as that is known before.
    fault: Option<ArchiveFault>,
}

/// What is in an archive.
#[derive(Default)]
struct Found {
    files: usize,
    images: usize,
    /// One of the images.
    image: Option<Packed>,
}

impl Found {
    fn add(&mut self, name: &str, file: Packed) {
        self.files += 1;
        if is_image(Path::new(name)) || is_zso(Path::new(name)) {
            self.images += 1;
            self.image = Some(file);
        }
    }
}

impl Archive {
    /// Finds the image in the archive at `path`, which begins with `start`.
    pub(crate) fn open(path: &Path, start: &[u8]) -> Result<Self, ArchiveFault> {
        let kind = Kind::of(start).unwrap_or(Kind::Zip);
        let found = match kind {
            Kind::Zip => zip_files(path)?,
            Kind::SevenZip => seven_zip_files(path)?,
        };
        let Found { files, images, .. } = found;
        let image = match found.image {
            Some(image) if images == 1 => image,
            None => return Err(ArchiveFault::NoImage { files }),
            Some(_) => return Err(ArchiveFault::Several { images }),
        };
        if let Some(fault) = image.fault {
            return Err(fault);
        }
        Ok(Self {
            path: path.to_owned(),
            kind,
            number: image.number,
            len: image.len,
            under_way: Mutex::new(None),
        })
    }

    /// Bytes of the image.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Some of the image's bytes at `at`, none after its end.
    pub(crate) fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if at >= self.len {
            // Whoever has come here by reading is told whether the checksum was right.
            let read_all = under_way
                .as_mut()
                .filter(|stream| stream.position >= self.len);
            return read_all.map_or(Ok(0), |stream| stream.advance().map(|_| 0));
        }
        // What cannot go back ends before the next one begins.
        let going_on = under_way.take().filter(|stream| at >= stream.kept_from());
        let mut stream = match going_on {
            Some(stream) => stream,
            None => UnderWay::start(self)?,
        };
        let read = stream.read_at(buf, at)?;
        *under_way = Some(stream);
        Ok(read)
    }
}

fn zip_file(path: &Path) -> Result<Input, ArchiveFault> {
    let damaged = |error| ArchiveFault::Damaged(Box::new(error));
    let file = File::open(path).map_err(damaged)?;
    Input::new(file, path).map_err(|error| ArchiveFault::Damaged(Box::new(error)))
}

fn zip_fault(fault: ZipFault) -> ArchiveFault {
    match fault {
        ZipFault::Encrypted => ArchiveFault::Encrypted,
        ZipFault::Method(method) => ArchiveFault::Method {
            method: format!("method {method}"),
        },
        fault => ArchiveFault::Damaged(Box::new(fault)),
    }
}

fn zip_files(path: &Path) -> Result<Found, ArchiveFault> {
    let file = zip_file(path)?;
    let mut found = Found::default();
    for (number, file) in zip::files(&file).map_err(zip_fault)?.iter().enumerate() {
        let packed = Packed {
            number,
            len: file.bytes,
            fault: file.stored().err().map(zip_fault),
        };
        found.add(&file.name, packed);
    }
    Ok(found)
}

fn seven_zip(path: &Path) -> Result<ArchiveReader<File>, ArchiveFault> {
    let file = File::open(path).map_err(|error| ArchiveFault::Damaged(Box::new(error)))?;
    let reader = ArchiveReader::new_with_memory_limit(file, Password::empty(), MOST_KIB);
    let mut reader = reader.map_err(seven_zip_fault)?;
    reader.set_thread_count(1);
    Ok(reader)
}

fn seven_zip_fault(error: sevenz_rust2::Error) -> ArchiveFault {
    use sevenz_rust2::Error;
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => ArchiveFault::Encrypted,
        Error::MaxMemLimited { actaul_kb, .. } => ArchiveFault::Memory { kib: actaul_kb },
        Error::UnsupportedCompressionMethod(method) if method.starts_with("AES") => {
            ArchiveFault::Encrypted
        }
        Error::UnsupportedCompressionMethod(method) => ArchiveFault::Method { method },
        error => ArchiveFault::Damaged(Box::new(error)),
    }
}

fn seven_zip_files(path: &Path) -> Result<Found, ArchiveFault> {
    let reader = seven_zip(path)?;
    let archive = reader.archive();
    let files = archive.files.iter().enumerate();
    let mut found = Found::default();
    for (number, file) in files.filter(|(_, file)| file.has_stream && !file.is_directory) {
        let packed = Packed {
            number,
            len: file.size(),
            // Its methods are asked for when it is unpacked.
            fault: archive
                .is_file_encrypted(number)
                .then_some(ArchiveFault::Encrypted),
        };
        found.add(file.name(), packed);
    }
    Ok(found)
}

/// An image that is being unpacked.
#[derive(Debug)]
struct UnderWay {
    pipe: PipeReader,
    /// Why unpacking ended early.
    failed: Arc<Mutex<Option<io::Error>>>,
    /// The last bytes that came, and where the next ones are.
    kept: Vec<u8>,
    position: u64,
}

impl UnderWay {
    fn start(archive: &Archive) -> io::Result<Self> {
        let (pipe, mut to) = io::pipe()?;
        let failed = Arc::new(Mutex::new(None));
        let (path, number, kind) = (archive.path.clone(), archive.number, archive.kind);
        let slot = Arc::clone(&failed);
        thread::Builder::new().spawn(move || {
            let done = match kind {
                Kind::Zip => unpack_zip(&path, number, &mut to),
                Kind::SevenZip => unpack_seven_zip(&path, number, &mut to),
            };
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = done.err();
            // The pipe ends when all is said.
            drop(to);
        })?;
        Ok(Self {
            pipe,
            failed,
            kept: Vec::new(),
            position: 0,
        })
    }

    fn kept_from(&self) -> u64 {
        self.position - self.kept.len() as u64
    }

    fn read_at(&mut self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        while self.position <= at {
            if self.advance()? == 0 {
                return Ok(0);
            }
        }
        let skip = usize::try_from(at - self.kept_from()).unwrap_or(usize::MAX);
        let mut rest = self.kept.get(skip..).unwrap_or_default();
        rest.read(buf)
    }

    /// Takes the next bytes.
    fn advance(&mut self) -> io::Result<usize> {
        if self.kept.len() >= 2 * KEPT {
            self.kept.drain(..KEPT);
        }
        let read = self
            .pipe
            .by_ref()
            .take(PIECE as u64)
            .read_to_end(&mut self.kept)?;
        self.position += read as u64;
        if read == 0
            && let Some(error) = self
                .failed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take()
        {
            return Err(error);
        }
        Ok(read)
    }
}

fn unpack_zip(path: &Path, number: usize, to: &mut impl Write) -> io::Result<()> {
    let zip = zip_file(path).map_err(stopped)?;
    let files = zip::files(&zip).map_err(damaged)?;
    let file = files.get(number).ok_or(io::ErrorKind::UnexpectedEof)?;
    copy(&mut file.unpack().map_err(damaged)?, to).map_err(damaged)
}

fn unpack_seven_zip(path: &Path, number: usize, to: &mut impl Write) -> io::Result<()> {
    let mut reader = seven_zip(path).map_err(stopped)?;
    let wanted = reader
        .archive()
        .files
        .get(number)
        .map(|file| file.name().to_owned());
    let unpacked = reader.for_each_entries(|file, from| {
        if Some(file.name()) != wanted.as_deref() {
            return Ok(true);
        }
        copy(from, to)?;
        Ok(true)
    });
    unpacked.map_err(|error| stopped(seven_zip_fault(error)))
}

/// What unpacking ends with, if the archive's bytes are to blame or if it is no more than not to be had.
fn stopped(fault: ArchiveFault) -> io::Error {
    match fault {
        ArchiveFault::Damaged(error) => damaged(error),
        fault => io::Error::other(fault),
    }
}

fn damaged(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn copy(from: &mut dyn Read, to: &mut impl Write) -> io::Result<()> {
    io::copy(&mut BufReader::with_capacity(PIECE, from), to).map(drop)
}
