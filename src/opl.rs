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

use crate::disc::Disc;
use crate::drive::Drive;
use crate::format::{HEADER_SIZE, Header};
use crate::sector::{FileSector, SECTOR_SIZE, Sector};
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
    /// How many sectors there are.
    sectors: usize,
    /// Which part of them are windows of the index: [`LITTLE_INDEX`] or [`MUCH_INDEX`].
    shift: u32,
    habit: Habit,
    #[cfg(feature = "overlap")]
    worker: Worker,
}

/// How the game reads, of late, from 0, always on where it was, to [`JUMPY`]: each jump adds two, each
/// request that goes on takes them off. In between, the memory stays divided as it was.
type Habit = u32;

/// At this much of jumping about, sectors are of more use as windows of the index than for reading ahead.
const JUMPY: Habit = 16;

/// One sector in eight for the index: two streams far apart, and all the rest for reading ahead.
const LITTLE_INDEX: u32 = 3;
/// One sector in two for the index.
const MUCH_INDEX: u32 = 1;

/// The smallest number of sectors to read with: one window of the index, and the two that a block may touch.
const FEWEST_SECTORS: usize = 3;

/// From how many sectors on they are enough for a request and the one after it.
#[cfg(feature = "overlap")]
const OVERLAP_FROM: usize = 15;

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
        let mut sectors = cache_sectors().wrapping_add(1).max(FEWEST_SECTORS);
        let mut memory = allocate(sectors);
        if memory.is_null() {
            sectors = FEWEST_SECTORS;
            memory = allocate(sectors);
        }
        if memory.is_null() {
            return;
        }
        let state = memory.map_addr(|address| address.wrapping_add(SLACK) & !SLACK);
        // SAFETY: inside what was allocated just now.
        unsafe { (&raw mut (*state).sectors).write(sectors) };
        #[cfg(feature = "overlap")]
        // SAFETY: likewise, and what is allocated is there for ever.
        unsafe {
            Worker::put(&raw mut (*state).worker, sectors >= OVERLAP_FROM);
        }
        variables.tmp_buf = state.wrapping_add(1).cast();
    }
    let state = variables.state();
    // SAFETY: allocated, aligned, and with its number of sectors in it.
    let sectors = unsafe { (&raw const (*state).sectors).read() };
    // SAFETY: there are as many behind it, and the disc that used them goes away.
    unsafe { divide(state, &raw const header, sectors, LITTLE_INDEX) };
    // SAFETY: allocated and aligned.
    unsafe { (&raw mut (*state).habit).write(0) };
    variables.align = header.align().into();
    variables.total_block = header.blocks();
}

/// Reads sectors of the disc, and returns how many could be read before the end of the media or a failure.
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
        let shift = if self.disc.continues(lsn) {
            self.habit = self.habit.saturating_sub(2);
            if self.habit > 0 {
                return;
            }
            LITTLE_INDEX
        } else {
            self.habit = self.habit.wrapping_add(2).min(JUMPY);
            if self.habit < JUMPY {
                return;
            }
            MUCH_INDEX
        };
        if shift == self.shift {
            return;
        }
        let (header, sectors) = (&raw const self.disc.plan.header, self.sectors);
        // SAFETY: this state has as many sectors behind it, and the disc that used them goes away.
        unsafe { divide(self, header, sectors, shift) };
    }
}

/// Divides the sectors behind a state, `1 << shift`th of them for the index, and puts a disc that uses them into it.
///
/// # Safety
/// The header is readable, and may be the state's own. The state is writable, whatever it holds; there are `sectors`
/// sectors behind it, which nobody else uses as long as the disc exists.
#[inline(never)]
unsafe fn divide(state: *mut State, header: *const Header, sectors: usize, shift: u32) {
    // SAFETY: the caller's promise.
    let header = unsafe { header.read() };
    let windows = sectors >> shift | 1;
    let memory = state.wrapping_add(1).cast::<Sector>();
    // SAFETY: the caller's promise; any bytes are sectors.
    let memory = unsafe { slice::from_raw_parts_mut(memory, sectors) };
    if let Ok(disc) = Disc::new(header, None, memory, windows, FileSector::NOWHERE) {
        // SAFETY: the caller's promise.
        unsafe { (&raw mut (*state).disc).write(disc) };
        // SAFETY: likewise.
        unsafe { (&raw mut (*state).shift).write(shift) };
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
