//! Rule 2: which sections take memory.

use std::collections::BTreeSet;

use object::elf::{SHT_NOBITS, SHT_PROGBITS};

use crate::elf::{Elf, Section};
use crate::violation::Violation;

/// LOADCORE allocates with this alignment.
const MAX_ALIGN: u32 = 16;

pub(crate) fn check(elf: &Elf, out: &mut Vec<Violation>) {
    let relocated: BTreeSet<usize> = elf.tables.iter().map(|table| table.target).collect();
    let mut seen = BTreeSet::new();
    for (index, section) in elf.sections.iter().enumerate() {
        if !section.is_alloc() {
            continue;
        }
        name_and_kind(section, out);
        let holds_words = section.is_code() || relocated.contains(&index);
        alignment(section, holds_words, out);
        if !seen.insert(&section.name) {
            out.push(Violation::SectionTwice {
                section: section.name.clone(),
            });
        }
    }
}

fn name_and_kind(section: &Section, out: &mut Vec<Violation>) {
    if !has_its_kind(section) {
        out.push(Violation::SectionKind {
            section: section.name.clone(),
            kind: section.kind,
            flags: section.flags,
        });
    }
    if !is_known(&section.name) {
        out.push(Violation::SectionName {
            section: section.name.clone(),
        });
    }
}

fn alignment(section: &Section, holds_words: bool, out: &mut Vec<Violation>) {
    let name = || section.name.clone();
    let align = section.align;
    if align > MAX_ALIGN {
        out.push(Violation::SectionAlignment {
            section: name(),
            align,
        });
    } else if holds_words && (align == 0 || !align.is_multiple_of(4)) {
        out.push(Violation::SectionUnaligned {
            section: name(),
            align,
        });
    }
}

/// `.reginfo` and `.MIPS.abiflags` are what MIPS tools expect in an object; the rest is linkfile's.
fn is_known(name: &str) -> bool {
    matches!(
        name,
        ".text" | ".rodata" | ".data" | ".bss" | ".reginfo" | ".MIPS.abiflags"
    )
}

/// Whether type and flags are those that the name stands for. Only code may be executable, or it
/// would escape the budget and the symbols' homes.
fn has_its_kind(section: &Section) -> bool {
    match section.name.as_str() {
        ".text" => section.kind == SHT_PROGBITS.0 && section.is_code(),
        ".rodata" | ".data" => section.kind == SHT_PROGBITS.0 && !section.is_code(),
        ".bss" => section.kind == SHT_NOBITS.0 && !section.is_code(),
        _ => !section.is_code(),
    }
}
