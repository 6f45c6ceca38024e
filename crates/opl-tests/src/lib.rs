//! A stand-in for OPL's cdvdman and isofs, for tests of the object that takes the place of their ZSO reader.
//!
//! The stand-in (`c`) is written from what is known of the modules' behaviour, not from their code. It is compiled as
//! ps2sdk compiles modules, linked with the object by two linkers, converted and loaded by the rules of iopfixup and
//! LOADCORE, and runs in a strict simulator of the console's I/O processor.
//!
//! | module | what it stands for |
//! |---|---|
//! | [`module`](mod@module), `toolchain` | compiler and linkers: modules and what they are made of |
//! | [`kernel`] | the functions that the modules import |
//! | [`file`](mod@file), [`medium`] | the image's file, and the device that it is on |
//! | [`console`] | all of it together |
#![forbid(unsafe_code)]

pub mod console;
pub mod file;
pub mod kernel;
pub mod medium;
pub mod module;
mod toolchain;

pub use console::{Console, Setup, status};
pub use file::DiscFile;
pub use medium::Medium;
pub use module::{Module, Reader, Variant};
pub use toolchain::Linker;
