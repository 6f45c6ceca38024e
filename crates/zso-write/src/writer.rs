//! Blocks, index and header to their places in a file.
//!
//! The header comes last: until then the file begins with zeros, and nobody takes it for a ZSO.

use std::io::{self, Read, Seek, SeekFrom, Write};

use zso::SECTOR_SIZE;
use zso::format::Entry;

use crate::gaps::{AFTER, BEFORE, Gaps, Placed};
use crate::index::IndexWriter;
use crate::layout::Layout;
use crate::options::{Form, Options};
use crate::packer::{Packed, filler};

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
    /// The last byte of what was written, if it belongs to a block or fills up the space after it.
    last: Option<u8>,
    /// Gaps, where there may be some.
    gaps: Option<Gaps>,
    /// Blocks that wait, and what is stored of them: which gaps they get depends on those to come.
    blocks: Vec<Placed>,
    bytes: Vec<u8>,
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
            last: None,
            gaps: may_have_gaps.then(|| Gaps::new(options.gaps)),
            blocks: Vec::new(),
            bytes: Vec::new(),
            seen: 0,
            placed: 0,
        })
    }

    /// Writes the next run of blocks, or keeps it until more is known.
    pub fn write(&mut self, run: &Packed) -> io::Result<()> {
        self.blocks
            .extend(run.blocks.iter().copied().map(Placed::new));
        self.bytes.extend_from_slice(&run.bytes);
        if self.gaps.is_none() {
            return self.put(self.blocks.len());
        }
        // Twice as many, so that what is kept is not moved for each run.
        match self.blocks.len() >= 2 * AFTER {
            true => self.place(AFTER),
            false => Ok(()),
        }
    }

    /// Finds gaps for all blocks but so many at the end, and writes those that get no more.
    fn place(&mut self, rest: usize) -> io::Result<()> {
        let end = self.blocks.len().saturating_sub(rest);
        let len: usize = self.blocks.iter().take(self.seen).map(Placed::len).sum();
        let mut offset = self.offset + len as u64;
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
            offset += self
                .blocks
                .get(i)
                .map_or(0, |block| block.stored.len as u64);
        }
        self.seen = end;
        self.put(end.saturating_sub(if rest == 0 { 0 } else { BEFORE }))
    }

    /// Writes as many of the blocks that wait.
    fn put(&mut self, count: usize) -> io::Result<()> {
        let (mut from, mut to) = (0, 0);
        for block in self.blocks.drain(..count) {
            let entry = Entry::new(self.offset, block.stored.plain, self.layout.header.align());
            self.index.push(entry.ok_or_else(beyond)?);
            self.offset += block.len() as u64;
            self.plain_blocks += u64::from(block.stored.plain);
            to += block.stored.len;
            if block.gap > 0 {
                let bytes = self.bytes.get(from..to).unwrap_or_default();
                self.file.write_all(bytes)?;
                fill(
                    &mut self.file,
                    filler(self.padding, bytes),
                    block.gap as u64,
                )?;
                from = to;
            }
        }
        let bytes = self.bytes.get(from..to).unwrap_or_default();
        self.file.write_all(bytes)?;
        self.last = bytes.last().copied();
        self.bytes.drain(..to);
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
        self.place(0)?;
        let file_bytes = match self.whole_sectors {
            true => self.offset.next_multiple_of(SECTOR_SIZE as u64),
            false => self.offset,
        };
        let with = filler(self.padding, self.last.as_slice());
        fill(&mut self.file, with, file_bytes - self.offset)?;
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

/// Writes so many bytes of the same kind.
fn fill<W: Write>(file: &mut W, with: u8, count: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(with).take(count), file).map(drop)
}

/// The layout's align reaches the end of the largest file, and all blocks are padded to it: so this is never needed.
fn beyond() -> io::Error {
    io::Error::other("an offset that the index cannot express")
}
