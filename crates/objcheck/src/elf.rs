//! The object as plain values.
//!
//! Reads every table once, so that the rules need no fallible access. What cannot be read at all is
//! a violation here; what can be read but is not allowed is left to the rules.

use object::LittleEndian as LE;
use object::elf::{
    ELFCLASS32, ELFDATA2LSB, FileHeader32, SHF_ALLOC, SHF_EXECINSTR, SHN_ABS, SHN_COMMON,
    SHN_UNDEF, SHT_REL, SHT_SYMTAB, STB_LOCAL, STB_WEAK, STT_FUNC, STT_NOTYPE, SectionHeader32,
    Sym32,
};
use object::read::elf::{FileHeader as _, SectionHeader as _, SectionTable, Sym as _};

use crate::detail::Part;
use crate::violation::Violation;

/// Boxed because a violation is larger than what is read, and rare.
type ReadResult<T> = Result<T, Box<Violation>>;

/// MIPS additions to `SHN_COMMON`: allocated and small common symbols.
const SHN_MIPS_COMMON: [u16; 2] = [0xff00, 0xff03];

/// An object file, read completely.
pub(crate) struct Elf<'a> {
    pub file_type: u16,
    pub machine: u16,
    pub flags: u32,
    pub sections: Vec<Section<'a>>,
    pub symbols: Vec<Symbol>,
    pub tables: Vec<RelocTable>,
}

/// A section and its contents, which are empty for `SHT_NOBITS`.
pub(crate) struct Section<'a> {
    pub name: String,
    pub kind: u32,
    pub flags: u32,
    pub size: u32,
    pub align: u32,
    pub data: &'a [u8],
}

/// A symbol.
pub(crate) struct Symbol {
    pub name: String,
    pub binding: Binding,
    /// `STT_*`
    pub kind: u8,
    pub home: Home,
    pub value: u32,
    pub size: u32,
}

/// Who may see a symbol.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    Local,
    Global,
    Weak,
}

/// Where a symbol is defined.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    Undefined,
    /// Index of a section, which need not exist.
    Section(usize),
    Common,
    Absolute,
    /// Any other reserved index.
    Reserved,
}

/// One section of type `SHT_REL`, in its own order: both iopfixup and LOADCORE go by it.
pub(crate) struct RelocTable {
    /// Index of the section it patches.
    pub target: usize,
    pub entries: Vec<Reloc>,
}

/// One relocation.
#[derive(Clone, Copy)]
pub(crate) struct Reloc {
    pub offset: u32,
    /// `R_MIPS_*`
    pub kind: u32,
    /// Index of a symbol, which need not exist.
    pub symbol: usize,
}

impl<'a> Elf<'a> {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// The first table that cannot be read.
    pub fn parse(bytes: &'a [u8]) -> ReadResult<Elf<'a>> {
        class_and_byte_order(bytes)?;
        let header = FileHeader32::<LE>::parse(bytes).map_err(malformed(Part::FileHeader))?;
        let headers = header
            .sections(LE, bytes)
            .map_err(malformed(Part::SectionHeaders))?;
        let (symbols_at, symbols) = symbols(&headers, bytes)?;
        Ok(Elf {
            file_type: header.e_type.get(LE).0,
            machine: header.e_machine.get(LE).0,
            flags: header.e_flags.get(LE).0,
            sections: sections(&headers, bytes)?,
            symbols,
            tables: tables(&headers, symbols_at, bytes)?,
        })
    }

    /// Relocations of the sections that go into the module.
    pub fn loaded_tables(&self) -> impl Iterator<Item = &RelocTable> {
        self.tables.iter().filter(|table| {
            self.sections
                .get(table.target)
                .is_some_and(Section::is_alloc)
        })
    }

    /// Section in which a symbol lies, unless it has none or is not loaded.
    pub fn loaded_home(&self, symbol: &Symbol) -> Option<&Section<'a>> {
        match symbol.home {
            Home::Section(index) => self.sections.get(index).filter(|s| s.is_alloc()),
            _ => None,
        }
    }

    /// Name of the function that contains a place, as far as symbols tell.
    pub fn function(&self, section: usize, offset: u32) -> Option<&str> {
        self.functions(section)
            .filter(|s| s.value <= offset)
            .max_by_key(|s| s.value)
            .map(|s| s.name.as_str())
    }

    /// Symbols of the functions in a section. Assembly often leaves its global names untyped.
    pub fn functions(&self, section: usize) -> impl Iterator<Item = &Symbol> {
        let is_code = self.sections.get(section).is_some_and(Section::is_code);
        self.symbols.iter().filter(move |s| {
            let untyped = s.kind == STT_NOTYPE.0 && s.binding != Binding::Local;
            is_code && s.home == Home::Section(section) && (s.kind == STT_FUNC.0 || untyped)
        })
    }
}

