//! A ZSO file, read by the console's reader, in bounded memory, and by several threads at once.

use std::io;
use std::mem;

use embedded_io::{Read as _, Seek as _, SeekFrom};
use zso::device::{ByteDevice, ByteDeviceError};
use zso::{BlockFault, Header, HeaderError, Image, Reader, ReaderError, Sector, memory_sectors};

use crate::cso::CsoFault;
use crate::device::{FileBytes, FileDevice, FileDeviceError};
use crate::error::Error;
use crate::read_at::ReadAt;
use crate::short_index;
use crate::tail;
pub use crate::tail::{is_whole, longest};

/// Largest block size that is read, in bytes: it bounds the memory that a reader needs.
///
/// Readers on the console take far less, and a match of LZ4 reaches back 64 KiB only.
pub const MAX_BLOCK_SIZE: u32 = 16 << 20;
/// Bytes of the image that a stream decodes at a time, or one block if that is more.
const RUN: u32 = 256 << 10;
/// Sectors of the file that the reader buffers at a time.
const AHEAD: u32 = 64;

/// A ZSO file that is open, with a valid header.
#[derive(Debug)]
pub struct Zso<F> {
    file: F,
    /// Of what is in the file.
    header: Header,
    /// Bytes that the file's own header counts besides.
    never_stored: u64,
}

/// What is wrong with a ZSO file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum ImageFault {
    /// Its header is not one that can be read.
    #[error(transparent)]
    Header(HeaderError),
    /// Its blocks are larger than [`MAX_BLOCK_SIZE`], and would need as much memory.
    #[error("blocks of {block_size} bytes; only blocks up to {MAX_BLOCK_SIZE} bytes are read")]
    BlockSize { block_size: u32 },
    /// One of its blocks cannot be read.
    #[error("block {block}: {fault}")]
    Block { block: u32, fault: BlockFault },
    /// The file ends inside one of its blocks.
    #[error("block {block} is cut off: the file ends inside it, after {file_bytes} bytes")]
    Cut { block: u32, file_bytes: u64 },
    /// It is a CSO file of a version that is not known.
    #[error("a CSO file of version {version}; versions 0 to 2 are read")]
    CsoVersion { version: u8 },
    /// It is a CSO file, one of whose blocks cannot be read.
    #[error("block {block}: {fault}")]
    CsoBlock { block: u64, fault: CsoFault },
}

impl<F: ReadAt> Zso<F> {
    /// Takes a file that is open already.
    ///
    /// # Errors
    /// [`Error::NotZso`], [`Error::Image`] for a header that cannot be read, [`Error::Read`].
    pub fn new(file: F) -> Result<Self, Error> {
        let start = file.start(zso::format::HEADER_SIZE)?;
        let header = match Header::parse(&start) {
            Ok(header) => limit_memory(header)?,
            Err(HeaderError::NotZso { .. }) => return Err(Error::NotZso),
            Err(error) => return Err(ImageFault::Header(error).into()),
        };
        let stored = short_index::stored(&file, &header)?.unwrap_or(header);
        Ok(Self {
            file,
            header: stored,
            never_stored: header.total_bytes() - stored.total_bytes(),
        })
    }

    /// The file.
    pub fn file(&self) -> &F {
        &self.file
    }

    /// The file's header; that of the whole blocks if the file has no others.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Size of the image in the file, in bytes.
    pub fn total_bytes(&self) -> u64 {
        self.header.total_bytes()
    }

    /// Bytes at the image's end, after its last whole block, that are not in the file because its writer left them out;
    /// 0 in most files.
    pub fn never_stored(&self) -> u64 {
        self.never_stored
    }

