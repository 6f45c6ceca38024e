//! Rule 7: which names go in and out.

use std::collections::BTreeSet;

use object::elf::{STT_FILE, STT_FUNC};

use crate::elf::{Binding, Elf, Home, Symbol};
use crate::rules::Rules;
use crate::violation::Violation;

pub(crate) fn check(elf: &Elf, rules: &Rules, out: &mut Vec<Violation>) {
    for symbol in real_symbols(elf) {
        forbidden(symbol, rules, out);
        match symbol.home {
            Home::Undefined => undefined_symbol(symbol, rules, out),
            Home::Common => out.push(Violation::CommonSymbol {
                symbol: symbol.name.clone(),
            }),
            _ => place_of(elf, symbol, out),
        }
    }
    contract(elf, rules, out);
}

/// Names of the symbols that the object needs, sorted.
pub(crate) fn undefined(elf: &Elf) -> Vec<String> {
    names(real_symbols(elf).filter(|s| s.home == Home::Undefined))
}

/// Names and sizes of the functions that have a size.
pub(crate) fn functions(elf: &Elf) -> Vec<(String, u32)> {
    let functions = real_symbols(elf).filter(|s| s.kind == STT_FUNC.0 && s.size > 0);
    functions.map(|s| (s.name.clone(), s.size)).collect()
}

/// Names of the symbols that the object gives to others, sorted.
pub(crate) fn defined(elf: &Elf) -> Vec<String> {
    names(globals(elf))
}

fn names<'a>(symbols: impl Iterator<Item = &'a Symbol>) -> Vec<String> {
    let sorted: BTreeSet<&str> = symbols.map(|s| s.name.as_str()).collect();
    sorted.into_iter().map(str::to_owned).collect()
}

/// All but the null symbol and the names of source files.
fn real_symbols<'a>(elf: &'a Elf) -> impl Iterator<Item = &'a Symbol> {
    elf.symbols.iter().skip(1).filter(|s| s.kind != STT_FILE.0)
}

fn globals<'a>(elf: &'a Elf) -> impl Iterator<Item = &'a Symbol> {
    real_symbols(elf).filter(|s| {
        s.binding != Binding::Local && !matches!(s.home, Home::Undefined | Home::Common)
    })
}

fn forbidden(symbol: &Symbol, rules: &Rules, out: &mut Vec<Violation>) {
    let parts = rules.forbid_symbols_containing.iter();
    for part in parts.filter(|part| symbol.name.contains(part.as_str())) {
        out.push(Violation::ForbiddenSymbol {
            symbol: symbol.name.clone(),
            part: part.clone(),
        });
    }
}

fn undefined_symbol(symbol: &Symbol, rules: &Rules, out: &mut Vec<Violation>) {
    let name = symbol.name.clone();
    if symbol.binding == Binding::Weak {
        out.push(Violation::UndefinedWeak { symbol: name });
    } else if !rules.allowed_undefined.contains(&name) {
        out.push(Violation::UndefinedNotAllowed { symbol: name });
    }
}

/// Local symbols of sections that are not loaded are debug information, and nobody's business.
fn place_of(elf: &Elf, symbol: &Symbol, out: &mut Vec<Violation>) {
    match elf.loaded_home(symbol) {
        Some(section) if symbol.value > section.size => out.push(Violation::SymbolOutside {
            symbol: symbol.name.clone(),
            section: section.name.clone(),
            value: symbol.value,
            size: section.size,
        }),
        None if symbol.binding != Binding::Local => out.push(Violation::SymbolNotLoaded {
            symbol: symbol.name.clone(),
        }),
        _ => {}
    }
}

/// The global symbols are exactly those of the contract.
fn contract(elf: &Elf, rules: &Rules, out: &mut Vec<Violation>) {
    let mut seen = BTreeSet::new();
    for global in globals(elf) {
        let symbol = global.name.clone();
        if !seen.insert(&global.name) {
            out.push(Violation::GlobalTwice { symbol });
        } else if !rules.required_defined.contains(&symbol) {
            out.push(Violation::UnexpectedGlobal { symbol });
        } else if global.binding == Binding::Weak {
            out.push(Violation::WeakGlobal { symbol });
        }
    }
    for name in rules.required_defined.iter().filter(|n| !seen.contains(n)) {
        out.push(Violation::MissingGlobal {
            symbol: name.clone(),
        });
    }
}
