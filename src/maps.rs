//! The C functions of the maps, each in an object of its own: where a file lies, for the function that reads it.
//!
//! All have the same form. `..._init` puts a map into memory of the caller's and returns how many sectors the file has;
//! `..._read` is then what `zso_mount` takes as its read function, with that memory as its user pointer.
#![allow(unsafe_code, reason = "C boundary")]

mod fragments;

use core::ffi::c_void;
use core::slice;

use crate::device::code::DeviceCode;
use crate::device::{MapError, SectorDevice};
use crate::error::Code;
use crate::sector::SECTOR_SIZE;

/// An `..._read`: 0, or what went wrong.
///
/// # Safety
/// `buf` is writable for `count` sectors, and `map` is in use by nobody else.
#[inline(always)]
unsafe fn read<D>(map: &mut D, first: u32, buf: *mut c_void, count: u32) -> i32
where
    D: SectorDevice<Error = MapError<DeviceCode>>,
{
    // SAFETY: the caller's promise; a buffer has less than 2 GiB where pointers have 32 bits, and any bytes are bytes.
    let buf = unsafe { slice::from_raw_parts_mut(buf.cast::<u8>(), count as usize * SECTOR_SIZE) };
    match map.read_sectors(first, buf) {
        Ok(()) => 0,
        Err(MapError::Device(code)) => code.0.get(),
        Err(MapError::PastEnd { .. }) => Code::PastEnd as i32,
    }
}
