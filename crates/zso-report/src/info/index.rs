//! What the index of a ZSO file says, read once from end to end in bounded memory.

use std::io::{self, BufReader, Read};

use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE};
use zso::{Block, Header};

use super::problem::Problem;
use crate::map::Map;
use discs::image::is_whole;
use discs::{ReadAt, Stream};

/// Bytes of the index that are read at a time.
const WINDOW: usize = 64 << 10;

/// A ZSO file's blocks, as its index has them.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Index {
    /// How many are stored plain.
    pub(super) plain_blocks: u64,
    /// Where they become smaller, and how much.
    pub(super) map: Map,
    /// What is wrong.
    pub(super) problems: Vec<Problem>,
}

/// An entry: where a block begins in the file, and whether it is plain.
#[derive(Clone, Copy)]
struct Start {
    at: u64,
    is_plain: bool,
}

/// What is found on the way.
struct Scan<'h> {
    header: &'h Header,
    plain_blocks: u64,
    map: Map,
    /// The first block that ends before it begins, and how many do.
    backwards: (Option<u32>, u64),
    /// The same for compressed ones that are longer than they may be.
    long: (Option<u32>, u64),
}

impl Index {
    /// Reads the index of a file of `file_bytes`.
    pub(super) fn read(file: &dyn ReadAt, file_bytes: u64, header: &Header) -> io::Result<Self> {
        let blocks = header.blocks();
        let mut scan = Scan {
            header,
            plain_blocks: 0,
            map: Map::new(header.total_bytes()),
            backwards: (None, 0),
            long: (None, 0),
        };
        let index_end = HEADER_SIZE as u64 + (u64::from(blocks) + 1) * ENTRY_SIZE as u64;
        if index_end > file_bytes {
            let cut = Problem::IndexCut {
                file_bytes,
                index_end,
            };
            return Ok(scan.finish([cut]));
        }
        let index = Stream::at(file, HEADER_SIZE as u64);
        let mut entries = BufReader::with_capacity(WINDOW, index);
        let first = next_entry(&mut entries, header)?;
        let mut start = first;
        for block in 0..blocks {
            let end = next_entry(&mut entries, header)?;
            scan.block(block, start, end.at);
            start = end;
        }
        let mut problems = Vec::new();
        if first.at < index_end && blocks > 0 {
            problems.push(Problem::IndexOverlaps {
                first: first.at,
                index_end,
            });
        }
        if start.at > file_bytes {
            problems.push(Problem::Cut {
                file_bytes,
                data_end: start.at,
            });
        } else {
            problems.extend(last_block(file, file_bytes, header)?);
        }
        Ok(scan.finish(problems))
    }
}

impl Scan<'_> {
    fn block(&mut self, block: u32, start: Start, end: u64) {
        let len = u64::from(self.header.block_len(Block(block)));
        let at = u64::from(block) * u64::from(self.header.block_size());
        self.plain_blocks += u64::from(start.is_plain);
        let Some(stored) = end.checked_sub(start.at) else {
            count(&mut self.backwards, block);
            return;
        };
        let whole = u64::from(self.header.block_size());
        if !start.is_plain && stored > whole.next_multiple_of(1 << self.header.align()) {
            count(&mut self.long, block);
        }
        self.map.add(at, len, stored);
    }

    fn finish(self, problems: impl IntoIterator<Item = Problem>) -> Index {
        let mut problems: Vec<_> = problems.into_iter().collect();
        if let (Some(block), blocks) = self.backwards {
            problems.push(Problem::Backwards { block, blocks });
        }
        if let (Some(block), blocks) = self.long {
            problems.push(Problem::LongBlocks { block, blocks });
        }
        Index {
            plain_blocks: self.plain_blocks,
            map: self.map,
            problems,
        }
    }
}

fn count((first, count): &mut (Option<u32>, u64), block: u32) {
    first.get_or_insert(block);
    *count += 1;
}

fn next_entry(entries: &mut impl Read, header: &Header) -> io::Result<Start> {
    let mut raw = [0; ENTRY_SIZE];
    entries.read_exact(&mut raw)?;
    let entry = Entry(u32::from_le_bytes(raw));
    Ok(Start {
        at: u64::from(entry.offset()) << header.align(),
        is_plain: entry.is_plain(),
    })
}

/// Whether the last block is all there, and ends where the index says.
fn last_block(file: &dyn ReadAt, file_bytes: u64, header: &Header) -> io::Result<Option<Problem>> {
    let Some(block) = header.blocks().checked_sub(1) else {
        return Ok(None);
    };
    let at = HEADER_SIZE as u64 + u64::from(block) * ENTRY_SIZE as u64;
    let mut entries = Stream::at(file, at);
    let start = next_entry(&mut entries, header)?;
    let end = next_entry(&mut entries, header)?.at;
    let longest = discs::image::longest(header);
    let room = file_bytes.saturating_sub(start.at).min(longest);
    let mut stored = Vec::new();
    Stream::at(file, start.at)
        .take(room)
        .read_to_end(&mut stored)?;
    let len = header.block_len(Block(block)) as usize;
    let within = |bytes: &[u8]| match start.is_plain {
        true => bytes.len() >= len,
        false => is_whole(bytes, len, header),
    };
    let indexed = usize::try_from(end.saturating_sub(start.at)).unwrap_or(usize::MAX);
    let indexed = stored.get(..indexed.min(stored.len())).unwrap_or_default();
    Ok(match (within(indexed), within(&stored)) {
        (true, _) => None,
        (false, true) => Some(Problem::EndTooLow { block }),
        (false, false) => Some(Problem::LastBlock { block }),
    })
}
