//! Objects as plain values that a test changes before they become bytes.

use object::elf::{
    FileFlags, FileType, Machine, RelocationType, SHF_INFO_LINK, SHT_NOBITS, SHT_REL, SectionFlags,
    SectionType, SymbolBind, SymbolInfo, SymbolOther, SymbolSection, SymbolType,
};
use object::write::StringId;
use object::write::elf::{FileHeader, Rel as WriteRel, SectionHeader, SectionIndex, Sym, Writer};
use object::{Endianness, elf};

/// A whole object.
#[derive(Clone)]
pub struct Object {
    pub file_type: u16,
    pub machine: u16,
    pub flags: u32,
    pub sections: Vec<Section>,
    pub symbols: Vec<Symbol>,
}

#[derive(Clone)]
pub struct Section {
    pub name: &'static str,
    pub kind: u32,
    pub flags: u32,
    pub align: u32,
    pub data: Vec<u8>,
    /// Size when the kind is `SHT_NOBITS`.
    pub size: u32,
    pub relocs: Vec<Reloc>,
    /// `sh_info`, of no meaning here.
    pub info: u32,
}

#[derive(Clone)]
pub struct Reloc {
    pub offset: u32,
    pub kind: u32,
    /// Name of the symbol; the null symbol if there is none of that name.
    pub symbol: &'static str,
}

#[derive(Clone)]
pub struct Symbol {
    /// A section symbol goes by the name of its section, which is not written.
    pub name: &'static str,
    pub bind: SymbolBind,
    pub kind: SymbolType,
    pub home: Home,
    pub value: u32,
    pub size: u32,
}

#[derive(Clone)]
pub enum Home {
    In(&'static str),
    /// A section index, special ones included.
    Index(u16),
}

impl Section {
    pub fn new(name: &'static str, flags: u32, align: u32, data: Vec<u8>) -> Section {
        Section {
            name,
            kind: elf::SHT_PROGBITS.0,
            flags,
            align,
            data,
            size: 0,
            relocs: Vec::new(),
            info: 0,
        }
    }

    fn written_size(&self) -> u64 {
        if self.kind == SHT_NOBITS.0 {
            self.size.into()
        } else {
            self.data.len() as u64
        }
    }
}

impl Object {
    pub fn section(&mut self, name: &str) -> &mut Section {
        self.sections.iter_mut().find(|s| s.name == name).unwrap()
    }

    pub fn symbol(&mut self, name: &str) -> &mut Symbol {
        self.symbols.iter_mut().find(|s| s.name == name).unwrap()
    }

    /// The relocation of `.text` at an offset.
    pub fn reloc(&mut self, offset: u32) -> &mut Reloc {
        let relocs = &mut self.section(".text").relocs;
        relocs.iter_mut().find(|r| r.offset == offset).unwrap()
    }

    /// Replaces a word of `.text`.
    pub fn patch(&mut self, offset: usize, word: u32) {
        self.section(".text").data[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
    }

    /// The ELF file: sections, relocation tables, symbols, names and last the section headers.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut file = Writing::new(self, Writer::new(Endianness::Little, false, &mut bytes));
        file.reserve_ranges();
        file.write_contents();
        file.write_headers();
        bytes
    }

    fn index_of_section(&self, name: &str) -> u32 {
        self.sections.iter().position(|s| s.name == name).unwrap() as u32 + 1
    }

    fn index_of_symbol(&self, name: &str) -> u32 {
        let position = self.symbols.iter().position(|s| s.name == name);
        position.map_or(0, |at| at as u32 + 1)
    }

    /// Sections with relocations, and their indices.
    fn relocated(&self) -> impl Iterator<Item = (u32, &Section)> {
        (1..)
            .zip(&self.sections)
            .filter(|(_, s)| !s.relocs.is_empty())
    }
}

/// The writer with what it handed out.
struct Writing<'a> {
    object: &'a Object,
    writer: Writer<'a>,
    names: Vec<StringId>,
    table_names: Vec<StringId>,
    symbol_names: Vec<Option<StringId>>,
    offsets: Vec<u64>,
    table_offsets: Vec<u64>,
}

