//! What the lean reader does one way in one object and another way in another.

use crate::code::Code;
use crate::device::SectorDevice;
use crate::sector::FileSector;
use crate::source;

/// How a lean reader uses its memory and its device.
pub trait Policy: Send {
    /// Index entries that are cached one by one, besides the sectors of the index that they were taken from.
    type Entries: AsRef<[[u8; 4]]> + AsMut<[[u8; 4]]> + Copy + Send;

    /// As many entries that no block has.
    const NO_ENTRIES: Self::Entries;

    /// Whether blocks are decoded while the device reads.
    const OVERLAPS: bool = false;

    /// Whether the memory is divided anew when the access pattern changes.
    const ADAPTS: bool = false;

    /// Whether there is never memory for a read-ahead buffer, so that no code is needed for one.
    const IN_PLACE_ONLY: bool = false;
}

/// Reads sectors from `first` on.
#[inline(always)]
pub(super) fn read<P: Policy, D: SectorDevice>(
    device: &mut D,
    first: FileSector,
    buf: &mut [u8],
) -> Result<(), Code> {
    if P::OVERLAPS {
        source::read_inlined(device, first, buf)
    } else {
        source::read(device, first, buf)
    }
}

/// Cached entries: with one sector of memory, each time that others are needed costs a device request.
const ENTRIES: usize = 64;

/// Where the next request is read while this one is decoded, its entries and this one's are all that is of use.
const OVERLAPPED_ENTRIES: usize = 19;

/// More cached index for jumps, more read-ahead buffer for sequential requests: `zso_opl.o`.
#[derive(Clone, Copy, Debug)]
pub enum Adaptive {}

impl Policy for Adaptive {
    type Entries = [[u8; 4]; ENTRIES];
    const NO_ENTRIES: Self::Entries = [[0; 4]; ENTRIES];
    const ADAPTS: bool = true;
}

/// The same, and the next request is read while this one is decoded: `zso_opl_overlap.o`.
#[derive(Clone, Copy, Debug)]
pub enum Overlapped {}

impl Policy for Overlapped {
    type Entries = [[u8; 4]; OVERLAPPED_ENTRIES];
    const NO_ENTRIES: Self::Entries = [[0; 4]; OVERLAPPED_ENTRIES];
    const ADAPTS: bool = true;
    const OVERLAPS: bool = true;
}

/// One sector of memory, and the caller's buffer: `zso_isofs.o`.
#[derive(Clone, Copy, Debug)]
pub enum InPlace {}

impl Policy for InPlace {
    type Entries = [[u8; 4]; ENTRIES];
    const NO_ENTRIES: Self::Entries = [[0; 4]; ENTRIES];
    const IN_PLACE_ONLY: bool = true;
}

/// Memory that is divided once: `zso_device_fhi.o`.
#[derive(Clone, Copy, Debug)]
pub enum Fixed {}

impl Policy for Fixed {
    type Entries = [[u8; 4]; ENTRIES];
    const NO_ENTRIES: Self::Entries = [[0; 4]; ENTRIES];
}
