//! The functions and variables of OPL's `zso.c`, for the modules that call them: cdvdman and isofs.
//!
//! Memory comes from OPL's `ziso_alloc`, once: a [`State`], and after it the reader's sectors. `docs/opl.md` tells what
//! a developer of OPL has to know. What differs between the three objects is a [`Module`], and each has a file with its
//! exported functions.
#![allow(unsafe_code, reason = "C boundary")]

#[cfg(any(feature = "opl", feature = "overlap"))]
mod backend;
#[cfg(feature = "opl")]
mod cdvdman;
#[cfg(feature = "isofs")]
mod isofs;
#[cfg(feature = "overlap")]
mod overlap;
#[cfg(feature = "overlap")]
mod worker;

use core::ffi::c_void;
use core::slice;

use super::address_of;
use crate::device::SectorDevice;
use crate::format::HEADER_SIZE;
use crate::lean::Policy;
use crate::lean::disc::Disc;
use crate::lean::header::Header;
use crate::lean::memory::Memory;
use crate::sector::{SECTOR_SIZE, Sector};

#[cfg(target_arch = "mips")]
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

/// A module of OPL's that the reader is linked into.
trait Module {
    type Policy: Policy + 'static;

    /// What is kept besides the disc; any bytes are one.
    type Worker;

    /// Sectors that the module's settings have for a cache, to be used by the reader.
    fn cache_sectors() -> usize;

    /// Gets ready to work while the device reads, if there will be a read-ahead buffer.
    fn start(_worker: &mut Self::Worker, _reads_ahead: bool) {}

    /// The compressed file.
    fn device(worker: &Self::Worker) -> impl SectorDevice;
}

/// Defines OPL's two functions for a module.
macro_rules! export {
    ($module:ty) => {
        /// See `init`.
        ///
        /// # Safety
        /// As there.
        #[cfg_attr(target_arch = "mips", unsafe(no_mangle))]
        pub unsafe extern "C" fn ziso_init(
            header: *const [u8; crate::format::HEADER_SIZE],
            _first_block: u32,
        ) {
            // SAFETY: the caller's promise.
            unsafe { super::init::<$module>(header) }
        }

        /// See `read_sector`.
        ///
        /// # Safety
        /// As there.
        #[cfg_attr(target_arch = "mips", unsafe(no_mangle))]
        pub unsafe extern "C" fn ziso_read_sector(
            buf: *mut core::ffi::c_void,
            sector: u32,
            count: u32,
        ) -> i32 {
            // SAFETY: the caller's promise.
            unsafe { super::read_sector::<$module>(buf, sector, count) }
        }
    };
}
use export;

/// What is kept before the reader's sectors.
#[repr(C, align(64))]
struct State<M: Module> {
    disc: Disc<'static, M::Policy>,
    worker: M::Worker,
}

/// From how many sectors on some of them are a read-ahead buffer. A smaller one would take more requests than none,
/// with which one sector is enough.
const AHEAD_FROM: usize = 5;

/// Mounts the image that begins with `header`, in place of the one before. If it cannot be read, no sector will be
/// delivered.
///
/// # Safety
/// `header` is readable for 24 bytes, no other function of this file is running, and all calls are for the same module.
#[inline(always)]
unsafe fn init<M: Module>(header: *const [u8; HEADER_SIZE]) {
    let variables = address_of!(ziso_tmp_buf: Variables);
    // SAFETY: they hold zeros or what was put there below, and nobody else looks at them meanwhile.
    let variables = unsafe { &mut *variables };
    variables.total_block = 0;
    // SAFETY: the caller's promise; bytes need no alignment.
    let Ok(header) = Header::read(unsafe { &*header }) else {
        return;
    };
    if variables.tmp_buf.is_null() {
        let mut sectors = M::cache_sectors().wrapping_add(1);
        if sectors < AHEAD_FROM {
            sectors = 1;
        }
        let mut memory = allocate::<M>(sectors);
        if memory.is_null() {
            sectors = 1;
            memory = allocate::<M>(sectors);
        }
        if memory.is_null() {
            return;
        }
        let slack = const { slack::<M>() };
        let memory = memory.map_addr(|address| address.wrapping_add(slack) & !slack);
        let after = memory.wrapping_add(1).cast::<Sector>();
        variables.tmp_buf = after.cast();
        // SAFETY: so many sectors were allocated after the state, for ever; any bytes are sectors.
        let sectors = unsafe { slice::from_raw_parts_mut(after, sectors) };
        // SAFETY: allocated and aligned; a state is numbers and pointers, which any bytes are.
        let state = unsafe { &mut *memory };
        M::start(&mut state.worker, sectors.len() > 1);
        state.disc.give(Memory::new(sectors));
    }
    // SAFETY: made above or earlier, and nobody else uses it meanwhile.
    let state = unsafe { &mut *variables.state::<M>() };
    state.disc.restart(header);
    variables.align = header.align().into();
    variables.total_block = header.blocks();
}

/// Reads sectors of the disc, and returns how many could be read before the end of the media or a failure.
///
/// Without a read-ahead buffer the device reads to `buf` itself, so that should be aligned as it wants it: cdvdman
/// aligns to 4 bytes.
///
/// # Safety
/// `buf` is writable for `count` sectors, no other function of this file is running, and all calls are for the same
/// module.
#[inline(always)]
unsafe fn read_sector<M: Module>(buf: *mut c_void, sector: u32, count: u32) -> i32 {
    let variables = address_of!(ziso_tmp_buf: Variables);
    // SAFETY: as in `init`.
    let variables = unsafe { &*variables };
    let count = count.min(variables.total_block.saturating_sub(sector));
    if count == 0 {
        return 0;
    }
    // SAFETY: there are sectors, so there is a state, which nobody else uses meanwhile.
    let state = unsafe { &mut *variables.state::<M>() };
    // SAFETY: writable for `count` sectors, as the caller promises; any bytes are bytes.
    let out = unsafe { slice::from_raw_parts_mut(buf.cast::<[u8; SECTOR_SIZE]>(), count as usize) };
    let mut device = M::device(&state.worker);
    // The number of sectors tells all that OPL wants to know.
    let (delivered, _) = state.disc.read(&mut device, sector, out);
    delivered as i32
}

impl Variables {
    /// The state before the reader's sectors.
    fn state<M: Module>(&self) -> *mut State<M> {
        self.tmp_buf.cast::<State<M>>().wrapping_sub(1)
    }
}

/// What an address can lack to the alignment of a state.
const fn slack<M: Module>() -> usize {
    align_of::<State<M>>().wrapping_sub(1)
}

/// Memory for a state and `sectors` sectors after it, not aligned yet; or null.
fn allocate<M: Module>(sectors: usize) -> *mut State<M> {
    let size = sectors
        .wrapping_mul(SECTOR_SIZE)
        .wrapping_add(size_of::<State<M>>())
        .wrapping_add(slack::<M>());
    // SAFETY: OPL's allocator takes any size.
    unsafe { ziso_alloc(size as u32) }.cast()
}
