//! What OPL's cdvdman has: the compressed file, and the setting of its cache.
#![allow(unsafe_code, reason = "calls C functions")]

use core::ffi::c_void;

use crate::c::address_of;
use crate::device::SectorDevice;
use crate::sector::SECTOR_SIZE;
use crate::source::Failed;

unsafe extern "C" {
    /// Reads sectors of the file; 0 is `SCECdErNO`, no error.
    fn DeviceReadSectors(lsn: u64, buffer: *mut c_void, sectors: u32) -> i32;
}

/// The file, as the module's backend reads it.
pub(super) struct Backend;

impl SectorDevice for Backend {
    type Error = Failed;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Failed> {
        let sectors = (buf.len() / SECTOR_SIZE) as u32;
        // SAFETY: the function fills `sectors` sectors of a buffer, and `buf` has as many.
        let error = unsafe { DeviceReadSectors(first.into(), buf.as_mut_ptr().cast(), sectors) };
        if error == 0 { Ok(()) } else { Err(Failed) }
    }
}

/// Sectors that OPL's own cache would have taken, which is then off: the reader's read-ahead buffer is of more use.
pub(super) fn cache_sectors() -> usize {
    /// Where `zso_cache` is in `cdvdman_settings`.
    const ZSO_CACHE: usize = 13;
    let settings = address_of!(cdvdman_settings: u8);
    let cache = settings.wrapping_add(ZSO_CACHE);
    // SAFETY: inside the settings, which nobody else uses meanwhile.
    let sectors = unsafe { cache.read() };
    // SAFETY: likewise.
    unsafe { cache.write(0) };
    sectors.into()
}
