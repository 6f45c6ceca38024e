//! Encoders for single instructions, for tests that need programs no compiler would write.
//!
//! Operands stand in assembler order. Branch offsets count instructions from the delay slot, as in
//! the encoding: -1 is the branch itself. Register numbers above 31 are cut to five bits.

use crate::isa::Op;

/// An instruction that does nothing.
pub const NOP: u32 = 0;

const fn encode(op: Op, rs: u8, rt: u8, rd: u8, shamt: u8) -> u32 {
    op.bits() | field(rs, 21) | field(rt, 16) | field(rd, 11) | field(shamt, 6)
}

const fn field(value: u8, shift: u32) -> u32 {
    ((value & 31) as u32) << shift
}

const fn encode_imm(op: Op, rs: u8, rt: u8, imm: u16) -> u32 {
    encode(op, rs, rt, 0, 0) | imm as u32
}

macro_rules! encoders {
    (shift: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rd, rt, shamt`")]
        #[must_use]
        pub const fn $name(rd: u8, rt: u8, shamt: u8) -> u32 {
            encode(Op::$op, 0, rt, rd, shamt)
        })*
    };
    (shift_variable: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rd, rt, rs`")]
        #[must_use]
        pub const fn $name(rd: u8, rt: u8, rs: u8) -> u32 {
            encode(Op::$op, rs, rt, rd, 0)
        })*
    };
    (alu: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rd, rs, rt`")]
        #[must_use]
        pub const fn $name(rd: u8, rs: u8, rt: u8) -> u32 {
            encode(Op::$op, rs, rt, rd, 0)
        })*
    };
    (two_sources: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rs, rt`")]
        #[must_use]
        pub const fn $name(rs: u8, rt: u8) -> u32 {
            encode(Op::$op, rs, rt, 0, 0)
        })*
    };
    (one_source: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rs`")]
        #[must_use]
        pub const fn $name(rs: u8) -> u32 {
            encode(Op::$op, rs, 0, 0, 0)
        })*
    };
    (one_target: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rd`")]
        #[must_use]
        pub const fn $name(rd: u8) -> u32 {
            encode(Op::$op, 0, 0, rd, 0)
        })*
    };
    (branch: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rs, rt, offset`")]
        #[must_use]
        pub const fn $name(rs: u8, rt: u8, offset: i16) -> u32 {
            encode_imm(Op::$op, rs, rt, offset as u16)
        })*
    };
    (branch_zero: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rs, offset`")]
        #[must_use]
        pub const fn $name(rs: u8, offset: i16) -> u32 {
            encode_imm(Op::$op, rs, 0, offset as u16)
        })*
    };
    (jump: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " address`, which has to lie in the same 256 MiB")]
        #[must_use]
        pub const fn $name(address: u32) -> u32 {
            Op::$op.bits() | address >> 2 & 0x03FF_FFFF
        })*
    };
    (signed: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rt, rs, imm`, sign extended")]
        #[must_use]
        pub const fn $name(rt: u8, rs: u8, imm: i16) -> u32 {
            encode_imm(Op::$op, rs, rt, imm as u16)
        })*
    };
    (unsigned: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rt, rs, imm`, zero extended")]
        #[must_use]
        pub const fn $name(rt: u8, rs: u8, imm: u16) -> u32 {
            encode_imm(Op::$op, rs, rt, imm)
        })*
    };
    (memory: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rt, offset(base)`")]
        #[must_use]
        pub const fn $name(rt: u8, offset: i16, base: u8) -> u32 {
            encode_imm(Op::$op, base, rt, offset as u16)
        })*
    };
    (cop0: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " rt, cop`, `cop` being a coprocessor register")]
        #[must_use]
        pub const fn $name(rt: u8, cop: u8) -> u32 {
            encode(Op::$op, 0, rt, cop, 0)
        })*
    };
    (code: $($name:ident $op:ident),*) => {
        $(#[doc = concat!("`", stringify!($name), " code`, 20 bits")]
        #[must_use]
        pub const fn $name(code: u32) -> u32 {
            Op::$op.bits() | (code & 0x000F_FFFF) << 6
        })*
    };
}

