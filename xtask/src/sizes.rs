//! The size table of an object.

use std::fmt::Write as _;

use objcheck::Sizes;
use object::elf::{FileHeader32, STT_FUNC};
use object::endian::LittleEndian;
use object::read::elf::{FileHeader, Sym};

const LE: LittleEndian = LittleEndian;
/// Functions in the table.
const LARGEST: usize = 12;

/// Sections and largest functions, one on a line.
pub fn table(bytes: &[u8], sizes: &Sizes, budget: u32) -> String {
    let code = sizes.text + sizes.rodata;
    let sections = [
        (".text", sizes.text),
        (".rodata", sizes.rodata),
        (".data", sizes.data),
        (".bss", sizes.bss),
    ];
    let mut text = String::new();
    for (name, size) in sections {
        line(&mut text, size, name);
    }
    line(&mut text, code, &format!("code and constants, of {budget}"));
    // A broken file has no functions to show; the check says what is wrong with it.
    let mut functions = functions(bytes).unwrap_or_default();
    functions.sort_by(|a, b| b.cmp(a));
    if !functions.is_empty() {
        text.push_str("largest functions:\n");
    }
    for (size, name) in functions.iter().take(LARGEST) {
        line(&mut text, *size, name);
    }
    text
}

fn line(text: &mut String, size: u32, name: &str) {
    // invariant: a String takes everything.
    let _ = writeln!(text, "{size:>8}  {name}");
}

/// Bytes of a function, if the object has it.
pub fn of_function(bytes: &[u8], name: &str) -> Option<u32> {
    let functions = functions(bytes).ok()?;
    let found = functions.into_iter().find(|(_, known)| known == name);
    found.map(|(size, _)| size)
}

/// Sizes and names of all functions.
fn functions(bytes: &[u8]) -> object::read::Result<Vec<(u32, String)>> {
    let header = FileHeader32::<LittleEndian>::parse(bytes)?;
    let symbols = header
        .sections(LE, bytes)?
        .symbols(LE, bytes, object::elf::SHT_SYMTAB)?;
    let functions = symbols
        .iter()
        .filter(|symbol| symbol.st_type() == STT_FUNC && symbol.st_size(LE) > 0);
    let shown = functions.map(|symbol| {
        let name = String::from_utf8_lossy(symbol.name(LE, symbols.strings())?);
        // `{:#}` leaves the hash out.
        Ok((
            symbol.st_size(LE),
            format!("{:#}", rustc_demangle::demangle(&name)),
        ))
    });
    shown.collect()
}
