//! `zso_fragments_init`, `zso_fragments_add`, `zso_fragments_add_larger` and `zso_fragments_read`.

use core::ffi::c_void;

use super::blocks::{Blocks, ReadBlocks};
use super::export_read;
use crate::code::Code;
use crate::device::{Fragment, FragmentDevice};

/// What a state holds.
pub(super) type Map = FragmentDevice<Blocks>;

export_read!(zso_fragments_read of Map, 832);

/// Makes a map of a file without fragments so far. See `include/zso.h`.
///
/// # Safety
/// `state` is null, or aligned and writable for as many bytes as the header says, and left alone until the last call
/// with it. `read` may be called with `user`, any address, and a writable buffer of that many sectors as long as the
/// map is in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_fragments_init(
    state: *mut c_void,
    read: Option<ReadBlocks>,
    user: *mut c_void,
) -> i32 {
    let (Some(read), false) = (read, state.is_null()) else {
        return Code::Argument as i32;
    };
    let map = Map::new(Blocks { read, user });
    // SAFETY: not null, and aligned and large enough by the caller's promise.
    unsafe { state.cast::<Map>().write(map) };
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

/// Appends the next fragment of a file on a device with larger sectors. See `include/zso.h`.
///
/// # Safety
/// `state` was given to [`zso_fragments_init`], and is used by nothing else meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_fragments_add_larger(
    state: *mut c_void,
    start: u64,
    count: u32,
    scale: u32,
) -> i32 {
    // SAFETY: the caller's promise.
    let map = unsafe { &mut *state.cast::<Map>() };
    match Fragment::of_larger(start, count, scale).map(|fragment| map.push(fragment)) {
        Some(Ok(sectors)) => sectors as i32,
        _ => Code::Map as i32,
    }
}
