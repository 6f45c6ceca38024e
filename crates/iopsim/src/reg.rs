//! The general registers by their o32 names: results `V`, arguments `A`, temporaries `T`, saved registers `S`, the
//! kernel's `K`.

pub const ZERO: u8 = 0;
/// Assembler temporary.
pub const AT: u8 = 1;
pub const V0: u8 = 2;
pub const V1: u8 = 3;
pub const A0: u8 = 4;
pub const A1: u8 = 5;
pub const A2: u8 = 6;
pub const A3: u8 = 7;
pub const T0: u8 = 8;
pub const T1: u8 = 9;
pub const T2: u8 = 10;
pub const T3: u8 = 11;
pub const T4: u8 = 12;
pub const T5: u8 = 13;
pub const T6: u8 = 14;
pub const T7: u8 = 15;
pub const S0: u8 = 16;
pub const S1: u8 = 17;
pub const S2: u8 = 18;
pub const S3: u8 = 19;
pub const S4: u8 = 20;
pub const S5: u8 = 21;
pub const S6: u8 = 22;
pub const S7: u8 = 23;
pub const T8: u8 = 24;
pub const T9: u8 = 25;
pub const K0: u8 = 26;
pub const K1: u8 = 27;
/// Global pointer, preserved by every function here (no abicalls).
pub const GP: u8 = 28;
pub const SP: u8 = 29;
/// Frame pointer, or the saved register s8.
pub const FP: u8 = 30;
pub const RA: u8 = 31;

const NAMES: [&str; 32] = [
    "$zero", "$at", "$v0", "$v1", "$a0", "$a1", "$a2", "$a3", "$t0", "$t1", "$t2", "$t3", "$t4",
    "$t5", "$t6", "$t7", "$s0", "$s1", "$s2", "$s3", "$s4", "$s5", "$s6", "$s7", "$t8", "$t9",
    "$k0", "$k1", "$gp", "$sp", "$fp", "$ra",
];

/// Assembler name of a register, such as `$t0`; `$?` for a number above 31.
pub fn name(reg: u8) -> &'static str {
    NAMES.get(usize::from(reg)).copied().unwrap_or("$?")
}
