//! The four relocations that IOP modules have, for objects and for modules that have lost their symbols.
//!
//! Addends are in the words themselves. System V ABI, MIPS supplement, chapter 4; the pairing of HI16
//! and LO16 is that of ps2sdk's LOADCORE.

use thiserror::Error;

const R_MIPS_NONE: u32 = 0;
const R_MIPS_32: u32 = 2;
const R_MIPS_26: u32 = 4;
const R_MIPS_HI16: u32 = 5;
const R_MIPS_LO16: u32 = 6;

/// What is wrong with a relocation. Offsets are within the section.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum RelocationError {
    /// A type that IOP modules do not have.
    #[error("relocation type {kind} at {offset:#x} is not one of 32, 26, HI16, LO16")]
    Unsupported { offset: u32, kind: u32 },
    /// The word is not in the section, or not aligned.
    #[error("relocation at {offset:#x} has no word in the section")]
    BadOffset { offset: u32 },
    /// A HI16 whose next entry is no LO16 of the same symbol.
    #[error("HI16 at {offset:#x} is not followed by its LO16")]
    UnpairedHi16 { offset: u32 },
    /// `j` or `jal` to another 256 MiB, or to no instruction.
    #[error("jump at {offset:#x} cannot reach {target:#010x}")]
    JumpOutOfReach { offset: u32, target: u32 },
}

/// A relocation entry whose symbol has an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patch {
    /// Place in the section.
    pub offset: u32,
    /// Number of the type.
    pub kind: u32,
    /// Index of the symbol: entries of a pair have the same.
    pub symbol: u32,
    /// The symbol's address, or the module's where symbols are gone.
    pub value: u32,
}

/// Applies a section's relocations in the order of their table; the section goes to `base`.
///
/// A HI16 takes its LO16 from the next entry, as LOADCORE does; a LO16 by itself is applied by itself.
///
/// # Errors
/// What is wrong with an entry. Those before it have been applied.
pub fn apply(section: &mut [u8], base: u32, patches: &[Patch]) -> Result<(), RelocationError> {
    for (n, patch) in patches.iter().enumerate() {
        let old = u32::from_le_bytes(*word(section, patch.offset)?);
        let new = match patch.kind {
            R_MIPS_NONE => old,
            R_MIPS_32 => old.wrapping_add(patch.value),
            R_MIPS_26 => jump(old, base.wrapping_add(patch.offset), patch)?,
            R_MIPS_HI16 => {
                let low = low_half(section, patch, patches.get(n + 1))?;
                high(old, low, patch.value)
            }
            R_MIPS_LO16 => old & 0xFFFF_0000 | old.wrapping_add(patch.value) & 0xFFFF,
            kind => {
                return Err(RelocationError::Unsupported {
                    offset: patch.offset,
                    kind,
                });
            }
        };
        *word(section, patch.offset)? = new.to_le_bytes();
    }
    Ok(())
}

fn word(section: &mut [u8], offset: u32) -> Result<&mut [u8; 4], RelocationError> {
    let place = section
        .get_mut(offset as usize..)
        .and_then(|tail| tail.first_chunk_mut());
    let aligned = offset.is_multiple_of(4);
    place
        .filter(|_| aligned)
        .ok_or(RelocationError::BadOffset { offset })
}

fn jump(old: u32, pc: u32, patch: &Patch) -> Result<u32, RelocationError> {
    let target = ((old & 0x03FF_FFFF) << 2).wrapping_add(patch.value);
    let reach = (target ^ pc.wrapping_add(4)) & 0xF000_0000 == 0;
    if !reach || !target.is_multiple_of(4) {
        return Err(RelocationError::JumpOutOfReach {
            offset: patch.offset,
            target,
        });
    }
    Ok(old & 0xFC00_0000 | target >> 2 & 0x03FF_FFFF)
}

/// The low half of a HI16's addend, sign extended: in the word of the next entry, not yet patched.
fn low_half(
    section: &mut [u8],
    patch: &Patch,
    next: Option<&Patch>,
) -> Result<u32, RelocationError> {
    match next {
        Some(next) if next.kind == R_MIPS_LO16 && next.symbol == patch.symbol => {
            let low = u32::from_le_bytes(*word(section, next.offset)?);
            Ok(low as i16 as u32)
        }
        _ => Err(RelocationError::UnpairedHi16 {
            offset: patch.offset,
        }),
    }
}

