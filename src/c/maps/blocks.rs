//! A C function that reads a block device.

use core::ffi::c_void;

use super::done;
use crate::c::device_code::DeviceCode;
use crate::device::large::LargeSector;
use crate::device::{BlockDevice, DEVICE_SECTOR_SIZE, LargeBlockDevice};

/// `zso_read_blocks_fn` of `include/zso.h`.
pub(super) type ReadBlocks =
    unsafe extern "C" fn(user: *mut c_void, first_block: u64, buf: *mut c_void, count: u32) -> i32;

/// The function and what it was registered with. Whoever makes one has promised that it may be called with any address
/// and a writable buffer of that many sectors.
pub(super) struct Blocks {
    pub read: ReadBlocks,
    pub user: *mut c_void,
}

impl Blocks {
    /// Calls the function for `count` sectors of its device, as many as `buf` holds.
    fn call(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
        count: usize,
    ) -> Result<(), DeviceCode> {
        // SAFETY: promised by whoever made this; `buf` has room for `count` sectors.
        done(unsafe { (self.read)(self.user, first, buf.as_mut_ptr().cast(), count as u32) })
    }
}

impl BlockDevice for Blocks {
    type Error = DeviceCode;

    fn read_blocks(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), DeviceCode> {
        let count = buf.len();
        self.call(first, buf, count)
    }
}

impl LargeBlockDevice for Blocks {
    type Error = DeviceCode;

    fn read_large(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), DeviceCode> {
        let count = buf.len() / LARGE_BLOCKS;
        self.call(first, buf, count)
    }
}

/// How many pieces of a buffer make one sector of a device with large ones.
const LARGE_BLOCKS: usize = size_of::<LargeSector>() / DEVICE_SECTOR_SIZE;
