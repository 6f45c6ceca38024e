//! `zso_selftest.irx`, loaded from the disc: the functions of a kernel that it needs, and its start.
//!
//! Its files are the host's. What it prints depends on how fast the machine is, but for the last line.
#![allow(unsafe_code, reason = "a kernel's functions, and a module's start")]

use core::cell::Cell;
use core::ffi::{CStr, c_char, c_void};
use core::{ptr, slice};

use zso::{Sector, SectorDevice};

use super::clock::Instant;
use super::console;
use super::host_file;
use super::kernel;
use super::program::{Fault, Machine};
use crate::module::Module;
use crate::protocol::{SELFTEST, TIME};

/// Sectors that the file and the module have room for, each.
const MODULE_SECTORS: usize = 16;
/// What the last line begins with, if all is well.
const PASS: &str = "PASS: ";
/// How lines begin that are the same on every machine.
const TOLD: [&str; 3] = [PASS, "FAIL: ", "the report "];

const ARGUMENTS: [&CStr; 4] = [
    c"zso_selftest.irx",
    c"host:GAME.ZSO",
    c"host:GAME.CRC",
    c"host:REPORT.TXT",
];

/// What the module is given of the program's memory, and what it has said.
struct Kernel {
    next: Cell<usize>,
    end: Cell<usize>,
    passed: Cell<bool>,
}

// SAFETY: there is one processor, which nothing interrupts.
unsafe impl Sync for Kernel {}

static KERNEL: Kernel = Kernel {
    next: Cell::new(0),
    end: Cell::new(0),
    passed: Cell::new(false),
};

type Start = unsafe extern "C" fn(i32, *const *const c_char) -> i32;

/// Loads the module and runs it; returns whether it says that all is well.
pub(crate) fn run(machine: &mut Machine<'_>) -> Result<bool, Fault> {
    let extent = machine.find(SELFTEST)?;
    let (file, memory) = machine
        .memory
        .split_at_mut_checked(MODULE_SECTORS)
        .ok_or(Fault::Memory)?;
    let (place, heap) = memory
        .split_at_mut_checked(MODULE_SECTORS)
        .ok_or(Fault::Memory)?;
    let sectors = file
        .get_mut(..extent.sectors() as usize)
        .ok_or(Fault::Memory)?;
    let file = Sector::bytes_mut(sectors);
    machine
        .cdvd
        .read_sectors(extent.lsn, file)
        .map_err(Fault::Drive)?;
    let heap = Sector::bytes_mut(heap).as_mut_ptr_range();
    KERNEL.next.set(heap.start as usize);
    KERNEL.end.set(heap.end as usize);
    let place = Sector::bytes_mut(place);
    let module = Module::parse(file).map_err(Fault::Module)?;
    let base = place.as_ptr() as usize as u32;
    let start = module.load(base, place, function).map_err(Fault::Module)?;
    let arguments = ARGUMENTS.map(CStr::as_ptr);
    // SAFETY: where the module begins, whose code nobody has run or cached yet.
    let start = unsafe { core::mem::transmute::<usize, Start>(start as usize) };
    // SAFETY: so many strings.
    unsafe { start(arguments.len() as i32, arguments.as_ptr()) };
    Ok(KERNEL.passed.get())
}

/// The function of a library, as the kernel's loader finds it.
fn function(library: &[u8; 8], number: u32) -> Option<u32> {
    let function = match (library, number) {
        (b"sysmem\0\0", 4) => alloc_sys_memory as *const (),
        (b"sysmem\0\0", 5) => free_sys_memory as *const (),
        (b"stdio\0\0\0", 4) => printf as *const (),
        (b"thbase\0\0", 34) => get_system_time as *const (),
        (b"iomanx\0\0", _) => host_file::function(number)?,
        (b"thbase\0\0", _) | (b"thsemap\0", _) => kernel::function(library, number)?,
        _ => return None,
    };
    Some(function as usize as u32)
}

/// Memory is given once, and is not taken back.
extern "C" fn alloc_sys_memory(_mode: i32, size: u32, _place: *mut c_void) -> *mut c_void {
    let start = KERNEL.next.get();
    let end = start + (size as usize).next_multiple_of(256);
    if end > KERNEL.end.get() {
        return ptr::null_mut();
    }
    KERNEL.next.set(end);
    start as *mut c_void
}

extern "C" fn free_sys_memory(_memory: *mut c_void) -> i32 {
    0
}

/// # Safety
/// `text` is a string.
unsafe extern "C" fn printf(_format: *const c_char, text: *const c_char) -> i32 {
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(text) }
        .to_str()
        .unwrap_or("no text");
    for line in text.lines() {
        console::line(TIME, format_args!("{SELFTEST} {line}"));
    }
    for line in text
        .lines()
        .filter(|line| TOLD.iter().any(|start| line.starts_with(start)))
    {
        KERNEL.passed.set(line.starts_with(PASS));
        say!("{SELFTEST} {line}");
    }
    0
}

/// # Safety
/// There is room for two words.
unsafe extern "C" fn get_system_time(clock: *mut u32) -> i32 {
    // SAFETY: the caller's promise.
    let clock = unsafe { slice::from_raw_parts_mut(clock, 2) };
    clock.copy_from_slice(&[Instant::now().cycles(), 0]);
    0
}
