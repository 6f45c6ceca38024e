//! Rules 3 and 5: what a relocation may be and which words it may patch. Rule 6 for whole words.

use std::collections::BTreeSet;

use iopsim::{Instr, Op};
use object::elf::{R_MIPS_26, R_MIPS_32, R_MIPS_HI16, R_MIPS_LO16, STT_SECTION};

use crate::elf::{Binding, Elf, Home, Reloc, Section};
use crate::pairs;
use crate::place::Place;
use crate::violation::Violation;

/// Absolute word.
pub(crate) const WORD: u32 = R_MIPS_32.0;
/// Target of `j` and `jal`.
pub(crate) const JUMP: u32 = R_MIPS_26.0;
/// Upper half of an address, to be used with a signed lower half.
pub(crate) const HIGH: u32 = R_MIPS_HI16.0;
/// Signed lower half of an address.
pub(crate) const LOW: u32 = R_MIPS_LO16.0;

pub(crate) fn check(elf: &Elf, out: &mut Vec<Violation>) {
    let mut patched = BTreeSet::new();
    for table in elf.loaded_tables() {
        let Some(section) = elf.sections.get(table.target) else {
            continue;
        };
        for reloc in &table.entries {
            if let Some(violation) = position(section, reloc) {
                out.push(violation);
                continue;
            }
            let Some(place) = Place::of(elf, table.target, reloc.offset) else {
                continue;
            };
            if !patched.insert((table.target, reloc.offset)) {
                out.push(Violation::RelocationTwice {
                    place: place.clone(),
                });
            }
            out.extend(patched_word(elf, section, reloc, place));
        }
        pairs::check(elf, table, out);
    }
}

/// Rule 3: a known type at a word of the section's contents.
fn position(section: &Section, reloc: &Reloc) -> Option<Violation> {
    let name = || section.name.clone();
    let offset = reloc.offset;
    if ![WORD, JUMP, HIGH, LOW].contains(&reloc.kind) {
        return Some(Violation::RelocationType {
            section: name(),
            offset,
            kind: reloc.kind,
        });
    }
    if !offset.is_multiple_of(4) {
        return Some(Violation::RelocationUnaligned {
            section: name(),
            offset,
        });
    }
    if section.word(offset).is_none() {
        return Some(Violation::RelocationOutside {
            section: name(),
            offset,
            size: section.data.len().try_into().unwrap_or(u32::MAX),
        });
    }
    None
}

/// The first thing that is wrong with what a relocation does to its word.
fn patched_word(elf: &Elf, section: &Section, reloc: &Reloc, place: Place) -> Option<Violation> {
    if reloc.kind != WORD && !section.is_code() {
        return Some(Violation::CodeRelocationInData {
            place,
            kind: reloc.kind,
        });
    }
    let Some(target) = Target::of(elf, reloc.symbol) else {
        return Some(Violation::RelocationSymbol {
            place,
            symbol: reloc.symbol,
        });
    };
    match reloc.kind {
        WORD => target.outside(i64::from(place.word as i32), place),
        JUMP if !is_jump(place.word) => Some(Violation::JumpRelocationNotJump { place }),
        // Where a jump within the object goes is a question of the code.
        JUMP if target.home.is_none() => target.outside(jump_addend(&target, place.word), place),
        HIGH if !is_lui(place.word) => Some(Violation::HighNotLui { place }),
        LOW if !has_low_half(place.word) => Some(Violation::LowNotImmediate { place }),
        _ => None,
    }
}

pub(crate) fn is_lui(word: u32) -> bool {
    Instr::decode(word).is_some_and(|instr| instr.op == Op::Lui)
}

pub(crate) fn has_low_half(word: u32) -> bool {
    Instr::decode(word)
        .is_some_and(|instr| instr.op == Op::Addiu || instr.is_load() || instr.is_store())
}

fn is_jump(word: u32) -> bool {
    Instr::decode(word).is_some_and(|instr| matches!(instr.op, Op::J | Op::Jal))
}

/// In-place addend of `j` and `jal`.
///
/// The MIPS ABI makes it signed for external symbols, and an offset within 256 MiB for local ones.
pub(crate) fn jump_addend(target: &Target, word: u32) -> i64 {
    let field = word << 6;
    if target.is_local {
        i64::from(field >> 4)
    } else {
        i64::from(field as i32 >> 4)
    }
}

/// What a relocation refers to.
pub(crate) struct Target {
    /// Name of the symbol, or of the section for section symbols.
    pub name: String,
    pub is_local: bool,
    /// Section and offset in it; `None` when another object defines the symbol.
    pub home: Option<(usize, u32)>,
    /// What the symbol's final address is a multiple of, less its offset in the section.
    pub align: u32,
    /// Addends that stay inside the target, or one past it.
    range: std::ops::RangeInclusive<i64>,
}

impl Target {
    /// `None` when the symbol does not exist or has no address in the module.
    pub fn of(elf: &Elf, index: usize) -> Option<Target> {
        let symbol = elf.symbols.get(index).filter(|_| index != 0)?;
        let is_local = symbol.binding == Binding::Local;
        let index = match symbol.home {
            Home::Undefined | Home::Common => {
                return Some(Target {
                    name: symbol.name.clone(),
                    is_local,
                    home: None,
                    align: 1,
                    range: 0..=0,
                });
            }
            Home::Section(index) => index,
            Home::Absolute | Home::Reserved => return None,
        };
        let section = elf.loaded_home(symbol)?;
        let value = i64::from(symbol.value);
        let is_section = symbol.kind == STT_SECTION.0;
        Some(Target {
            name: if is_section {
                &section.name
            } else {
                &symbol.name
            }
            .clone(),
            is_local,
            home: Some((index, symbol.value)),
            align: section.align.max(1),
            range: if symbol.size > 0 {
                0..=i64::from(symbol.size)
            } else {
                value.saturating_neg()..=i64::from(section.size).saturating_sub(value)
            },
        })
    }

    /// Rule 6: the violation if the addend leads outside.
    pub fn outside(&self, addend: i64, place: Place) -> Option<Violation> {
        (!self.range.contains(&addend)).then(|| Violation::AddendOutside {
            place,
            symbol: self.name.clone(),
            addend,
            extent: *self.range.end(),
        })
    }
}
