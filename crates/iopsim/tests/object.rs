//! Loading objects and profiling their functions.

mod common;

use common::CODE;
use iopsim::reg::*;
use iopsim::{ElfError, Image, Machine, Profile, RelocationError, asm};
use object::elf::{self, RelocationType};
use object::write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope,
};

/// A small object: a function that adds a word of .data to what an imported function returns.
struct Sample {
    object: Object<'static>,
    text: SectionId,
    counter: SymbolId,
    import: SymbolId,
}

fn symbol(name: &str, section: SymbolSection, value: u64, size: u64, kind: SymbolKind) -> Symbol {
    Symbol {
        name: name.into(),
        value,
        size,
        kind,
        scope: SymbolScope::Dynamic,
        weak: false,
        section,
        flags: SymbolFlags::None,
    }
}

impl Sample {
    fn new() -> Sample {
        let mut object = Object::new(BinaryFormat::Elf, Architecture::Mips, Endianness::Little);
        let text = object.add_section(vec![], b".text".to_vec(), SectionKind::Text);
        let data = object.add_section(vec![], b".data".to_vec(), SectionKind::Data);
        let bss = object.add_section(vec![], b".bss".to_vec(), SectionKind::UninitializedData);
        let note = object.add_section(vec![], b".comment".to_vec(), SectionKind::OtherString);
        let code = [
            // entry
            asm::addiu(SP, SP, -24),
            asm::sw(RA, 20, SP),
            asm::jal(0),
            asm::NOP,
            asm::lui(T0, 0),
            asm::lw(T0, 4, T0),
            asm::lw(RA, 20, SP),
            asm::addu(V0, V0, T0),
            asm::jr(RA),
            asm::addiu(SP, SP, 24),
            // leaf
            asm::jr(RA),
            asm::addiu(V0, ZERO, 9),
        ];
        object.append_section_data(text, &asm::to_bytes(&code), 4);
        object.append_section_data(data, &asm::to_bytes(&[0, 1000, 40]), 16);
        object.append_section_bss(bss, 20, 8);
        object.append_section_data(note, b"not loaded", 1);
        let at = SymbolSection::Section;
        object.add_symbol(symbol("entry", at(text), 0, 40, SymbolKind::Text));
        object.add_symbol(symbol("leaf", at(text), 40, 8, SymbolKind::Text));
        let counter = object.add_symbol(symbol("counter", at(data), 0, 12, SymbolKind::Data));
        let undefined = SymbolSection::Undefined;
        let import = object.add_symbol(symbol("import", undefined, 0, 0, SymbolKind::Unknown));
        Sample {
            object,
            text,
            counter,
            import,
        }
    }

    fn relocate(&mut self, offset: u64, symbol: SymbolId, r_type: RelocationType) {
        let flags = RelocationFlags::Elf { r_type };
        let relocation = Relocation {
            offset,
            symbol,
            addend: 0,
            flags,
        };
        self.object.add_relocation(self.text, relocation).unwrap();
    }

    /// All relocations the code needs.
    fn relocated(mut self) -> Sample {
        self.relocate(8, self.import, elf::R_MIPS_26);
        self.relocate(16, self.counter, elf::R_MIPS_HI16);
        self.relocate(20, self.counter, elf::R_MIPS_LO16);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        self.object.write().unwrap()
    }
}

fn load(object: &[u8], base: u32, import: Option<u32>) -> Result<(Machine, Image), ElfError> {
    let mut machine = Machine::default();
    let image = machine.load_object(object, base, &|name| import.filter(|_| name == "import"))?;
    Ok((machine, image))
}

#[test]
fn an_object_runs_at_any_base() {
    let object = Sample::new().relocated().bytes();
    for base in [0x1_0000, 0x1_7FF0, 0x1_FFD4, 0x12_3454] {
        let mut machine = Machine::default();
        let import = machine.register_host();
        let address = import.address();
        let image = machine
            .load_object(&object, base, &|_| Some(address))
            .unwrap();
        let entry = image.symbol("entry").unwrap();
        assert_eq!(entry, base.next_multiple_of(4));
        assert_eq!(
            machine.call_with(entry, &[], &mut |_, _| Ok(7)),
            Ok(1007),
            "{base:#x}"
        );
    }
}

#[test]
fn sections_are_laid_out_with_their_alignment() {
    let object = Sample::new().relocated().bytes();
    let (machine, image) = load(&object, CODE, Some(CODE)).unwrap();
    assert_eq!(image.section(".text"), Some(CODE..CODE + 48));
    assert_eq!(image.section(".data"), Some(CODE + 48..CODE + 60));
    assert_eq!(image.section(".bss"), Some(CODE + 64..CODE + 84));
    assert_eq!(image.section(".comment"), None);
    assert_eq!(image.end, CODE + 84);
    assert_eq!(image.symbol("counter"), Some(CODE + 48));
    assert_eq!(image.symbol("import"), None);
    assert_eq!(machine.read_word(CODE + 52), Ok(1000));
    let flags: Vec<_> = image
        .sections
        .iter()
        .map(|s| (s.writable, s.executable))
        .collect();
    assert_eq!(flags, [(false, true), (true, false), (true, false)]);
}

#[test]
fn bss_becomes_zero() {
    let object = Sample::new().bytes();
    let mut machine = Machine::new(iopsim::Config {
        fill: 0xFF,
        ..Default::default()
    });
    machine.load_object(&object, CODE, &|_| None).unwrap();
    assert_eq!(machine.read(CODE + 63, 22).unwrap()[0], 0xFF);
    assert_eq!(machine.read(CODE + 64, 20).unwrap(), [0; 20]);
    assert_eq!(machine.read(CODE + 84, 1).unwrap(), [0xFF]);
}

