//! From a linked module to what the kernel loads, with the rules of ps2sdk's `iopfixup --rb --irx1`.
//!
//! All sections become one image that begins at address 0. Relocations lose their symbols, whose addresses go to the
//! words themselves, and stay in the order of their tables: nobody sorts them for the kernel's loader.

use std::collections::BTreeMap;
use std::ops::Range;

use iopsim::relocate::{Patch, RelocationError, apply};
use object::elf::{self, FileHeader32, Rel32, SectionHeader32};
use object::endian::LittleEndian;
use object::read::elf::{FileHeader, Rel, SectionHeader, SectionTable, Sym, SymbolTable};
use object::{SectionIndex, SymbolIndex};
use thiserror::Error;

type Header = FileHeader32<LittleEndian>;

const LE: LittleEndian = LittleEndian;

/// Sections that a module has, in the order in which they go to memory.
const SECTIONS: [&str; 4] = [".text", ".rodata", ".data", ".bss"];
/// More than this the kernel's loader does not keep.
const MAX_ALIGN: u32 = 16;
/// Symbols that may be at the very start of the code.
const START: [&str; 2] = ["_start", "_ftext"];

const NONE: u32 = elf::R_MIPS_NONE.0;
const WORD: u32 = elf::R_MIPS_32.0;
const JUMP: u32 = elf::R_MIPS_26.0;
const HIGH: u32 = elf::R_MIPS_HI16.0;
const LOW: u32 = elf::R_MIPS_LO16.0;

/// Why a linked module cannot be converted.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum FixupError {
    /// The file breaks the format's rules.
    #[error("bad ELF file: {0}")]
    Malformed(#[from] object::read::Error),
    /// An ELF file of another kind.
    #[error("not a relocatable object for little-endian 32-bit MIPS")]
    NotMipsObject,
    /// A section that would be left out of the module.
    #[error("section {0} is to be loaded, but no section of a module")]
    Section(String),
    /// A section that needs more alignment than modules get.
    #[error("section {section} needs an alignment of {align}")]
    Alignment {
        /// Its name.
        section: String,
        /// What it needs.
        align: u32,
    },
    /// Explicit addends, which would not be looked at.
    #[error("section {0} has RELA relocations")]
    Rela(String),
    /// A name that nothing in the module defines.
    #[error("undefined reference to `{0}'")]
    Undefined(String),
    /// A variable without a place.
    #[error("common symbol `{0}'")]
    Common(String),
    /// A symbol in a section that is not loaded.
    #[error("symbol `{0}' is not in the module")]
    NotLoaded(String),
    /// A function at the start of the code, whose address is that of no function.
    #[error("`{0}' is at the start of .text")]
    TextZero(String),
    /// A kind of relocation that a module cannot have.
    #[error("relocation at {offset:#x} is of the unacceptable type {kind}")]
    Type {
        /// Place in the section.
        offset: u32,
        /// Number of the type.
        kind: u32,
    },
    /// A HI16 that no LO16 of its symbol follows.
    #[error("R_MIPS_HI16 without R_MIPS_LO16 at {0:#x}")]
    LoneHigh(u32),
    /// A LO16 that does not follow its HI16.
    #[error("R_MIPS_LO16 without R_MIPS_HI16 at {0:#x}")]
    LoneLow(u32),
    /// Several HI16 with one LO16, which only newer kernels can load.
    #[error("R_MIPS_HI16 at {0:#x} shares its R_MIPS_LO16 with the next")]
    SharedHigh(u32),
    /// A relocation that cannot be applied.
    #[error(transparent)]
    Relocation(#[from] RelocationError),
}

/// What becomes of jumps within the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Jumps {
    /// They stay, and are relocated.
    Keep,
    /// Those that a branch can reach become branches, which need no relocation (`--rb`).
    Branch,
}

/// A relocation without a symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reloc {
    /// Place in the image.
    pub offset: u32,
    /// Number of the type.
    pub kind: u32,
}

