//! A ZSO file, read by the console's reader, in bounded memory, and by several threads at once.

use std::io;
use std::mem;
use std::num::NonZeroUsize;
use std::path::Path;

use embedded_io::{Read as _, Seek as _, SeekFrom};
use zso::device::{ByteDevice, ByteDeviceError};
use zso::{BlockFault, Header, HeaderError, Image, Reader, ReaderError, Sector, memory_sectors};

use crate::cso::CsoFault;
use crate::device::{FileBytes, FileDevice, FileDeviceError};
use crate::error::Error;
use crate::input::Input;
use crate::options::MAX_BLOCK_SIZE;
use crate::pipeline::{self, Crew};
use crate::tail;

/// Sectors of the file that the reader stages at a time.
const STAGE: u32 = 64;

/// A ZSO file that is open, with a valid header.
#[derive(Debug)]
pub(crate) struct Zso {
    input: Input,
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
    /// It is a CSO file of a version that is not known.
    #[error("a CSO file of version {version}; versions 0 to 2 are read")]
    CsoVersion {
        /// The header's version.
        version: u8,
    },
    /// It is a CSO file, one of whose blocks cannot be read.
    #[error("block {block}: {fault}")]
    CsoBlock {
        /// The block's number.
        block: u64,
        /// What is wrong with it.
        fault: CsoFault,
    },
}

impl Zso {
    /// Opens the file at `path`, or standard input, for which a copy may be needed in `folder`.
    pub(crate) fn open(path: &Path, folder: &Path) -> Result<Self, Error> {
        Self::new(Input::open(path, folder)?)
    }

    /// Takes a file that is open already.
    pub(crate) fn new(input: Input) -> Result<Self, Error> {
        let start = input.start(zso::format::HEADER_SIZE)?;
        let header = match Header::parse(&start) {
            Ok(header) => limit_memory(header),
            Err(HeaderError::NotZso { .. }) => {
                let path = input.path().to_owned();
                return Err(Error::NotZso { path });
            }
            Err(error) => Err(ImageFault::Header(error)),
        };
        let header = header.map_err(|fault| Error::image(input.path(), fault))?;
        Ok(Self { input, header })
    }

    pub(crate) fn input(&self) -> &Input {
        &self.input
    }

    /// What errors call the file.
    pub(crate) fn path(&self) -> &Path {
        self.input.path()
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
        threads: Option<NonZeroUsize>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let run = pipeline::run_len(self.header.block_size());
        if self.total_bytes() <= run {
            // Not worth a thread.
            sink(&self.read_run(&mut self.memory(), 0, run, Vec::new())?)?;
            return self.check_tail();
        }
        let places = (0..self.total_bytes()).step_by(run as usize).map(Ok);
        // Memory that is new each time costs a tenth of the time.
        let (used, spare) = crossbeam_channel::unbounded();
        let worker = || {
            let (mut memory, spare) = (self.memory(), spare.clone());
            move |at| self.read_run(&mut memory, at, run, spare.try_recv().unwrap_or_default())
        };
        pipeline::run(places, worker, Crew::new(threads, run), &mut |bytes| {
            sink(&bytes)?;
            // Nobody needs it any more if all have ended.
            let _ = used.send(bytes);
            Ok(())
        })?;
        self.check_tail()
    }

    /// The image as a stream, from its first byte on.
    pub(crate) fn stream(&self) -> ZsoStream<'_> {
        ZsoStream {
            zso: self,
            memory: self.memory(),
            next: 0,
            run: Vec::new(),
            taken: 0,
        }
    }

    /// Makes sure that the last blocks do not go on behind the file's end.
    pub(crate) fn check_tail(&self) -> Result<(), Error> {
        let cut = tail::cut_block(self.input.file(), self.input.len(), &self.header);
        match cut.map_err(|error| self.input.failed(error))? {
            None => Ok(()),
            Some((block, file_bytes)) => Err(Error::image(
                self.path(),
                ImageFault::Cut { block, file_bytes },
            )),
        }
    }

    /// Memory for a reader.
    pub(crate) fn memory(&self) -> Vec<Sector> {
        vec![Sector::ZERO; memory_sectors(self.header.block_size(), STAGE) as usize]
    }

    /// Up to `len` bytes of the image from `at` on, fewer at its end, in the memory of `bytes`.
    ///
    /// The reader is mounted anew each time, for a sector of the header and one or two of the index.
    fn read_run(
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
        match read.map_err(|error| self.explain(error))? {
            0 => Ok(bytes),
            _ => Err(self.input.failed(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// The reader on the file, in its [`memory`](Self::memory).
    pub(crate) fn mount<'f>(
        &'f self,
        memory: &'f mut [Sector],
    ) -> Result<Reader<'f, FileDevice<'f>>, Error> {
        let bytes = FileBytes::new(self.input.file());
        let device = ByteDevice::new(bytes).map_err(|error| self.input.failed(error))?;
        let image = Image::mount(device, memory);
        let image = image.map_err(|error| self.explain(ReaderError::Image(error)))?;
        Ok(Reader::new(image))
    }

    /// The reader's error, as the file's or the disk's.
    pub(crate) fn explain(&self, error: ReaderError<FileDeviceError>) -> Error {
        match error {
            ReaderError::Image(zso::Error::Header(error)) => {
                Error::image(self.path(), ImageFault::Header(error))
            }
            ReaderError::Image(zso::Error::Block { block, fault }) => {
                let block = block.0;
                Error::image(self.path(), ImageFault::Block { block, fault })
            }
            ReaderError::Image(zso::Error::Device(ByteDeviceError::Io(error))) => {
                self.input.failed(error)
            }
            other => self.input.failed(io::Error::other(other.to_string())),
        }
    }
}

/// The image in a ZSO file as a stream; its errors are [`Error`]s.
pub(crate) struct ZsoStream<'z> {
    zso: &'z Zso,
    memory: Vec<Sector>,
    /// Where the next run begins.
    next: u64,
    run: Vec<u8>,
    /// Bytes of the run that were taken.
    taken: usize,
}

impl io::Read for ZsoStream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.run.len() {
            let len = pipeline::run_len(self.zso.header.block_size());
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

pub(crate) fn limit_memory(header: Header) -> Result<Header, ImageFault> {
    match header.block_size() {
        block_size if block_size > MAX_BLOCK_SIZE => Err(ImageFault::BlockSize { block_size }),
        _ => Ok(header),
    }
}
