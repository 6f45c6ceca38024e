//! `zso_selftest.irx` on the simulated processor, with what a console's kernel has: run `cargo iop` first.
//!
//! | module | what it does |
//! |---|---|
//! | [`console`] | the kernel's functions, and files on a device that may fail |
//! | [`reports`] | what the module says of good and bad images, lists and devices |

mod console;
mod reports;
