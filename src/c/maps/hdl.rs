//! `zso_hdl_add`.

use core::ffi::c_void;

use super::Coded;
use super::fragments::Map;
use crate::code::Code;
use crate::device::{HdlError, HdlHeader};

/// Appends the parts of a game on the internal hard disk to a map of fragments. See `include/zso.h`.
///
/// # Safety
/// `state` was given to `zso_fragments_init`, and is used by nothing else meanwhile. `header` is null, or aligned and
/// writable for 1024 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_hdl_add(
    state: *mut c_void,
    header_block: u32,
    header: *mut c_void,
) -> i32 {
    // SAFETY: null gives `None`; otherwise the caller's promise, and any bytes are a header.
    let header = unsafe { header.cast::<HdlHeader>().as_mut() };
    // SAFETY: null gives `None`; otherwise the caller's promise.
    let map = unsafe { state.cast::<Map>().as_mut() };
    let (Some(map), Some(header)) = (map, header) else {
        return Code::Argument as i32;
    };
    match map.push_hdl(header_block, header) {
        Ok(sectors) => sectors as i32,
        Err(HdlError::Device(error)) => error.number(),
        Err(_) => Code::Map as i32,
    }
}
