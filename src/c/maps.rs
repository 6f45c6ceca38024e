//! The C functions of the maps, each in an object of its own: where a file lies, for the function that reads it.
//!
//! All have the same form. `..._init` puts a map into memory of the caller's; `..._read` is then what `zso_mount` takes
//! as its read function, with that memory as its user pointer. `include/zso.h` documents them for their users.
#![allow(unsafe_code, reason = "C boundary")]

mod blocks;
mod bytes;
mod fhi;
mod fragments;
mod hdl;
mod large;
mod parts;

use core::ffi::c_void;
use core::num::NonZeroI32;
use core::slice;

use crate::c::device_code::DeviceCode;
use crate::code::Code;
use crate::device::{MapError, SectorDevice};
use crate::sector::SECTOR_SIZE;

/// An error that C gets as a number, which is not 0.
trait Coded {
    fn number(self) -> i32;
}

impl Coded for DeviceCode {
    fn number(self) -> i32 {
        self.0.get()
    }
}

impl<E: Coded> Coded for MapError<E> {
    fn number(self) -> i32 {
        match self {
            Self::Device(error) => error.number(),
            Self::PastEnd { .. } => Code::PastEnd as i32,
        }
    }
}

/// What a C function returned that is to return 0.
fn done(code: i32) -> Result<(), DeviceCode> {
    NonZeroI32::new(code).map_or(Ok(()), |code| Err(DeviceCode(code)))
}

/// Defines the `..._read` of a map that `..._init` puts into a state of so many bytes, as the header says: enough for
/// pointers of 64 bits, too.
macro_rules! export_read {
    ($name:ident of $map:ty, $size:literal) => {
        const _: () = assert!(size_of::<$map>() <= $size);

        /// Reads sectors of the file: a `zso_read_sectors_fn`. See `include/zso.h`.
        ///
        /// # Safety
        /// `state` was given to the map's `..._init`, which returned no error, and is used by nothing else meanwhile.
        /// `buf` is writable for `count` sectors.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            state: *mut c_void,
            first_sector: u32,
            buf: *mut c_void,
            count: u32,
        ) -> i32 {
            // SAFETY: the caller's promise.
            unsafe { super::read::<$map>(state, first_sector, buf, count) }
        }
    };
}
use export_read;

/// An `..._read`: 0, or what went wrong.
///
/// # Safety
/// `map` holds a `D` that is in use by nobody else, and `buf` is writable for `count` sectors.
#[inline(always)]
unsafe fn read<D>(map: *mut c_void, first: u32, buf: *mut c_void, count: u32) -> i32
where
    D: SectorDevice,
    D::Error: Coded,
{
    // SAFETY: the caller's promise.
    let map = unsafe { &mut *map.cast::<D>() };
    let len = (count as usize).wrapping_mul(SECTOR_SIZE);
    // SAFETY: the caller's promise: so many bytes exist, so the product is right. Any bytes are bytes.
    let buf = unsafe { slice::from_raw_parts_mut(buf.cast::<u8>(), len) };
    match map.read_sectors(first, buf) {
        Ok(()) => 0,
        Err(error) => error.number(),
    }
}