impl<'a> Writing<'a> {
    fn new(object: &'a Object, mut writer: Writer<'a>) -> Writing<'a> {
        writer.reserve_null_section_index();
        let name = |text: &'a str, writer: &mut Writer<'a>| {
            writer.reserve_section_index();
            writer.add_section_name(text.as_bytes())
        };
        let names = object
            .sections
            .iter()
            .map(|s| name(s.name, &mut writer))
            .collect();
        let table_names = object
            .relocated()
            .map(|_| name(".rel", &mut writer))
            .collect();
        writer.reserve_symtab_section_index();
        writer.reserve_strtab_section_index();
        writer.reserve_shstrtab_section_index();
        writer.reserve_null_symbol_index();
        let symbol_names = object
            .symbols
            .iter()
            .map(|symbol| {
                writer.reserve_symbol_index(Some(SectionIndex(1)));
                let named = symbol.kind != elf::STT_SECTION;
                named.then(|| writer.add_string(symbol.name.as_bytes()))
            })
            .collect();
        Writing {
            object,
            writer,
            names,
            table_names,
            symbol_names,
            offsets: Vec::new(),
            table_offsets: Vec::new(),
        }
    }

    fn reserve_ranges(&mut self) {
        self.writer.reserve_file_header();
        for section in &self.object.sections {
            let offset = self.writer.reserve(section.data.len() as u64, 4);
            self.offsets.push(offset);
        }
        for (_, section) in self.object.relocated() {
            let offset = self.writer.reserve_relocations(section.relocs.len(), false);
            self.table_offsets.push(offset);
        }
        self.writer.reserve_symtab();
        self.writer.reserve_strtab().unwrap();
        self.writer.reserve_shstrtab().unwrap();
        self.writer.reserve_section_headers();
    }

    fn write_contents(&mut self) {
        let header = FileHeader {
            os_abi: elf::ELFOSABI_NONE,
            abi_version: 0,
            e_type: FileType(self.object.file_type),
            e_machine: Machine(self.object.machine),
            e_entry: 0,
            e_flags: FileFlags(self.object.flags),
        };
        self.writer.write_file_header(&header).unwrap();
        for section in &self.object.sections {
            self.writer.write_align(4);
            self.writer.write(&section.data);
        }
        for (_, section) in self.object.relocated() {
            self.writer.write_align_relocation();
            for reloc in &section.relocs {
                let reloc = WriteRel {
                    r_offset: reloc.offset.into(),
                    r_sym: self.object.index_of_symbol(reloc.symbol),
                    r_type: RelocationType(reloc.kind),
                    r_addend: 0,
                };
                self.writer.write_relocation(false, &reloc);
            }
        }
        self.write_symbols();
    }

    fn write_symbols(&mut self) {
        self.writer.write_null_symbol();
        for (symbol, name) in self.object.symbols.iter().zip(&self.symbol_names) {
            let (section, special) = match symbol.home {
                Home::In(name) => (Some(self.object.index_of_section(name)), 0),
                Home::Index(index) => (None, index),
            };
            self.writer.write_symbol(&Sym {
                section,
                st_name: self.writer.string_offset(*name),
                st_info: SymbolInfo::new(symbol.bind, symbol.kind),
                st_other: SymbolOther(0),
                st_shndx: SymbolSection(special),
                st_value: symbol.value.into(),
                st_size: symbol.size.into(),
            });
        }
        self.writer.write_strtab();
        self.writer.write_shstrtab();
    }

    fn write_headers(&mut self) {
        self.writer.write_null_section_header();
        for (at, section) in self.object.sections.iter().enumerate() {
            self.writer.write_section_header(&SectionHeader {
                sh_name: self.writer.section_name_offset(Some(self.names[at])),
                sh_type: SectionType(section.kind),
                sh_flags: SectionFlags(section.flags.into()),
                sh_addr: 0,
                sh_offset: self.offsets[at],
                sh_size: section.written_size(),
                sh_link: 0,
                sh_info: section.info,
                sh_addralign: section.align.into(),
                sh_entsize: 0,
            });
        }
        let symtab = self.writer.symtab_index().0;
        for (at, (target, section)) in self.object.relocated().enumerate() {
            self.writer.write_section_header(&SectionHeader {
                sh_name: self.writer.section_name_offset(Some(self.table_names[at])),
                sh_type: SHT_REL,
                sh_flags: SHF_INFO_LINK,
                sh_addr: 0,
                sh_offset: self.table_offsets[at],
                sh_size: section.relocs.len() as u64 * 8,
                sh_link: symtab,
                sh_info: target,
                sh_addralign: 4,
                sh_entsize: 8,
            });
        }
        let locals = self.object.symbols.iter();
        let locals = locals.filter(|s| s.bind == elf::STB_LOCAL).count() as u32 + 1;
        self.writer.write_symtab_section_header(locals);
        self.writer.write_strtab_section_header();
        self.writer.write_shstrtab_section_header();
    }
}
