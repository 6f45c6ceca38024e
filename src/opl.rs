//! The functions and variables of OPL's `zso.c`, for the modules that call them: cdvdman and isofs.
//!
//! Memory comes from OPL's `ziso_alloc`, once: a [`State`] and behind it the reader's sectors. `docs/opl.md` tells what
//! a developer of OPL has to know.
#![allow(unsafe_code, reason = "C boundary")]

mod device;

use core::ffi::c_void;
use core::slice;

use crate::disc::Disc;
use crate::drive::Drive;
use crate::format::{HEADER_SIZE, Header};
use crate::index::MOST_WINDOWS;
use crate::sector::{FileSector, SECTOR_SIZE, Sector};
use device::OplDevice;

core::arch::global_asm!(include_str!("opl/variables.s"));

/// OPL's variables, in the order of `variables.s`.
#[repr(C)]
struct Variables {
    /// The reader's sectors; null until there is a disc.
    tmp_buf: *mut u8,
    idx_cache: *mut u8,
    idx_start_block: i32,
    align: u32,
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
    /// How many of them are windows of the index.
    windows: usize,
    habit: Habit,
}

/// How the game reads, of late, from 0, always on where it was, to [`JUMPY`]: each request that goes on takes
/// one off, each jump adds two. In between, the memory stays divided as it was.
type Habit = u32;

/// At this much of jumping about, sectors are of more use as windows of the index than for reading ahead.
const JUMPY: Habit = 16;

/// The smallest number of sectors to read with: one window of the index, and the two that a block may touch.
const FEWEST_SECTORS: usize = 3;

/// The address of the variables. `la` is one pair of relocations that nothing else shares, as OPL's linker needs it.
fn variables() -> *mut Variables {
    let address;
    // SAFETY: takes an address.
    unsafe {
        core::arch::asm!("la $2, ziso_tmp_buf", out("$2") address, options(pure, nomem, nostack, preserves_flags));
    }
    address
}

/// Mounts the image that begins with `header`. If it cannot be read, no sector will be delivered.
///
/// # Safety
/// `header` is readable for 24 bytes, and no other function of this file is running.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ziso_init(header: *const [u8; HEADER_SIZE], _first_block: u32) {
    // SAFETY: the caller's promise; bytes need no alignment.
    let Ok(header) = Header::read(unsafe { &*header }) else {
        return;
    };
    let wanted = cache_sectors().wrapping_add(1).max(FEWEST_SECTORS);
    let Some((state, sectors)) = allocate(wanted).or_else(|| allocate(FEWEST_SECTORS)) else {
        return;
    };
    // SAFETY: allocated just now, with `sectors` sectors behind it.
    unsafe { divide(state, header, sectors, 1) };
    // SAFETY: inside what was allocated just now.
    unsafe { (&raw mut (*state).sectors).write(sectors) };
    // SAFETY: likewise.
    unsafe { (&raw mut (*state).windows).write(1) };
    // SAFETY: likewise.
    unsafe { (&raw mut (*state).habit).write(0) };
    let memory = state.wrapping_add(1);
    let variables = Variables {
        tmp_buf: memory.cast(),
        idx_cache: memory.cast(),
        idx_start_block: 0,
        align: header.align().into(),
        total_block: header.blocks(),
    };
    // SAFETY: they are as large, and nobody else looks at them meanwhile.
    unsafe { self::variables().write(variables) };
}

/// Reads sectors of the disc, and returns how many could be read before the end of the media or a failure.
///
/// # Safety
/// `buf` is writable for `count` sectors, and no other function of this file is running.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ziso_read_sector(buf: *mut c_void, sector: u32, count: u32) -> i32 {
    // SAFETY: nobody writes them meanwhile.
    let memory = unsafe { (*variables()).tmp_buf };
    if memory.is_null() {
        return 0;
    }
    // SAFETY: where there are sectors there is a state in front of them, which nothing else uses meanwhile.
    let state = unsafe { &mut *memory.cast::<State>().wrapping_sub(1) };
    let count = state.disc.available(sector, count);
    if count == 0 {
        return 0;
    }
    // SAFETY: writable for `count` sectors, as the caller promises; any bytes are bytes.
    let out = unsafe { slice::from_raw_parts_mut(buf.cast::<[u8; SECTOR_SIZE]>(), count as usize) };
    state.adapt(sector);
    // The number of sectors tells all that OPL wants to know.
    let (delivered, _) = state.disc.read(&mut Drive::new(OplDevice), sector, out);
    delivered as i32
}

impl State {
    /// Divides the memory anew where the game's habit has changed: windows of the index for jumps, all the rest for
    /// long runs. What was in memory has to be read again, which is rare.
    fn adapt(&mut self, lsn: u32) {
        let windows = if self.disc.continues(lsn) {
            self.habit = self.habit.saturating_sub(1);
            if self.habit > 0 {
                return;
            }
            1
        } else {
            self.habit = self.habit.wrapping_add(2);
            if self.habit < JUMPY {
                return;
            }
            self.habit = JUMPY;
            (self.sectors >> 1).min(MOST_WINDOWS)
        };
        if windows == self.windows {
            return;
        }
        self.windows = windows;
        let (header, sectors) = (self.disc.plan.header, self.sectors);
        // SAFETY: this state has as many sectors behind it, and the disc that used them goes away.
        unsafe { divide(self, header, sectors, windows) };
    }
}

/// Divides the sectors behind a state, `windows` of them for the index, and puts a disc that uses them into it.
///
/// # Safety
/// The state is writable, but for its disc it may hold anything; there are `sectors` sectors behind it, which nobody
/// else uses as long as the disc exists.
#[inline(never)]
unsafe fn divide(state: *mut State, header: Header, sectors: usize, windows: usize) {
    let memory = state.wrapping_add(1).cast::<Sector>();
    // SAFETY: the caller's promise; any bytes are sectors.
    let memory = unsafe { slice::from_raw_parts_mut(memory, sectors) };
    if let Ok(disc) = Disc::new(header, None, memory, windows, FileSector::NOWHERE) {
        // SAFETY: the caller's promise.
        unsafe { (&raw mut (*state).disc).write(disc) };
    }
}

/// Memory for a state and `sectors` sectors, aligned as they want it.
fn allocate(sectors: usize) -> Option<(*mut State, usize)> {
    let size = size_of::<State>() + align_of::<State>();
    let size = sectors.wrapping_mul(SECTOR_SIZE).wrapping_add(size);
    // SAFETY: OPL's allocator takes any size.
    let memory = unsafe { ziso_alloc(size as u32) };
    let aligned = memory.wrapping_byte_add(memory.align_offset(align_of::<State>()));
    (!memory.is_null()).then_some((aligned.cast(), sectors))
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
