//! `zso_fragments_init` and `zso_fragments_read`.

use core::ffi::c_void;
use core::num::NonZeroI32;

use super::read;
use crate::device::code::DeviceCode;
use crate::device::{BLOCK_SIZE, BlockDevice, Fragment, FragmentDevice};
use crate::error::Code;

/// `zso_read_blocks_fn` of `include/zso.h`.
pub(super) type ReadBlocks =
    unsafe extern "C" fn(user: *mut c_void, first_block: u64, buf: *mut c_void, count: u32) -> i32;

/// A C function that reads a block device.
pub(super) struct Blocks {
    read: ReadBlocks,
    user: *mut c_void,
}

impl BlockDevice for Blocks {
    type Error = DeviceCode;

    fn read_blocks(&mut self, first: u64, buf: &mut [[u8; BLOCK_SIZE]]) -> Result<(), DeviceCode> {
        let count = buf.len() as u32;
        // SAFETY: whoever made this promised that the call is allowed; `buf` has room for `count` sectors.
        let code = unsafe { (self.read)(self.user, first, buf.as_mut_ptr().cast(), count) };
        NonZeroI32::new(code).map_or(Ok(()), |code| Err(DeviceCode(code)))
    }
}

/// What a state holds.
type Map = FragmentDevice<Blocks>;

/// Makes a map of a file without fragments so far. See `include/zso.h`.
///
/// # Safety
/// `state` is null, or aligned and writable for as many bytes as the header says, and left alone until the last call
/// with it. `read` may be called with `user`, any address, and a writable buffer of that many sectors as long as the map
/// is in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_fragments_init(
    state: *mut c_void,
    read: Option<ReadBlocks>,
    user: *mut c_void,
) -> i32 {
    let (Some(read), false) = (read, state.is_null()) else {
        return Code::Argument as i32;
    };
    // SAFETY: not null, and aligned and large enough by the caller's promise.
    unsafe { state.cast::<Map>().write(Map::new(Blocks { read, user })) };
    0
}

/// Appends the file's next fragment. See `include/zso.h`.
///
/// # Safety
/// `state` was given to [`zso_fragments_init`], and is used by nothing else meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_fragments_add(state: *mut c_void, start: u64, count: u32) -> i32 {
    // SAFETY: the caller's promise.
    let map = unsafe { &mut *state.cast::<Map>() };
    match map.push(Fragment { start, count }) {
        Ok(sectors) => sectors as i32,
        Err(_) => Code::Map as i32,
    }
}

/// Reads sectors of the file: a `zso_read_sectors_fn`. See `include/zso.h`.
///
/// # Safety
/// `state` was given to [`zso_fragments_init`], and is used by nothing else meanwhile. `buf` is writable for `count`
/// sectors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_fragments_read(
    state: *mut c_void,
    first_sector: u32,
    buf: *mut c_void,
    count: u32,
) -> i32 {
    // SAFETY: the caller's promise.
    let map = unsafe { &mut *state.cast::<Map>() };
    // SAFETY: likewise.
    unsafe { read(map, first_sector, buf, count) }
}
