//! From index entries to the sectors and bytes that hold a block, for blocks that are sectors in files of unknown size:
//! pure arithmetic on untrusted numbers.
//!
//! An entry reaches no further than unit 2^31, and no length exceeds a sector. So the sums below cannot wrap.

use core::marker::PhantomData;

use super::header::Header;
use super::policy::Policy;
use crate::code::Code;
use crate::format::Entry;
use crate::sector::{FileSector, SECTOR_SHIFT, SECTOR_SIZE};

/// More units than a file has.
const MOST_UNITS: u32 = 1 << 31;

/// What is known of a file once it is mounted.
pub(crate) struct Plan<P> {
    pub(crate) header: Header,
    /// The smallest value of an index entry that lies after the index (R4).
    first_entry: u32,
    policy: PhantomData<P>,
}

/// Where the useful bytes of one block lie in the file.
pub(crate) struct Span {
    /// The first unit that holds some of them.
    pub first: FileSector,
    /// Bytes of that unit before them.
    pub skip: u32,
    /// How many there are; padding after a compressed block may be among them.
    pub len: u32,
    /// Whether the block is stored uncompressed.
    pub plain: bool,
}

impl<P: Policy> Plan<P> {
    pub(crate) fn new(header: Header) -> Self {
        Self {
            header,
            first_entry: header.first_entry(),
            policy: PhantomData,
        }
    }

    /// Finds a block between its own index entry and the next.
    ///
    /// A compressed block has no more bytes than a sector, as in OPL's C reader: writers store a block plain that does
    /// not shrink. What an index leaves for it beyond that is a gap (R3).
    ///
    /// # Errors
    /// [`Code::Index`] if the two entries break R3 or R4.
    pub(crate) fn span(&self, own: Entry, next: Entry) -> Result<Span, Code> {
        if !self.is_after_index(own) || next.offset() < own.offset() {
            return Err(Code::Index);
        }
        let len = own.len_until(next, self.header.align(), SECTOR_SIZE as u32);
        let (first, skip) = self.place(own);
        Ok(Span {
            first,
            skip,
            len,
            plain: own.is_plain(),
        })
    }

    /// Whether a block may begin where an entry points (R4).
    pub(crate) fn is_after_index(&self, entry: Entry) -> bool {
        entry.offset() >= self.first_entry
    }

    /// The first unit after data that ends at an entry.
    pub(crate) fn end_at(&self, entry: Entry) -> FileSector {
        let (unit, byte) = self.place(entry);
        unit.plus(u32::from(byte != 0))
    }

    /// What an entry has that points to a unit, or a later one.
    pub(crate) fn offset_of(&self, unit: FileSector) -> u32 {
        let sector = unit.0.div_ceil(1 << P::UNITS_SHIFT);
        sector.wrapping_shl(SECTOR_SHIFT.wrapping_sub(self.header.align().into()))
    }

    /// Where an entry points: a unit, and a byte in it.
    pub(crate) fn place(&self, entry: Entry) -> (FileSector, u32) {
        let (sector, byte) = entry.place(self.header.align());
        if P::UNITS_SHIFT == 0 {
            return (sector, byte);
        }
        // What is further away than a file can end stays so.
        let unit = sector.0.min(MOST_UNITS >> P::UNITS_SHIFT) << P::UNITS_SHIFT;
        let unit = unit.wrapping_add(byte >> P::UNIT_SHIFT);
        (
            FileSector(unit),
            byte & (1u32 << P::UNIT_SHIFT).wrapping_sub(1),
        )
    }
}