#[test]
fn undefined_symbols() {
    let mut sample = Sample::new().relocated();
    let missing = ElfError::Undefined {
        symbol: "import".into(),
    };
    assert_eq!(load(&sample.bytes(), CODE, None).err(), Some(missing));
    sample.object.symbol_mut(sample.import).weak = true;
    let (machine, _) = load(&sample.bytes(), CODE, None).unwrap();
    assert_eq!(machine.read_word(CODE + 8), Ok(asm::jal(0)));
}

#[test]
fn a_high_half_without_its_low_half() {
    let mut sample = Sample::new();
    sample.relocate(16, sample.counter, elf::R_MIPS_HI16);
    sample.relocate(8, sample.import, elf::R_MIPS_26);
    sample.relocate(20, sample.counter, elf::R_MIPS_LO16);
    let error = RelocationError::UnpairedHi16 { offset: 16 };
    let expected = ElfError::Relocation {
        section: ".text".into(),
        error,
    };
    assert_eq!(
        load(&sample.bytes(), CODE, Some(CODE)).err(),
        Some(expected)
    );
}

#[test]
fn relocations_that_modules_do_not_have() {
    let mut sample = Sample::new();
    sample.relocate(16, sample.counter, elf::R_MIPS_GPREL16);
    let error = RelocationError::Unsupported {
        offset: 16,
        kind: 7,
    };
    let expected = ElfError::Relocation {
        section: ".text".into(),
        error,
    };
    assert_eq!(load(&sample.bytes(), CODE, None).err(), Some(expected));
}

#[test]
fn objects_of_other_machines() {
    let other = Object::new(BinaryFormat::Elf, Architecture::I386, Endianness::Little);
    let big = Object::new(BinaryFormat::Elf, Architecture::Mips, Endianness::Big);
    let wide = Object::new(BinaryFormat::Elf, Architecture::Mips64, Endianness::Little);
    for object in [other, big, wide] {
        let bytes = object.write().unwrap();
        assert_eq!(
            load(&bytes, CODE, None).err(),
            Some(ElfError::NotMipsObject)
        );
    }
    assert_eq!(load(b"", CODE, None).err(), Some(ElfError::NotMipsObject));
}

#[test]
fn an_object_that_does_not_fit() {
    let object = Sample::new().bytes();
    assert!(matches!(
        load(&object, 0x001F_FFF0, None).err(),
        Some(ElfError::OutsideRam(_))
    ));
    assert!(matches!(
        load(&object, 0xFFFF_FFFC, None).err(),
        Some(ElfError::OutsideRam(_))
    ));
    let mut sample = Sample::new();
    let section =
        sample
            .object
            .add_section(vec![], b".bss.x".to_vec(), SectionKind::UninitializedData);
    sample.object.append_section_bss(section, 0xFFFF_FFF0, 4);
    assert!(matches!(
        load(&sample.bytes(), CODE, None).err(),
        Some(ElfError::OutsideRam(_))
    ));
}

/// Whatever a file holds, loading it ends with a result.
#[test]
fn damaged_objects_never_panic() {
    let object = Sample::new().relocated().bytes();
    for len in 0..object.len() {
        let _ = load(&object[..len], CODE, Some(CODE));
    }
    for place in 0..object.len() {
        for value in [0x00, 0x01, 0x7F, 0x80, 0xFF] {
            let mut damaged = object.clone();
            damaged[place] = value;
            let _ = load(&damaged, CODE, Some(CODE));
        }
    }
}

#[test]
fn a_profile_tells_functions_apart() {
    let object = Sample::new().relocated().bytes();
    let mut machine = Machine::default();
    let image = machine
        .load_object(&object, CODE, &|_| Some(CODE + 40))
        .unwrap();
    machine.start_profile(Profile::new(image.functions()));
    let entry = image.symbol("entry").unwrap();
    assert_eq!(machine.call(entry, &[]), Ok(1009));
    machine
        .write_words(0x2_0000, &[asm::jr(RA), asm::NOP])
        .unwrap();
    machine.call(0x2_0000, &[]).unwrap();
    let profile = machine.take_profile().unwrap();
    let counted = |name| profile.function(name).unwrap().instructions;
    assert_eq!(
        (counted("entry"), counted("leaf"), counted("?")),
        (10, 2, 2)
    );
    let cycles: u64 = profile
        .functions()
        .iter()
        .map(|function| function.cycles)
        .sum();
    assert_eq!(cycles, machine.counters().cycles);
    // A line of its own, of which two words are left, and no loads.
    assert_eq!(profile.function("leaf").unwrap().cycles, 2 + 5 + 2);
    assert!(machine.take_profile().is_none());
}

#[test]
fn functions_without_a_size_reach_to_the_next() {
    let mut machine = Machine::default();
    machine
        .write_words(CODE, &[asm::NOP, asm::NOP, asm::jr(RA), asm::NOP])
        .unwrap();
    machine.start_profile(Profile::new([("b", CODE + 8..CODE + 8), ("a", CODE..CODE)]));
    machine.call(CODE, &[]).unwrap();
    let profile = machine.take_profile().unwrap();
    let counts: Vec<_> = profile
        .functions()
        .iter()
        .map(|f| (f.name.as_str(), f.instructions))
        .collect();
    assert_eq!(counts, [("a", 2), ("b", 2), ("?", 0)]);
}
