//! The functions of `device-fhi.c` in Neutrino's cdvdman_emu: the disc that is file handle 0, be it an image as it is
//! or a compressed one, and all other handles as they are.
//!
//! `docs/neutrino.md` tells what a developer of Neutrino has to know. Of an image that is not compressed, four words
//! are kept.
#![allow(unsafe_code, reason = "C boundary")]

mod provider;

use core::ffi::c_void;
use core::slice;

use super::address_of;
use crate::code::Code;
use crate::device::{DEVICE_SECTOR_SIZE, FhiDevice, FileHandle};
use crate::lean::Fine;
use crate::lean::disc::{Disc, FEWEST_SECTORS};
use crate::lean::header::Header;
use crate::lean::memory::Memory;
use crate::sector::{SECTOR_SIZE, Sector};
use provider::Provider;

#[cfg(target_arch = "mips")]
core::arch::global_asm!(include_str!("neutrino/variables.s"));

/// What is kept of any image, in the order of `variables.s`.
#[repr(C)]
struct Variables {
    provider: Option<Provider>,
    /// Sectors of the disc; 0 until its device is there.
    sectors: u32,
    /// Null for an image as it is, or what a compressed one is read with.
    state: *mut State,
}

/// A compressed disc; the reader's sectors follow it.
#[repr(C, align(64))]
struct State {
    /// Of no sectors if it cannot be read.
    disc: Disc<'static, Fine>,
    device: FhiDevice<Provider>,
}

/// Sectors of memory for a compressed disc: two of the index, the straddle buffer, and fourteen for what is read ahead.
const SECTORS: usize = 17;

/// `SCECdErNO` and `SCECdErREAD`.
const NO_ERROR: i32 = 0x00;
const READ_ERROR: i32 = 0x30;

/// How a handle and a sector share a number.
const HANDLE_SHIFT: u32 = 23;

/// The handle of the disc.
const DISC: u32 = 0;

/// Microseconds between looks for the device.
const PATIENCE: i32 = 100_000;

unsafe extern "C" {
    /// `sysmem`.
    fn AllocSysMemory(mode: i32, size: u32, place: *mut c_void) -> *mut c_void;
    /// `thbase`.
    fn DelayThread(microseconds: i32) -> i32;
}

/// The disc's sectors, once its device is there; waits for that. 0 if it cannot be read now: the next call tries again.
///
/// # Safety
/// No other function of this file is running.
#[cfg_attr(target_arch = "mips", unsafe(no_mangle))]
pub unsafe extern "C" fn fhi_get_lsn() -> u32 {
    let variables = address_of!(zso_fhi_variables: Variables);
    // SAFETY: they hold zeros or what was put there below, and nobody else looks at them meanwhile.
    let variables = unsafe { &mut *variables };
    if variables.sectors == 0 {
        variables.connect();
    }
    variables.sectors
}

/// Reads sectors of the disc, or of what else has a handle.
///
/// # Safety
/// `buffer` is writable for `sectors` sectors, and no other function of this file is running.
#[cfg_attr(target_arch = "mips", unsafe(no_mangle))]
pub unsafe extern "C" fn fhi_read_sectors(vlsn: u32, buffer: *mut c_void, sectors: u32) -> i32 {
    let variables = address_of!(zso_fhi_variables: Variables);
    // SAFETY: as in `fhi_get_lsn`.
    let variables = unsafe { &mut *variables };
    if variables.sectors == 0 {
        variables.connect();
    }
    if variables.sectors == 0 {
        return READ_ERROR;
    }
    let (handle, lsn) = (vlsn >> HANDLE_SHIFT, vlsn & !(u32::MAX << HANDLE_SHIFT));
    let all_read = if handle == DISC && !variables.state.is_null() {
        // SAFETY: made by `connect`, and used by nobody else meanwhile.
        let state = unsafe { &mut *variables.state };
        let buffer = buffer.cast::<[u8; SECTOR_SIZE]>();
        // SAFETY: writable for so many sectors by the caller's promise; any bytes are bytes.
        let out = unsafe { slice::from_raw_parts_mut(buffer, sectors as usize) };
        state.read(lsn, out)
    } else {
        variables.read_plain(handle, lsn, buffer, sectors)
    };
    if all_read { NO_ERROR } else { READ_ERROR }
}

