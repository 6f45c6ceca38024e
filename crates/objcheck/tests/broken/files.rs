//! Rule 1: the file.

use objcheck::{E_FLAGS, Part, Violation, check};
use object::elf::{ET_EXEC, SHT_GROUP, SHT_REL, SHT_RELA, SHT_RELR};

use crate::builder::{Home, Section};
use crate::good::{good, rules, violations};

#[test]
fn elf_of_64_bits() {
    let mut bytes = good().bytes();
    bytes[4] = 2;
    let expected = [Violation::NotElf32Little { class: 2, order: 1 }];
    assert_eq!(check(&bytes, &rules()).violations, expected);
}

#[test]
fn big_endian() {
    let mut bytes = good().bytes();
    bytes[5] = 2;
    let expected = [Violation::NotElf32Little { class: 1, order: 2 }];
    assert_eq!(check(&bytes, &rules()).violations, expected);
}

#[test]
fn executable() {
    let mut object = good();
    object.file_type = ET_EXEC.0;
    assert_eq!(violations(&object), [Violation::FileType { found: 2 }]);
}

#[test]
fn another_machine() {
    let mut bytes = good().bytes();
    // The writer knows the machines' ways of writing relocations, so it must not see the change.
    bytes[18] = 3;
    let expected = [Violation::Machine { found: 3 }];
    assert_eq!(check(&bytes, &rules()).violations, expected);
}

#[test]
fn position_independent_calls() {
    let mut object = good();
    object.flags = 0x1005;
    let expected = Violation::Flags {
        found: 0x1005,
        expected: E_FLAGS,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn mips32_flags() {
    let mut object = good();
    object.flags = 0x7000_1001;
    let expected = Violation::Flags {
        found: 0x7000_1001,
        expected: E_FLAGS,
    };
    assert_eq!(violations(&object), [expected]);
}

fn with_table_of(kind: u32) -> Vec<Violation> {
    let mut object = good();
    let mut table = Section::new(".table", 0, 4, vec![0; 12]);
    table.kind = kind;
    object.sections.push(table);
    violations(&object)
}

#[test]
fn relocations_in_other_formats() {
    const SHT_CREL: u32 = 0x4000_0014;
    for kind in [SHT_RELA.0, SHT_RELR.0, SHT_CREL] {
        let expected = Violation::RelocationFormat {
            section: ".table".to_owned(),
            kind,
        };
        assert_eq!(with_table_of(kind), [expected]);
    }
}

#[test]
fn comdat_group() {
    let expected = Violation::Group {
        section: ".table".to_owned(),
    };
    assert_eq!(with_table_of(SHT_GROUP.0), [expected]);
}

#[test]
fn common_symbols() {
    // SHN_COMMON and what MIPS adds to it: SHN_MIPS_ACOMMON and SHN_MIPS_SCOMMON.
    for index in [0xfff2, 0xff00, 0xff03] {
        let mut object = good();
        object.symbol("read_raw_data").home = Home::Index(index);
        let expected = Violation::CommonSymbol {
            symbol: "read_raw_data".to_owned(),
        };
        assert_eq!(violations(&object), [expected]);
    }
}

#[test]
fn relocation_table_of_no_section() {
    let mut bytes = good().bytes();
    let table = section_header(&bytes, 8);
    bytes[table + 28..table + 32].copy_from_slice(&99u32.to_le_bytes());
    let expected = [Violation::RelocationLinks { section: 8 }];
    assert_eq!(check(&bytes, &rules()).violations, expected);
}

#[test]
fn relocation_table_with_other_symbols() {
    let mut bytes = good().bytes();
    let table = section_header(&bytes, 8);
    bytes[table + 24] += 1;
    let expected = [Violation::RelocationLinks { section: 8 }];
    assert_eq!(check(&bytes, &rules()).violations, expected);
}

/// Offset of a section's header. The writer puts the headers last.
fn section_header(bytes: &[u8], index: usize) -> usize {
    let table = u32::from_le_bytes(bytes[32..36].try_into().unwrap());
    table as usize + 40 * index
}

/// Reason and part for a file whose section header `index` has a field at `field` overwritten.
fn unreadable(index: usize, field: usize) -> Vec<(Part, String)> {
    let mut bytes = good().bytes();
    let header = section_header(&bytes, index);
    bytes[header + field..header + field + 4].copy_from_slice(&0x00ff_ffffu32.to_le_bytes());
    let violations = check(&bytes, &rules()).violations.into_iter();
    violations
        .map(|violation| match violation {
            Violation::Malformed { part, error } => (part, error.to_string()),
            other => panic!("{other}"),
        })
        .collect()
}

#[test]
fn section_name_outside_of_the_names() {
    let expected = (Part::SectionName(1), "Invalid ELF section name offset");
    assert_eq!(unreadable(1, 0), [(expected.0, expected.1.to_owned())]);
}

#[test]
fn section_outside_of_the_file() {
    let expected = (
        Part::SectionContents(1),
        "Invalid ELF section size or offset",
    );
    assert_eq!(unreadable(1, 16), [(expected.0, expected.1.to_owned())]);
}

#[test]
fn no_elf_at_all() {
    let report = check(b"!<arch>\n", &rules());
    assert_eq!(
        report.violations,
        [Violation::NotElf32Little {
            class: b'c',
            order: b'h'
        }]
    );
}

#[test]
fn no_bytes_at_all() {
    let violations = check(&[], &rules()).violations;
    let [Violation::Malformed { part, .. }] = violations[..] else {
        panic!("{violations:?}");
    };
    assert_eq!(part, Part::FileHeader);
}

#[test]
fn relocations_need_whole_entries() {
    let mut object = good();
    let mut table = Section::new(".rel.short", 0, 4, vec![0; 9]);
    table.kind = SHT_REL.0;
    object.sections.push(table);
    let mut bytes = object.bytes();
    // Header 8 is this one; it must refer to the symbols to be read at all.
    let header = section_header(&bytes, 8);
    let link = section_header(&bytes, 9) + 24;
    bytes.copy_within(link..link + 4, header + 24);
    let violations = check(&bytes, &rules()).violations;
    let [Violation::Malformed { part, .. }] = violations[..] else {
        panic!("{violations:?}");
    };
    assert_eq!(part, Part::Relocations(8));
}
