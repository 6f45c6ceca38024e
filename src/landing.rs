//! The landing: compressed sectors that were read into the end of the caller's own buffer.
//!
//! A request that needs more sectors than the stage has room for is still read at once: its compressed sectors go to
//! the part of the caller's buffer that is filled last, and are decoded from there. The output follows behind the
//! reading, and a sector that it has reached is gone.

use crate::sector::FileSector;

/// Consecutive file sectors, the last of which ends where the caller's buffer ends.
pub(crate) struct Landing {
    pub(crate) first: FileSector,
    /// The sector behind the last one.
    pub(crate) end: FileSector,
}

impl Landing {
    pub(crate) const NONE: Self = Self { first: FileSector(0), end: FileSector(0) };

    /// Where sector `first` and those behind it are in a buffer of `len` sectors, the first `gone` of which are or
    /// will be output.
    #[inline(never)]
    pub(crate) fn find(&self, first: FileSector, len: usize, gone: usize) -> Option<usize> {
        let place = len.wrapping_sub(self.end.since(first) as usize);
        (self.first <= first && first < self.end && place >= gone).then_some(place)
    }
}
