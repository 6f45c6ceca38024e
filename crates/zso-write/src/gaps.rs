//! Gaps, so that runs of plain blocks begin at a sector of the file: the console's readers then let the device read
//! them straight to the game's buffer.
//!
//! Readers differ in what gaps they take (docs/format.md), so only such are made that all of them do: a gap follows a
//! compressed block, and never makes it longer than a sector. OPL's C reader has no more room for a block than that,
//! and reads a plain block's gap over what lies before the game's buffer. Most gaps are longer than one block has room
//! for, and are divided among several.

use zso::SECTOR_SIZE;
use zso::format::SHORTEST_RUN;

use crate::packer::Stored;

/// Blocks before a run that are looked at for room. Compressed blocks of a disc have a third of a sector each.
pub(crate) const BEFORE: usize = 16;
/// Blocks from a run's first one on that are looked at: for as long a run, any gap is cheap enough.
pub(crate) const AFTER: usize = 512;

/// A block that is yet to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Placed {
    pub(crate) stored: Stored,
    /// Bytes up to where the next block begins: padding and a gap, if there are some, included.
    pub(crate) len: usize,
}

impl Placed {
    /// How much longer its gap can become.
    fn room(&self) -> usize {
        match self.stored.plain {
            true => 0,
            false => SECTOR_SIZE.saturating_sub(self.len),
        }
    }
}

/// Which gaps there are, and how many more there may be.
#[derive(Debug)]
pub(crate) struct Gaps {
    /// Bytes of gaps that a thousand bytes of the file may have.
    permille: u64,
    /// Bytes of all gaps so far.
    spent: u64,
}

impl Gaps {
    pub(crate) fn new(permille: u16) -> Self {
        Self {
            permille: permille.into(),
            spent: 0,
        }
    }

    /// Lets the run that begins at block `first` begin at a sector, if it is long enough and that costs little enough.
    /// `offset` is where it would begin. Returns how many blocks have their places now: no gap may follow any of them
    /// but the last one.
    pub(crate) fn place(&mut self, blocks: &mut [Placed], first: usize, offset: u64) -> usize {
        let (before, run) = blocks.split_at_mut(first);
        let is_whole = |block: &&Placed| block.stored.plain && block.stored.len == SECTOR_SIZE;
        let len = run.iter().take_while(is_whole).count();
        if len < SHORTEST_RUN as usize {
            return 0;
        }
        let gap = offset.next_multiple_of(SECTOR_SIZE as u64) - offset;
        let bytes = offset + (len * SECTOR_SIZE) as u64;
        let is_cheap = (self.spent + gap) * 1000 <= self.permille * bytes;
        let room: usize = before.iter().map(Placed::room).sum();
        if !is_cheap || (room as u64) < gap {
            return 0;
        }
        self.spent += gap;
        let mut rest = gap as usize;
        for block in before.iter_mut().rev() {
            let part = rest.min(block.room());
            block.len += part;
            rest -= part;
        }
        first + len
    }
}
