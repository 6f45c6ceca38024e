//! A file of the host, by the kernel's file functions, as a device of the reader.
#![allow(unsafe_code, reason = "the kernel's functions")]

use core::ffi::{CStr, c_char, c_void};
use core::fmt;
use core::num::NonZeroI32;

use zso::{SECTOR_SIZE, SectorDevice};

use super::clock::Instant;
use super::reader::Waits;
use crate::manifest::NAME_LEN;

#[cfg(target_arch = "mips")]
core::arch::global_asm!(include_str!("ioman.s"));

unsafe extern "C" {
    fn ioman_open(path: *const c_char, flags: i32, mode: i32) -> i32;
    fn ioman_close(file: i32) -> i32;
    fn ioman_read(file: i32, to: *mut c_void, bytes: i32) -> i32;
    fn ioman_write(file: i32, from: *const c_void, bytes: i32) -> i32;
    fn ioman_lseek(file: i32, offset: i32, from: i32) -> i32;
}

/// What lets a file be made that is not there: PCSX2 1.6 ends when it is told so.
const CREATE: i32 = 0x200;

/// Opens a file that is there, also for writing.
///
/// # Safety
/// `path` is a string.
unsafe extern "C" fn open_existing(path: *const c_char, flags: i32, mode: i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { ioman_open(path, flags & !CREATE, mode) }
}

/// A function of a module's imports, by its number in `iomanx`.
pub(crate) fn function(number: u32) -> Option<*const ()> {
    match number {
        4 => Some(open_existing as *const ()),
        5 => Some(ioman_close as *const ()),
        6 => Some(ioman_read as *const ()),
        7 => Some(ioman_write as *const ()),
        // No file is so large here that the one for large files is called.
        8 | 30 => Some(ioman_lseek as *const ()),
        _ => None,
    }
}

const READ_ONLY: i32 = 1;
const FROM_START: i32 = 0;
const FROM_END: i32 = 2;

const HOST: &[u8] = b"host:";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HostError {
    Name,
    Open,
    /// There is no such place in it.
    Seek,
    /// It has fewer bytes there.
    Short(i32),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("the name is too long"),
            Self::Open => f.write_str("the host does not open it"),
            Self::Seek => f.write_str("the host does not find the place"),
            Self::Short(bytes) => write!(f, "the host read {bytes} bytes"),
        }
    }
}

impl core::error::Error for HostError {}

impl embedded_io::Error for HostError {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}

impl From<HostError> for NonZeroI32 {
    fn from(error: HostError) -> Self {
        let number = match error {
            HostError::Name => 1,
            HostError::Open => 2,
            HostError::Seek => 3,
            HostError::Short(_) => 4,
        };
        // Never 0, which would stand for success.
        Self::new(number).unwrap_or(Self::MIN)
    }
}

pub(crate) struct HostFile {
    file: i32,
    bytes: u32,
    waited: u64,
}

impl HostFile {
    /// Opens a file of the folder that the emulator shows.
    pub(crate) fn open(name: &str) -> Result<Self, HostError> {
        let mut path = [0; HOST.len() + NAME_LEN + 1];
        let (host, rest) = path.split_at_mut(HOST.len());
        host.copy_from_slice(HOST);
        let place = rest[..NAME_LEN].get_mut(..name.len());
        place
            .ok_or(HostError::Name)?
            .copy_from_slice(name.as_bytes());
        let path = CStr::from_bytes_until_nul(&path).map_err(|_| HostError::Name)?;
        // SAFETY: a string, as the kernel wants it.
        let file = unsafe { ioman_open(path.as_ptr(), READ_ONLY, 0) };
        if file < 0 {
            return Err(HostError::Open);
        }
        let mut opened = Self {
            file,
            bytes: 0,
            waited: 0,
        };
        opened.bytes = opened.seek(0, FROM_END)? as u32;
        Ok(opened)
    }

    /// Returns the place.
    fn seek(&self, offset: i32, from: i32) -> Result<i32, HostError> {
        // SAFETY: an open file; any numbers will do.
        let place = unsafe { ioman_lseek(self.file, offset, from) };
        if place < 0 {
            Err(HostError::Seek)
        } else {
            Ok(place)
        }
    }

    fn read(&self, to: &mut [u8]) -> Result<(), HostError> {
        let bytes = to.len() as i32;
        // SAFETY: an open file, and room for as many bytes.
        let read = unsafe { ioman_read(self.file, to.as_mut_ptr().cast(), bytes) };
        if read == bytes {
            Ok(())
        } else {
            Err(HostError::Short(read))
        }
    }
}

impl Drop for HostFile {
    fn drop(&mut self) {
        // SAFETY: an open file, which nobody uses after this.
        unsafe { ioman_close(self.file) };
    }
}

impl SectorDevice for HostFile {
    type Error = HostError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), HostError> {
        let start = Instant::now();
        let offset = u64::from(first) * SECTOR_SIZE as u64;
        let there = u64::from(self.bytes).saturating_sub(offset);
        let (file, padding) = buf.split_at_mut(buf.len().min(there as usize));
        if padding.len() >= SECTOR_SIZE {
            return Err(HostError::Short(file.len() as i32));
        }
        self.seek(
            i32::try_from(offset).map_err(|_| HostError::Seek)?,
            FROM_START,
        )?;
        self.read(file)?;
        padding.fill(0);
        self.waited += u64::from(start.elapsed());
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        Some(self.bytes.div_ceil(SECTOR_SIZE as u32))
    }
}

impl Waits for HostFile {
    fn waited(&self) -> u64 {
        self.waited
    }
}
