//! What a reader has to make of a file, by the rules of `docs/format.md` and with no thought of speed or memory.

use core::ops::Range;

use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE};
use zso::lz4::{DecodeError, decode_block};
use zso::{Block, Code, Header, SECTOR_SIZE};

const SECTOR: u64 = SECTOR_SIZE as u64;

/// What is known of a reader's rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// All of `docs/format.md`.
    Full {
        /// Whether the device tells the file's size.
        size_known: bool,
    },
    /// Blocks are sectors, and only whole ones count; no block is longer than a sector; the file's size is not known.
    Lean,
}

/// A file with a valid header, and what was found out about its blocks.
#[derive(Debug)]
pub(crate) struct Model<'f> {
    header: Header,
    /// Whole sectors.
    file: &'f [u8],
    kind: Kind,
    blocks: Vec<(u32, Result<Range<usize>, Code>)>,
    decoded: Vec<u8>,
}

/// Where a block's bytes may be.
struct Stored {
    bytes: Range<u64>,
    plain: bool,
}

impl<'f> Model<'f> {
    pub(crate) fn new(header: Header, file: &'f [u8], kind: Kind) -> Self {
        Self {
            header,
            file,
            kind,
            blocks: Vec::new(),
            decoded: Vec::new(),
        }
    }

    pub(crate) fn sectors(&self) -> u32 {
        match self.kind {
            Kind::Full { .. } => self.header.sectors(),
            Kind::Lean => (self.header.total_bytes() / SECTOR) as u32,
        }
    }

    /// Whether this can only be the device's doing.
    pub(crate) fn is_of_device(&self, code: Code) -> bool {
        code == Code::Device
    }

    /// Whether this can be the device's doing as well: to the lean reader, an index entry that cannot be read is none.
    pub(crate) fn may_be_of_device(&self, code: Code) -> bool {
        self.kind == Kind::Lean && code == Code::Index
    }

    fn size_known(&self) -> bool {
        self.kind == Kind::Full { size_known: true }
    }

    /// Blocks of the image.
    fn blocks(&self) -> u32 {
        match self.kind {
            Kind::Full { .. } => self.header.blocks(),
            Kind::Lean => self.sectors(),
        }
    }

    fn block_len(&self, block: u32) -> u64 {
        match self.kind {
            Kind::Full { .. } => self.header.block_len(Block(block)).into(),
            Kind::Lean => SECTOR,
        }
    }

    /// How many of `count` sectors from `lsn` on the image has.
    pub(crate) fn available(&self, lsn: u32, count: u32) -> u32 {
        count.min(self.sectors().saturating_sub(lsn))
    }

    /// Whether `bytes` are the sectors from `lsn` on; `Err` with the first block that cannot be read, and why. A device
    /// error stands for bytes that a file of unknown size does not have.
    pub(crate) fn compare(&mut self, lsn: u32, bytes: &[u8]) -> Result<bool, (Block, Code)> {
        let count = (bytes.len() / SECTOR_SIZE) as u32;
        self.first_fault(lsn, count)?;
        let mut sectors = (lsn..).zip(bytes.chunks(SECTOR_SIZE));
        Ok(sectors.all(|(lsn, bytes)| self.is_sector(lsn, bytes)))
    }

    /// Whether all blocks of these sectors can be read.
    pub(crate) fn first_fault(&mut self, lsn: u32, count: u32) -> Result<(), (Block, Code)> {
        let per_block = self.header.sectors_per_block().get();
        let blocks = match self.available(lsn, count) {
            0 => 0..0,
            count => lsn / per_block..(lsn + count - 1) / per_block + 1,
        };
        for block in blocks {
            self.block(block).map_err(|code| (Block(block), code))?;
        }
        Ok(())
    }

    /// Whether `bytes` are a sector of a block that can be read.
    fn is_sector(&mut self, lsn: u32, bytes: &[u8]) -> bool {
        let per_block = self.header.sectors_per_block().get();
        let start = (lsn % per_block) as usize * SECTOR_SIZE;
        let block = self.block(lsn / per_block);
        block.is_ok_and(|block| bytes == &block[start..start + SECTOR_SIZE])
    }

