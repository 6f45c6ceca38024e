//! What violations need to say more exactly.

use std::fmt;

use crate::place::Place;

/// A part of an ELF file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The ELF header.
    FileHeader,
    /// The section header table or the strings it needs.
    SectionHeaders,
    /// Name of the section with this index.
    SectionName(usize),
    /// Contents of the section with this index.
    SectionContents(usize),
    /// The symbol table or its strings.
    SymbolTable,
    /// Name of the symbol with this index.
    SymbolName(usize),
    /// Relocation table with this section index.
    Relocations(usize),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::FileHeader => write!(f, "file header"),
            Part::SectionHeaders => write!(f, "section header table"),
            Part::SectionName(index) => write!(f, "name of section {index}"),
            Part::SectionContents(index) => write!(f, "contents of section {index}"),
            Part::SymbolTable => write!(f, "symbol table"),
            Part::SymbolName(index) => write!(f, "name of symbol {index}"),
            Part::Relocations(index) => write!(f, "relocation table in section {index}"),
        }
    }
}

/// How control gets from an instruction to the one that is executed next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// It is the next word.
    Next,
    /// Over a conditional branch that is taken.
    Taken,
    /// Over a conditional branch that is not taken.
    NotTaken,
    /// Over an unconditional jump or branch.
    Jump,
    /// Into a function that is called.
    Call,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Path::Next => "next word",
            Path::Taken => "branch taken",
            Path::NotTaken => "branch not taken",
            Path::Jump => "jump",
            Path::Call => "call",
        })
    }
}

/// Where control goes when it leaves what the checker can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blind {
    /// `jr` or `jalr`: to an address that only the running program knows.
    Register(Place),
    /// `j` or `jal` to the named function of another object.
    External(Place, String),
}

impl fmt::Display for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Blind::Register(place) => write!(f, "{place}"),
            Blind::External(place, symbol) => write!(f, "{place} (to `{symbol}`)"),
        }
    }
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
