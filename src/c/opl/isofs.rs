//! `zso_isofs.o`: the reader in OPL's isofs, which has no settings and no cache.
#![allow(unsafe_code, reason = "C boundary")]

use core::ffi::c_void;

use super::{Module, export};
use crate::device::SectorDevice;
use crate::lean::InPlace;
use crate::sector::{SECTOR_SHIFT, SECTOR_SIZE};
use crate::source::Failed;

unsafe extern "C" {
    /// Reads `size` bytes from `offset << shift` on, and returns how many there were.
    fn read_raw_data(addr: *mut c_void, size: u32, offset: u32, shift: u32) -> i32;
}

struct Isofs;

impl Module for Isofs {
    type Policy = InPlace;
    type Worker = ();

    fn cache_sectors() -> usize {
        0
    }

    fn device(_: &()) -> impl SectorDevice {
        OpenFile
    }
}

/// The file that the module has opened.
struct OpenFile;

impl SectorDevice for OpenFile {
    type Error = Failed;

    /// A file may end inside its last sector.
    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Failed> {
        let size = buf.len() as u32;
        // SAFETY: the function fills at most `size` bytes, and `buf` has as many.
        let read = unsafe { read_raw_data(buf.as_mut_ptr().cast(), size, first, SECTOR_SHIFT) };
        if read > size.wrapping_sub(SECTOR_SIZE as u32) as i32 {
            Ok(())
        } else {
            Err(Failed)
        }
    }
}

export!(Isofs);
