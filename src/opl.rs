//! The functions and variables of OPL's `zso.c`, for the modules that call them: cdvdman and isofs.
//!
//! Memory comes from OPL's `ziso_alloc`, once: a [`State`] and behind it the reader's sectors. `docs/opl.md` tells what
//! a developer of OPL has to know.
#![allow(unsafe_code, reason = "C boundary")]

mod device;
#[cfg(feature = "overlap")]
mod worker;

use core::ffi::c_void;
use core::slice;

use crate::disc::{Disc, LITTLE_INDEX};
use crate::drive::Drive;
use crate::format::{HEADER_SIZE, Header};
use crate::plan::Plan;
use crate::room::Room;
use crate::sector::{SECTOR_SIZE, Sector};
#[cfg(not(feature = "overlap"))]
use device::OplDevice;
#[cfg(feature = "overlap")]
use worker::{OverlappedDevice, Worker};

core::arch::global_asm!(include_str!("opl/variables.s"));

/// OPL's variables, in the order of `variables.s`.
#[repr(C)]
struct Variables {
    /// The reader's sectors; null until they are allocated.
    tmp_buf: *mut u8,
    /// Null: `read_raw_data` compares it with where it is to read to.
    _idx_cache: *mut u8,
    /// 0, and of no use to anyone.
    _idx_start_block: i32,
    align: u32,
    /// Sectors that can be read: 0 without a disc.
    total_block: u32,
}

unsafe extern "C" {
    fn ziso_alloc(size: u32) -> *mut c_void;
}

/// What stands in front of the reader's sectors.
#[repr(C, align(64))]
struct State {
    disc: Disc<'static>,
    /// Which part of them are windows of the index: [`LITTLE_INDEX`] or [`MUCH_INDEX`].
    shift: u32,
    habit: Habit,
    #[cfg(feature = "overlap")]
    worker: Worker,
}

/// How the game has read of late: a bit for each request, the last one lowest; set if it jumped. Eight of a kind decide
/// what is worth more, windows of the index or sectors read ahead.
type Habit = u32;

/// From how many sectors on some of them are a stage. A smaller one would take more requests than none, with which one
/// sector is enough.
const STAGE_FROM: usize = 5;

/// One sector in two for the index; of 16 it is 9, as a stage of 7 is enough for short reads.
const MUCH_INDEX: u32 = 1;

/// The address of the variables. `la` is one pair of relocations that nothing else shares, as OPL's linker needs it.
fn variables() -> *mut Variables {
    let address;
    // SAFETY: takes an address.
    unsafe {
        core::arch::asm!("la $2, ziso_tmp_buf", out("$2") address, options(pure, nomem, nostack, preserves_flags));
    }
    address
}

/// Mounts the image that begins with `header`, in place of the one before. If it cannot be read, no sector will be
/// delivered.
///
/// # Safety
/// `header` is readable for 24 bytes, and no other function of this file is running.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ziso_init(header: *const [u8; HEADER_SIZE], _first_block: u32) {
    // SAFETY: they hold zeros or what was put there below, and nobody else looks at them meanwhile.
    let variables = unsafe { &mut *variables() };
    variables.total_block = 0;
    // SAFETY: the caller's promise; bytes need no alignment.
    let Ok(header) = Header::read(unsafe { &*header }) else {
        return;
    };
    if variables.tmp_buf.is_null() {
        let mut sectors = cache_sectors().wrapping_add(1);
        if sectors < STAGE_FROM {
            sectors = 1;
        }
        let mut memory = allocate(sectors);
        if memory.is_null() {
            sectors = 1;
            memory = allocate(sectors);
        }
        if memory.is_null() {
            return;
        }
        let memory = memory.map_addr(|address| address.wrapping_add(SLACK) & !SLACK);
        let behind = memory.wrapping_add(1).cast::<Sector>();
        variables.tmp_buf = behind.cast();
        // SAFETY: so many sectors were allocated behind the state, for ever; any bytes are sectors.
        let sectors = unsafe { slice::from_raw_parts_mut(behind, sectors) };
        // SAFETY: allocated and aligned; a state is numbers and pointers, which any bytes are.
        let state = unsafe { &mut *memory };
        #[cfg(feature = "overlap")]
        state.worker.start(sectors.len() > 1);
        state.disc.memory = Room::new(sectors);
    }
    // SAFETY: made above or earlier, and nobody else uses it meanwhile.
    let state = unsafe { &mut *variables.state() };
    state.disc.plan = Plan::new(header);
    state.habit = 0;
    state.divide(LITTLE_INDEX);
    variables.align = header.align().into();
    variables.total_block = header.blocks();
}

