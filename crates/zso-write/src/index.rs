//! The index of a file under way: written piece by piece, so that memory stays bounded.

use std::io::{self, Seek, SeekFrom, Write};

use zso::format::{ENTRY_SIZE, Entry, HEADER_SIZE};

/// Bytes of entries that are collected in memory: those of 32 MiB of image in small blocks.
const WINDOW: usize = 64 << 10;

/// Entries that are not in the file yet, and where they belong.
pub(crate) struct IndexWriter {
    pending: Vec<u8>,
    at: u64,
}

impl IndexWriter {
    /// Starts with entry 0.
    pub(crate) fn new() -> Self {
        Self {
            pending: Vec::with_capacity(WINDOW + ENTRY_SIZE),
            at: HEADER_SIZE as u64,
        }
    }

    /// Adds the next entry.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.pending.extend(entry.0.to_le_bytes());
    }

    /// Whether it is time for [`flush`](Self::flush).
    pub(crate) fn is_full(&self) -> bool {
        self.pending.len() >= WINDOW
    }

    /// Writes the pending entries where they belong; the file's position is then after them.
    pub(crate) fn flush<W: Write + Seek>(&mut self, file: &mut W) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.at))?;
        file.write_all(&self.pending)?;
        self.at += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }
}