/// A module as the kernel loads it, and where its parts are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Irx {
    /// Code and data at address 0; variables without a value are not in it.
    pub image: Vec<u8>,
    /// Bytes in memory.
    pub memory: u32,
    /// In the order of the tables.
    pub relocs: Vec<Reloc>,
    /// Sections by address.
    pub sections: Vec<(&'static str, Range<u32>)>,
    /// Symbols, which the kernel never sees.
    pub symbols: BTreeMap<String, u32>,
}

impl Irx {
    /// Addresses of a section; an empty range if there is none.
    #[must_use]
    pub fn section(&self, name: &str) -> Range<u32> {
        let found = self.sections.iter().find(|(section, _)| *section == name);
        found.map_or(0..0, |(_, range)| range.clone())
    }

    /// Address of a symbol.
    ///
    /// # Panics
    /// When there is no such symbol.
    #[must_use]
    pub fn symbol(&self, name: &str) -> u32 {
        let found = self.symbols.get(name);
        *found.unwrap_or_else(|| panic!("the module has no {name}"))
    }
}

/// Converts a linked module.
///
/// # Errors
/// The first rule that it breaks.
pub fn convert(file: &[u8], jumps: Jumps) -> Result<Irx, FixupError> {
    convert_with(file, jumps, |_, _, _| {})
}

/// The same for code of LLVM, which makes one HI16 for several LO16, and the other way round: each that is alone gets
/// its other half, in a word that nobody runs, after all else.
///
/// # Errors
/// As of [`convert`].
pub fn convert_paired(file: &[u8], jumps: Jumps) -> Result<Irx, FixupError> {
    convert_with(file, jumps, pair)
}

fn convert_with(
    file: &[u8],
    jumps: Jumps,
    mend: fn(&mut Irx, u32, &mut Vec<Patch>),
) -> Result<Irx, FixupError> {
    let module = Linked::parse(file)?;
    module.check_symbols()?;
    let mut irx = module.lay_out()?;
    for (target, table) in module.tables()? {
        let section = irx.section(target);
        let mut patches = module.patches(table, &irx)?;
        mend(&mut irx, section.start, &mut patches);
        check_pairs(&patches)?;
        let bytes = &mut irx.image[section.start as usize..];
        apply(bytes, section.start, &patches)?;
        let place = |patch: &Patch| Reloc {
            offset: section.start + patch.offset,
            kind: patch.kind,
        };
        // Weak symbols that nobody defines are 0, and stay so.
        let kept = patches.iter().filter(|patch| patch.kind != NONE);
        irx.relocs.extend(kept.map(place));
    }
    if jumps == Jumps::Branch {
        let image = &mut irx.image;
        irx.relocs
            .retain(|reloc| reloc.kind != JUMP || !shorten(image, reloc.offset));
    }
    Ok(irx)
}

/// Makes a jump a branch, if one reaches that far.
fn shorten(image: &mut [u8], offset: u32) -> bool {
    const BEQ_ZERO_ZERO: u32 = 0x1000_0000;
    const BGEZAL_ZERO: u32 = 0x0411_0000;
    let place = &mut image[offset as usize..][..4];
    let word = u32::from_le_bytes([place[0], place[1], place[2], place[3]]);
    let target = (word & 0x03FF_FFFF) as i32;
    let Ok(distance) = i16::try_from(target - (offset as i32 / 4 + 1)) else {
        return false;
    };
    let links = word >> 26 == 3;
    let branch = if links { BGEZAL_ZERO } else { BEQ_ZERO_ZERO };
    place.copy_from_slice(&(branch | u32::from(distance as u16)).to_le_bytes());
    true
}

/// Gives each HI16 and LO16 of a section its other half.
fn pair(irx: &mut Irx, section: u32, patches: &mut Vec<Patch>) {
    const LUI: u32 = 0x3C00_0000;
    const ADDIU: u32 = 0x2400_0000;
    let mut paired: Vec<Patch> = Vec::new();
    for (n, patch) in patches.iter().enumerate() {
        let is = |other: &Patch, kind| other.kind == kind && other.symbol == patch.symbol;
        if patch.kind == LOW && !paired.last().is_some_and(|last| is(last, HIGH)) {
            let offset = append(irx, LUI) - section;
            paired.push(Patch {
                offset,
                kind: HIGH,
                ..*patch
            });
        }
        paired.push(*patch);
        let mut lows = patches[n + 1..].iter().filter(|low| is(low, LOW));
        let next = patches.get(n + 1);
        if patch.kind == HIGH && !next.is_some_and(|next| is(next, LOW)) {
            let low = lows
                .next()
                .map_or(0, |low| word(&irx.image, section + low.offset));
            let offset = append(irx, ADDIU | low & 0xFFFF) - section;
            paired.push(Patch {
                offset,
                kind: LOW,
                ..*patch
            });
        }
    }
    *patches = paired;
}