impl Section<'_> {
    /// Whether it takes memory in the module.
    pub fn is_alloc(&self) -> bool {
        self.flags & SHF_ALLOC.0 as u32 != 0
    }

    /// Whether it takes memory and may hold code.
    pub fn is_code(&self) -> bool {
        self.is_alloc() && self.flags & SHF_EXECINSTR.0 as u32 != 0
    }

    /// The little-endian word at an offset; `None` outside the contents.
    pub fn word(&self, offset: u32) -> Option<u32> {
        let bytes = self.data.get(offset as usize..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }
}

/// The reader takes the file's word for class and byte order and gives one error for both, so they
/// are looked at first. A file too short for them is left to it.
fn class_and_byte_order(bytes: &[u8]) -> ReadResult<()> {
    match bytes.get(4..6) {
        Some(&[class, order]) if (class, order) != (ELFCLASS32.0, ELFDATA2LSB.0) => {
            Err(Box::new(Violation::NotElf32Little { class, order }))
        }
        _ => Ok(()),
    }
}

fn malformed(part: Part) -> impl Fn(object::read::Error) -> Box<Violation> {
    move |error| Box::new(Violation::Malformed { part, error })
}

type Headers<'a> = SectionTable<'a, FileHeader32<LE>>;

fn sections<'a>(headers: &Headers<'a>, bytes: &'a [u8]) -> ReadResult<Vec<Section<'a>>> {
    headers
        .iter()
        .enumerate()
        .map(|(index, header)| section(headers, index, header, bytes))
        .collect()
}

fn section<'a>(
    headers: &Headers<'a>,
    index: usize,
    header: &SectionHeader32<LE>,
    bytes: &'a [u8],
) -> ReadResult<Section<'a>> {
    let name = headers
        .section_name(LE, header)
        .map_err(malformed(Part::SectionName(index)))?;
    let data = header
        .data(LE, bytes)
        .map_err(malformed(Part::SectionContents(index)))?;
    Ok(Section {
        name: text(name),
        kind: header.sh_type.get(LE).0,
        flags: header.sh_flags(LE).0 as u32,
        size: header.sh_size.get(LE),
        align: header.sh_addralign.get(LE),
        data,
    })
}

/// The symbols and the index of the section that holds them, which relocations must refer to.
fn symbols(headers: &Headers, bytes: &[u8]) -> ReadResult<(usize, Vec<Symbol>)> {
    let table = headers
        .symbols(LE, bytes, SHT_SYMTAB)
        .map_err(malformed(Part::SymbolTable))?;
    let symbols = table
        .enumerate()
        .map(|(index, symbol)| {
            let name = table
                .symbol_name(LE, symbol)
                .map_err(malformed(Part::SymbolName(index.0)))?;
            Ok(plain_symbol(symbol, text(name)))
        })
        .collect::<ReadResult<_>>()?;
    Ok((table.section().0, symbols))
}

fn plain_symbol(symbol: &Sym32<LE>, name: String) -> Symbol {
    Symbol {
        name,
        binding: match symbol.st_bind() {
            STB_LOCAL => Binding::Local,
            STB_WEAK => Binding::Weak,
            _ => Binding::Global,
        },
        kind: symbol.st_type().0,
        home: home(symbol),
        value: symbol.st_value.get(LE),
        size: symbol.st_size.get(LE),
    }
}

fn home(symbol: &Sym32<LE>) -> Home {
    match symbol.st_shndx(LE) {
        SHN_UNDEF => Home::Undefined,
        SHN_ABS => Home::Absolute,
        SHN_COMMON => Home::Common,
        other if SHN_MIPS_COMMON.contains(&other.0) => Home::Common,
        other => match other.index() {
            Some(index) => Home::Section(usize::from(index)),
            None => Home::Reserved,
        },
    }
}

fn tables(headers: &Headers, symbols_at: usize, bytes: &[u8]) -> ReadResult<Vec<RelocTable>> {
    headers
        .iter()
        .enumerate()
        .filter(|(_, header)| header.sh_type.get(LE) == SHT_REL)
        .map(|(index, header)| table(index, header, headers.len(), symbols_at, bytes))
        .collect()
}

fn table(
    index: usize,
    header: &SectionHeader32<LE>,
    sections: usize,
    symbols_at: usize,
    bytes: &[u8],
) -> ReadResult<RelocTable> {
    let target = header.sh_info.get(LE) as usize;
    if target >= sections || header.sh_link.get(LE) as usize != symbols_at {
        return Err(Box::new(Violation::RelocationLinks { section: index }));
    }
    let rel = header
        .rel(LE, bytes)
        .map_err(malformed(Part::Relocations(index)))?;
    let entries = rel
        .map_or(&[][..], |(entries, _)| entries)
        .iter()
        .map(|entry| Reloc {
            offset: entry.r_offset.get(LE),
            kind: entry.r_type(LE).0,
            symbol: entry.r_sym(LE) as usize,
        })
        .collect();
    Ok(RelocTable { target, entries })
}

/// Names are bytes in ELF. Those that are not plain text are wrong anyway and need only be printable.
fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).replace(char::is_control, "\u{fffd}")
}
