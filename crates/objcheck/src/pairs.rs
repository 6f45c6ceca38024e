//! Rules 4 and 6: the two halves of an address.
//!
//! A relocatable MIPS object keeps an address in the immediates of a `lui` and of a second
//! instruction, and the carry from the low to the high half is only known once the address is. So
//! whoever relocates needs both words: iopfixup and LOADCORE find the second one in the *next entry*
//! of the relocation table. That is rule 4. The processor finds it through a register, and nothing
//! forces the two to agree: rule 6 compares them.

use std::collections::BTreeMap;

use iopsim::{Flow, Instr, Op};

use crate::elf::{Elf, Reloc, RelocTable, Section};
use crate::place::Place;
use crate::relocs::{HIGH, LOW, Target, has_low_half, is_lui};
use crate::violation::Violation;

/// Two relocations that belong together by the order of the table.
#[derive(Clone, Copy)]
struct Pair {
    high: u32,
    low: u32,
    symbol: usize,
    addend: i64,
}

pub(crate) fn check(elf: &Elf, table: &RelocTable, out: &mut Vec<Violation>) {
    let place = |entry: &Reloc| Place::of(elf, table.target, entry.offset);
    let mut pairs = Vec::new();
    let mut entries = table.entries.iter().peekable();
    while let Some(entry) = entries.next() {
        match entry.kind {
            HIGH => match entries.next_if(|next| next.kind == LOW) {
                Some(low) => pairs.extend(pair(elf, table.target, entry, low, out)),
                None => {
                    out.extend(place(entry).map(|place| Violation::HighWithoutLow { place }));
                }
            },
            LOW => out.extend(place(entry).map(|place| Violation::LowWithoutHigh { place })),
            _ => {}
        }
    }
    shared_halves(elf, table.target, &pairs, out);
}

/// Checks one pair; `None` when there is no address to be had from it.
fn pair(
    elf: &Elf,
    section: usize,
    high: &Reloc,
    low: &Reloc,
    out: &mut Vec<Violation>,
) -> Option<Pair> {
    let high_place = Place::of(elf, section, high.offset)?;
    let low_place = Place::of(elf, section, low.offset)?;
    if high.symbol != low.symbol {
        out.push(Violation::PairOfTwoSymbols {
            high: high_place,
            low: low_place,
        });
        return None;
    }
    if !is_lui(high_place.word) || !has_low_half(low_place.word) {
        return None;
    }
    let addend = addend(high_place.word, low_place.word);
    out.extend(Target::of(elf, low.symbol)?.outside(addend, low_place));
    Some(Pair {
        high: high.offset,
        low: low.offset,
        symbol: low.symbol,
        addend,
    })
}

/// The address that two halves add up to. The processor adds modulo 2^32, and so do we.
fn addend(high: u32, low: u32) -> i64 {
    let low = i32::from(low as i16);
    i64::from(((high << 16) as i32).wrapping_add(low))
}

/// Every low half must use the register of its own `lui`, or of one that cannot differ from it.
fn shared_halves(elf: &Elf, index: usize, pairs: &[Pair], out: &mut Vec<Violation>) {
    let Some(section) = elf.sections.get(index) else {
        return;
    };
    let by_high: BTreeMap<u32, &Pair> = pairs.iter().map(|pair| (pair.high, pair)).collect();
    for pair in pairs {
        let Some(other) = base(section, pair.low).and_then(|lui| by_high.get(&lui)) else {
            continue;
        };
        if !same_carry(elf, pair, other)
            && let Some(high) = Place::of(elf, index, other.high)
            && let Some(low) = Place::of(elf, index, pair.low)
        {
            out.push(Violation::HighOfAnotherAddress { high, low });
        }
    }
}

/// Offset of the last instruction before `low` that wrote its base register, on the path without
/// branches; `None` when no such path leads there.
fn base(section: &Section, low: u32) -> Option<u32> {
    let decode = |offset| Instr::decode(section.word(offset)?);
    let register = decode(low)?.rs;
    let mut at = low;
    loop {
        let ends_path = at
            .checked_sub(8)
            .and_then(decode)
            .is_some_and(never_returns);
        at = at.checked_sub(4).filter(|_| !ends_path)?;
        if decode(at)?.writes() == Some(register) {
            return Some(at);
        }
    }
}

/// Whether nothing comes to the word after the instruction's delay slot by running on.
fn never_returns(instr: Instr) -> bool {
    matches!(instr.successors(0), Flow::Jump { .. }) || instr.op == Op::Jr
}

/// Whether two addresses have the same upper half wherever the symbol ends up: they do if they are
/// the same, or within one unit of the alignment that the section keeps.
fn same_carry(elf: &Elf, a: &Pair, b: &Pair) -> bool {
    let Some(target) = Target::of(elf, a.symbol) else {
        return false;
    };
    let value = target.home.map_or(0, |(_, value)| value);
    let unit = |pair: &Pair| {
        pair.addend
            .saturating_add(i64::from(value))
            .checked_div_euclid(i64::from(target.align))
    };
    a.symbol == b.symbol && unit(a) == unit(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_halves_are_signed() {
        assert_eq!(addend(0x3c02_0001, 0x8c42_0010), 0x1_0010);
        assert_eq!(addend(0x3c02_0001, 0x8c42_8000), 0x8000);
        assert_eq!(addend(0x3c02_0000, 0x8c42_fffc), -4);
        assert_eq!(addend(0x3c02_8000, 0x8c42_8000), 0x7fff_8000);
    }
}
