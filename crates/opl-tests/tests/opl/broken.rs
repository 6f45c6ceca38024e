//! What iopfixup refuses is refused. Each test breaks a good module in one place.

use irx::fixup::{FixupError, Jumps, convert};
use object::elf;
use object::{Object, ObjectSection, ObjectSymbol};
use opl_tests::{Reader, Variant};

use crate::images::module;

/// Offsets in a section header, a symbol and a relocation.
const SH_NAME: usize = 0;
const SH_TYPE: usize = 4;
const SH_ADDRALIGN: usize = 32;
const ST_VALUE: usize = 4;
const ST_INFO: usize = 12;
const ST_SHNDX: usize = 14;
const R_INFO: usize = 4;

const NONE: u8 = elf::R_MIPS_NONE.0 as u8;
const HIGH: u8 = elf::R_MIPS_HI16.0 as u8;
const LOW: u8 = elf::R_MIPS_LO16.0 as u8;

/// A linked module, to be damaged.
struct Broken(Vec<u8>);

impl Broken {
    fn new() -> Self {
        let good = module(Variant::Bdm, Reader::Naive).file().to_vec();
        assert!(convert(&good, Jumps::Branch).is_ok());
        Self(good)
    }

    fn elf(&self) -> object::File<'_> {
        object::File::parse(&*self.0).expect("still an ELF file")
    }

    /// Where the header of a section is in the file.
    fn section(&self, name: &str) -> usize {
        let table = u32::from_le_bytes(*self.0[0x20..].first_chunk().expect("a header"));
        let elf = self.elf();
        let section = elf.section_by_name(name).expect("it is there");
        table as usize + section.index().0 * 40
    }

    fn content(&self, section: &str) -> usize {
        let elf = self.elf();
        let section = elf.section_by_name(section).expect("it is there");
        section.file_range().expect("it has content").0 as usize
    }

    /// Where a symbol is in the file.
    fn symbol(&self, name: &str) -> usize {
        let elf = self.elf();
        let symbol = elf.symbols().find(|symbol| symbol.name() == Ok(name));
        self.content(".symtab") + symbol.expect("it is there").index().0 * 16
    }

    /// Number and place in the file of the first relocation from which on the code has those of these types, all with
    /// the same symbol.
    fn relocs(&self, types: &[u8]) -> usize {
        let table = self.content(".rel.text");
        let entry = |n: usize| &self.0[table + 8 * n + R_INFO..][..4];
        let is_run = |n: &usize| {
            let same = |(i, kind): (usize, &u8)| {
                entry(n + i)[0] == *kind && entry(n + i)[1..] == entry(*n)[1..]
            };
            types.iter().enumerate().all(same)
        };
        table + 8 * (0..100).find(is_run).expect("the code has such a run")
    }

    fn set(&mut self, place: usize, bytes: &[u8]) {
        self.0[place..place + bytes.len()].copy_from_slice(bytes);
    }

    fn set_word(&mut self, place: usize, word: u32) {
        self.set(place, &word.to_le_bytes());
    }

    fn word(&self, place: usize) -> u32 {
        u32::from_le_bytes(*self.0[place..].first_chunk().expect("inside"))
    }

    fn error(&self) -> FixupError {
        convert(&self.0, Jumps::Branch).expect_err("it is broken")
    }
}

#[test]
fn a_low_half_without_its_high_half() {
    let mut broken = Broken::new();
    let high = broken.relocs(&[HIGH, LOW]);
    broken.set(high + R_INFO, &[NONE]);
    let low = broken.word(high + 8);
    assert_eq!(broken.error(), FixupError::LoneLow(low));
}

#[test]
fn a_high_half_without_its_low_half() {
    let mut broken = Broken::new();
    let high = broken.relocs(&[HIGH, LOW]);
    broken.set(high + 8 + R_INFO, &[NONE]);
    assert_eq!(broken.error(), FixupError::LoneHigh(broken.word(high)));
}

#[test]
fn halves_of_two_symbols() {
    let mut broken = Broken::new();
    let high = broken.relocs(&[HIGH, LOW]);
    let symbol = broken.word(high + 8 + R_INFO) >> 8;
    broken.set_word(high + 8 + R_INFO, (symbol - 1) << 8 | u32::from(LOW));
    assert_eq!(broken.error(), FixupError::LoneHigh(broken.word(high)));
}

