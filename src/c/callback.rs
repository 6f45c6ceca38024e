//! A device that is a C function.
#![allow(unsafe_code, reason = "calls a C function")]

use core::ffi::c_void;
use core::num::NonZeroI32;

use super::device_code::DeviceCode;
use crate::device::SectorDevice;
use crate::sector::SECTOR_SIZE;

/// `zso_read_sectors_fn` of `include/zso.h`.
pub(crate) type ReadSectors =
    unsafe extern "C" fn(user: *mut c_void, first_sector: u32, buf: *mut c_void, count: u32) -> i32;

/// A C function and what it was registered with.
pub(crate) struct CallbackDevice {
    read: ReadSectors,
    user: *mut c_void,
    file_sectors: u32,
}

impl CallbackDevice {
    /// A device of `file_sectors` sectors (0: not known) that calls `read` with `user`.
    ///
    /// # Safety
    /// As long as the device exists, `read` may be called with `user`, a writable buffer of `count` sectors and any
    /// sector number.
    pub(crate) unsafe fn new(read: ReadSectors, user: *mut c_void, file_sectors: u32) -> Self {
        Self {
            read,
            user,
            file_sectors,
        }
    }
}

impl SectorDevice for CallbackDevice {
    type Error = DeviceCode;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceCode> {
        let count = (buf.len() / SECTOR_SIZE) as u32;
        // SAFETY: `new` was promised that this call is allowed; `buf` is a writable buffer of `count` sectors.
        let code = unsafe { (self.read)(self.user, first, buf.as_mut_ptr().cast(), count) };
        NonZeroI32::new(code).map_or(Ok(()), |code| Err(DeviceCode(code)))
    }

    fn sectors(&self) -> Option<u32> {
        (self.file_sectors != 0).then_some(self.file_sectors)
    }
}
