//! What violations need to say more exactly.

use thiserror::Error;

use crate::place::Place;

/// A part of an ELF file; sections by their index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Part {
    #[error("file header")]
    FileHeader,
    /// With the strings that it needs.
    #[error("section header table")]
    SectionHeaders,
    #[error("name of section {0}")]
    SectionName(usize),
    #[error("contents of section {0}")]
    SectionContents(usize),
    /// With its strings.
    #[error("symbol table")]
    SymbolTable,
    #[error("name of symbol {0}")]
    SymbolName(usize),
    #[error("relocation table in section {0}")]
    Relocations(usize),
}

/// How control gets from an instruction to the one that is executed next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Path {
    #[error("next word")]
    Next,
    #[error("branch taken")]
    Taken,
    #[error("branch not taken")]
    NotTaken,
    #[error("jump")]
    Jump,
    #[error("call")]
    Call,
}

/// Where control goes when it leaves what the checker can see.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Blind {
    /// `jr` or `jalr`: to an address that only the running program knows.
    #[error("{0}")]
    Register(Place),
    /// `j` or `jal` to the named function of another object.
    #[error("{0} (to `{1}`)")]
    External(Place, String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_with_their_number() {
        assert_eq!(Part::SymbolTable.to_string(), "symbol table");
        assert_eq!(Part::SectionName(3).to_string(), "name of section 3");
    }

    #[test]
    fn jumps_out_of_sight_are_shown_with_what_is_known() {
        let place = |word| Place {
            section: ".text".to_owned(),
            offset: 8,
            word,
            function: None,
        };
        assert_eq!(
            Blind::Register(place(0x03e0_0008)).to_string(),
            "`jr $ra` at .text+0x8"
        );
        assert_eq!(
            Blind::External(place(0x0c00_0000), "memcpy".to_owned()).to_string(),
            "`jal 0x0` at .text+0x8 (to `memcpy`)"
        );
    }
}