#[test]
fn two_high_halves_with_one_low_half() {
    let mut broken = Broken::new();
    let first = broken.relocs(&[HIGH, LOW, HIGH, LOW]);
    let (low, second) = (first + 8, first + 16);
    let entries = [broken.word(low), broken.word(second)];
    broken.set_word(low, entries[1]);
    broken.set_word(second, entries[0]);
    broken.set(low + R_INFO, &[HIGH]);
    broken.set(second + R_INFO, &[LOW]);
    assert_eq!(broken.error(), FixupError::SharedHigh(broken.word(first)));
}

#[test]
fn a_relocation_of_another_type() {
    for kind in [elf::R_MIPS_PC16, elf::R_MIPS_GOT16, elf::R_MIPS_CALL16] {
        let mut broken = Broken::new();
        let jump = broken.relocs(&[elf::R_MIPS_26.0 as u8]);
        broken.set(jump + R_INFO, &[kind.0 as u8]);
        let offset = broken.word(jump);
        let kind = kind.0;
        assert_eq!(broken.error(), FixupError::Type { offset, kind });
    }
}

#[test]
fn a_relocation_of_no_word() {
    let mut broken = Broken::new();
    let jump = broken.relocs(&[elf::R_MIPS_26.0 as u8]);
    broken.set_word(jump, 0x0010_0000);
    assert!(matches!(broken.error(), FixupError::Relocation(_)));
}

#[test]
fn explicit_addends() {
    let mut broken = Broken::new();
    let table = broken.section(".rel.text");
    broken.set_word(table + SH_TYPE, elf::SHT_RELA.0);
    assert_eq!(broken.error(), FixupError::Rela(".text".into()));
}

#[test]
fn a_name_that_nothing_defines() {
    let mut broken = Broken::new();
    let symbol = broken.symbol("memcpy");
    broken.set(symbol + ST_SHNDX, &[0, 0]);
    assert_eq!(broken.error(), FixupError::Undefined("memcpy".into()));
}

#[test]
fn a_weak_name_that_nothing_defines_is_no_error() {
    let mut broken = Broken::new();
    let symbol = broken.symbol("memcpy");
    broken.set(symbol + ST_SHNDX, &[0, 0]);
    broken.set(symbol + ST_INFO, &[elf::STB_WEAK.0 << 4]);
    assert!(convert(&broken.0, Jumps::Branch).is_ok());
}

#[test]
fn a_variable_without_a_place() {
    let mut broken = Broken::new();
    let symbol = broken.symbol("ziso_align");
    broken.set(symbol + ST_SHNDX, &elf::SHN_COMMON.0.to_le_bytes());
    assert_eq!(broken.error(), FixupError::Common("ziso_align".into()));
}

#[test]
fn a_variable_outside_the_module() {
    let mut broken = Broken::new();
    let symbol = broken.symbol("ziso_align");
    let elsewhere = broken
        .elf()
        .section_by_name(".reginfo")
        .expect("there")
        .index();
    broken.set(symbol + ST_SHNDX, &(elsewhere.0 as u16).to_le_bytes());
    assert_eq!(broken.error(), FixupError::NotLoaded("ziso_align".into()));
}

#[test]
fn a_function_at_the_start_of_the_code() {
    let mut broken = Broken::new();
    let symbol = broken.symbol("ziso_init");
    broken.set_word(symbol + ST_VALUE, 0);
    assert_eq!(broken.error(), FixupError::TextZero("ziso_init".into()));
}

#[test]
fn too_much_alignment() {
    let mut broken = Broken::new();
    let section = broken.section(".bss");
    broken.set_word(section + SH_ADDRALIGN, 32);
    let section = ".bss".into();
    assert_eq!(broken.error(), FixupError::Alignment { section, align: 32 });
}

#[test]
fn a_section_of_another_name() {
    let mut broken = Broken::new();
    let other = broken.word(broken.section(".reginfo") + SH_NAME);
    let section = broken.section(".bss");
    broken.set_word(section + SH_NAME, other);
    assert_eq!(broken.error(), FixupError::Section(".reginfo".into()));
}

#[test]
fn another_kind_of_file() {
    for (place, bytes) in [
        (4, [2, 1]),
        (5, [2, 1]),
        (0x10, [2, 0]),
        (0x12, [3, 0]),
        (0, [0, 0]),
    ] {
        let mut broken = Broken::new();
        broken.set(place, &bytes);
        assert_eq!(broken.error(), FixupError::NotMipsObject, "at {place:#x}");
    }
    let mut broken = Broken::new();
    broken.0.truncate(0x400);
    assert!(matches!(broken.error(), FixupError::Malformed(_)));
}