/// Puts a word after all else; returns its address.
fn append(irx: &mut Irx, word: u32) -> u32 {
    let address = irx.memory.next_multiple_of(4);
    irx.image.resize(address as usize, 0);
    irx.image.extend(word.to_le_bytes());
    irx.memory = address + 4;
    address
}

/// The word at an address; 0 where there is none, which `apply` refuses.
fn word(image: &[u8], address: u32) -> u32 {
    let bytes = image.get(address as usize..).and_then(<[u8]>::first_chunk);
    bytes.copied().map_or(0, u32::from_le_bytes)
}

/// A HI16 has to be followed by the LO16 that belongs to it and to no other.
fn check_pairs(patches: &[Patch]) -> Result<(), FixupError> {
    let mut entries = patches.iter().peekable();
    while let Some(entry) = entries.next() {
        let same = |next: &&Patch| next.symbol == entry.symbol;
        match entry.kind {
            NONE | WORD | JUMP => {}
            LOW => return Err(FixupError::LoneLow(entry.offset)),
            HIGH => match entries.peek().copied().filter(same).map(|next| next.kind) {
                Some(LOW) => _ = entries.next(),
                Some(HIGH) => return Err(FixupError::SharedHigh(entry.offset)),
                _ => return Err(FixupError::LoneHigh(entry.offset)),
            },
            kind => {
                return Err(FixupError::Type {
                    offset: entry.offset,
                    kind,
                });
            }
        }
    }
    Ok(())
}

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// A module as it comes from the linker.
struct Linked<'data> {
    data: &'data [u8],
    sections: SectionTable<'data, Header>,
    symbols: SymbolTable<'data, Header>,
}

type Table<'data> = &'data [Rel32<LittleEndian>];

impl<'data> Linked<'data> {
    fn parse(data: &'data [u8]) -> Result<Self, FixupError> {
        let header = Header::parse(data).map_err(|_| FixupError::NotMipsObject)?;
        let endian = header.endian().map_err(|_| FixupError::NotMipsObject)?;
        if header.e_machine(endian) != elf::EM_MIPS || header.e_type(endian) != elf::ET_REL {
            return Err(FixupError::NotMipsObject);
        }
        let sections = header.sections(endian, data)?;
        let symbols = sections.symbols(endian, data, elf::SHT_SYMTAB)?;
        Ok(Self {
            data,
            sections,
            symbols,
        })
    }

    fn name(&self, section: &SectionHeader32<LittleEndian>) -> Result<String, FixupError> {
        Ok(lossy(self.sections.section_name(LE, section)?))
    }

