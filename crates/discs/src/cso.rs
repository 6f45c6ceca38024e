//! CSO files, as other consoles have them: what ZSO files are, with deflate in place of LZ4. They are read, not
//! written.
//!
//! Version 1 has bit 31 of an index entry for plain blocks. In version 2 plain blocks are those that take up as much as
//! they hold or more, and the bit is for LZ4 among the others.

use flate2::{Decompress, FlushDecompress, Status};
use zso::Header;
use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE, MAGIC};

use crate::error::Error;
use crate::image::{ImageFault, limit_memory};
use crate::read_at::ReadAt;

/// How they begin.
pub const CSO_MAGIC: [u8; 4] = *b"CISO";
/// Where a header has its version.
const VERSION: usize = 20;

/// A CSO file that is open, with a valid header.
#[derive(Debug)]
pub struct Cso<F> {
    file: F,
    header: Header,
    version: u8,
}

/// What is wrong with a block of a CSO file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum CsoFault {
    /// The block does not end after its start.
    #[error("damaged index: from byte {start} to byte {end}")]
    Index { start: u64, end: u64 },
    /// The file ends before the block's end, or of its index entries.
    #[error("it is cut off: the file ends after {file_bytes} bytes")]
    Cut { file_bytes: u64 },
    /// What is stored of it does not become as many bytes as the block has.
    #[error("damaged data: they do not become {len} bytes")]
    Data { len: usize },
}

impl<F: ReadAt> Cso<F> {
    /// Takes a file that is open already.
    ///
    /// # Errors
    /// [`Error::Image`] for a header that cannot be read, [`Error::Read`].
    pub fn new(file: F) -> Result<Self, Error> {
        let mut start = file.start(HEADER_SIZE)?;
        let version = start.get(VERSION).copied().unwrap_or_default();
        if version > 2 {
            return Err(ImageFault::CsoVersion { version }.into());
        }
        // All other fields are those of a ZSO file; what some writers leave in the unused ones is no matter.
        for (at, byte) in MAGIC.into_iter().chain([0; 4]).enumerate() {
            start.get_mut(at).into_iter().for_each(|to| *to = byte);
        }
        start.get_mut(VERSION).into_iter().for_each(|to| *to = 1);
        let header = Header::parse(&start)
            .map_err(ImageFault::Header)
            .and_then(limit_memory)?;
        Ok(Self {
            file,
            header,
            version,
        })
    }

    /// The file.
    pub fn file(&self) -> &F {
        &self.file
    }

    /// Size of the image in the file, in bytes.
    pub fn total_bytes(&self) -> u64 {
        self.header.total_bytes()
    }

    /// A reader of the image.
    pub fn reader(&self) -> CsoReader<'_> {
        CsoReader {
            file: &self.file,
            header: self.header,
            version: self.version,
            inflate: Decompress::new(false),
            stored: Vec::new(),
            block: Vec::new(),
            number: None,
        }
    }
}

/// How a block is stored.
enum Method {
    Plain,
    Deflate,
    Lz4,
}

/// Reads a CSO file's image anywhere, a block at a time.
pub struct CsoReader<'c> {
    file: &'c dyn ReadAt,
    header: Header,
    version: u8,
    inflate: Decompress,
    stored: Vec<u8>,
    block: Vec<u8>,
    /// The block that is there.
    number: Option<u64>,
}

impl CsoReader<'_> {
    fn fault(&self, block: u64, fault: CsoFault) -> Error {
        ImageFault::CsoBlock { block, fault }.into()
    }

    fn cut(&self, block: u64) -> Error {
        let file_bytes = self.file.len();
        self.fault(block, CsoFault::Cut { file_bytes })
    }

    /// Some of the image's bytes at `at`, none at its end.
    ///
    /// # Errors
    /// [`Error::Image`], [`Error::Read`].
    pub fn read_at(&mut self, at: u64, buf: &mut [u8]) -> Result<usize, Error> {
        let size = u64::from(self.header.block_size());
        if at >= self.header.total_bytes() || buf.is_empty() {
            return Ok(0);
        }
        let (number, skip) = (at / size, (at % size) as usize);
        if self.number != Some(number) {
            // Nothing is there if that fails.
            self.number = None;
            self.load(number)?;
            self.number = Some(number);
        }
        let rest = self.block.get(skip..).unwrap_or_default();
        let pairs = buf.iter_mut().zip(rest);
        Ok(pairs.map(|(to, from)| *to = *from).count())
    }

    fn load(&mut self, number: u64) -> Result<(), Error> {
        let size = u64::from(self.header.block_size());
        let len = size.min(self.header.total_bytes() - number * size) as usize;
        let method = self.fetch(number, len)?;
        self.block.resize(len, 0);
        let is_right = match method {
            Method::Plain => {
                self.block.copy_from_slice(&self.stored);
                true
            }
            // The last block may have been filled up to full size.
            Method::Lz4 => [len, size as usize].iter().any(|len| {
                self.block.resize(*len, 0);
                zso::lz4::decode_block(&self.stored, &mut self.block).is_ok()
            }),
            Method::Deflate => self.inflate(),
        };
        self.block.truncate(len);
        match is_right {
            true => Ok(()),
            false => Err(self.fault(number, CsoFault::Data { len })),
        }
    }

    /// Reads what is stored of a block of `len` bytes.
    fn fetch(&mut self, number: u64, len: usize) -> Result<Method, Error> {
        let mut entries = [0; 2 * ENTRY_SIZE];
        let at = HEADER_SIZE as u64 + ENTRY_SIZE as u64 * number;
        if self.file.fill_at(&mut entries, at)? < entries.len() {
            return Err(self.cut(number));
        }
        let [a, b, c, d, e, f, g, h] = entries;
        let [entry, next] = [[a, b, c, d], [e, f, g, h]].map(|raw| Entry(u32::from_le_bytes(raw)));
        let [start, end] =
            [entry, next].map(|entry| u64::from(entry.offset()) << self.header.align());
        let Some(span) = end.checked_sub(start).filter(|span| *span > 0) else {
            return Err(self.fault(number, CsoFault::Index { start, end }));
        };
        let block_size = u64::from(self.header.block_size());
        let method = match (self.version, entry.is_plain()) {
            (2, _) if span >= block_size => Method::Plain,
            (2, true) => Method::Lz4,
            (2, false) => Method::Deflate,
            (_, true) => Method::Plain,
            (_, false) => Method::Deflate,
        };
        // What is worth it is smaller than the block; the rest is padding, or a lie.
        let most = match method {
            Method::Plain => len as u64,
            Method::Deflate | Method::Lz4 => span.min(2 * block_size),
        };
        self.stored.resize(most as usize, 0);
        let have = self.file.fill_at(&mut self.stored, start)?;
        // Padding may be missing, and data are missed.
        self.stored.truncate(have);
        match have == 0 || matches!(method, Method::Plain) && have < len {
            true => Err(self.cut(number)),
            false => Ok(method),
        }
    }

    fn inflate(&mut self) -> bool {
        self.inflate.reset(false);
        let done = self
            .inflate
            .decompress(&self.stored, &mut self.block, FlushDecompress::Finish);
        // An end that nobody wrote down is one, too, as long as all is there.
        matches!(done, Ok(Status::StreamEnd | Status::Ok | Status::BufError))
            && self.inflate.total_out() == self.block.len() as u64
    }
}
