//! Loading relocatable objects, as LOADCORE would load the module they become part of.

use core::ops::Range;

use object::elf::{self, FileHeader32};
use object::endian::LittleEndian;
use object::read::elf::{FileHeader, Rel, SectionHeader, SectionTable, Sym, SymbolTable};
use object::{SectionIndex, SymbolIndex};
use thiserror::Error;

use crate::machine::Machine;
use crate::memory::OutsideRam;
use crate::relocate::{Patch, RelocationError, apply};

type Header = FileHeader32<LittleEndian>;
type Symbols<'data> = SymbolTable<'data, Header>;

const LE: LittleEndian = LittleEndian;

/// Why an object could not be loaded.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum ElfError {
    #[error("bad ELF file: {0}")]
    Malformed(#[from] object::read::Error),
    /// An ELF file, but not what is wanted: little endian, 32 bit, MIPS, relocatable.
    #[error("not a relocatable object for little-endian 32-bit MIPS")]
    NotMipsObject,
    #[error(transparent)]
    OutsideRam(#[from] OutsideRam),
    /// Relocations with explicit addends, which IOP tools do not know.
    #[error("section {section} has RELA relocations")]
    Rela { section: String },
    #[error("section {section}: {error}")]
    Relocation {
        section: String,
        error: RelocationError,
    },
    #[error("undefined symbol {symbol}")]
    Undefined { symbol: String },
    /// A common symbol, which IOP tools refuse.
    #[error("common symbol {symbol}")]
    Common { symbol: String },
    #[error("symbol {symbol} is in a section that is not loaded")]
    NotLoaded { symbol: String },
}

/// A section in RAM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    pub name: String,
    pub range: Range<u32>,
    pub writable: bool,
    pub executable: bool,
}

/// A symbol that the object defines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    pub name: String,
    pub address: u32,
    /// Bytes, or 0 if the object does not say.
    pub size: u32,
    /// Whether it is marked as a function.
    pub function: bool,
    /// Whether other objects can see it.
    pub global: bool,
}

/// Where the parts of an object are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// Loaded sections by ascending address.
    pub sections: Vec<Section>,
    /// Named symbols in loaded sections, in the object's order.
    pub symbols: Vec<Symbol>,
    /// First address after the last section.
    pub end: u32,
}

impl Image {
    /// Address of a symbol; a global one if there are several of that name.
    pub fn symbol(&self, name: &str) -> Option<u32> {
        let mut named: Vec<_> = self
            .symbols
            .iter()
            .filter(|symbol| symbol.name == name)
            .collect();
        named.sort_by_key(|symbol| !symbol.global);
        named.first().map(|symbol| symbol.address)
    }

    pub fn section(&self, name: &str) -> Option<Range<u32>> {
        let section = self.sections.iter().find(|section| section.name == name)?;
        Some(section.range.clone())
    }

    /// Functions as [`crate::Profile::new`] takes them.
    pub fn functions(&self) -> impl Iterator<Item = (&str, Range<u32>)> {
        let functions = self.symbols.iter().filter(|symbol| symbol.function);
        functions.map(|symbol| {
            let end = symbol.address.saturating_add(symbol.size);
            (symbol.name.as_str(), symbol.address..end)
        })
    }
}

impl Machine {
    /// Loads a relocatable object to `base` and the addresses after it.
    ///
    /// Sections with content or zeros to be allocated are laid out in the object's order, each with its
    /// alignment, and relocated in the order of the relocation tables: R_MIPS_32, 26, HI16 and LO16, and
    /// a HI16 takes its LO16 from the next entry, as LOADCORE does. A LO16 without its HI16 is applied by
    /// itself, as LOADCORE does, though iopfixup refuses it. `resolve` gives the addresses of symbols
    /// that the object does not define; weak ones that it does not know are 0.
    ///
    /// # Errors
    /// What is wrong with the object. RAM is then unchanged.
    pub fn load_object(
        &mut self,
        object: &[u8],
        base: u32,
        resolve: &dyn Fn(&str) -> Option<u32>,
    ) -> Result<Image, ElfError> {
        let mut object = Object::parse(object)?;
        object.place(self, base)?;
        object.relocate(resolve)?;
        for part in &object.parts {
            self.write(part.section.range.start, &part.bytes)?;
        }
        let symbols = object.defined()?;
        let end = object
            .parts
            .iter()
            .map(|part| part.section.range.end)
            .max()
            .unwrap_or(base);
        let sections = object.parts.into_iter().map(|part| part.section).collect();
        Ok(Image {
            sections,
            symbols,
            end,
        })
    }
}

/// A section on its way into RAM.
struct Part {
    index: SectionIndex,
    section: Section,
    bytes: Vec<u8>,
}

struct Object<'data> {
    data: &'data [u8],
    sections: SectionTable<'data, Header>,
    symbols: Symbols<'data>,
    parts: Vec<Part>,
}

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

