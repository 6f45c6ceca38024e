//! `zso_selftest.irx`: a module for a console that reads a ZSO file through the objects for Open PS2 Loader, compares
//! each sector with a list of checksums, takes the time, and writes a report. How to run it is in docs/selftest.md.
//!
//! | module | what it does | where |
//! |---|---|---|
//! | [`list`] | the list of checksums, as `ziso verify --crc-list` writes it | console, tests |
//! | [`pattern`] | which sectors are read, in which order | console, tests |
//! | [`text`] | the report's lines | console, tests |
//! | `kernel`, `imports.s` | files, memory, time, threads and the log | console |
//! | `objects` | `zso_opl.o`, `zso_opl_overlap.o`, and the module around them | console |
//! | `run` | all of it together | console |
#![no_std]
#![cfg_attr(target_arch = "mips", feature(asm_experimental_arch))]
#![deny(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]

pub mod list;
pub mod pattern;
pub mod text;

// What follows is made for the console, and linted and documented anywhere.
#[cfg(any(target_arch = "mips", clippy, doc))]
mod kernel;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod objects;
#[cfg(any(target_arch = "mips", clippy, doc))]
mod run;
