//! Index entries: where a block begins, and whether it is stored plain.

use super::{ENTRY_SIZE, HEADER_ENTRIES, MAX_ALIGN};
use crate::sector::{FileSector, SECTOR_MASK, SECTOR_SHIFT, SECTOR_SIZE};

/// `log2` of the index entries in one sector.
const ENTRIES_SHIFT: u32 = SECTOR_SHIFT - ENTRY_SIZE.trailing_zeros();
/// The bit of an entry whose block is stored plain.
const PLAIN: u32 = 1 << 31;

/// An index entry (R2): where a block starts, and whether it is stored plain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry(pub u32);

impl Entry {
    /// The entry for a block at byte `offset` of the file, or `None` if `align` cannot express it.
    #[must_use]
    pub fn new(offset: u64, plain: bool, align: u8) -> Option<Self> {
        let scaled = offset.checked_shr(align.into())?;
        let value = u32::try_from(scaled)
            .ok()
            .filter(|value| value & PLAIN == 0)?;
        let exact = scaled.checked_shl(align.into()) == Some(offset);
        exact.then_some(Self(if plain { value | PLAIN } else { value }))
    }

    /// Whether the block is stored uncompressed.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self.0 & PLAIN != 0
    }

    /// Where the block starts, in units of `1 << align` bytes: 31 bits.
    #[must_use]
    pub fn offset(self) -> u32 {
        self.0 & !PLAIN
    }

    /// The entry of a block that follows a sector after this one's, and is plain if it is.
    pub(crate) fn plus_sector(self, align: u8) -> Self {
        let units = (SECTOR_SIZE as u32).wrapping_shr(align.into());
        Self(self.0.wrapping_add(units))
    }

    /// In which bits the entries in `words` differ from those of blocks that follow this one's, each a sector after the
    /// other: none of a plain run. Without an end in between, since there is mostly none.
    #[inline(always)]
    pub(crate) fn differs(self, words: &[u32], align: u8) -> u32 {
        let mut expected = self;
        let mut difference = 0;
        for word in words {
            expected = expected.plus_sector(align);
            difference |= u32::from_le(*word) ^ expected.0;
        }
        difference
    }

    /// The first sector after data that ends where this entry points.
    pub(crate) fn end(self, align: u8) -> FileSector {
        let (sector, byte) = self.place(align);
        sector.plus(u32::from(byte != 0))
    }

    /// Bytes between this entry and `next`, which is not before it; `most` if there are more.
    pub(crate) fn len_until(self, next: Self, align: u8, most: u32) -> u32 {
        let align = u32::from(align);
        let units = next.offset().wrapping_sub(self.offset());
        if units > most.wrapping_shr(align) {
            most
        } else {
            units.wrapping_shl(align)
        }
    }

    /// Where it points: a sector, and a byte in it. 32-bit arithmetic reaches 4 TiB this way.
    pub(crate) fn place(self, align: u8) -> (FileSector, u32) {
        let align = u32::from(align);
        let sector = self.offset().wrapping_shr(SECTOR_SHIFT.wrapping_sub(align));
        let byte = self.offset().wrapping_shl(align) & SECTOR_MASK;
        (FileSector(sector), byte)
    }
}

/// The file sector that index entry `i` is in, and its number among the 512 that a sector holds.
///
/// An entry is always inside one sector, because the header is six entries long.
#[must_use]
pub fn entry_place(i: u32) -> (FileSector, usize) {
    let slot = i.wrapping_add(HEADER_ENTRIES);
    (
        FileSector(slot >> ENTRIES_SHIFT),
        (slot & ((1 << ENTRIES_SHIFT) - 1)) as usize,
    )
}

/// The smallest `align` with which an index reaches byte `file_size` of a file (R5); `None` if no header may have it.
///
/// `file_size` counts the padding that this very `align` brings with it.
#[must_use]
pub fn smallest_align(file_size: u64) -> Option<u8> {
    (0..=MAX_ALIGN).find(|align| file_size.div_ceil(1 << align) < u64::from(PLAIN))
}
