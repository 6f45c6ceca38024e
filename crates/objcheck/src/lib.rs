//! Checks a prelinked MIPS object against what it needs to become part of an IOP module (IRX).
//!
//! Two readers are strict and one is not. PS2SDK's `iopfixup --rb --irx1` turns the linked module
//! into an IRX and refuses what the IOP's loader could not relocate. The loader, LOADCORE, patches
//! words in table order and refuses nothing. The R3000A has no interlock for loads and none for HI
//! and LO: code that breaks its rules computes wrong values now and then. Neither `iopfixup` nor a
//! linker looks at code, and LLVM is known to break both rules, so this crate does.
//!
//! [`check`] runs all rules on the bytes of an object. Each kind of [`Violation`] says what it rests
//! on. The modules follow the rules: file and sections, relocations, symbols, code, sizes.
//! Instructions are decoded by [`iopsim::isa`], so that checker and simulator agree on what MIPS I is.
#![deny(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]
#![cfg_attr(
    not(test),
    warn(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::unwrap_used
    )
)]

mod code;
mod detail;
mod elf;
mod flow;
mod header;
mod pairs;
mod place;
mod relocs;
mod rules;
mod sections;
mod sizes;
mod symbols;
mod violation;

pub use detail::{Blind, Part, Path};
pub use place::{Place, Register};
pub use rules::{E_FLAGS, Rules};
pub use sizes::Sizes;
pub use violation::Violation;

use elf::Elf;

/// Everything that [`check`] found out about an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Sizes of the sections that end up in the console's memory.
    pub sizes: Sizes,
    /// What is wrong, in the order of the rules; empty for a good object.
    pub violations: Vec<Violation>,
    /// Words of code.
    pub instructions: usize,
    /// Relocations of loaded sections.
    pub relocations: usize,
    /// Names that it needs, sorted.
    pub undefined: Vec<String>,
    /// Global names that it gives, sorted.
    pub defined: Vec<String>,
}

/// Names and sizes in bytes of an object's functions that have a size; none if the bytes cannot be read as ELF.
pub fn functions(bytes: &[u8]) -> Vec<(String, u32)> {
    Elf::parse(bytes).map_or(Vec::new(), |elf| symbols::functions(&elf))
}

/// Checks the bytes of an object.
///
/// Never panics, whatever the bytes are. A file that cannot be read as ELF gives one violation,
/// [`Violation::Malformed`] or [`Violation::NotElf32Little`], and nothing else.
pub fn check(bytes: &[u8], rules: &Rules) -> Report {
    match Elf::parse(bytes) {
        Ok(elf) => report(&elf, rules),
        Err(violation) => Report {
            violations: vec![*violation],
            ..Report::default()
        },
    }
}

fn report(elf: &Elf, rules: &Rules) -> Report {
    let sizes = Sizes::of(elf);
    let mut violations = Vec::new();
    header::check(elf, rules, &mut violations);
    sections::check(elf, &mut violations);
    relocs::check(elf, &mut violations);
    symbols::check(elf, rules, &mut violations);
    let instructions = code::check(elf, &mut violations);
    sizes.check(rules, &mut violations);
    Report {
        sizes,
        violations,
        instructions,
        relocations: elf.loaded_tables().map(|table| table.entries.len()).sum(),
        undefined: symbols::undefined(elf),
        defined: symbols::defined(elf),
    }
}
