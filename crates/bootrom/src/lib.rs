//! A boot ROM of our own for the PlayStation 2, and what it has in common with the program that builds it.
//!
//! The ROM needs nothing of Sony's. The EE waits, the IOP copies the program to its RAM and runs it: it reads a
//! [`manifest`] from the disc, mounts the images that are named there with the functions of `include/zso.h`, reads
//! them through, and says what came of it, line by line, on a console that emulators have.
//!
//! | module | what it does | where |
//! |---|---|---|
//! | [`manifest`] | what the disc tells the ROM to do | console, tools |
//! | [`protocol`] | what lines of the console mean | console, tools |
//! | [`module`] | puts a module into memory, out of an IRX file | console, tests |
//! | [`volume`] | finds files on an ISO 9660 disc | console, tests |
//! | `start.s`, `start` | from reset to the program, and out of it | console |
//! | `registers` | every register that is touched | console |
//! | `console`, `clock` | output; root counter 5 | console |
//! | `cdvd` | the disc drive: commands, DMA | console |
//! | `disc_file`, `host_file`, `faulty` | files as devices of the reader | console |
//! | `reader` | the functions of `include/zso.h` | console |
//! | `opl`, `kernel` | the functions of the object for OPL with a thread, and what is around it | console |
//! | `selftest` | the module for volunteers' consoles, with a kernel's functions around it | console |
//! | `image`, `overlap`, `cases`, `program` | what is done with them | console |
#![no_std]
#![cfg_attr(target_arch = "mips", feature(asm_experimental_arch))]
#![deny(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]

pub mod manifest;
pub mod module;
pub mod protocol;
pub mod volume;

// What follows is made for the console, and linted and documented anywhere.
#[cfg(any(target_arch = "mips", clippy, doc))]
#[macro_use]
mod console;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod cases;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod cdvd;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod clock;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod disc_file;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod faulty;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod host_file;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod image;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod kernel;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod memory;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod opl;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod overlap;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod program;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod reader;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod registers;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod selftest;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod start;
