//! Where the program begins, and where it ends: after the last image, on an exception, or in a panic.
#![allow(unsafe_code, reason = "entry points, called by start.s")]

use core::panic::PanicInfo;

use super::memory;
use super::program;
use crate::protocol::{FAIL, PASS};

#[cfg(target_arch = "mips")]
core::arch::global_asm!(include_str!("start.s"));

/// Called once by `start.s`, with the program in RAM and all variables cleared.
#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    // SAFETY: nobody else takes it, and `start.s` calls this once.
    let memory = unsafe { memory::take() };
    match program::run(memory) {
        0 => say!("{PASS}"),
        failures => say!("{FAIL} {failures}"),
    }
    rest()
}

/// Called by `start.s` on any exception, none of which is meant.
#[unsafe(no_mangle)]
extern "C" fn exception(cause: u32, epc: u32, address: u32) -> ! {
    let number = cause >> 2 & 0x1F;
    let name = NAMES.get(number as usize).copied().unwrap_or("unknown");
    say!("exception {number} ({name}) at {epc:08x}, bad address {address:08x}");
    say!("{FAIL} exception");
    rest()
}

/// The R3000A's exceptions, by number.
const NAMES: [&str; 13] = [
    "interrupt",
    "TLB modification",
    "TLB load",
    "TLB store",
    "address error on load",
    "address error on store",
    "bus error on fetch",
    "bus error on load or store",
    "syscall",
    "break",
    "reserved instruction",
    "coprocessor unusable",
    "overflow",
];

#[cfg_attr(target_arch = "mips", panic_handler)]
#[cfg_attr(
    not(target_arch = "mips"),
    allow(dead_code, reason = "std has its own")
)]
fn panic(info: &PanicInfo<'_>) -> ! {
    say!("{info}");
    say!("{FAIL} panic");
    rest()
}

/// There is no way to switch the emulator off: whoever started it looks for the last line.
fn rest() -> ! {
    loop {
        core::hint::spin_loop();
    }
}
