//! What is known of the index, for blocks that are sectors: the entries at hand, and the sectors of the file that they
//! were taken out of.

use crate::device::SectorDevice;
use crate::drive::Drive;
use crate::error::Code;
use crate::format::{Entry, HEADER_ENTRIES};
use crate::room::Room;
use crate::sector::{FileSector, SECTOR_SHIFT, SECTOR_SIZE, copy_to};

/// Words of the file in a sector.
const SECTOR_WORDS: u32 = (SECTOR_SIZE / 4) as u32;

/// Words at hand: those of a request and the next one, or as many as are worth to be read ahead. With one sector of
/// memory, each time that others are needed costs a request.
const AT_HAND: usize = if cfg!(feature = "overlap") { 19 } else { 64 };

/// Bytes of them.
const BYTES_AT_HAND: u32 = (4 * AT_HAND) as u32;

/// The last word of a sector that is followed by as many.
const LAST_SLOT: u32 = SECTOR_WORDS - AT_HAND as u32;

/// Most sectors of the index that are kept: those of 16 MiB of the disc.
const MOST_WINDOWS: u32 = 16;

/// In front of no word of any file.
const NOWHERE: u32 = 1 << 31;

/// Parts of the index.
pub(crate) struct Index<'m> {
    /// Memory for sectors of the index.
    windows: Room<'m>,
    /// Added to what is known to be there: [`NOWHERE`] if the memory is used for other things as well.
    shared: u32,
    /// Which sectors are there; none while it is being filled, so that a failed read leaves nothing valid.
    sectors: [u32; MOST_WINDOWS as usize],
    /// The window that was filled longest ago.
    oldest: u32,
    /// Which word of the file the first one at hand is.
    start: u32,
    words: [[u8; 4]; AT_HAND],
}

impl<'m> Index<'m> {
    /// Nothing is known.
    pub(crate) fn new() -> Self {
        Self {
            windows: Room::NONE,
            shared: 0,
            sectors: [NOWHERE; MOST_WINDOWS as usize],
            oldest: 0,
            start: NOWHERE,
            words: [[0; 4]; AT_HAND],
        }
    }

    /// Forgets everything, and uses this memory from now on, of one sector at least.
    pub(crate) fn move_to(&mut self, windows: Room<'m>, is_shared: bool) {
        self.windows = windows;
        self.shared = if is_shared { NOWHERE } else { 0 };
        self.sectors.fill(NOWHERE);
        self.oldest = 0;
        self.start = NOWHERE;
    }

    /// Entry `i`, read from the device if it is not in memory. If that fails, one that no block has.
    #[inline(never)]
    pub(crate) fn load<D: SectorDevice>(&mut self, drive: &mut Drive<D>, i: u32) -> Entry {
        if self.held(i).is_none() {
            // Should it fail, there is still no such entry.
            self.take(drive, word(i)).ok();
        }
        self.held(i).unwrap_or(Entry(0))
    }

    /// Takes a word, and those around it, out of its sector.
    fn take<D: SectorDevice>(&mut self, drive: &mut Drive<D>, word: u32) -> Result<(), Code> {
        let sector = word / SECTOR_WORDS;
        let found = self.sectors.iter().position(|known| *known == sector);
        let window = match found {
            Some(window) => window as u32,
            None => self.fill(drive, sector)?,
        };
        let slot = (word % SECTOR_WORDS).min(LAST_SLOT);
        let start = (window << SECTOR_SHIFT).wrapping_add(slot << 2);
        let words = self.windows.bytes(start, BYTES_AT_HAND);
        copy_to(self.words.as_flattened_mut(), words);
        self.start = sector.wrapping_mul(SECTOR_WORDS).wrapping_add(slot);
        Ok(())
    }

    /// Reads a sector of the index, and tells to which window.
    fn fill<D: SectorDevice>(&mut self, drive: &mut Drive<D>, sector: u32) -> Result<u32, Code> {
        let window = self.oldest % MOST_WINDOWS;
        let known = self
            .sectors
            .get_mut(window as usize)
            .ok_or(Code::Internal)?;
        *known = NOWHERE;
        let memory = self
            .windows
            .bytes_mut(window << SECTOR_SHIFT, SECTOR_SIZE as u32);
        drive.read(FileSector(sector), memory)?;
        *known = sector | self.shared;
        self.oldest = window.wrapping_add(1);
        if self.oldest >= self.windows.len() {
            self.oldest = 0;
        }
        Ok(window)
    }

    /// Lets go of the entries at hand: the next one to be loaded will be the first of them.
    pub(crate) fn let_go(&mut self) {
        self.start = NOWHERE;
    }

    /// Entry `i`, if it is at hand.
    pub(crate) fn held(&self, i: u32) -> Option<Entry> {
        let place = word(i).wrapping_sub(self.start) as usize;
        self.words
            .get(place)
            .map(|word| Entry(u32::from_le_bytes(*word)))
    }

    /// Entry `i`, or the last one at hand if that is not.
    pub(crate) fn at_hand(&self, i: u32) -> Entry {
        let place = word(i).wrapping_sub(self.start) as usize;
        let word = self.words.get(place.min(AT_HAND - 1));
        Entry(word.map_or(0, |word| u32::from_le_bytes(*word)))
    }
}

/// The number of an entry's word in the file.
fn word(i: u32) -> u32 {
    i.wrapping_add(HEADER_ENTRIES)
}
