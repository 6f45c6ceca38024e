//! A ZSO file, read from its first byte to its last by the console's reader.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use embedded_io::Read as _;
use zso::device::{ByteDevice, ByteDeviceError};
use zso::{BlockFault, Header, HeaderError, Image, Reader, ReaderError, Sector, memory_sectors};

use crate::device::{FileBytes, FileDevice, FileDeviceError};
use crate::error::Error;
use crate::input;
use crate::options::MAX_BLOCK_SIZE;
use crate::tail;

/// Sectors of the file that the reader stages at a time.
const STAGE: u32 = 64;
/// Bytes of the image that are read at a time, or one block if that is more.
const RUN: usize = 1 << 20;

/// A ZSO file that is open, with a valid header.
#[derive(Debug)]
pub(crate) struct Zso {
    path: PathBuf,
    file: File,
    header: Header,
}

/// What is wrong with a ZSO file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageFault {
    /// Its header is not one that can be read.
    #[error(transparent)]
    Header(HeaderError),
    /// Its blocks are larger than [`MAX_BLOCK_SIZE`], and would need as much memory.
    #[error("blocks of {block_size} bytes; only blocks up to {MAX_BLOCK_SIZE} bytes are read")]
    BlockSize {
        /// The header's block size, in bytes.
        block_size: u32,
    },
    /// One of its blocks cannot be read.
    #[error("block {block}: {fault}")]
    Block {
        /// The block's number.
        block: u32,
        /// What is wrong with it.
        fault: BlockFault,
    },
    /// The file ends inside one of its blocks.
    #[error("block {block} is cut off: the file ends inside it, after {file_bytes} bytes")]
    Cut {
        /// The block's number.
        block: u32,
        /// Size of the file, in bytes.
        file_bytes: u64,
    },
}

impl Zso {
    /// Opens the file at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let (file, _) = input::open(path)?;
        Self::new(file, path)
    }

    /// Takes a file that is open already; `path` is what errors call it.
    pub(crate) fn new(file: File, path: &Path) -> Result<Self, Error> {
        let mut start = Vec::new();
        (&file)
            .take(zso::format::HEADER_SIZE as u64)
            .read_to_end(&mut start)
            .map_err(|error| Error::read(path, error))?;
        let header = Header::parse(&start)
            .map_err(ImageFault::Header)
            .and_then(limit_memory)
            .map_err(|fault| Error::image(path, fault))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            header,
        })
    }

    /// What errors call the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file, its position anywhere.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// The file's header.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Size of the image in the file, in bytes.
    pub(crate) fn total_bytes(&self) -> u64 {
        self.header.total_bytes()
    }

    /// Gives all of the image to `sink`, in order, and makes sure that none of it is made up.
    ///
    /// Memory depends on the block size alone, which is limited.
    pub(crate) fn read_all(
        &self,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let block_size = self.header.block_size();
        let mut memory = self.memory();
        let mut run = vec![0; (RUN / block_size as usize).max(1) * block_size as usize];
        let mut reader = self.mount(&mut memory)?;
        let mut done = 0;
        loop {
            let read = reader.read(&mut run).map_err(|error| self.explain(error))?;
            match run.get(..read) {
                None | Some([]) => break,
                Some(bytes) => sink(bytes)?,
            }
            done += read as u64;
        }
        if done != self.total_bytes() {
            return Err(self.failed(io::ErrorKind::UnexpectedEof.into()));
        }
        self.check_tail()
    }

    /// What the reader needs.
    pub(crate) fn memory(&self) -> Vec<Sector> {
        vec![Sector::ZERO; memory_sectors(self.header.block_size(), STAGE) as usize]
    }

    /// The reader on the file, in its [`memory`](Self::memory).
    pub(crate) fn mount<'f>(
        &'f self,
        memory: &'f mut [Sector],
    ) -> Result<Reader<'f, FileDevice<'f>>, Error> {
        let device = ByteDevice::new(FileBytes(&self.file)).map_err(|error| self.failed(error))?;
        let image = Image::mount(device, memory);
        let image = image.map_err(|error| self.explain(ReaderError::Image(error)))?;
        Ok(Reader::new(image))
    }

    fn check_tail(&self) -> Result<(), Error> {
        let cut = tail::cut_block(&self.file, &self.header).map_err(|error| self.failed(error))?;
        match cut {
            None => Ok(()),
            Some((block, file_bytes)) => Err(Error::image(
                &self.path,
                ImageFault::Cut { block, file_bytes },
            )),
        }
    }

    /// The reader's error, as the file's or the disk's.
    pub(crate) fn explain(&self, error: ReaderError<FileDeviceError>) -> Error {
        match error {
            ReaderError::Image(zso::Error::Header(error)) => {
                Error::image(&self.path, ImageFault::Header(error))
            }
            ReaderError::Image(zso::Error::Block { block, fault }) => {
                let block = block.0;
                Error::image(&self.path, ImageFault::Block { block, fault })
            }
            ReaderError::Image(zso::Error::Device(ByteDeviceError::Io(error))) => {
                self.failed(error)
            }
            other => self.failed(io::Error::other(other.to_string())),
        }
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::read(&self.path, error)
    }
}

fn limit_memory(header: Header) -> Result<Header, ImageFault> {
    match header.block_size() {
        block_size if block_size > MAX_BLOCK_SIZE => Err(ImageFault::BlockSize { block_size }),
        _ => Ok(header),
    }
}
