//! IRX files, the modules of the console's I/O processor.
//!
//! | module | what it stands for |
//! |---|---|
//! | [`fixup`] | iopfixup: from a linked object to a module |
//! | [`mod@file`] | the module as a file |
//! | [`loadcore`] | the kernel's loader |
#![forbid(unsafe_code)]

pub mod file;
pub mod fixup;
pub mod loadcore;
