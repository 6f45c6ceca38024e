//! `zso_parts_init` and `zso_parts_read`.

use core::ffi::c_void;

use super::{done, export_read};
use crate::c::device_code::DeviceCode;
use crate::code::Code;
use crate::device::{PartDevice, PartFiles};
use crate::sector::SECTOR_SIZE;

/// `zso_read_part_fn` of `include/zso.h`.
type ReadPart = unsafe extern "C" fn(
    user: *mut c_void,
    part: u32,
    first_sector: u32,
    buf: *mut c_void,
    count: u32,
) -> i32;

/// A C function that reads the parts of a file.
struct Parts {
    read: ReadPart,
    user: *mut c_void,
}

impl PartFiles for Parts {
    type Error = DeviceCode;

    fn read_part(
        &mut self,
        part: u32,
        first: u32,
        buf: &mut [[u8; SECTOR_SIZE]],
    ) -> Result<(), DeviceCode> {
        let count = buf.len() as u32;
        // SAFETY: promised to `zso_parts_init`; `buf` has room for `count` sectors.
        done(unsafe { (self.read)(self.user, part, first, buf.as_mut_ptr().cast(), count) })
    }
}

/// What a state holds.
type Map = PartDevice<Parts>;

export_read!(zso_parts_read of Map, 64);

/// Makes a map of a file in parts. See `include/zso.h`.
///
/// # Safety
/// `state` is null, or aligned and writable for as many bytes as the header says, and left alone until the last call of
/// [`zso_parts_read`]. `read` may be called with `user`, any part and place, and a writable buffer of that many sectors
/// as long as the map is in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_parts_init(
    state: *mut c_void,
    part_sectors: u32,
    file_sectors: u32,
    most_sectors: u32,
    read: Option<ReadPart>,
    user: *mut c_void,
) -> i32 {
    let (Some(read), false) = (read, state.is_null()) else {
        return Code::Argument as i32;
    };
    let files = Parts { read, user };
    let Some(map) = PartDevice::new(files, part_sectors, file_sectors, most_sectors) else {
        return Code::Map as i32;
    };
    // SAFETY: not null, and aligned and large enough by the caller's promise.
    unsafe { state.cast::<Map>().write(map) };
    0
}
