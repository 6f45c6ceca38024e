//! The functions of Windows itself.
#![allow(unsafe_code, reason = "the system's own functions")]

use std::ffi::c_void;
use std::fs::{File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::AsRawHandle as _;
use std::{io, ptr};

use windows_sys::Win32::Foundation::{GENERIC_READ, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_SHARE_READ, FILE_SHARE_WRITE, FindFirstVolumeW, FindNextVolumeW, FindVolumeClose,
    GetVolumeInformationW, GetVolumePathNamesForVolumeNameW,
};
use windows_sys::Win32::System::IO::DeviceIoControl;

use super::{DESCRIPTOR, DRIVE, NO_LETTER, Volume, Windows, bytes, mount_point};
use crate::file::{Access, OpenError};

/// `FSCTL_LOCK_VOLUME`: nobody else opens it.
const LOCK: u32 = 0x0009_0018;
/// Letters of a volume's name, `\\?\Volume{...}\`, and of paths that it is mounted at, as far as they are of interest.
const NAME: usize = 260;

/// This system.
pub(crate) struct Real;

impl Windows for Real {
    fn volumes(&self) -> Vec<Volume> {
        let mut name = [0; NAME];
        // SAFETY: it writes at most as many letters as it is told.
        let search = unsafe { FindFirstVolumeW(name.as_mut_ptr(), NAME as u32) };
        if search == INVALID_HANDLE_VALUE {
            return Vec::new();
        }
        let mut volumes = vec![volume(&name)];
        // SAFETY: `search` is open, and it writes at most as many letters as it is told.
        while unsafe { FindNextVolumeW(search, name.as_mut_ptr(), NAME as u32) } != 0 {
            volumes.push(volume(&name));
        }
        // SAFETY: `search` is open, and not used any more.
        unsafe { FindVolumeClose(search) };
        volumes
    }

    fn control(&self, device: &str, code: u32, answer: &mut [u8]) -> io::Result<usize> {
        /// What a code says of the rights that it takes.
        const READ: u32 = 1 << 14;
        let access = if code & READ == 0 { 0 } else { GENERIC_READ };
        let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
        let file = OpenOptions::new()
            .access_mode(access)
            .share_mode(share)
            .open(device)?;
        control(&file, code, answer)
    }
}

/// Opens the disk `number`, and gives it with its bytes.
pub(crate) fn open(number: u32, access: Access) -> Result<(File, u64), OpenError> {
    let device = format!("{DRIVE}{number}");
    let mut options = OpenOptions::new();
    options
        .read(true)
        .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE);
    if access == Access::Write {
        if let Some(mount_point) = mount_point(&Real, &Real.volumes(), number) {
            return Err(OpenError::Mounted { mount_point });
        }
        options.write(true).share_mode(FILE_SHARE_READ);
    }
    let file = options.open(&device)?;
    if access == Access::Write {
        control(&file, LOCK, &mut []).map_err(|_| OpenError::Busy)?;
    }
    let bytes = bytes(&Real, &device)?;
    Ok((file, bytes))
}

fn control(file: &File, code: u32, answer: &mut [u8]) -> io::Result<usize> {
    // STORAGE_PROPERTY_QUERY for a device's descriptor: zeros. Nothing else here takes an input.
    let query = [0_u32; 3];
    let input = if code == DESCRIPTOR {
        size_of_val(&query)
    } else {
        0
    };
    let room = u32::try_from(answer.len()).unwrap_or(u32::MAX);
    let mut len = 0;
    // SAFETY: the handle is open, and both buffers are as long as it is told; it writes to the second one alone.
    let done = unsafe {
        DeviceIoControl(
            file.as_raw_handle(),
            code,
            query.as_ptr().cast::<c_void>(),
            input as u32,
            answer.as_mut_ptr().cast::<c_void>(),
            room,
            &raw mut len,
            ptr::null_mut(),
        )
    };
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(len as usize),
    }
}

/// The volume of this name, which ends with a zero.
fn volume(name: &[u16; NAME]) -> Volume {
    let device = text(name);
    Volume {
        mount_point: has_file_system(name).then(|| first_path(name)),
        // With a backslash at its end it would be the volume's top folder.
        device: device.trim_end_matches('\\').to_owned(),
    }
}

fn has_file_system(name: &[u16; NAME]) -> bool {
    let null = ptr::null_mut();
    let none = ptr::null_mut();
    // SAFETY: `name` ends with a zero, and nothing is written to where a pointer is null.
    let known = unsafe { GetVolumeInformationW(name.as_ptr(), null, 0, none, none, none, null, 0) };
    known != 0
}

/// The first path at which a volume is mounted.
fn first_path(name: &[u16; NAME]) -> String {
    let mut paths = [0; NAME];
    let mut len = 0;
    // SAFETY: `name` ends with a zero, and it writes at most as many letters as it is told.
    let found = unsafe {
        GetVolumePathNamesForVolumeNameW(
            name.as_ptr(),
            paths.as_mut_ptr(),
            NAME as u32,
            &raw mut len,
        )
    };
    match text(&paths) {
        path if found != 0 && !path.is_empty() => path,
        _ => NO_LETTER.to_owned(),
    }
}

/// Letters up to a zero.
fn text(letters: &[u16]) -> String {
    let letters = letters.iter().copied().take_while(|&letter| letter != 0);
    char::decode_utf16(letters)
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
