//! Rule 1: what kind of file it is.

use object::elf::{EM_MIPS, ET_REL, SHT_GROUP, SHT_RELA, SHT_RELR};

use crate::elf::Elf;
use crate::rules::Rules;
use crate::violation::Violation;

/// LLVM's compact relocations.
const SHT_CREL: u32 = 0x4000_0014;

pub(crate) fn check(elf: &Elf, rules: &Rules, out: &mut Vec<Violation>) {
    if elf.file_type != ET_REL.0 {
        out.push(Violation::FileType {
            found: elf.file_type,
        });
    }
    if elf.machine != EM_MIPS.0 {
        out.push(Violation::Machine { found: elf.machine });
    }
    if elf.flags != rules.e_flags {
        out.push(Violation::Flags {
            found: elf.flags,
            expected: rules.e_flags,
        });
    }
    tables(elf, out);
}

fn tables(elf: &Elf, out: &mut Vec<Violation>) {
    for section in &elf.sections {
        let name = || section.name.clone();
        if section.kind == SHT_GROUP.0 {
            out.push(Violation::Group { section: name() });
        }
        if [SHT_RELA.0, SHT_RELR.0, SHT_CREL].contains(&section.kind) {
            out.push(Violation::RelocationFormat {
                section: name(),
                kind: section.kind,
            });
        }
    }
}
