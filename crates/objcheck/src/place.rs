//! Naming a word of a section so that a person finds it.

use std::fmt;

use iopsim::{Instr, reg};

use crate::elf::Elf;

/// A word of a loaded section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the section.
    pub section: String,
    /// Offset from the section's start, in bytes.
    pub offset: u32,
    /// The word that stands there.
    pub word: u32,
    /// The function that contains it, going by the function symbols of the section.
    pub function: Option<String>,
}

impl Place {
    /// `None` when the section has no such word.
    pub(crate) fn of(elf: &Elf, section: usize, offset: u32) -> Option<Place> {
        let home = elf.sections.get(section)?;
        Some(Place {
            section: home.name.clone(),
            offset,
            word: home.word(offset)?,
            function: elf.function(section, offset).map(str::to_owned),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Instr::decode(self.word) {
            Some(instr) if self.section == ".text" => write!(f, "`{instr}`")?,
            _ => write!(f, "`.word {:#010x}`", self.word)?,
        }
        write!(f, " at {}+{:#x}", self.section, self.offset)?;
        match &self.function {
            Some(function) => write!(f, " in {function}"),
            None => Ok(()),
        }
    }
}

/// A general register, shown by its o32 name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Register(pub u8);

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(reg::name(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(section: &str, word: u32, function: Option<&str>) -> String {
        Place {
            section: section.to_owned(),
            offset: 0x1c,
            word,
            function: function.map(str::to_owned),
        }
        .to_string()
    }

    #[test]
    fn code_is_shown_as_an_instruction() {
        assert_eq!(
            place(".text", 0x8c82_0004, Some("ziso_init")),
            "`lw $v0, 4($a0)` at .text+0x1c in ziso_init"
        );
    }

    #[test]
    fn data_and_undecodable_code_are_shown_as_numbers() {
        assert_eq!(
            place(".rodata", 0x8c82_0004, None),
            "`.word 0x8c820004` at .rodata+0x1c"
        );
        assert_eq!(
            place(".text", 0x7062_1020, Some("clz")),
            "`.word 0x70621020` at .text+0x1c in clz"
        );
    }
}
