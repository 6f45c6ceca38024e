//! The objects for Open PS2 Loader, as they are linked into its modules, and what they need of a module.
//!
//! Both have the same names, so those of `zso_opl.o` begin with `plain_` here (objcopy's `--prefix-symbols`).
#![allow(unsafe_code, reason = "C boundary")]

use core::cell::{Cell, UnsafeCell};
use core::ffi::c_void;
use core::marker::PhantomData;
use core::ptr;
use core::slice;

use zso::SECTOR_SIZE;

use crate::kernel::{self, File};

unsafe extern "C" {
    fn ziso_init(header: *const c_void, first_block: u32);
    fn ziso_read_sector(buf: *mut c_void, sector: u32, count: u32) -> i32;
    static ziso_total_block: u32;

    fn plain_ziso_init(header: *const c_void, first_block: u32);
    fn plain_ziso_read_sector(buf: *mut c_void, sector: u32, count: u32) -> i32;
    static plain_ziso_total_block: u32;
}

/// `SCECdErNO` and `SCECdErREAD`.
const OK: i32 = 0;
const FAILED: i32 = 0x30;
/// Sectors of the compressed file that are kept: what OPL sets for USB and the like.
const KEPT: u8 = 16;
/// Where the header has the first entry of the index.
const FIRST_BLOCK: usize = 24;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    /// `zso_opl.o`
    Plain,
    /// `zso_opl_overlap.o`
    Overlap,
}

impl Object {
    pub(crate) fn name(self) -> &'static [u8] {
        match self {
            Self::Plain => b"zso_opl.o",
            Self::Overlap => b"zso_opl_overlap.o",
        }
    }
}

/// A mounted image; there is one at a time.
pub(crate) struct Disc<'f> {
    object: Object,
    file: PhantomData<&'f File>,
}

impl<'f> Disc<'f> {
    /// Mounts an image as cdvdman does: it looks at the first sector, which goes to `buf`. `None` if that is not of a
    /// ZSO file.
    pub(crate) fn mount(object: Object, file: &'f File, buf: &mut [u8]) -> Option<Self> {
        let sector = buf.get_mut(..SECTOR_SIZE)?;
        file.read_at(0, sector)?;
        let first_block = u32::from_le_bytes(*sector.get(FIRST_BLOCK..)?.first_chunk()?);
        if !sector.starts_with(b"ZISO") {
            return None;
        }
        MOUNTED.0.file.set(file);
        let header = sector.as_ptr().cast();
        match object {
            // SAFETY: there is a header's worth of bytes, and nobody else is in the object.
            Object::Plain => unsafe { plain_ziso_init(header, first_block) },
            // SAFETY: as above.
            Object::Overlap => unsafe { ziso_init(header, first_block) },
        }
        Some(Self {
            object,
            file: PhantomData,
        })
    }

    /// Sectors of the disc; 0 if the object has not mounted it.
    pub(crate) fn sectors(&self) -> u32 {
        let place = match self.object {
            Object::Plain => &raw const plain_ziso_total_block,
            Object::Overlap => &raw const ziso_total_block,
        };
        // SAFETY: a variable of the object, in which nobody is.
        unsafe { place.read_volatile() }
    }

    /// Reads until `buf` is full, the disc ends or something fails; returns how many sectors it has read.
    pub(crate) fn read(&mut self, lsn: u32, buf: &mut [u8]) -> usize {
        let (count, buf) = ((buf.len() / SECTOR_SIZE) as u32, buf.as_mut_ptr().cast());
        let read = match self.object {
            // SAFETY: there is room for as many, and nobody else is in the object.
            Object::Plain => unsafe { plain_ziso_read_sector(buf, lsn, count) },
            // SAFETY: as above.
            Object::Overlap => unsafe { ziso_read_sector(buf, lsn, count) },
        };
        usize::try_from(read).unwrap_or(0)
    }
}

impl Drop for Disc<'_> {
    fn drop(&mut self) {
        MOUNTED.0.file.set(ptr::null());
        let memory = MOUNTED.0.memory.replace(ptr::null_mut());
        if !memory.is_null() {
            // SAFETY: of `ziso_alloc`. Each object is mounted once, and its thread is at rest between reads.
            unsafe { kernel::free(memory) };
        }
    }
}

/// Something that only the module's thread looks at.
struct Global<T>(T);

// SAFETY: see above: an object's own thread decodes, and calls nothing of the module.
unsafe impl<T> Sync for Global<T> {}

/// What is mounted: the file, and the object's memory.
struct Mounted {
    file: Cell<*const File>,
    memory: Cell<*mut c_void>,
}

static MOUNTED: Global<Mounted> = Global(Mounted {
    file: Cell::new(ptr::null()),
    memory: Cell::new(ptr::null_mut()),
});

/// cdvdman's settings, of which the objects look at one.
#[repr(C)]
struct Settings {
    others: [u8; 13],
    zso_cache: UnsafeCell<u8>,
    rest: [u8; 2],
}

const fn settings() -> Global<Settings> {
    Global(Settings {
        others: [0; 13],
        zso_cache: UnsafeCell::new(KEPT),
        rest: [0; 2],
    })
}

#[unsafe(export_name = "cdvdman_settings")]
static SETTINGS: Global<Settings> = settings();
#[unsafe(export_name = "plain_cdvdman_settings")]
static PLAIN_SETTINGS: Global<Settings> = settings();

#[unsafe(export_name = "ziso_alloc")]
extern "C" fn ziso_alloc(size: u32) -> *mut c_void {
    let memory = kernel::alloc(size);
    MOUNTED.0.memory.set(memory);
    memory
}

#[unsafe(export_name = "plain_ziso_alloc")]
extern "C" fn plain_ziso_alloc(size: u32) -> *mut c_void {
    ziso_alloc(size)
}

/// # Safety
/// `buffer` is writable for so many sectors.
#[unsafe(export_name = "DeviceReadSectors")]
unsafe extern "C" fn device_read_sectors(lsn: u64, buffer: *mut c_void, sectors: u32) -> i32 {
    let bytes = sectors as usize * SECTOR_SIZE;
    // SAFETY: the caller's promise.
    let buf = unsafe { slice::from_raw_parts_mut(buffer.cast::<u8>(), bytes) };
    // SAFETY: what a `Disc` has borrowed.
    let Some(file) = (unsafe { MOUNTED.0.file.get().as_ref() }) else {
        return FAILED;
    };
    let read = file.read_at(lsn << 11, buf).unwrap_or(0);
    match buf.get_mut(read..) {
        // A file's last sector may not be full.
        Some(rest) if rest.len() < SECTOR_SIZE => {
            rest.fill(0);
            OK
        }
        _ => FAILED,
    }
}

/// # Safety
/// As of [`device_read_sectors`].
#[unsafe(export_name = "plain_DeviceReadSectors")]
unsafe extern "C" fn plain_device_read_sectors(lsn: u64, buffer: *mut c_void, sectors: u32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { device_read_sectors(lsn, buffer, sectors) }
}