encoders!(shift: sll Sll, srl Srl, sra Sra);
encoders!(shift_variable: sllv Sllv, srlv Srlv, srav Srav);
encoders!(alu: add Add, addu Addu, sub Sub, subu Subu, and And, or Or, xor Xor, nor Nor, slt Slt, sltu Sltu);
encoders!(two_sources: mult Mult, multu Multu, div Div, divu Divu);
encoders!(one_source: jr Jr, mthi Mthi, mtlo Mtlo);
encoders!(one_target: mfhi Mfhi, mflo Mflo);
encoders!(branch: beq Beq, bne Bne);
encoders!(branch_zero: bltz Bltz, bgez Bgez, bltzal Bltzal, bgezal Bgezal, blez Blez, bgtz Bgtz);
encoders!(jump: j J, jal Jal);
encoders!(signed: addi Addi, addiu Addiu, slti Slti, sltiu Sltiu);
encoders!(unsigned: andi Andi, ori Ori, xori Xori);
encoders!(memory: lb Lb, lh Lh, lwl Lwl, lw Lw, lbu Lbu, lhu Lhu, lwr Lwr);
encoders!(memory: sb Sb, sh Sh, swl Swl, sw Sw, swr Swr);
encoders!(cop0: mfc0 Mfc0, mtc0 Mtc0);
encoders!(code: syscall Syscall, breakpoint Break);

/// `jalr rd, rs`
#[must_use]
pub const fn jalr(rd: u8, rs: u8) -> u32 {
    encode(Op::Jalr, rs, 0, rd, 0)
}

/// `lui rt, imm`
#[must_use]
pub const fn lui(rt: u8, imm: u16) -> u32 {
    encode_imm(Op::Lui, 0, rt, imm)
}

/// `rfe`
#[must_use]
pub const fn rfe() -> u32 {
    Op::Rfe.bits()
}

/// `lui` and `ori` that put any value into a register.
#[must_use]
pub const fn li(rt: u8, value: u32) -> [u32; 2] {
    [lui(rt, (value >> 16) as u16), ori(rt, rt, value as u16)]
}

/// Instructions as the bytes of a code section.
#[must_use]
pub fn to_bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::Instr;
    use crate::reg::*;

    #[test]
    fn operands_land_in_their_fields() {
        let cases = [
            (sll(T0, T1, 31), "sll $t0, $t1, 31"),
            (srav(T0, T1, T2), "srav $t0, $t1, $t2"),
            (subu(T0, T1, T2), "subu $t0, $t1, $t2"),
            (multu(A0, RA), "multu $a0, $ra"),
            (mthi(T9), "mthi $t9"),
            (mflo(V0), "mflo $v0"),
            (bne(A0, A1, -1), "bne $a0, $a1, .+0"),
            (bltzal(A0, 2), "bltzal $a0, .+12"),
            (jal(0x0001_0000), "jal 0x10000"),
            (addiu(SP, SP, -32), "addiu $sp, $sp, -32"),
            (ori(V0, A0, 0xFFFF), "ori $v0, $a0, 0xffff"),
            (lwl(V0, 3, A0), "lwl $v0, 3($a0)"),
            (swr(V0, -4, A0), "swr $v0, -4($a0)"),
            (mtc0(A0, 12), "mtc0 $a0, $12"),
            (breakpoint(7), "break 0x7"),
            (jalr(RA, T9), "jalr $ra, $t9"),
            (lui(V0, 0x8000), "lui $v0, 0x8000"),
            (rfe(), "rfe"),
        ];
        for (word, text) in cases {
            assert_eq!(Instr::decode(word).unwrap().to_string(), text);
        }
    }
}
