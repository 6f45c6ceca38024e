//! The general registers by their o32 names.

/// Always zero.
pub const ZERO: u8 = 0;
/// Assembler temporary.
pub const AT: u8 = 1;
/// First result.
pub const V0: u8 = 2;
/// Second result.
pub const V1: u8 = 3;
/// First argument.
pub const A0: u8 = 4;
/// Second argument.
pub const A1: u8 = 5;
/// Third argument.
pub const A2: u8 = 6;
/// Fourth argument.
pub const A3: u8 = 7;
/// First temporary.
pub const T0: u8 = 8;
/// Temporary.
pub const T1: u8 = 9;
/// Temporary.
pub const T2: u8 = 10;
/// Temporary.
pub const T3: u8 = 11;
/// Temporary.
pub const T4: u8 = 12;
/// Temporary.
pub const T5: u8 = 13;
/// Temporary.
pub const T6: u8 = 14;
/// Temporary.
pub const T7: u8 = 15;
/// First saved register.
pub const S0: u8 = 16;
/// Saved register.
pub const S1: u8 = 17;
/// Saved register.
pub const S2: u8 = 18;
/// Saved register.
pub const S3: u8 = 19;
/// Saved register.
pub const S4: u8 = 20;
/// Saved register.
pub const S5: u8 = 21;
/// Saved register.
pub const S6: u8 = 22;
/// Last of the numbered saved registers.
pub const S7: u8 = 23;
/// Temporary.
pub const T8: u8 = 24;
/// Temporary.
pub const T9: u8 = 25;
/// Reserved for exception handlers.
pub const K0: u8 = 26;
/// Reserved for exception handlers.
pub const K1: u8 = 27;
/// Global pointer, preserved by every function here (no abicalls).
pub const GP: u8 = 28;
/// Stack pointer.
pub const SP: u8 = 29;
/// Frame pointer, or the saved register s8.
pub const FP: u8 = 30;
/// Return address.
pub const RA: u8 = 31;

const NAMES: [&str; 32] = [
    "$zero", "$at", "$v0", "$v1", "$a0", "$a1", "$a2", "$a3", "$t0", "$t1", "$t2", "$t3", "$t4",
    "$t5", "$t6", "$t7", "$s0", "$s1", "$s2", "$s3", "$s4", "$s5", "$s6", "$s7", "$t8", "$t9",
    "$k0", "$k1", "$gp", "$sp", "$fp", "$ra",
];

/// Assembler name of a register, such as `$t0`; `$?` for a number above 31.
#[must_use]
pub fn name(reg: u8) -> &'static str {
    NAMES.get(usize::from(reg)).copied().unwrap_or("$?")
}
