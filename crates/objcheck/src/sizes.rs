//! Rule 9: sizes, and what counts towards them.

use crate::elf::Elf;
use crate::rules::Rules;
use crate::violation::Violation;

/// Bytes of the sections that end up in the console's memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Code.
    pub text: u32,
    /// Constants.
    pub rodata: u32,
    /// Variables with a start value.
    pub data: u32,
    /// Variables that start as zero.
    pub bss: u32,
}

impl Sizes {
    /// Sections of unknown names are not counted: they are violations anyway.
    pub(crate) fn of(elf: &Elf) -> Sizes {
        let size = |name| {
            elf.sections
                .iter()
                .filter(|s| s.is_alloc() && s.name == name)
                .fold(0u32, |sum, s| sum.saturating_add(s.size))
        };
        Sizes {
            text: size(".text"),
            rodata: size(".rodata"),
            data: size(".data"),
            bss: size(".bss"),
        }
    }

    pub(crate) fn check(&self, rules: &Rules, out: &mut Vec<Violation>) {
        let code = u64::from(self.text).saturating_add(u64::from(self.rodata));
        if code > u64::from(rules.max_code_bytes) {
            out.push(Violation::CodeTooBig {
                size: code,
                allowed: rules.max_code_bytes,
            });
        }
        let data = u64::from(self.data).saturating_add(u64::from(self.bss));
        if data > u64::from(rules.max_data_bytes) {
            out.push(Violation::DataTooBig {
                size: data,
                allowed: rules.max_data_bytes,
            });
        }
    }
}
