//! The compressed file, as the module that this object is linked into reads it.
#![allow(unsafe_code, reason = "calls C functions")]

use core::ffi::c_void;
use core::fmt;

use crate::device::SectorDevice;
use crate::sector::SECTOR_SIZE;

/// OPL's file: in cdvdman the function of the backend, in isofs an open file.
pub(super) struct OplDevice;

/// The device did not read all that it was asked for; what it said is of no use to OPL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the device failed")
    }
}

impl core::error::Error for Failed {}

impl embedded_io::Error for Failed {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}

#[cfg(not(feature = "isofs"))]
unsafe extern "C" {
    /// `cdvdman`: reads sectors of the file; 0 is `SCECdErNO`, no error.
    fn DeviceReadSectors(lsn: u64, buffer: *mut c_void, sectors: u32) -> i32;
}

#[cfg(feature = "isofs")]
unsafe extern "C" {
    /// `isofs`: reads `size` bytes from `offset << shift` on, and returns how many there were.
    fn read_raw_data(addr: *mut c_void, size: u32, offset: u32, shift: u32) -> i32;
}

impl SectorDevice for OplDevice {
    type Error = Failed;

    #[cfg(not(feature = "isofs"))]
    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Failed> {
        let sectors = (buf.len() / SECTOR_SIZE) as u32;
        // SAFETY: the function fills `sectors` sectors of a buffer, and `buf` has as many.
        let error = unsafe { DeviceReadSectors(first.into(), buf.as_mut_ptr().cast(), sectors) };
        if error == 0 { Ok(()) } else { Err(Failed) }
    }

    /// A file may end inside its last sector.
    #[cfg(feature = "isofs")]
    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Failed> {
        let size = buf.len() as u32;
        let shift = crate::sector::SECTOR_SHIFT;
        // SAFETY: the function fills at most `size` bytes, and `buf` has as many.
        let read = unsafe { read_raw_data(buf.as_mut_ptr().cast(), size, first, shift) };
        if read > size.wrapping_sub(SECTOR_SIZE as u32) as i32 {
            Ok(())
        } else {
            Err(Failed)
        }
    }
}
