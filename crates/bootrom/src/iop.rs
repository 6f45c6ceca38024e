//! The program that the I/O processor runs.
//!
//! | module | what it does |
//! |---|---|
//! | `start.s`, `start` | from reset to the program, and out of it |
//! | `registers` | every register that is touched |
//! | `console`, `clock` | output; root counter 5 |
//! | `cdvd` | the disc drive: commands, DMA |
//! | `disc_file`, `host_file`, `faulty` | files as devices of the reader |
//! | `reader` | the functions of `include/zso.h` |
//! | `opl`, `kernel` | the functions of the object for OPL with a thread, and what is around it |
//! | `selftest` | the module for volunteers' consoles, with a kernel's functions around it |
//! | `memory` | the RAM that the program does not take up |
//! | `image`, `overlap`, `cases`, `program` | what is done with them |

#[macro_use]
mod console;
mod cases;
mod cdvd;
mod clock;
mod disc_file;
mod faulty;
mod host_file;
mod image;
mod kernel;
mod memory;
mod opl;
mod overlap;
mod program;
mod reader;
mod registers;
mod selftest;
mod start;
