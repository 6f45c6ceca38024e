//! What the lean reader does one way in one object and another way in another.

use super::index_cache::NOWHERE;
use crate::code::Code;
use crate::device::{DEVICE_SECTOR_SIZE, SectorDevice};
use crate::sector::{FileSector, SECTOR_SHIFT};
use crate::source;

/// How a lean reader uses its memory and its device.
pub trait Policy: Send {
    /// Index entries that are cached one by one, besides the sectors of the index that they were taken from.
    type Entries: AsRef<[[u8; 4]]> + AsMut<[[u8; 4]]> + Copy + Send;

    /// As many entries that no block has.
    const NO_ENTRIES: Self::Entries;

    /// The parts of the index that are in memory, by their numbers: as many as are kept at most.
    type Parts: AsRef<[u32]> + AsMut<[u32]> + Copy + Send;

    /// None of them.
    const NO_PARTS: Self::Parts;

    /// `log2` of the bytes in the unit that a device is asked for: a sector, or a device sector.
    const UNIT_SHIFT: u32 = SECTOR_SHIFT;

    /// `log2` of the units in a sector.
    const UNITS_SHIFT: u32 = SECTOR_SHIFT - Self::UNIT_SHIFT;

    /// Whether blocks are decoded while the device reads.
    const OVERLAPS: bool = false;

    /// Whether the memory is divided anew when the access pattern changes.
    const ADAPTS: bool = false;

    /// Whether there is never memory for a read-ahead buffer, so that no code is needed for one.
    const IN_PLACE_ONLY: bool = false;
}

/// Reads units from `first` on.
#[inline(always)]
pub(super) fn read<P: Policy, D: SectorDevice>(
    device: &mut D,
    first: FileSector,
    buf: &mut [u8],
) -> Result<(), Code> {
    if P::UNITS_SHIFT > 0 {
        source::read_device_sectors(device, first, buf)
    } else if P::OVERLAPS {
        source::read_inlined(device, first, buf)
    } else {
        source::read(device, first, buf)
    }
}

/// Cached entries: with one sector of memory, each time that others are needed costs a device request.
const ENTRIES: usize = 64;

/// Where the next request is read while this one is decoded, its entries and this one's are all that is of use.
const OVERLAPPED_ENTRIES: usize = 19;

/// Most parts of the index that are kept: sectors with the entries of 16 MiB of the disc.
const PARTS: usize = 16;

/// In device sectors: as many as nine sectors have room for, in memory that fewer entries leave.
const FINE_PARTS: usize = 36;
const FINE_ENTRIES: usize = 48;

/// More cached index for jumps, more read-ahead buffer for sequential requests: `zso_opl.o`.
#[derive(Clone, Copy, Debug)]
pub enum Adaptive {}

impl Policy for Adaptive {
    type Entries = [[u8; 4]; ENTRIES];
    const NO_ENTRIES: Self::Entries = [[0; 4]; ENTRIES];
    type Parts = [u32; PARTS];
    const NO_PARTS: Self::Parts = [NOWHERE; PARTS];
    const ADAPTS: bool = true;
}

/// The same, and the next request is read while this one is decoded: `zso_opl_overlap.o`.
#[derive(Clone, Copy, Debug)]
pub enum Overlapped {}

impl Policy for Overlapped {
    type Entries = [[u8; 4]; OVERLAPPED_ENTRIES];
    const NO_ENTRIES: Self::Entries = [[0; 4]; OVERLAPPED_ENTRIES];
    type Parts = [u32; PARTS];
    const NO_PARTS: Self::Parts = [NOWHERE; PARTS];
    const ADAPTS: bool = true;
    const OVERLAPS: bool = true;
}

/// One sector of memory, and the caller's buffer: `zso_isofs.o`.
#[derive(Clone, Copy, Debug)]
pub enum InPlace {}

impl Policy for InPlace {
    type Entries = [[u8; 4]; ENTRIES];
    const NO_ENTRIES: Self::Entries = [[0; 4]; ENTRIES];
    type Parts = [u32; PARTS];
    const NO_PARTS: Self::Parts = [NOWHERE; PARTS];
    const IN_PLACE_ONLY: bool = true;
}

/// The same as [`Adaptive`] in device sectors: `zso_device_fhi.o`.
#[derive(Clone, Copy, Debug)]
pub enum Fine {}

impl Policy for Fine {
    type Entries = [[u8; 4]; FINE_ENTRIES];
    const NO_ENTRIES: Self::Entries = [[0; 4]; FINE_ENTRIES];
    type Parts = [u32; FINE_PARTS];
    const NO_PARTS: Self::Parts = [NOWHERE; FINE_PARTS];
    const UNIT_SHIFT: u32 = DEVICE_SECTOR_SIZE.trailing_zeros();
    const ADAPTS: bool = true;
}