fn high(old: u32, low: u32, value: u32) -> u32 {
    let address = (old << 16).wrapping_add(low).wrapping_add(value);
    // The instruction with the low half adds it as a signed number.
    let carried = address.wrapping_add(0x8000);
    old & 0xFFFF_0000 | carried >> 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm;
    use crate::reg::{A0, V0};

    fn patch(offset: u32, kind: u32, value: u32) -> Patch {
        Patch {
            offset,
            kind,
            symbol: 1,
            value,
        }
    }

    fn relocate(words: &[u32], patches: &[Patch]) -> Result<Vec<u32>, RelocationError> {
        let mut bytes = asm::to_bytes(words);
        apply(&mut bytes, 0x0001_0000, patches)?;
        let words = bytes
            .chunks_exact(4)
            .map(|word| u32::from_le_bytes(word.try_into().unwrap()));
        Ok(words.collect())
    }

    #[test]
    fn high_halves_carry() {
        for (value, addend) in [
            (0x0001_8000, 0),
            (0x0001_7FFC, 4),
            (0x0001_0000, 0xFFFF_FFFC),
            (0x1234_5678, 0xABCDE),
        ] {
            let address: u32 = u32::wrapping_add(value, addend);
            let hi = (addend.wrapping_add(0x8000) >> 16) as u16;
            let code = [asm::lui(V0, hi), asm::lw(A0, addend as i16, V0)];
            let patches = [patch(0, R_MIPS_HI16, value), patch(4, R_MIPS_LO16, value)];
            let done = relocate(&code, &patches).unwrap();
            let sum = (done[0] << 16).wrapping_add(done[1] as i16 as u32);
            assert_eq!(sum, address, "{value:#x} + {addend:#x}");
        }
    }

    #[test]
    fn words_and_jumps_add_their_addend() {
        let patches = [patch(0, R_MIPS_32, 0x1_0000), patch(4, R_MIPS_26, 0x2_0000)];
        let done = relocate(&[8, asm::jal(8)], &patches).unwrap();
        assert_eq!(done, [0x1_0008, asm::jal(0x2_0008)]);
    }

    #[test]
    fn a_high_half_needs_its_low_half_next() {
        let code = [asm::lui(V0, 0), asm::lw(A0, 0, V0), asm::lui(V0, 0)];
        let hi = patch(0, R_MIPS_HI16, 0);
        let lo = patch(4, R_MIPS_LO16, 0);
        let unpaired = Err(RelocationError::UnpairedHi16 { offset: 0 });
        assert_eq!(relocate(&code, &[hi]), unpaired);
        assert_eq!(
            relocate(&code, &[hi, patch(8, R_MIPS_HI16, 0), lo]),
            unpaired
        );
        assert_eq!(relocate(&code, &[hi, Patch { symbol: 2, ..lo }]), unpaired);
        assert_eq!(relocate(&code, &[lo, hi]), unpaired);
        assert!(relocate(&code, &[hi, lo]).is_ok() && relocate(&code, &[lo]).is_ok());
    }

    #[test]
    fn bad_entries_are_errors() {
        let error = |patch| relocate(&[asm::j(0)], &[patch]).unwrap_err();
        assert_eq!(
            error(patch(4, 2, 0)),
            RelocationError::BadOffset { offset: 4 }
        );
        assert_eq!(
            error(patch(2, 2, 0)),
            RelocationError::BadOffset { offset: 2 }
        );
        assert_eq!(
            error(patch(u32::MAX, 2, 0)),
            RelocationError::BadOffset { offset: u32::MAX }
        );
        assert_eq!(
            error(patch(0, 7, 0)),
            RelocationError::Unsupported { offset: 0, kind: 7 }
        );
        let target = 0x1000_0000;
        assert_eq!(
            error(patch(0, R_MIPS_26, target)),
            RelocationError::JumpOutOfReach { offset: 0, target }
        );
    }
}