    /// A block's bytes, filled up with zeros to full size if it is a partial one.
    fn block(&mut self, block: u32) -> Result<&[u8], Code> {
        let known = self.blocks.iter().find(|(number, _)| *number == block);
        let place = if let Some((_, place)) = known {
            place.clone()
        } else {
            let place = self.decode(block);
            self.blocks.push((block, place.clone()));
            place
        };
        place.map(|place| &self.decoded[place])
    }

    /// Decodes a block to the end of what is decoded.
    fn decode(&mut self, block: u32) -> Result<Range<usize>, Code> {
        let Stored { bytes, plain } = self.stored(block)?;
        let stored = self.bytes(&bytes, plain)?;
        let block_len = self.block_len(block);
        let start = self.decoded.len();
        let end = start + self.header.block_size() as usize;
        self.decoded.resize(end, 0);
        let whole = &mut self.decoded[start..end];
        let (decoded, _) = whole.split_at_mut(block_len as usize);
        if plain && stored.len() < decoded.len() {
            return Err(Code::Index);
        }
        if plain {
            decoded.copy_from_slice(stored);
            return Ok(start..end);
        }
        let mut result = decode_block(stored, decoded);
        if result == Err(DecodeError::Overrun) {
            // Some writers fill a last block to full size before they compress it.
            result = decode_block(stored, whole);
        }
        match result {
            Ok(()) => Ok(start..end),
            Err(DecodeError::InputEnd) if self.size_known() && self.reaches_end(&bytes) => {
                Err(Code::Truncated)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A block's bytes in the file. Only the end of a compressed block may be missing: perhaps it is padding.
    fn bytes(&self, bytes: &Range<u64>, plain: bool) -> Result<&'f [u8], Code> {
        // The full reader looks for the sector that a block without bytes would be in the middle of.
        let needs_none = self.kind == Kind::Lean || bytes.start.is_multiple_of(SECTOR);
        if bytes.is_empty() && !self.size_known() && needs_none {
            return Ok(&[]);
        }
        let file_end = self.file.len() as u64;
        let is_cut = bytes.end.next_multiple_of(SECTOR) > file_end;
        if is_cut && (plain || !self.size_known() || bytes.start >= file_end) {
            return Err(self.missing());
        }
        Ok(&self.file[bytes.start as usize..bytes.end.min(file_end) as usize])
    }

    /// What is said of bytes that the file does not have.
    fn missing(&self) -> Code {
        match self.size_known() {
            true => Code::Truncated,
            false => Code::Device,
        }
    }

    fn reaches_end(&self, bytes: &Range<u64>) -> bool {
        bytes.end.next_multiple_of(SECTOR) >= self.file.len() as u64
    }

    /// Where a block is, by its entry and the next one.
    fn stored(&self, block: u32) -> Result<Stored, Code> {
        let own = self.entry(block)?;
        let next = self.entry(block + 1)?;
        let [start, end] =
            [own, next].map(|entry| u64::from(entry.offset()) << self.header.align());
        let index_end =
            (HEADER_SIZE + ENTRY_SIZE) as u64 + ENTRY_SIZE as u64 * u64::from(self.blocks());
        if start < index_end || end < start {
            return Err(Code::Index);
        }
        let plain = own.is_plain();
        let block_len = self.block_len(block);
        let block_size = u64::from(self.header.block_size());
        // LZ4 makes a block at most this much longer; what is beyond is a gap.
        let longest = block_size + block_size / 128 + 16;
        let most = if plain || self.kind == Kind::Lean {
            block_len
        } else {
            longest
        };
        // The end entry may have been rounded down.
        let is_last = block + 1 == self.blocks() && self.size_known();
        let len = if is_last { most } else { most.min(end - start) };
        if plain && len < block_len && self.kind != Kind::Lean {
            return Err(Code::Index);
        }
        Ok(Stored {
            bytes: start..start + len,
            plain,
        })
    }

    fn entry(&self, number: u32) -> Result<Entry, Code> {
        let at = HEADER_SIZE as u64 + ENTRY_SIZE as u64 * u64::from(number);
        let bytes = self.file.get(at as usize..).and_then(<[u8]>::first_chunk);
        let raw = bytes.ok_or(match self.kind {
            Kind::Full { .. } => self.missing(),
            Kind::Lean => Code::Index,
        })?;
        Ok(Entry(u32::from_le_bytes(*raw)))
    }
}
