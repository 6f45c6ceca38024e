//! Loading a module as the kernel does: relocation, then the tables of imports and exports.

use iopsim::asm;
use iopsim::relocate::{Patch, RelocationError, apply};

use crate::fixup::Irx;

const IMPORTS: u32 = 0x41E0_0000;
const EXPORTS: u32 = 0x41C0_0000;
/// Magic, link, version and mode, name.
const TABLE_HEAD: usize = 20;
/// `jr $ra`, the first word of an import's stub until it is linked.
const STUB: u32 = 0x03E0_0008;
/// `li $zero, N`, the second word.
const NUMBER: u32 = 0x2400_0000;

/// A function that the module needs of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// Where its stub is, in the image.
    pub stub: u32,
    /// Name of the library.
    pub library: String,
    /// Number in the library.
    pub number: u16,
}

/// The module's memory when it is at `base`, with its variables.
///
/// # Errors
/// When a relocation cannot be applied, which `convert` should have refused.
pub fn relocate(irx: &Irx, base: u32) -> Result<Vec<u8>, RelocationError> {
    let patch = |reloc: &crate::fixup::Reloc| Patch {
        offset: reloc.offset,
        kind: reloc.kind,
        symbol: 0,
        value: base,
    };
    let patches: Vec<Patch> = irx.relocs.iter().map(patch).collect();
    let mut memory = irx.image.clone();
    memory.resize(irx.memory as usize, 0);
    apply(&mut memory, base, &patches)?;
    Ok(memory)
}

/// All imports of a module.
#[must_use]
pub fn imports(memory: &[u8]) -> Vec<Import> {
    let tables = (0..memory.len()).step_by(4);
    let tables = tables.filter(|&at| word(memory, at) == Some(IMPORTS));
    tables.flat_map(|at| table_imports(memory, at)).collect()
}

fn table_imports(memory: &[u8], table: usize) -> Vec<Import> {
    let name = &memory[table + 12..table + TABLE_HEAD];
    let library = String::from_utf8_lossy(name).trim_end_matches('\0').into();
    let stubs = (table + TABLE_HEAD..).step_by(8);
    let numbers = stubs.map_while(|stub| Some((stub, stub_number(memory, stub)?)));
    let import = |(stub, number)| Import {
        stub: stub as u32,
        library: String::clone(&library),
        number,
    };
    numbers.map(import).collect()
}

fn stub_number(memory: &[u8], stub: usize) -> Option<u16> {
    let is_stub = word(memory, stub) == Some(STUB);
    let number = word(memory, stub + 4)? ^ NUMBER;
    is_stub.then(|| u16::try_from(number).ok()).flatten()
}

/// Makes the stub of an import jump to a function.
pub fn link(memory: &mut [u8], import: &Import, function: u32) {
    let place = &mut memory[import.stub as usize..][..4];
    place.copy_from_slice(&asm::j(function).to_le_bytes());
}

/// Addresses of the functions that the module exports; its table is the first of its code.
#[must_use]
pub fn exports(memory: &[u8]) -> Vec<u32> {
    if word(memory, 0) != Some(EXPORTS) {
        return Vec::new();
    }
    let functions = (TABLE_HEAD..).step_by(4);
    functions
        .map_while(|at| word(memory, at).filter(|&address| address != 0))
        .collect()
}

fn word(memory: &[u8], at: usize) -> Option<u32> {
    let bytes = memory.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}
