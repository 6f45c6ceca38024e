//! A strict simulator of the R3000A, the PlayStation 2's I/O processor.
//!
//! It runs MIPS objects the way the console would and is less forgiving: where the hardware leaves
//! something to chance, or quietly does what nobody meant, the program stops with a [`Trap`]. It counts
//! instructions and the cycles of a simple model of RAM, instruction cache and write queue.
//!
//! A [`Machine`] loads an object with [`Machine::load_object`] and calls its functions with
//! [`Machine::call_with`], where a closure of the host answers what the object imports:
//!
//! ```
//! use iopsim::{Machine, asm, reg::{A0, RA, SP, V0}};
//!
//! let mut machine = Machine::default();
//! let twice = machine.register_host();
//! machine.write_words(0x1_0000, &[
//!     asm::addiu(SP, SP, -24),
//!     asm::sw(RA, 20, SP),
//!     asm::jal(twice.address()),
//!     asm::NOP,
//!     asm::lw(RA, 20, SP),
//!     asm::addiu(V0, V0, 1),
//!     asm::jr(RA),
//!     asm::addiu(SP, SP, 24),
//! ])?;
//! let result = machine.call_with(0x1_0000, &[20], &mut |_, host| Ok(2 * host.arg(0)?))?;
//! assert_eq!(result, 41);
//! assert_eq!(machine.counters().stack_depth, 24);
//! # Ok::<(), iopsim::Trap>(())
//! ```
//!
//! Programs of several threads are called with [`threads::Threads`].
//!
//! Not simulated: exceptions and interrupts (a [`Trap`] ends the program instead, with the registers as
//! they were), the GTE, cache isolation, old code in the instruction cache after a store, and work
//! that goes on while a load waits for RAM.
#![deny(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]

mod arena;
pub mod asm;
mod cache;
mod call;
pub mod cop0;
mod counters;
mod cpu;
mod cycles;
mod device;
mod disasm;
mod elf;
mod exec;
mod host;
pub mod isa;
mod machine;
mod memory;
mod profile;
pub mod reg;
pub mod relocate;
pub mod threads;
mod trap;

pub use arena::{Arena, ArenaFull};
pub use counters::Counters;
pub use cpu::Cpu;
pub use cycles::CycleModel;
pub use device::{Device, Dma, Refused, Width};
pub use elf::{ElfError, Image, Section, Symbol};
pub use host::{Handler, HostContext, HostId};
pub use isa::{Flow, Instr, Op};
pub use machine::{Config, DEFAULT_BUDGET, DEFAULT_STACK, Machine};
pub use memory::{OutsideRam, RAM_SIZE, ROM_SIZE, ROM_START};
pub use profile::{FunctionProfile, Profile};
pub use relocate::RelocationError;
pub use trap::Trap;
