//! Rule 7: names.

use objcheck::Violation;
use object::elf::*;

use crate::builder::Home;
use crate::good::{good, local, violations};

fn name(symbol: &str) -> String {
    symbol.to_owned()
}

#[test]
fn undefined_symbol_that_nobody_provides() {
    let mut object = good();
    object.symbol("read_raw_data").name = "memmove";
    object.reloc(crate::good::CALL).symbol = "memmove";
    let expected = Violation::UndefinedNotAllowed {
        symbol: name("memmove"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn undefined_local_symbol() {
    let mut object = good();
    let mut symbol = local("lost", 0);
    symbol.home = Home::Index(0);
    object.symbols.insert(6, symbol);
    let expected = Violation::UndefinedNotAllowed {
        symbol: name("lost"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn undefined_weak_symbol() {
    let mut object = good();
    object.symbol("read_raw_data").bind = STB_WEAK;
    let expected = Violation::UndefinedWeak {
        symbol: name("read_raw_data"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn global_symbol_missing() {
    let mut object = good();
    object.symbol("ziso_tmp_buf").bind = STB_LOCAL;
    let expected = Violation::MissingGlobal {
        symbol: name("ziso_tmp_buf"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn global_symbol_too_many() {
    for bind in [STB_GLOBAL, STB_WEAK] {
        let mut object = good();
        let mut symbol = local("memcpy", 0);
        symbol.bind = bind;
        object.symbols.push(symbol);
        let expected = Violation::UnexpectedGlobal {
            symbol: name("memcpy"),
        };
        assert_eq!(violations(&object), [expected]);
    }
}

#[test]
fn weak_symbol_of_the_contract() {
    let mut object = good();
    object.symbol("ziso_init").bind = STB_WEAK;
    let expected = Violation::WeakGlobal {
        symbol: name("ziso_init"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn global_symbol_twice() {
    let mut object = good();
    let again = object.symbol("ziso_init").clone();
    object.symbols.push(again);
    let expected = Violation::GlobalTwice {
        symbol: name("ziso_init"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn global_symbol_that_is_not_loaded() {
    // Absolute, in a section that is not loaded, in no section of the file, reserved.
    for home in [
        Home::Index(SHN_ABS.0),
        Home::In(".comment"),
        Home::Index(99),
        Home::Index(0xff04),
    ] {
        let mut object = good();
        object.symbol("ziso_read_sector").home = home;
        let expected = Violation::SymbolNotLoaded {
            symbol: name("ziso_read_sector"),
        };
        assert_eq!(violations(&object), [expected]);
    }
}

#[test]
fn symbol_outside_of_its_section() {
    let mut object = good();
    object.symbols.insert(6, local("lost", 0x61));
    let expected = Violation::SymbolOutside {
        symbol: name("lost"),
        section: name(".text"),
        value: 0x61,
        size: 0x60,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn symbol_at_the_end_of_its_section() {
    let mut object = good();
    object.symbols.insert(6, local("end", 0x60));
    assert_eq!(violations(&object), []);
}

#[test]
fn forbidden_local_symbol() {
    let mut object = good();
    object
        .symbols
        .insert(6, local("_ZN4core9panicking5panic17h0E", 0));
    let expected = Violation::ForbiddenSymbol {
        symbol: name("_ZN4core9panicking5panic17h0E"),
        part: name("panic"),
    };
    assert_eq!(violations(&object), [expected]);
}
