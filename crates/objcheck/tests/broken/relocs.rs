//! Rules 3 and 5, and rule 6 for whole words: relocations.

use iopsim::asm::*;
use iopsim::reg::*;
use objcheck::{Place, Violation};
use object::elf::*;

use crate::builder::{Home, Symbol};
use crate::good::*;

fn text() -> String {
    ".text".to_owned()
}

#[test]
fn types_that_no_irx_has() {
    let types = [
        R_MIPS_NONE,
        R_MIPS_16,
        R_MIPS_REL32,
        R_MIPS_GPREL16,
        R_MIPS_LITERAL,
        R_MIPS_GOT16,
        R_MIPS_PC16,
        R_MIPS_CALL16,
        R_MIPS_GPREL32,
    ];
    for kind in types {
        let mut object = good();
        let relocs = &mut object.section(".text").relocs;
        relocs.push(reloc(0x14, kind, ".data"));
        let expected = Violation::RelocationType {
            section: text(),
            offset: 0x14,
            kind: kind.0,
        };
        assert_eq!(violations(&object), [expected]);
    }
}

#[test]
fn offset_within_a_word() {
    let mut object = good();
    object.section(".rodata").relocs[0].offset = 2;
    let expected = Violation::RelocationUnaligned {
        section: ".rodata".to_owned(),
        offset: 2,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn offset_after_the_section() {
    let mut object = good();
    object.section(".rodata").relocs[0].offset = 8;
    let expected = Violation::RelocationOutside {
        section: ".rodata".to_owned(),
        offset: 8,
        size: 8,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn relocation_of_zeroed_memory() {
    let mut object = good();
    object.section(".bss").relocs = vec![reloc(0, R_MIPS_32, ".text")];
    let expected = Violation::RelocationOutside {
        section: ".bss".to_owned(),
        offset: 0,
        size: 0,
    };
    assert_eq!(violations(&object), [expected]);
}

fn rodata_word(offset: u32, word: u32) -> Place {
    Place {
        section: ".rodata".to_owned(),
        offset,
        word,
        function: None,
    }
}

#[test]
fn word_relocated_twice() {
    let mut object = good();
    let relocs = &mut object.section(".rodata").relocs;
    relocs.push(reloc(0, R_MIPS_32, ".text"));
    let expected = Violation::RelocationTwice {
        place: rodata_word(0, TAIL),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn no_symbol() {
    let mut object = good();
    object.section(".rodata").relocs[0].symbol = "";
    let expected = Violation::RelocationSymbol {
        place: rodata_word(0, TAIL),
        symbol: 0,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn symbol_of_a_section_that_is_not_loaded() {
    let mut object = good();
    object.section(".rodata").relocs[0].symbol = ".comment";
    let expected = Violation::RelocationSymbol {
        place: rodata_word(0, TAIL),
        symbol: 6,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn absolute_symbol() {
    let mut object = good();
    let absolute = Symbol {
        home: Home::Index(SHN_ABS.0),
        ..local("absolute", 0)
    };
    object.symbols.insert(6, absolute);
    object.section(".rodata").relocs[0].symbol = "absolute";
    let expected = Violation::RelocationSymbol {
        place: rodata_word(0, TAIL),
        symbol: 7,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn high_half_in_another_instruction() {
    let mut object = good();
    object.patch(0, ori(V0, ZERO, 0));
    let expected = Violation::HighNotLui {
        place: place(0, ori(V0, ZERO, 0), "ziso_init"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn low_half_in_an_instruction_without_one() {
    for word in [addu(A0, V0, V0), sll(V0, V0, 2), ori(A0, V0, 0)] {
        let mut object = good();
        object.patch(8, word);
        let expected = Violation::LowNotImmediate {
            place: place(8, word, "ziso_init"),
        };
        assert_eq!(violations(&object), [expected]);
    }
}

#[test]
fn low_half_in_every_instruction_that_has_one() {
    for word in [addiu(A0, V0, 0), lbu(A0, 0, V0), sh(A0, 0, V0)] {
        let mut object = good();
        object.patch(8, word);
        assert_eq!(violations(&object), []);
    }
}

#[test]
fn jump_relocation_of_a_branch() {
    let mut object = good();
    object.patch(CALL as usize, bgezal(ZERO, -1));
    let expected = Violation::JumpRelocationNotJump {
        place: place(CALL, bgezal(ZERO, -1), "ziso_read_sector"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn relocated_instructions_in_data() {
    let mut object = good();
    object.section(".rodata").relocs[0].kind = R_MIPS_26.0;
    let expected = Violation::CodeRelocationInData {
        place: rodata_word(0, TAIL),
        kind: 4,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn relocated_halves_in_data() {
    let mut object = good();
    object.section(".rodata").relocs = vec![
        reloc(0, R_MIPS_HI16, ".text"),
        reloc(4, R_MIPS_LO16, ".text"),
    ];
    let expected = [(0, TAIL, 5), (4, 0x1234_5678, 6)].map(|(offset, word, kind)| {
        Violation::CodeRelocationInData {
            place: rodata_word(offset, word),
            kind,
        }
    });
    assert_eq!(violations(&object), expected);
}

/// Violations when the word in `.rodata` refers to a symbol with this addend.
fn pointer(symbol: &'static str, addend: u32) -> Vec<Violation> {
    let mut object = good();
    let rodata = object.section(".rodata");
    rodata.relocs[0].symbol = symbol;
    rodata.data[..4].copy_from_slice(&addend.to_le_bytes());
    violations(&object)
}

fn outside(symbol: &str, addend: u32, extent: i64) -> Vec<Violation> {
    vec![Violation::AddendOutside {
        place: rodata_word(0, addend),
        symbol: symbol.to_owned(),
        addend: i64::from(addend as i32),
        extent,
    }]
}

#[test]
fn pointer_out_of_a_section() {
    assert_eq!(pointer(".data", 4), []);
    assert_eq!(pointer(".data", 5), outside(".data", 5, 4));
    let minus_four = 0xffff_fffc;
    assert_eq!(
        pointer(".data", minus_four),
        outside(".data", minus_four, 4)
    );
}

#[test]
fn pointer_out_of_an_object_in_a_section() {
    assert_eq!(pointer("ziso_tmp_buf", 4), []);
    assert_eq!(pointer("ziso_tmp_buf", 8), outside("ziso_tmp_buf", 8, 4));
}

#[test]
fn pointer_by_a_symbol_without_size() {
    let pointer = |addend: i32| {
        let mut object = good();
        object.symbols.insert(6, local("label", READ));
        let rodata = object.section(".rodata");
        rodata.relocs[0].symbol = "label";
        rodata.data[..4].copy_from_slice(&addend.to_le_bytes());
        violations(&object)
    };
    // What counts is the section around it.
    let (first, last) = (-(READ as i32), (TEXT - READ) as i32);
    assert_eq!(pointer(first), []);
    assert_eq!(pointer(last), []);
    for addend in [first - 1, last + 1] {
        assert_eq!(
            pointer(addend),
            outside("label", addend as u32, last.into())
        );
    }
}

#[test]
fn pointer_beside_a_foreign_symbol() {
    assert_eq!(pointer("read_raw_data", 0), []);
    assert_eq!(pointer("read_raw_data", 4), outside("read_raw_data", 4, 0));
}

#[test]
fn call_beside_a_foreign_symbol() {
    let mut object = good();
    // External addends are signed: this is -4.
    object.patch(CALL as usize, jal(0x0fff_fffc));
    let expected = Violation::AddendOutside {
        place: place(CALL, jal(0x0fff_fffc), "ziso_read_sector"),
        symbol: "read_raw_data".to_owned(),
        addend: -4,
        extent: 0,
    };
    assert_eq!(violations(&object), [expected]);
}
