//! The functions of `include/zso.h`, as the console's object has them.
#![allow(unsafe_code, reason = "C boundary")]

use core::ffi::{CStr, c_char, c_void};
use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroI32;
use core::slice;

use zso::{SECTOR_SIZE, Sector, SectorDevice};

type ReadSectors =
    unsafe extern "C" fn(user: *mut c_void, first: u32, buf: *mut c_void, count: u32) -> i32;

unsafe extern "C" {
    fn zso_workspace_size(block_size: u32, ahead_sectors: u32) -> u32;
    fn zso_mount(
        workspace: *mut c_void,
        workspace_size: u32,
        read: Option<ReadSectors>,
        user: *mut c_void,
        file_sectors: u32,
    ) -> i32;
    fn zso_read(workspace: *mut c_void, lsn: u32, buf: *mut c_void, count: u32) -> i32;
    fn zso_sector_count(workspace: *const c_void) -> u32;
    fn zso_last_device_error(workspace: *const c_void) -> i32;
    fn zso_strerror(error: i32) -> *const c_char;
}

/// A negative number that one of the functions returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ZsoError(i32);

impl ZsoError {
    pub(crate) const ARGUMENT: Self = Self(-1);
    pub(crate) const MEMORY: Self = Self(-10);
}

impl fmt::Display for ZsoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: any number will do.
        let text = unsafe { zso_strerror(self.0) };
        // SAFETY: always a valid string.
        let text = unsafe { CStr::from_ptr(text) };
        write!(f, "{} ({})", self.0, text.to_str().unwrap_or("no text"))
    }
}

fn checked(result: i32) -> Result<u32, ZsoError> {
    u32::try_from(result).map_err(|_| ZsoError(result))
}

/// Bytes of a workspace; 0 if there is none.
pub(crate) fn workspace_size(block_size: u32, ahead_sectors: u32) -> u32 {
    // SAFETY: any numbers will do.
    unsafe { zso_workspace_size(block_size, ahead_sectors) }
}

/// A device that knows how long it has waited.
pub(crate) trait Waits {
    /// In cycles.
    fn waited(&self) -> u64;
}

/// A device that counts what is asked of it.
pub(crate) struct Counted<D> {
    pub(crate) device: D,
    pub(crate) requests: u32,
    pub(crate) sectors: u32,
}

impl<D: SectorDevice<Error: Into<NonZeroI32>>> Counted<D> {
    pub(crate) fn new(device: D) -> Self {
        Self {
            device,
            requests: 0,
            sectors: 0,
        }
    }

    /// The caller's function of the header.
    unsafe extern "C" fn read_sectors(
        user: *mut c_void,
        first: u32,
        buf: *mut c_void,
        count: u32,
    ) -> i32 {
        // SAFETY: what was given to `zso_mount`, which a `Disc` has borrowed for itself.
        let this = unsafe { &mut *user.cast::<Self>() };
        let bytes = count as usize * SECTOR_SIZE;
        // SAFETY: the header's promise about `buf`.
        let buf = unsafe { slice::from_raw_parts_mut(buf.cast::<u8>(), bytes) };
        this.requests += 1;
        this.sectors += count;
        match this.device.read_sectors(first, buf) {
            Ok(()) => 0,
            Err(error) => error.into().get(),
        }
    }
}

/// A mounted image, or one that could not be mounted.
pub(crate) struct Disc<'m, D> {
    workspace: *mut c_void,
    device: *mut Counted<D>,
    borrowed: PhantomData<(&'m mut [Sector], &'m mut Counted<D>)>,
}

impl<'m, D: SectorDevice<Error: Into<NonZeroI32>>> Disc<'m, D> {
    /// Mounts an image of which the file has `file_sectors` sectors, or 0 if that is not known.
    pub(crate) fn mount(
        workspace: &'m mut [Sector],
        device: &'m mut Counted<D>,
        file_sectors: u32,
    ) -> Result<Self, ZsoError> {
        let size = size_of_val(workspace) as u32;
        let disc = Self {
            workspace: workspace.as_mut_ptr().cast(),
            device,
            borrowed: PhantomData,
        };
        // SAFETY: workspace and device are borrowed as long as the disc exists; the function takes any request.
        let result = unsafe {
            zso_mount(
                disc.workspace,
                size,
                Some(Counted::<D>::read_sectors),
                disc.device.cast(),
                file_sectors,
            )
        };
        checked(result).map(|_| disc)
    }

    /// Reads `count` sectors, for which there must be room in `buf` unless the disc ends before; returns how many.
    pub(crate) fn read(&mut self, lsn: u32, buf: &mut [u8], count: u32) -> Result<u32, ZsoError> {
        let there = self.sectors().saturating_sub(lsn).min(count);
        if there as usize > buf.len() / SECTOR_SIZE {
            return Err(ZsoError::ARGUMENT);
        }
        // SAFETY: mounted, and there is room for what the disc has.
        checked(unsafe { zso_read(self.workspace, lsn, buf.as_mut_ptr().cast(), count) })
    }

    pub(crate) fn sectors(&self) -> u32 {
        // SAFETY: mounted.
        unsafe { zso_sector_count(self.workspace) }
    }

    pub(crate) fn last_device_error(&self) -> i32 {
        // SAFETY: mounted.
        unsafe { zso_last_device_error(self.workspace) }
    }

    /// What the reader reads from.
    pub(crate) fn device(&self) -> &Counted<D> {
        // SAFETY: borrowed for this disc, which does not use it while nobody reads.
        unsafe { &*self.device }
    }
}

/// What a workspace says that nothing was ever mounted in.
pub(crate) fn read_unmounted(workspace: &mut [Sector], buf: &mut Sector) -> Result<u32, ZsoError> {
    workspace.fill(Sector::ZERO);
    let workspace = workspace.as_mut_ptr().cast();
    // SAFETY: a workspace of zeros, and room for a sector.
    checked(unsafe { zso_read(workspace, 0, buf.0.as_mut_ptr().cast(), 1) })
}
