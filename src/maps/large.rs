//! `zso_large_init` and `zso_large_read`.

use core::ffi::c_void;
use core::slice;

use super::Coded;
use super::blocks::{Blocks, ReadBlocks};
use crate::device::{BLOCK_SIZE, BlockDevice, LargeSector, LargeSectors};
use crate::error::Code;

/// A state: the map, and the sector that it looks at.
#[repr(C, align(64))]
struct State {
    map: Map,
    bounce: LargeSector,
}

type Map = LargeSectors<'static, Blocks>;

/// `ZSO_LARGE_SIZE`, which is enough for pointers of 64 bits, too.
const _: () = assert!(size_of::<State>() <= 4160);

/// Where the sector is in a state.
const BOUNCE: usize = core::mem::offset_of!(State, bounce);

// The map is where the state is.
const _: () = assert!(core::mem::offset_of!(State, map) == 0);

/// Makes a block device with sectors of 4096 bytes one with sectors of 512. See `include/zso.h`.
///
/// # Safety
/// `state` is null, or aligned and writable for as many bytes as the header says, and left alone until the last call of
/// [`zso_large_read`]. `read` may be called with `user`, any address, and a writable buffer of that many sectors as long
/// as the map is in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_large_init(
    state: *mut c_void,
    read: Option<ReadBlocks>,
    user: *mut c_void,
) -> i32 {
    let (Some(read), false) = (read, state.is_null()) else {
        return Code::Argument as i32;
    };
    // SAFETY: inside the state, apart from the map; any bytes are a sector.
    let bounce = unsafe { &mut *state.wrapping_byte_add(BOUNCE).cast::<LargeSector>() };
    let map = Map::new(Blocks { read, user }, bounce);
    // SAFETY: not null, and aligned and large enough by the caller's promise.
    unsafe { state.cast::<Map>().write(map) };
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
    // SAFETY: the caller's promise; the map is the first in a state.
    let map = unsafe { &mut *state.cast::<Map>() };
    // SAFETY: the caller's promise; any bytes are bytes.
    let buf = unsafe { slice::from_raw_parts_mut(buf.cast::<[u8; BLOCK_SIZE]>(), count as usize) };
    match map.read_blocks(first_block, buf) {
        Ok(()) => 0,
        Err(error) => error.number(),
    }
}
