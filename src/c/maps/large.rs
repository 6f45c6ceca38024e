//! `zso_large_init` and `zso_large_read`.

use core::ffi::c_void;
use core::slice;

use super::Coded;
use super::blocks::{Blocks, ReadBlocks};
use crate::code::Code;
use crate::device::large::Start;
use crate::device::{BlockDevice, DEVICE_SECTOR_SIZE, LargeSectors};

/// What a state holds.
type Map = LargeSectors<Blocks>;

/// `ZSO_LARGE_SIZE`, which is enough for pointers of 64 bits, too.
const _: () = assert!(size_of::<Map>() <= 4160);

/// Makes a block device with sectors of 4096 bytes one with sectors of 512. See `include/zso.h`.
///
/// # Safety
/// `state` is null, or aligned and writable for as many bytes as the header says, and left alone until the last call of
/// [`zso_large_read`]. `read` may be called with `user`, any address, and a writable buffer of that many sectors as
/// long as the map is in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_large_init(
    state: *mut c_void,
    read: Option<ReadBlocks>,
    user: *mut c_void,
) -> i32 {
    let (Some(read), false) = (read, state.is_null()) else {
        return Code::Argument as i32;
    };
    let start = Start::new(Blocks { read, user });
    // Not all of the map, which would go over the stack: this is where it begins.
    // SAFETY: not null, and aligned and large enough by the caller's promise.
    unsafe { state.cast::<Start<Blocks>>().write(start) };
    0
}

/// Reads sectors of 512 bytes: a `zso_read_blocks_fn`. See `include/zso.h`.
///
/// # Safety
/// `state` was given to [`zso_large_init`], which returned 0, and is used by nothing else meanwhile. `buf` is writable
/// for `count` sectors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_large_read(
    state: *mut c_void,
    first_block: u64,
    buf: *mut c_void,
    count: u32,
) -> i32 {
    // SAFETY: the caller's promise; any bytes are a sector.
    let map = unsafe { &mut *state.cast::<Map>() };
    // SAFETY: the caller's promise; any bytes are bytes.
    let buf = unsafe {
        slice::from_raw_parts_mut(buf.cast::<[u8; DEVICE_SECTOR_SIZE]>(), count as usize)
    };
    match map.read_blocks(first_block, buf) {
        Ok(()) => 0,
        Err(error) => error.number(),
    }
}
