//! The object that breaks no rule, and the places where tests change it.

use std::collections::BTreeSet;

use iopsim::asm::*;
use iopsim::reg::*;
use objcheck::{E_FLAGS, Place, Report, Rules, Sizes, Violation, check};
use object::elf::*;

use crate::builder::{Home, Object, Reloc, Section, Symbol};

/// Offset of `ziso_read_sector`.
pub const READ: u32 = 0x20;
/// Offset of the `jal` to `read_raw_data`.
pub const CALL: u32 = 0x28;
/// Offset of the branch to the loop's head.
pub const LOOP_END: u32 = 0x34;
/// Offset of the `j`.
pub const JUMP: u32 = 0x3c;
/// Target of the `j`.
pub const TAIL: u32 = 0x44;
/// Size of `.text`, with a word of padding; where [`probe`] appends.
pub const TEXT: u32 = 0x60;

/// `ziso_init` stores its argument and reads a constant; `ziso_read_sector` calls, loops and jumps.
fn text() -> [u32; 24] {
    [
        lui(V0, 0), // %hi(ziso_tmp_buf)
        lui(V1, 0), // %hi(.rodata + 4)
        sw(A0, 0, V0),
        lw(V1, 4, V1),
        NOP,
        addu(V0, V1, A1),
        jr(RA),
        NOP,
        addiu(SP, SP, -24),
        sw(RA, 20, SP),
        jal(0), // read_raw_data
        NOP,
        addiu(A2, A2, -1),
        bne(A2, ZERO, -2),
        addiu(A0, A0, 4),
        j(TAIL),
        NOP,
        lw(RA, 20, SP),
        addiu(SP, SP, 24),
        jr(RA),
        NOP,
        NOP,
        NOP,
        NOP,
    ]
}

/// An object as the linker makes it from the reader.
pub fn good() -> Object {
    Object {
        file_type: ET_REL.0,
        machine: EM_MIPS.0,
        flags: E_FLAGS,
        sections: sections(),
        symbols: symbols(),
    }
}

pub fn rules() -> Rules {
    Rules {
        allowed_undefined: vec!["read_raw_data".to_owned(), "memcpy".to_owned()],
        required_defined: ["ziso_init", "ziso_read_sector", "ziso_tmp_buf"]
            .map(str::to_owned)
            .to_vec(),
        max_code_bytes: 0x200,
        max_data_bytes: 0x20,
        e_flags: E_FLAGS,
        forbid_symbols_containing: vec!["panic".to_owned()],
    }
}

/// What is wrong with an object under [`rules`].
pub fn violations(object: &Object) -> Vec<Violation> {
    check(&object.bytes(), &rules()).violations
}

pub fn reloc(offset: u32, kind: RelocationType, symbol: &'static str) -> Reloc {
    Reloc {
        offset,
        kind: kind.0,
        symbol,
    }
}

fn sections() -> Vec<Section> {
    let alloc = SHF_ALLOC.0 as u32;
    let write = alloc | SHF_WRITE.0 as u32;
    let code = alloc | SHF_EXECINSTR.0 as u32;
    let mut text = Section::new(".text", code, 16, to_bytes(&text()));
    text.relocs = vec![
        reloc(0x00, R_MIPS_HI16, "ziso_tmp_buf"),
        reloc(0x08, R_MIPS_LO16, "ziso_tmp_buf"),
        reloc(0x04, R_MIPS_HI16, ".rodata"),
        reloc(0x0c, R_MIPS_LO16, ".rodata"),
        reloc(CALL, R_MIPS_26, "read_raw_data"),
        reloc(JUMP, R_MIPS_26, ".text"),
    ];
    let mut rodata = Section::new(".rodata", alloc, 4, to_bytes(&[TAIL, 0x1234_5678]));
    rodata.relocs = vec![reloc(0, R_MIPS_32, ".text")];
    let mut bss = Section::new(".bss", write, 16, Vec::new());
    bss.kind = SHT_NOBITS.0;
    bss.size = 16;
    let mut reginfo = Section::new(".reginfo", alloc, 4, vec![0; 24]);
    reginfo.kind = SHT_MIPS_REGINFO.0;
    vec![
        text,
        rodata,
        Section::new(".data", write, 4, vec![0; 4]),
        bss,
        reginfo,
        Section::new(".MIPS.abiflags", alloc, 8, vec![0; 24]),
        Section::new(".comment", 0, 1, b"rustc\0".to_vec()),
    ]
}

