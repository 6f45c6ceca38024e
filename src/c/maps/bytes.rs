//! `zso_bytes_init` and `zso_bytes_read`.

use core::ffi::c_void;

use super::{done, export_read};
use crate::c::device_code::DeviceCode;
use crate::code::Code;
use crate::device::map::take;
use crate::device::{MapError, SectorDevice};
use crate::sector::{SECTOR_MASK, SECTOR_SHIFT};

/// `zso_read_bytes_fn` of `include/zso.h`.
type ReadBytes =
    unsafe extern "C" fn(user: *mut c_void, offset: u64, buf: *mut c_void, size: u32) -> i32;

/// What a state holds: a C function that reads bytes of a file from anywhere, as a device.
///
/// [`ByteDevice`](crate::device::ByteDevice) does the same for what has a position of its own.
struct Map {
    read: ReadBytes,
    user: *mut c_void,
    /// Sectors of the file, a last partial one included.
    sectors: u32,
    /// Bytes that the file lacks to as many whole sectors.
    missing: u32,
}

impl SectorDevice for Map {
    type Error = MapError<DeviceCode>;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), Self::Error> {
        let sectors = self.sectors;
        let past_end = MapError::PastEnd { first, sectors };
        let count = (buf.len() >> SECTOR_SHIFT) as u32;
        let left = sectors.checked_sub(first).ok_or(past_end)?;
        if count > left {
            return Err(past_end);
        }
        let missing = if count == left { self.missing } else { 0 };
        let mut at = u64::from(first) << SECTOR_SHIFT;
        let len = buf.len().wrapping_sub(missing as usize);
        let mut rest = take(&mut { buf }, len);
        while !rest.is_empty() {
            let size = rest.len() as u32;
            // SAFETY: promised to `zso_bytes_init`; `rest` has room for `size` bytes.
            let read = unsafe { (self.read)(self.user, at, rest.as_mut_ptr().cast(), size) };
            if read <= 0 {
                return Err(done(read).map_or_else(MapError::Device, |()| past_end));
            }
            take(&mut rest, read as usize);
            at = at.wrapping_add(read as u64);
        }
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        Some(self.sectors)
    }
}

export_read!(zso_bytes_read of Map, 64);

/// Makes a device of a file that is read in bytes, and returns its sectors. See `include/zso.h`.
///
/// # Safety
/// `state` is null, or aligned and writable for as many bytes as the header says, and left alone until the last call of
/// [`zso_bytes_read`]. `read` may be called with `user`, any offset, and a writable buffer of that many bytes as long
/// as the map is in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_bytes_init(
    state: *mut c_void,
    file_bytes: u64,
    read: Option<ReadBytes>,
    user: *mut c_void,
) -> i32 {
    let (Some(read), false) = (read, state.is_null()) else {
        return Code::Argument as i32;
    };
    if file_bytes > u64::from(MAX_SECTORS) << SECTOR_SHIFT {
        return Code::Map as i32;
    }
    let sectors = (file_bytes.div_ceil(1 << SECTOR_SHIFT)) as u32;
    let missing = (file_bytes as u32).wrapping_neg() & SECTOR_MASK;
    let map = Map {
        read,
        user,
        sectors,
        missing,
    };
    // SAFETY: not null, and aligned and large enough by the caller's promise.
    unsafe { state.cast::<Map>().write(map) };
    sectors as i32
}

/// Sectors of the largest file whose number is one of C's.
const MAX_SECTORS: u32 = i32::MAX as u32;
