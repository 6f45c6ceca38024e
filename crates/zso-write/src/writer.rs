//! Blocks, index and header to their places in a file.
//!
//! The header comes last: until then the file begins with zeros, and nobody takes it for a ZSO.

use std::io::{self, Seek, SeekFrom, Write};

use zso::SECTOR_SIZE;
use zso::format::Entry;

use crate::gaps::{AFTER, BEFORE, Gaps, Placed};
use crate::index::IndexWriter;
use crate::layout::{Layout, round_up};
use crate::options::{Form, Options};
use crate::packer::Packed;

/// Bytes that are written at a time, and some more: few enough to be still near the processor, and enough where each
/// write costs something by itself.
const AT_ONCE: usize = 1 << 20;

/// A ZSO or CSO file under way.
pub struct Writer<W> {
    file: W,
    layout: Layout,
    index: IndexWriter,
    /// Where the next block begins.
    offset: u64,
    plain_blocks: u64,
    whole_sectors: bool,
    padding: u8,
    /// What fills up the space after the last block that was written.
    filler: u8,
    /// Gaps, where there may be some.
    gaps: Option<Gaps>,
    /// Blocks that wait, and what is stored of them: which gaps they get depends on those to come.
    blocks: Vec<Placed>,
    bytes: Vec<u8>,
    /// What is written next.
    filled: Vec<u8>,
    /// How many of these blocks were looked at, and how many have their places.
    seen: usize,
    placed: usize,
}

/// What a [`Writer`] has written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    /// Size of the file, in bytes.
    pub file_bytes: u64,
    /// Blocks that are stored plain.
    pub plain_blocks: u64,
}

impl<W: Write + Seek> Writer<W> {
    /// Starts with the first block; `file` is empty.
    pub fn new(mut file: W, layout: Layout, options: &Options) -> io::Result<Self> {
        file.seek(SeekFrom::Start(layout.data_start))?;
        let is_zso = options.form == Form::Zso && options.block_size as usize == SECTOR_SIZE;
        let may_have_gaps = is_zso && options.gaps > 0;
        Ok(Self {
            file,
            layout,
            index: IndexWriter::new(),
            offset: layout.data_start,
            plain_blocks: 0,
            whole_sectors: options.whole_sectors,
            padding: options.padding,
            filler: options.padding,
            gaps: may_have_gaps.then(|| Gaps::new(options.gaps)),
            blocks: Vec::new(),
            bytes: Vec::new(),
            filled: Vec::new(),
            seen: 0,
            placed: 0,
        })
    }

    /// Writes the next run of blocks, or keeps it until more is known.
    pub fn write(&mut self, run: &Packed) -> io::Result<()> {
        let align = self.layout.header.align();
        self.blocks.extend(run.blocks.iter().map(|&stored| Placed {
            stored,
            len: round_up(stored.len as u64, align) as usize,
        }));
        let all = self.blocks.len();
        let count = match self.gaps {
            None => all,
            // Twice as many, so that what is kept is not moved for each run.
            Some(_) if all >= 2 * AFTER => self.place(AFTER),
            Some(_) => 0,
        };
        self.put(count, &run.bytes)
    }

    /// Finds gaps for all blocks but so many at the end; returns how many get no more.
    fn place(&mut self, rest: usize) -> usize {
        let end = self.blocks.len().saturating_sub(rest);
        let seen = self.blocks.iter().take(self.seen);
        let mut offset = self.offset + seen.map(|block| block.len as u64).sum::<u64>();
        for i in self.seen..end {
            let is_plain = |i: usize| self.blocks.get(i).is_some_and(|block| block.stored.plain);
            if let Some(gaps) = &mut self.gaps
                && is_plain(i)
                && !(i > 0 && is_plain(i - 1))
            {
                let from = self.placed.max(i.saturating_sub(BEFORE));
                let blocks = self.blocks.get_mut(from..).unwrap_or_default();
                let placed = gaps.place(blocks, i - from, offset);
                if placed > 0 {
                    self.placed = from + placed;
                    offset = offset.next_multiple_of(SECTOR_SIZE as u64);
                }
            }
            offset += self.blocks.get(i).map_or(0, |block| block.len as u64);
        }
        self.seen = end;
        end.saturating_sub(if rest == 0 { 0 } else { BEFORE })
    }

    /// Writes as many of the blocks that wait, the last of which have the bytes `new`, and keeps the others.
    fn put(&mut self, count: usize, mut new: &[u8]) -> io::Result<()> {
        let mut kept = &self.bytes[..];
        for block in self.blocks.drain(..count) {
            let entry = Entry::new(self.offset, block.stored.plain, self.layout.header.align());
            self.index.push(entry.ok_or_else(beyond)?);
            self.offset += block.len as u64;
            self.plain_blocks += u64::from(block.stored.plain);
            let len = block.stored.len;
            let bytes = kept.split_off(..len).or_else(|| new.split_off(..len));
            let bytes = bytes.unwrap_or_default();
            self.filler = filler(self.padding, bytes);
            self.filled.extend_from_slice(bytes);
            let end = self.filled.len() + block.len - len;
            self.filled.resize(end, self.filler);
            if end >= AT_ONCE {
                self.file.write_all(&self.filled)?;
                self.filled.clear();
            }
        }
        self.file.write_all(&self.filled)?;
        self.filled.clear();
        let written = self.bytes.len() - kept.len();
        self.bytes.drain(..written);
        self.bytes.extend_from_slice(new);
        self.seen = self.seen.saturating_sub(count);
        self.placed = self.placed.saturating_sub(count);
        if self.index.is_full() {
            self.index.flush(&mut self.file)?;
            self.file.seek(SeekFrom::Start(self.offset))?;
        }
        Ok(())
    }

    /// Fills the file up to whole sectors (R8) unless that was not wanted, and completes it.
    pub fn finish(mut self) -> io::Result<Written> {
        let count = self.place(0);
        self.put(count, &[])?;
        let file_bytes = match self.whole_sectors {
            true => self.offset.next_multiple_of(SECTOR_SIZE as u64),
            false => self.offset,
        };
        let rest = (file_bytes - self.offset) as usize;
        self.file.write_all(&vec![self.filler; rest])?;
        let end = Entry::new(self.offset, false, self.layout.header.align());
        self.index.push(end.ok_or_else(beyond)?);
        self.index.flush(&mut self.file)?;
        self.file.rewind()?;
        self.file.write_all(&self.layout.head())?;
        self.file.flush()?;
        Ok(Written {
            file_bytes,
            plain_blocks: self.plain_blocks,
        })
    }
}

/// What fills up the space after a block: nothing that could be taken for its last bytes.
fn filler(padding: u8, stored: &[u8]) -> u8 {
    match stored.last() {
        Some(last) if *last == padding => !padding,
        _ => padding,
    }
}

/// The layout's align reaches the end of the largest file, and all blocks are padded to it: so this is never needed.
fn beyond() -> io::Error {
    io::Error::other("an offset that the index cannot express")
}