fn symbols() -> Vec<Symbol> {
    let section = |name| Symbol {
        name,
        bind: STB_LOCAL,
        kind: STT_SECTION,
        home: Home::In(name),
        value: 0,
        size: 0,
    };
    let global = |name, kind, home, value, size| Symbol {
        name,
        bind: STB_GLOBAL,
        kind,
        home,
        value,
        size,
    };
    let text = || Home::In(".text");
    vec![
        Symbol {
            // The name of a source file is no symbol, whatever it contains.
            name: "panic.rs",
            kind: STT_FILE,
            home: Home::Index(SHN_ABS.0),
            ..section(".text")
        },
        section(".text"),
        section(".rodata"),
        section(".data"),
        section(".bss"),
        section(".comment"),
        global("ziso_init", STT_FUNC, text(), 0, READ),
        global(
            "ziso_read_sector",
            STT_FUNC,
            text(),
            READ,
            TEXT - 0xc - READ,
        ),
        global("ziso_tmp_buf", STT_OBJECT, Home::In(".bss"), 0, 4),
        global("read_raw_data", STT_NOTYPE, Home::Index(0), 0, 0),
    ]
}

/// A local symbol of `.text`.
pub fn local(name: &'static str, value: u32) -> Symbol {
    Symbol {
        name,
        bind: STB_LOCAL,
        kind: STT_FUNC,
        home: Home::In(".text"),
        value,
        size: 0,
    }
}

/// The good object with a function `probe` after its code. Jumps in it stay in `.text`.
pub fn probe(words: &[u32]) -> Object {
    let mut object = good();
    // Local symbols come first in a symbol table.
    object.symbols.insert(6, local("probe", TEXT));
    let text = object.section(".text");
    text.data.extend(to_bytes(words));
    let jumps = (0..words.len()).filter(|at| matches!(words[*at] >> 26, 2 | 3));
    text.relocs
        .extend(jumps.map(|at| reloc(probe_at(at), R_MIPS_26, ".text")));
    object
}

/// Offset of a word of the probe.
pub const fn probe_at(index: usize) -> u32 {
    TEXT + 4 * index as u32
}

/// Violations of the probe.
pub fn probe_violations(words: &[u32]) -> Vec<Violation> {
    violations(&probe(words))
}

/// Place of a word of the probe.
pub fn probe_place(words: &[u32], index: usize) -> Place {
    place(probe_at(index), words[index], "probe")
}

/// A place in `.text`.
pub fn place(offset: u32, word: u32, function: &str) -> Place {
    Place {
        section: ".text".to_owned(),
        offset,
        word,
        function: Some(function.to_owned()),
    }
}

/// Place of a word of the good object's code.
pub fn good_place(offset: u32) -> Place {
    let function = if offset < READ {
        "ziso_init"
    } else {
        "ziso_read_sector"
    };
    place(offset, text()[offset as usize / 4], function)
}

#[test]
fn a_good_object_passes() {
    let report = check(&good().bytes(), &rules());
    let expected = Report {
        sizes: Sizes {
            text: TEXT,
            rodata: 8,
            data: 4,
            bss: 16,
        },
        violations: vec![],
        instructions: 24,
        relocations: 7,
        undefined: vec!["read_raw_data".to_owned()],
        defined: rules().required_defined,
    };
    assert_eq!(report, expected);
}

#[test]
fn a_probe_alone_breaks_nothing() {
    assert_eq!(probe_violations(&[jr(RA), NOP]), []);
}

#[test]
fn functions_go_by_the_last_symbol_before_them() {
    let words = [0x7062_1020, jr(RA), NOP];
    let name = |change: fn(&mut Symbol)| {
        let mut object = probe(&words);
        change(object.symbol("probe"));
        // Code is checked after symbols, some of which are none of the contract now.
        match violations(&object).pop() {
            Some(Violation::NotMips1 { place }) => place.function,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(name(|_| ()).as_deref(), Some("probe"));
    // A label inside a function is not its name, and neither is a variable.
    let outer = Some("ziso_read_sector");
    assert_eq!(name(|symbol| symbol.kind = STT_NOTYPE).as_deref(), outer);
    assert_eq!(name(|symbol| symbol.kind = STT_OBJECT).as_deref(), outer);
    // Assembly gives its functions no type.
    let untyped = |symbol: &mut Symbol| {
        symbol.kind = STT_NOTYPE;
        symbol.bind = STB_GLOBAL;
    };
    assert_eq!(name(untyped).as_deref(), Some("probe"));
}

#[test]
fn relocations_of_sections_that_are_not_loaded_do_not_count() {
    let mut object = good();
    let comment = object.section(".comment");
    comment.data = vec![0; 8];
    comment.relocs = vec![reloc(3, R_MIPS_PC16, ".comment")];
    assert_eq!(violations(&object), []);
    assert_eq!(check(&object.bytes(), &rules()).relocations, 7);
}

#[test]
fn every_violation_prints_on_one_line() {
    let lines: Vec<String> = crate::garbage::some_violations()
        .iter()
        .map(Violation::to_string)
        .collect();
    assert!(lines.iter().all(|line| !line.contains('\n')));
    let different: BTreeSet<&String> = lines.iter().collect();
    assert!(different.len() > 1000, "only {} lines", different.len());
}
