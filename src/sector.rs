//! Sectors, and the numbers that count things: no two kinds of number can be mixed up.
#![allow(unsafe_code, reason = "views a slice of sectors as bytes")]

/// Bytes in a sector of a disc image, and in a sector of the file that holds it.
pub const SECTOR_SIZE: usize = 2048;

/// `log2(SECTOR_SIZE)`: the console has no divider worth using.
pub(crate) const SECTOR_SHIFT: u32 = SECTOR_SIZE.trailing_zeros();

/// What is left of a byte offset inside its sector.
pub(crate) const SECTOR_MASK: u32 = SECTOR_SIZE as u32 - 1;

/// Alignment of every buffer that a device is given, in bytes.
pub(crate) const DEVICE_ALIGN: usize = 4;

/// One sector of memory, aligned as DMA drivers and cache lines of the console's backends want it.
///
/// The reader's memory is a slice of these, so that a device can never be handed a misaligned buffer.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct Sector(pub [u8; SECTOR_SIZE]);

impl Sector {
    /// A sector of zeros, for `vec![Sector::ZERO; n]` and the like.
    pub const ZERO: Self = Self([0; SECTOR_SIZE]);

    /// The sector as little-endian words.
    pub(crate) fn words(&self) -> &[u32; SECTOR_SIZE / 4] {
        // SAFETY: as large, and aligned for more than that; any bytes are words.
        unsafe { &*self.0.as_ptr().cast() }
    }

    /// The bytes of consecutive sectors.
    #[must_use]
    pub fn bytes(sectors: &[Self]) -> &[u8] {
        // SAFETY: a `Sector` is exactly SECTOR_SIZE initialised bytes without padding (asserted below).
        unsafe { core::slice::from_raw_parts(sectors.as_ptr().cast(), size_of_val(sectors)) }
    }

    /// The bytes of consecutive sectors, to be written.
    pub fn bytes_mut(sectors: &mut [Self]) -> &mut [u8] {
        // SAFETY: as in `bytes`; any byte value is a valid `Sector`, and the borrow is exclusive.
        unsafe {
            core::slice::from_raw_parts_mut(sectors.as_mut_ptr().cast(), size_of_val(sectors))
        }
    }
}

const _: () = assert!(size_of::<Sector>() == SECTOR_SIZE);

/// A sector of the compressed file, counted from its start: what a device reads. Or a device sector of it, in a reader
/// that asks for those.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct FileSector(pub u32);

impl FileSector {
    /// No sector of any file.
    pub(crate) const NOWHERE: Self = Self(u32::MAX);

    /// The sector `count` further on. Files end far below the 2^32nd sector (see `Plan`), so this does not wrap.
    pub(crate) fn plus(self, count: u32) -> Self {
        Self(self.0.wrapping_add(count))
    }

    /// How many sectors this one comes after `start`, which is not after it.
    pub(crate) fn since(self, start: Self) -> u32 {
        self.0.wrapping_sub(start.0)
    }
}

/// A block of the image, counted from 0: what the index has an entry for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Block(pub u32);

impl Block {
    /// No block of any image.
    pub(crate) const NONE: Self = Self(u32::MAX);

    /// The block after this one. Images have fewer than 2^31 blocks, so this does not wrap.
    pub(crate) fn next(self) -> Self {
        self.plus(1)
    }

    /// The block `count` further on, which the image has or ends with.
    pub(crate) fn plus(self, count: u32) -> Self {
        Self(self.0.wrapping_add(count))
    }
}

/// Copies all of `from` to the start of `to`; nothing, and `false`, if it does not fit.
pub(crate) fn copy_to(to: &mut [u8], from: &[u8]) -> bool {
    let to = to.get_mut(..from.len());
    let fits = to.is_some();
    if let Some(to) = to {
        to.copy_from_slice(from);
    }
    fits
}