impl<'data> Object<'data> {
    fn parse(data: &'data [u8]) -> Result<Object<'data>, ElfError> {
        let header = Header::parse(data).map_err(|_| ElfError::NotMipsObject)?;
        let endian = header.endian().map_err(|_| ElfError::NotMipsObject)?;
        if header.e_machine(endian) != elf::EM_MIPS || header.e_type(endian) != elf::ET_REL {
            return Err(ElfError::NotMipsObject);
        }
        let sections = header.sections(endian, data)?;
        let symbols = sections.symbols(endian, data, elf::SHT_SYMTAB)?;
        Ok(Object {
            data,
            sections,
            symbols,
            parts: Vec::new(),
        })
    }

    /// Gives each section that is loaded its address and its content.
    fn place(&mut self, machine: &Machine, base: u32) -> Result<(), ElfError> {
        let mut next = base;
        for (index, header) in self.sections.enumerate() {
            let flags = header.sh_flags(LE).0;
            // .reginfo and .MIPS.abiflags have types of their own: they are for the linker.
            let loaded = matches!(header.sh_type(LE), elf::SHT_PROGBITS | elf::SHT_NOBITS)
                && flags & elf::SHF_ALLOC.0 != 0;
            if !loaded {
                continue;
            }
            let size = header.sh_size(LE);
            let outside = OutsideRam {
                addr: next,
                len: size as usize,
            };
            let align = header.sh_addralign(LE).max(1);
            let start = next.checked_next_multiple_of(align).ok_or(outside)?;
            // Before the allocation, as the size is the file's word only.
            machine.read(start, size as usize)?;
            let mut bytes = header.data(LE, self.data)?.to_vec();
            bytes.resize(size as usize, 0);
            let section = Section {
                name: lossy(self.sections.section_name(LE, header)?),
                range: start..start + size,
                writable: flags & elf::SHF_WRITE.0 != 0,
                executable: flags & elf::SHF_EXECINSTR.0 != 0,
            };
            next = section.range.end;
            self.parts.push(Part {
                index,
                section,
                bytes,
            });
        }
        Ok(())
    }

    fn relocate(&mut self, resolve: &dyn Fn(&str) -> Option<u32>) -> Result<(), ElfError> {
        for table in self.sections.iter() {
            let target = SectionIndex(table.sh_info(LE) as usize);
            let Some(at) = self.parts.iter().position(|part| part.index == target) else {
                continue;
            };
            // invariant: at is a position in parts, which does not change here.
            let name = || self.parts[at].section.name.clone();
            if table.sh_type(LE) == elf::SHT_RELA {
                return Err(ElfError::Rela { section: name() });
            }
            let Some((entries, _)) = table.rel(LE, self.data)? else {
                continue;
            };
            let patches = self.patches(entries, resolve)?;
            let section = name();
            let part = &mut self.parts[at];
            apply(&mut part.bytes, part.section.range.start, &patches)
                .map_err(|error| ElfError::Relocation { section, error })?;
        }
        Ok(())
    }

    /// Relocation entries with their symbols' addresses.
    fn patches(
        &self,
        entries: &[elf::Rel32<LittleEndian>],
        resolve: &dyn Fn(&str) -> Option<u32>,
    ) -> Result<Vec<Patch>, ElfError> {
        let patch = |entry: &elf::Rel32<LittleEndian>| {
            let symbol = entry.r_sym(LE);
            Ok(Patch {
                offset: entry.r_offset(LE),
                kind: entry.r_type(LE).0,
                symbol,
                value: self.value(SymbolIndex(symbol as usize), resolve)?,
            })
        };
        entries.iter().map(patch).collect()
    }

    /// Address of a symbol that a relocation uses.
    fn value(
        &self,
        index: SymbolIndex,
        resolve: &dyn Fn(&str) -> Option<u32>,
    ) -> Result<u32, ElfError> {
        if index == SymbolIndex(0) {
            return Ok(0);
        }
        let symbol = self.symbols.symbol(index)?;
        let name = || self.symbols.symbol_name(LE, symbol).map(lossy);
        if symbol.is_undefined(LE) {
            return match resolve(&name()?) {
                Some(address) => Ok(address),
                None if symbol.is_weak() => Ok(0),
                None => Err(ElfError::Undefined { symbol: name()? }),
            };
        }
        if symbol.is_common(LE) {
            return Err(ElfError::Common { symbol: name()? });
        }
        if symbol.is_absolute(LE) {
            return Ok(symbol.st_value(LE));
        }
        match self.address(index, symbol)? {
            Some(address) => Ok(address),
            None => Err(ElfError::NotLoaded { symbol: name()? }),
        }
    }

    /// Address of a symbol in a loaded section.
    fn address(
        &self,
        index: SymbolIndex,
        symbol: &elf::Sym32<LittleEndian>,
    ) -> Result<Option<u32>, ElfError> {
        let section = self.symbols.symbol_section(LE, symbol, index)?;
        let part = self.parts.iter().find(|part| Some(part.index) == section);
        Ok(part.map(|part| part.section.range.start.wrapping_add(symbol.st_value(LE))))
    }

    fn defined(&self) -> Result<Vec<Symbol>, ElfError> {
        let mut defined = Vec::new();
        for (index, symbol) in self.symbols.enumerate() {
            let name = self.symbols.symbol_name(LE, symbol)?;
            let Some(address) = self.address(index, symbol)? else {
                continue;
            };
            if name.is_empty() {
                continue;
            }
            defined.push(Symbol {
                name: lossy(name),
                address,
                size: symbol.st_size(LE),
                function: symbol.st_type() == elf::STT_FUNC,
                global: !symbol.is_local(),
            });
        }
        Ok(defined)
    }
}
