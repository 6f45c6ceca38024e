//! Rule 2: sections.

use objcheck::Violation;
use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHT_NOBITS, SHT_PROGBITS};

use crate::builder::Section;
use crate::good::{good, violations};

#[test]
fn loaded_section_of_another_name() {
    for name in [".eh_frame", ".pdr", ".text.unlikely.ziso_init", ".sdata"] {
        let mut object = good();
        let flags = SHF_ALLOC.0 as u32;
        object
            .sections
            .push(Section::new(name, flags, 4, vec![0; 4]));
        let expected = Violation::SectionName {
            section: name.to_owned(),
        };
        assert_eq!(violations(&object), [expected]);
    }
}

#[test]
fn section_of_another_name_that_is_not_loaded() {
    let mut object = good();
    object
        .sections
        .push(Section::new(".pdr", 0, 32, vec![0; 4]));
    assert_eq!(violations(&object), []);
}

#[test]
fn alignment_beyond_16() {
    let mut object = good();
    object.section(".bss").align = 64;
    let expected = Violation::SectionAlignment {
        section: ".bss".to_owned(),
        align: 64,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn words_that_are_not_aligned() {
    for name in [".text", ".rodata"] {
        for align in [0, 1, 2] {
            let mut object = good();
            object.section(name).align = align;
            let expected = Violation::SectionUnaligned {
                section: name.to_owned(),
                align,
            };
            assert_eq!(violations(&object), [expected]);
        }
    }
}

#[test]
fn bytes_need_no_alignment() {
    let mut object = good();
    object.section(".data").align = 1;
    assert_eq!(violations(&object), []);
}

#[test]
fn two_sections_of_one_name() {
    let mut object = good();
    let data = object.section(".data").clone();
    object.sections.push(data);
    let expected = Violation::SectionTwice {
        section: ".data".to_owned(),
    };
    assert_eq!(violations(&object), [expected]);
}

fn kind_violation(section: &str, kind: u32, flags: u32) -> Violation {
    Violation::SectionKind {
        section: section.to_owned(),
        kind,
        flags,
    }
}

#[test]
fn executable_data() {
    let mut object = good();
    let data = object.section(".data");
    data.flags |= SHF_EXECINSTR.0 as u32;
    let flags = data.flags;
    // It is checked as code, too: its only word is a `nop`.
    let expected = kind_violation(".data", SHT_PROGBITS.0, flags);
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn text_that_is_not_executable() {
    let mut object = good();
    let text = object.section(".text");
    text.flags = SHF_ALLOC.0 as u32;
    text.relocs.clear();
    // Nothing of it is checked as code.
    let expected = kind_violation(".text", SHT_PROGBITS.0, SHF_ALLOC.0 as u32);
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn executable_bss() {
    let mut object = good();
    let bss = object.section(".bss");
    bss.flags |= SHF_EXECINSTR.0 as u32;
    let flags = bss.flags;
    let expected = kind_violation(".bss", SHT_NOBITS.0, flags);
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn bss_with_contents() {
    let mut object = good();
    let bss = object.section(".bss");
    bss.kind = SHT_PROGBITS.0;
    bss.data = vec![0; 16];
    let flags = bss.flags;
    let expected = kind_violation(".bss", SHT_PROGBITS.0, flags);
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn data_without_contents() {
    let mut object = good();
    let data = object.section(".data");
    data.kind = SHT_NOBITS.0;
    data.data.clear();
    data.size = 4;
    let flags = data.flags;
    let expected = kind_violation(".data", SHT_NOBITS.0, flags);
    assert_eq!(violations(&object), [expected]);
}
