//! The size table of an object.

use std::cmp::Reverse;
use std::fmt::Write as _;

use objcheck::Sizes;
use rustc_demangle::demangle;

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
    let mut functions = objcheck::functions(bytes);
    functions.sort_by_key(|(_, size)| Reverse(*size));
    if !functions.is_empty() {
        text.push_str("largest functions:\n");
    }
    for (name, size) in functions.iter().take(LARGEST) {
        // `{:#}` leaves the hash out.
        line(&mut text, *size, &format!("{:#}", demangle(name)));
    }
    text
}

fn line(text: &mut String, size: u32, name: &str) {
    // invariant: a String takes everything.
    let _ = writeln!(text, "{size:>8}  {name}");
}