    /// The image as a stream, from its first byte on.
    pub fn stream(&self) -> ZsoStream<'_, F> {
        ZsoStream {
            zso: self,
            memory: self.memory(),
            next: 0,
            run: Vec::new(),
            taken: 0,
        }
    }

    /// Makes sure that the last blocks do not go on past the file's end.
    ///
    /// # Errors
    /// [`Error::Image`], [`Error::Read`].
    pub fn check_tail(&self) -> Result<(), Error> {
        match tail::cut_block(&self.file, self.file.len(), &self.header)? {
            None => Ok(()),
            Some((block, file_bytes)) => Err(ImageFault::Cut { block, file_bytes }.into()),
        }
    }

    /// Memory for a reader.
    pub fn memory(&self) -> Vec<Sector> {
        vec![Sector::ZERO; memory_sectors(self.header.block_size(), AHEAD) as usize]
    }

    /// Up to `len` bytes of the image from `at` on, fewer at its end, in the memory of `bytes`.
    ///
    /// The reader is mounted anew each time, for a sector of the header and one or two of the index.
    ///
    /// # Errors
    /// [`Error::Image`], [`Error::Read`].
    pub fn read_run(
        &self,
        memory: &mut [Sector],
        at: u64,
        len: u64,
        mut bytes: Vec<u8>,
    ) -> Result<Vec<u8>, Error> {
        let len = len.min(self.total_bytes().saturating_sub(at));
        bytes.resize(len as usize, 0);
        let mut reader = self.mount(memory)?;
        let read = reader.seek(SeekFrom::Start(at)).and_then(|_| {
            let mut left = bytes.as_mut_slice();
            while !left.is_empty() {
                match reader.read(left)? {
                    0 => break,
                    read => left = left.get_mut(read..).unwrap_or_default(),
                }
            }
            Ok(left.len())
        });
        match read.map_err(explain)? {
            0 => Ok(bytes),
            _ => Err(Error::Read(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// The reader on the file, in its [`memory`](Self::memory).
    pub(crate) fn mount<'f>(
        &'f self,
        memory: &'f mut [Sector],
    ) -> Result<Reader<'f, FileDevice<'f>>, Error> {
        let device = ByteDevice::new(FileBytes::new(&self.file, &self.header))?;
        let image = Image::mount(device, memory);
        let image = image.map_err(|error| explain(ReaderError::Image(error)))?;
        Ok(Reader::new(image))
    }
}

/// The reader's error, as the file's or the disk's.
pub(crate) fn explain(error: ReaderError<FileDeviceError>) -> Error {
    match error {
        ReaderError::Image(zso::Error::Header(error)) => ImageFault::Header(error).into(),
        ReaderError::Image(zso::Error::Block { block, fault }) => {
            let block = block.0;
            ImageFault::Block { block, fault }.into()
        }
        ReaderError::Image(zso::Error::Device(ByteDeviceError::Io(error))) => error.into(),
        other => Error::Read(io::Error::other(other.to_string())),
    }
}

/// The image in a ZSO file as a stream; its errors are [`Error`]s.
pub struct ZsoStream<'z, F> {
    zso: &'z Zso<F>,
    memory: Vec<Sector>,
    /// Where the next run begins.
    next: u64,
    run: Vec<u8>,
    /// Bytes of the run that were taken.
    taken: usize,
}

impl<F: ReadAt> io::Read for ZsoStream<'_, F> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.run.len() {
            let len = RUN.next_multiple_of(self.zso.header.block_size()).into();
            let last = mem::take(&mut self.run);
            self.taken = 0;
            let run = self.zso.read_run(&mut self.memory, self.next, len, last);
            self.run = run.map_err(io::Error::other)?;
            self.next += self.run.len() as u64;
        }
        let mut rest = self.run.get(self.taken..).unwrap_or_default();
        let read = io::Read::read(&mut rest, buf)?;
        self.taken += read;
        Ok(read)
    }
}

/// Refuses blocks above [`MAX_BLOCK_SIZE`].
///
/// # Errors
/// [`ImageFault::BlockSize`].
pub fn limit_memory(header: Header) -> Result<Header, ImageFault> {
    match header.block_size() {
        block_size if block_size > MAX_BLOCK_SIZE => Err(ImageFault::BlockSize { block_size }),
        _ => Ok(header),
    }
}
