//! The library that file handles belong to.
#![allow(unsafe_code, reason = "calls C functions")]

use core::ffi::{c_char, c_int, c_uint, c_void};

use super::DISC;
use crate::device::{DEVICE_SECTOR_SIZE, FileHandle};

/// `fhi_size`.
type Size = unsafe extern "C" fn(handle: c_int) -> u32;

/// `fhi_read`.
type Read =
    unsafe extern "C" fn(handle: c_int, buffer: *mut c_void, start: c_uint, count: c_uint) -> c_int;

/// `iop_library_t`, as far as it matters here.
#[repr(C)]
struct Library {
    previous: *const Self,
    caller: *const c_void,
    version: u16,
    flags: u16,
    name: [u8; 8],
    /// Four functions that are no one's business.
    _reserved: [*const c_void; 4],
    size: Size,
    read: Read,
}

unsafe extern "C" {
    /// cdvdman_emu's `ioplib.c`: a library by the eight characters of its name.
    fn ioplib_getByName(name: *const c_char) -> *const Library;
}

/// The two functions that read files.
#[derive(Clone, Copy)]
pub(super) struct Provider {
    size: Size,
    read: Read,
}

impl Provider {
    /// Looks the library up, late: it may be loaded after this module.
    ///
    /// # Safety
    /// It is loaded by now.
    pub(super) unsafe fn find() -> Self {
        // A constant would need a relocation of its own.
        let name = [u32::from_le_bytes(*b"fhi\0"), 0];
        // SAFETY: the name has eight characters.
        let library = unsafe { ioplib_getByName(name.as_ptr().cast()) };
        // SAFETY: the caller's promise.
        let library = unsafe { &*library };
        Self {
            size: library.size,
            read: library.read,
        }
    }

    /// Reads sectors of 512 bytes of any file.
    ///
    /// # Safety
    /// `buffer` is writable for `count` of them.
    pub(super) unsafe fn read_any(
        self,
        handle: u32,
        buffer: *mut c_void,
        start: u32,
        count: u32,
    ) -> i32 {
        // SAFETY: the caller's promise.
        unsafe { (self.read)(handle as c_int, buffer, start, count) }
    }
}

impl FileHandle for Provider {
    fn size(&mut self) -> u32 {
        // SAFETY: the function takes any handle.
        unsafe { (self.size)(DISC as c_int) }
    }

    fn read(&mut self, start: u32, buf: &mut [[u8; DEVICE_SECTOR_SIZE]]) -> i32 {
        let count = buf.len() as u32;
        // SAFETY: `buf` has room for so many sectors.
        unsafe { self.read_any(DISC, buf.as_mut_ptr().cast(), start, count) }
    }
}