impl Variables {
    /// Waits for the device, and finds out what the disc is.
    #[inline(never)]
    fn connect(&mut self) {
        // The first sector of the file is of no use afterwards.
        let mut first = FirstBlock([[0; DEVICE_SECTOR_SIZE]; 1]);
        // SAFETY: the module loads this library, or waits for it.
        let mut provider = unsafe { Provider::find() };
        self.provider = Some(provider);
        let blocks = loop {
            let blocks = provider.size();
            if blocks > 0 {
                break blocks;
            }
            // SAFETY: this is a thread, as cdvdman's readers are.
            unsafe { DelayThread(PATIENCE) };
        };
        self.sectors = blocks.div_ceil((SECTOR_SIZE / DEVICE_SECTOR_SIZE) as u32);
        if provider.read(0, &mut first.0) != 1 {
            // Tried again by the next call.
            self.sectors = 0;
            return;
        }
        match first.header() {
            Err(Code::NotZso) => {}
            header => self.open(provider, header),
        }
    }

    /// Gets ready to read a compressed disc: one with a damaged header fails when it is read.
    fn open(&mut self, provider: Provider, header: Result<Header, Code>) {
        let (memory, sectors) = allocate();
        let (Some(device), false) = (FhiDevice::new(provider), memory.is_null()) else {
            self.sectors = 0;
            return;
        };
        // SAFETY: so many sectors follow the state, in memory that was allocated just now; any bytes are sectors.
        let after =
            unsafe { slice::from_raw_parts_mut(memory.wrapping_add(1).cast::<Sector>(), sectors) };
        // SAFETY: allocated just now, and aligned; a state is numbers and pointers, which any bytes are.
        let state = unsafe { &mut *memory };
        state.device = device;
        state.disc.give(Memory::new(after));
        let header = header.unwrap_or(Header::EMPTY);
        state.disc.restart(header);
        if header.blocks() > 0 {
            self.sectors = header.blocks();
        }
        self.state = memory;
    }

    /// Reads from a file as it is, and tells whether all could be read.
    fn read_plain(&self, handle: u32, lsn: u32, buffer: *mut c_void, sectors: u32) -> bool {
        /// `log2` of the interface's sectors in one of the disc.
        const SCALE: u32 = (SECTOR_SIZE / DEVICE_SECTOR_SIZE).trailing_zeros();
        let count = sectors << SCALE;
        self.provider.is_some_and(|provider| {
            // SAFETY: writable for so many sectors by the promise to `fhi_read_sectors`.
            let read = unsafe { provider.read_any(handle, buffer, lsn << SCALE, count) };
            read as u32 == count
        })
    }
}

impl State {
    /// Reads sectors of the disc, and tells whether all could be read.
    fn read(&mut self, lsn: u32, out: &mut [[u8; SECTOR_SIZE]]) -> bool {
        let count = out.len() as u32;
        if count == 0 {
            return true;
        }
        if self.disc.plan.header.available(lsn, count) != count {
            return false;
        }
        self.disc.read(&mut self.device, lsn, out).1.is_ok()
    }
}

/// The first sector of the interface.
#[repr(C, align(64))]
struct FirstBlock([[u8; DEVICE_SECTOR_SIZE]; 1]);

impl FirstBlock {
    fn header(&self) -> Result<Header, Code> {
        let bytes = self.0.as_flattened();
        Header::read(bytes.first_chunk().ok_or(Code::Internal)?)
    }
}

/// Memory for a state and as many sectors after it as there is memory for; null if there is none.
fn allocate() -> (*mut State, usize) {
    /// What an address can lack to the alignment of a state.
    const SLACK: usize = align_of::<State>() - 1;
    for sectors in [SECTORS, FEWEST_SECTORS as usize] {
        let size = sectors
            .wrapping_mul(SECTOR_SIZE)
            .wrapping_add(const { size_of::<State>() + SLACK });
        // SAFETY: the kernel's allocator takes any size.
        let memory = unsafe { AllocSysMemory(0, size as u32, core::ptr::null_mut()) };
        if !memory.is_null() {
            let memory = memory.cast::<State>();
            let aligned = memory.map_addr(|address| address.wrapping_add(SLACK) & !SLACK);
            return (aligned, sectors);
        }
    }
    (core::ptr::null_mut(), 0)
}