/// Reads sectors of the disc, and returns how many could be read before the end of the media or a failure.
///
/// Without a stage the device reads to `buf` itself, so that should be aligned as it wants it: cdvdman aligns to 4 bytes.
///
/// # Safety
/// `buf` is writable for `count` sectors, and no other function of this file is running.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ziso_read_sector(buf: *mut c_void, sector: u32, count: u32) -> i32 {
    // SAFETY: as in `ziso_init`.
    let variables = unsafe { &*variables() };
    let count = count.min(variables.total_block.saturating_sub(sector));
    if count == 0 {
        return 0;
    }
    // SAFETY: there are sectors, so there is a state, which nobody else uses meanwhile.
    let state = unsafe { &mut *variables.state() };
    // SAFETY: writable for `count` sectors, as the caller promises; any bytes are bytes.
    let out = unsafe { slice::from_raw_parts_mut(buf.cast::<[u8; SECTOR_SIZE]>(), count as usize) };
    if cfg!(not(feature = "isofs")) {
        state.adapt(sector);
    }
    // The number of sectors tells all that OPL wants to know.
    #[cfg(not(feature = "overlap"))]
    let device = OplDevice;
    #[cfg(feature = "overlap")]
    let device = OverlappedDevice(&state.worker);
    let (delivered, _) = state.disc.read(&mut Drive::new(device), sector, out);
    delivered as i32
}

impl Variables {
    /// The state in front of the reader's sectors.
    fn state(&self) -> *mut State {
        self.tmp_buf.cast::<State>().wrapping_sub(1)
    }
}

impl State {
    /// Divides the memory anew where the game's habit has changed: windows of the index for jumps, all the rest for
    /// long runs. What was in memory has to be read again, which is rare.
    fn adapt(&mut self, lsn: u32) {
        self.habit = self.habit << 1 | u32::from(!self.disc.run.continues(lsn));
        let shift = match self.habit as u8 {
            0 => LITTLE_INDEX,
            u8::MAX => MUCH_INDEX,
            _ => return,
        };
        if shift != self.shift {
            self.divide(shift);
        }
    }

    fn divide(&mut self, shift: u32) {
        self.shift = shift;
        self.disc.divide(shift);
    }
}

/// What an address can lack to the alignment of a state.
const SLACK: usize = align_of::<State>() - 1;

/// Memory for a state and `sectors` sectors behind it, not aligned yet; or null.
fn allocate(sectors: usize) -> *mut State {
    let size = sectors
        .wrapping_mul(SECTOR_SIZE)
        .wrapping_add(size_of::<State>() + SLACK);
    // SAFETY: OPL's allocator takes any size.
    unsafe { ziso_alloc(size as u32) }.cast()
}

/// Sectors that OPL's own cache would have taken, which is then off: the reader's stage is of more use.
#[cfg(not(feature = "isofs"))]
fn cache_sectors() -> usize {
    /// Where `zso_cache` is in `cdvdman_settings`.
    const ZSO_CACHE: usize = 13;
    let settings: *mut u8;
    // SAFETY: takes an address.
    unsafe {
        core::arch::asm!("la $2, cdvdman_settings", out("$2") settings, options(pure, nomem, nostack, preserves_flags));
    }
    let cache = settings.wrapping_add(ZSO_CACHE);
    // SAFETY: inside the settings, which nobody else uses meanwhile.
    let sectors = unsafe { cache.read() };
    // SAFETY: likewise.
    unsafe { cache.write(0) };
    sectors.into()
}

/// `isofs` has no settings, and no cache.
#[cfg(feature = "isofs")]
fn cache_sectors() -> usize {
    0
}
