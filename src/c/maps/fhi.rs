//! `zso_fhi_init` and `zso_fhi_read`.

use core::ffi::{c_int, c_uint, c_void};

use super::{Coded, export_read};
use crate::code::Code;
use crate::device::{DEVICE_SECTOR_SIZE, FhiDevice, FhiError, FileHandle};

/// `fhi_size` of Neutrino's `fhi.h`.
type Size = unsafe extern "C" fn(file_handle: c_int) -> u32;

/// `fhi_read` of Neutrino's `fhi.h`.
type Read = unsafe extern "C" fn(
    file_handle: c_int,
    buffer: *mut c_void,
    sector_start: c_uint,
    sector_count: c_uint,
) -> c_int;

/// A file of a provider's.
struct Handle {
    size: Size,
    read: Read,
    handle: c_int,
}

impl FileHandle for Handle {
    fn size(&mut self) -> u32 {
        // SAFETY: promised to `zso_fhi_init`.
        unsafe { (self.size)(self.handle) }
    }

    fn read(&mut self, start: u32, buf: &mut [[u8; DEVICE_SECTOR_SIZE]]) -> i32 {
        let count = buf.len() as u32;
        // SAFETY: promised to `zso_fhi_init`; `buf` has room for `count` sectors.
        unsafe { (self.read)(self.handle, buf.as_mut_ptr().cast(), start, count) }
    }
}

impl Coded for FhiError {
    /// What providers return for failures has no common meaning: -1, 0, or the sectors that could be read.
    fn number(self) -> i32 {
        Code::Device as i32
    }
}

/// What a state holds.
type Map = FhiDevice<Handle>;

export_read!(zso_fhi_read of Map, 64);

/// Makes a map of a file of Neutrino's file handle interface, and returns the sectors that it may have. See
/// `include/zso.h`.
///
/// # Safety
/// `state` is null, or aligned and writable for as many bytes as the header says, and left alone until the last call of
/// [`zso_fhi_read`]. `size` and `read` are `fhi_size` and `fhi_read` of a provider, and stay it as long as the map is
/// in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_fhi_init(
    state: *mut c_void,
    file_handle: i32,
    size: Option<Size>,
    read: Option<Read>,
) -> i32 {
    let (Some(size), Some(read), false) = (size, read, state.is_null()) else {
        return Code::Argument as i32;
    };
    let file = Handle {
        size,
        read,
        handle: file_handle,
    };
    let Some(map) = Map::new(file) else {
        return 0;
    };
    let sectors = map.file_sectors();
    // SAFETY: not null, and aligned and large enough by the caller's promise.
    unsafe { state.cast::<Map>().write(map) };
    sectors as i32
}
