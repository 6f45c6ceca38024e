//! What a reader has to make of a file, by the rules of `docs/format.md` and with no thought of speed or memory.

use core::ops::Range;

use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE};
use zso::lz4::{DecodeError, decode_block};
use zso::{Block, Code, Header, SECTOR_SIZE};

const SECTOR: u64 = SECTOR_SIZE as u64;

/// A file with a valid header, and what was found out about its blocks.
#[derive(Debug)]
pub(crate) struct Model<'f> {
    header: Header,
    /// Whole sectors.
    file: &'f [u8],
    /// Whether the device tells the file's size.
    size_known: bool,
    blocks: Vec<(u32, Result<Range<usize>, Code>)>,
    decoded: Vec<u8>,
}

/// Where a block's bytes may be.
struct Stored {
    bytes: Range<u64>,
    plain: bool,
}

impl<'f> Model<'f> {
    pub(crate) fn new(header: Header, file: &'f [u8], size_known: bool) -> Self {
        Self {
            header,
            file,
            size_known,
            blocks: Vec::new(),
            decoded: Vec::new(),
        }
    }

    pub(crate) fn sectors(&self) -> u32 {
        self.header.sectors()
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

    /// Whether `bytes` are a sector of a block that can be read: its bytes, and zeros after its end.
    fn is_sector(&mut self, lsn: u32, bytes: &[u8]) -> bool {
        let per_block = self.header.sectors_per_block().get();
        let Ok(block) = self.block(lsn / per_block) else {
            return false;
        };
        let start = (lsn % per_block) as usize * SECTOR_SIZE;
        let end = block.len().min(start + SECTOR_SIZE);
        let (content, rest) = bytes.split_at(end - start);
        content == &block[start..end] && rest.iter().all(|byte| *byte == 0)
    }

    /// A block's bytes.
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
        let start = self.decoded.len();
        let end = start + self.header.block_len(Block(block)) as usize;
        let file_end = self.file_bytes();
        // A block without bytes that begins with a sector needs none of the file.
        let nothing = bytes.is_empty() && bytes.start.is_multiple_of(SECTOR);
        if nothing && !self.size_known {
            return Err(Code::InputEnd);
        }
        // Only the end of a compressed block may be missing: perhaps it is padding.
        let cut = bytes.end.next_multiple_of(SECTOR) > file_end;
        if cut && (plain || !self.size_known || bytes.start >= file_end) {
            return Err(self.missing());
        }
        let stored = &self.file[bytes.start as usize..bytes.end.min(file_end) as usize];
        self.decoded.resize(end, 0);
        let decoded = &mut self.decoded[start..end];
        if plain {
            decoded.copy_from_slice(stored);
            return Ok(start..end);
        }
        match decode_block(stored, decoded) {
            Ok(()) => Ok(start..end),
            Err(DecodeError::InputEnd) if self.size_known && self.reaches_end(&bytes) => {
                Err(Code::Truncated)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What is said of bytes that the file does not have.
    fn missing(&self) -> Code {
        match self.size_known {
            true => Code::Truncated,
            false => Code::Device,
        }
    }

    fn file_bytes(&self) -> u64 {
        self.file.len() as u64
    }

    fn reaches_end(&self, bytes: &Range<u64>) -> bool {
        bytes.end.next_multiple_of(SECTOR) >= self.file_bytes()
    }

    /// Where a block is, by its entry and the next one.
    fn stored(&self, block: u32) -> Result<Stored, Code> {
        let own = self.entry(block)?;
        let next = self.entry(block + 1)?;
        let [start, end] =
            [own, next].map(|entry| u64::from(entry.offset()) << self.header.align());
        let index_end =
            (HEADER_SIZE + ENTRY_SIZE) as u64 + ENTRY_SIZE as u64 * u64::from(self.header.blocks());
        if start < index_end || end < start {
            return Err(Code::Index);
        }
        let plain = own.is_plain();
        let block_len = u64::from(self.header.block_len(Block(block)));
        let block_size = u64::from(self.header.block_size());
        // LZ4 makes a block at most this much longer; what is beyond is a gap.
        let most = if plain {
            block_len
        } else {
            block_size + block_size / 128 + 16
        };
        // The end entry may have been rounded down.
        let is_last = block + 1 == self.header.blocks() && self.size_known;
        let len = if is_last { most } else { most.min(end - start) };
        if plain && len < block_len {
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
        let raw = bytes.ok_or(self.missing())?;
        Ok(Entry(u32::from_le_bytes(*raw)))
    }
}
