//! Blocks, index and header to their places in a file.
//!
//! The header comes last: until then the file begins with zeros, and nobody takes it for a ZSO.

use std::io::{self, Seek, SeekFrom, Write};

use zso::SECTOR_SIZE;
use zso::format::Entry;

use crate::index::IndexWriter;
use crate::layout::Layout;
use crate::packer::Packed;

/// A ZSO or CSO file under way.
pub struct Writer<W> {
    file: W,
    layout: Layout,
    index: IndexWriter,
    /// Where the next block begins.
    offset: u64,
    plain_blocks: u64,
    /// What fills up the last sector, if anything is to.
    filler: Option<u8>,
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
    pub fn new(mut file: W, layout: Layout, whole_sectors: bool) -> io::Result<Self> {
        file.seek(SeekFrom::Start(layout.data_start))?;
        Ok(Self {
            file,
            layout,
            index: IndexWriter::new(),
            offset: layout.data_start,
            plain_blocks: 0,
            filler: whole_sectors.then_some(0),
        })
    }

    /// Writes the next run of blocks.
    pub fn write(&mut self, run: &Packed) -> io::Result<()> {
        self.file.write_all(&run.bytes)?;
        for block in &run.blocks {
            self.push_entry(block.plain)?;
            self.offset += block.len as u64;
            self.plain_blocks += u64::from(block.plain);
        }
        if let Some(filler) = &mut self.filler {
            *filler = run.filler;
        }
        if self.index.is_full() {
            self.index.flush(&mut self.file)?;
            self.file.seek(SeekFrom::Start(self.offset))?;
        }
        Ok(())
    }

    /// Fills the file up to whole sectors (R8) unless that was not wanted, and completes it.
    pub fn finish(mut self) -> io::Result<Written> {
        let file_bytes = match self.filler {
            Some(_) => self.offset.next_multiple_of(SECTOR_SIZE as u64),
            None => self.offset,
        };
        let filler = io::repeat(self.filler.unwrap_or_default());
        io::copy(
            &mut io::Read::take(filler, file_bytes - self.offset),
            &mut self.file,
        )?;
        self.push_entry(false)?;
        self.index.flush(&mut self.file)?;
        self.file.rewind()?;
        self.file.write_all(&self.layout.head())?;
        self.file.flush()?;
        Ok(Written {
            file_bytes,
            plain_blocks: self.plain_blocks,
        })
    }

    /// Adds the entry for what begins at the current offset.
    fn push_entry(&mut self, plain: bool) -> io::Result<()> {
        let entry = Entry::new(self.offset, plain, self.layout.header.align());
        // invariant: the layout's align reaches the end of the largest file, and all blocks are padded to it.
        let entry =
            entry.ok_or_else(|| io::Error::other("an offset that the index cannot express"))?;
        self.index.push(entry);
        Ok(())
    }
}
