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
//! | `iop` | the program | console |
#![no_std]
#![cfg_attr(target_arch = "mips", feature(asm_experimental_arch))]
#![deny(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]

pub mod manifest;
pub mod module;
pub mod protocol;
pub mod volume;

// Linted and documented anywhere.
#[cfg(any(target_arch = "mips", clippy, doc))]
mod iop;
