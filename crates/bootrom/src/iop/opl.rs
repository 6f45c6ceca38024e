//! The object for Open PS2 Loader that decodes while the device reads: its functions, and the module around it.
//!
//! The device is the disc drive, whose DMA writes to memory while the processor decodes.
#![allow(unsafe_code, reason = "C boundary")]

use core::cell::{Cell, UnsafeCell};
use core::ffi::c_void;
use core::marker::PhantomData;
use core::ptr;
use core::slice;

use zso::{SECTOR_SIZE, Sector, SectorDevice};

use super::disc_file::DiscFile;
use super::kernel;
use super::reader::Waits;

unsafe extern "C" {
    fn ziso_init(header: *const c_void, first_block: u32);
    fn ziso_read_sector(buf: *mut c_void, sector: u32, count: u32) -> i32;
    static ziso_total_block: u32;
}

/// The device failed: `SCECdErREAD`.
const FAILED: i32 = 0x30;
/// Sectors of the compressed file that are kept: the setting that most players have, and enough for two requests.
const KEPT: u8 = 16;
/// Bytes of memory for the object, which asks once.
const HEAP: usize = 36 << 10;

/// What the drive does for the object, and what the thread does meanwhile.
pub(crate) struct SharedDrive<'d> {
    file: DiscFile<'d>,
    /// Whether the thread may run while the drive reads.
    overlaps: bool,
    pub(crate) requests: u32,
    pub(crate) sectors: u32,
    /// Requests during which the thread has done something.
    pub(crate) shared: u32,
}

impl<'d> SharedDrive<'d> {
    pub(crate) fn new(file: DiscFile<'d>, overlaps: bool) -> Self {
        Self {
            file,
            overlaps,
            requests: 0,
            sectors: 0,
            shared: 0,
        }
    }

    fn read(&mut self, first: u32, buf: &mut [u8]) -> i32 {
        self.requests += 1;
        self.sectors += (buf.len() / SECTOR_SIZE) as u32;
        let signals = kernel::signals();
        let read = if self.overlaps {
            self.file
                .read_sectors_while(first, buf, &mut || _ = kernel::rest())
        } else {
            self.file.read_sectors(first, buf)
        };
        self.shared += u32::from(kernel::signals() != signals);
        if read.is_ok() { 0 } else { FAILED }
    }
}

impl Waits for SharedDrive<'_> {
    fn waited(&self) -> u64 {
        self.file.waited()
    }
}

pub(crate) struct OplDisc<'m, 'd> {
    drive: *mut SharedDrive<'d>,
    borrowed: PhantomData<&'m mut SharedDrive<'d>>,
}

impl<'m, 'd> OplDisc<'m, 'd> {
    /// Mounts an image that begins with this sector; there is one at a time.
    pub(crate) fn mount(first: &Sector, drive: &'m mut SharedDrive<'d>) -> Self {
        // Only the lifetime is lost, and the disc is there for no longer.
        DRIVE.0.set(ptr::from_mut(drive).cast());
        // SAFETY: there is a header's worth of bytes, and nobody else is in the object.
        unsafe { ziso_init(first.0.as_ptr().cast(), 0) };
        Self {
            drive,
            borrowed: PhantomData,
        }
    }

    /// Sectors of the disc; 0 if it could not be mounted.
    pub(crate) fn sectors(&self) -> u32 {
        // SAFETY: nobody else is in the object.
        unsafe { (&raw const ziso_total_block).read() }
    }

    /// Reads until `buf` is full, the disc ends or something fails; returns how many sectors it has read.
    pub(crate) fn read(&mut self, lsn: u32, buf: &mut [u8]) -> usize {
        let count = (buf.len() / SECTOR_SIZE) as u32;
        // SAFETY: there is room for as many, and nobody else is in the object.
        unsafe { ziso_read_sector(buf.as_mut_ptr().cast(), lsn, count) as usize }
    }

    /// What the object reads from.
    pub(crate) fn drive(&self) -> &SharedDrive<'d> {
        // SAFETY: borrowed for this disc, which does not use it while nobody reads.
        unsafe { &*self.drive }
    }
}

impl Drop for OplDisc<'_, '_> {
    fn drop(&mut self) {
        DRIVE.0.set(ptr::null_mut());
    }
}

/// Something that only the program looks at, or whoever it has called.
struct Global<T>(T);

// SAFETY: there is one processor, which nothing interrupts.
unsafe impl<T> Sync for Global<T> {}

/// The drive of the mounted image.
static DRIVE: Global<Cell<*mut SharedDrive<'static>>> = Global(Cell::new(ptr::null_mut()));

#[repr(align(64))]
struct Heap(UnsafeCell<[u8; HEAP]>);

static MEMORY: Global<Heap> = Global(Heap(UnsafeCell::new([0; HEAP])));
static TAKEN: Global<Cell<usize>> = Global(Cell::new(0));

/// cdvdman's settings, of which the object looks at one.
#[repr(C)]
struct Settings {
    others: [u8; 13],
    zso_cache: UnsafeCell<u8>,
    rest: [u8; 2],
}

#[unsafe(export_name = "cdvdman_settings")]
static SETTINGS: Global<Settings> = Global(Settings {
    others: [0; 13],
    zso_cache: UnsafeCell::new(KEPT),
    rest: [0; 2],
});

#[unsafe(export_name = "ziso_alloc")]
extern "C" fn ziso_alloc(size: u32) -> *mut c_void {
    let start = TAKEN.0.get();
    let end = start + (size as usize).next_multiple_of(64);
    if end > HEAP {
        return ptr::null_mut();
    }
    TAKEN.0.set(end);
    MEMORY.0.0.get().cast::<u8>().wrapping_add(start).cast()
}

/// # Safety
/// `buffer` is writable for so many sectors.
#[unsafe(export_name = "DeviceReadSectors")]
unsafe extern "C" fn device_read_sectors(lsn: u64, buffer: *mut c_void, sectors: u32) -> i32 {
    // SAFETY: what an `OplDisc` has borrowed for itself; the thread that may run meanwhile does not ask for it.
    let Some(drive) = (unsafe { DRIVE.0.get().as_mut() }) else {
        return FAILED;
    };
    let bytes = sectors as usize * SECTOR_SIZE;
    // SAFETY: the caller's promise.
    let buf = unsafe { slice::from_raw_parts_mut(buffer.cast(), bytes) };
    drive.read(lsn as u32, buf)
}