    /// The name in [`SECTIONS`], if the section is loaded.
    fn loaded(
        &self,
        section: &SectionHeader32<LittleEndian>,
    ) -> Result<Option<&'static str>, FixupError> {
        // .reginfo has a type of its own.
        let has_bytes = matches!(section.sh_type(LE), elf::SHT_PROGBITS | elf::SHT_NOBITS);
        if !has_bytes || section.sh_flags(LE).0 & elf::SHF_ALLOC.0 == 0 {
            return Ok(None);
        }
        let name = self.name(section)?;
        let known = SECTIONS.into_iter().find(|known| *known == name);
        known.map(Some).ok_or(FixupError::Section(name))
    }

    fn check_symbols(&self) -> Result<(), FixupError> {
        for symbol in self.symbols.iter().skip(1) {
            let name = || self.symbols.symbol_name(LE, symbol).map(lossy);
            if symbol.is_common(LE) {
                return Err(FixupError::Common(name()?));
            }
            if symbol.is_undefined(LE) && !symbol.is_weak() {
                return Err(FixupError::Undefined(name()?));
            }
        }
        Ok(())
    }

    /// The image without relocations.
    fn lay_out(&self) -> Result<Irx, FixupError> {
        let mut irx = Irx {
            image: Vec::new(),
            memory: 0,
            relocs: Vec::new(),
            sections: Vec::new(),
            symbols: BTreeMap::new(),
        };
        for wanted in SECTIONS {
            for section in self.sections.iter() {
                if self.loaded(section)? == Some(wanted) {
                    self.append(&mut irx, wanted, section)?;
                }
            }
        }
        self.place_symbols(&mut irx)?;
        Ok(irx)
    }

    fn append(
        &self,
        irx: &mut Irx,
        name: &'static str,
        section: &SectionHeader32<LittleEndian>,
    ) -> Result<(), FixupError> {
        let align = section.sh_addralign(LE).max(1);
        if align > MAX_ALIGN {
            let section = name.to_owned();
            return Err(FixupError::Alignment { section, align });
        }
        let start = irx.memory.next_multiple_of(align);
        irx.memory = start + section.sh_size(LE);
        irx.sections.push((name, start..irx.memory));
        if section.sh_type(LE) == elf::SHT_PROGBITS {
            irx.image.resize(start as usize, 0);
            irx.image.extend_from_slice(section.data(LE, self.data)?);
        }
        Ok(())
    }

    fn place_symbols(&self, irx: &mut Irx) -> Result<(), FixupError> {
        for (index, symbol) in self.symbols.enumerate().skip(1) {
            let name = lossy(self.symbols.symbol_name(LE, symbol)?);
            let Some(address) = self.address(index, irx)? else {
                continue;
            };
            let is_code = matches!(symbol.st_type(), elf::STT_FUNC | elf::STT_NOTYPE);
            let in_text = irx.section(".text").contains(&address);
            if is_code && address == 0 && in_text && !START.contains(&name.as_str()) {
                return Err(FixupError::TextZero(name));
            }
            if symbol.st_type() != elf::STT_SECTION {
                irx.symbols.insert(name, address);
            }
        }
        Ok(())
    }

    /// Address in the image of a symbol that is in it.
    fn address(&self, index: SymbolIndex, irx: &Irx) -> Result<Option<u32>, FixupError> {
        let symbol = self.symbols.symbol(index)?;
        let Some(section) = self.symbols.symbol_section(LE, symbol, index)? else {
            return Ok(None);
        };
        let name = self.loaded(self.sections.section(section)?)?;
        Ok(name.map(|name| irx.section(name).start + symbol.st_value(LE)))
    }

    /// Relocation tables of loaded sections, in the file's order.
    fn tables(&self) -> Result<Vec<(&'static str, Table<'data>)>, FixupError> {
        let mut tables = Vec::new();
        for table in self.sections.iter() {
            if !matches!(table.sh_type(LE), elf::SHT_REL | elf::SHT_RELA) {
                continue;
            }
            let target = SectionIndex(table.sh_info(LE) as usize);
            let Some(name) = self.loaded(self.sections.section(target)?)? else {
                continue;
            };
            match table.rel(LE, self.data)? {
                Some((entries, _)) => tables.push((name, entries)),
                None => return Err(FixupError::Rela(name.to_owned())),
            }
        }
        Ok(tables)
    }

    fn patches(&self, table: Table<'_>, irx: &Irx) -> Result<Vec<Patch>, FixupError> {
        let patch = |entry: &Rel32<LittleEndian>| {
            let symbol = entry.r_sym(LE);
            let index = SymbolIndex(symbol as usize);
            let address = self.address(index, irx)?;
            let is_weak = self.symbols.symbol(index)?.is_undefined(LE);
            if address.is_none() && !is_weak {
                let name = self.symbols.symbol_name(LE, self.symbols.symbol(index)?)?;
                return Err(FixupError::NotLoaded(lossy(name)));
            }
            Ok(Patch {
                offset: entry.r_offset(LE),
                kind: if is_weak { NONE } else { entry.r_type(LE).0 },
                symbol,
                value: address.unwrap_or(0),
            })
        };
        table.iter().map(patch).collect()
    }
}
