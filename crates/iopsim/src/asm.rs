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

/// An encoder for each operation of a form: what it takes, and the word of `OP` with that in its fields.
macro_rules! encoders {
    ($operands:tt $word:block $($name:ident $op:ident),*) => {
        $(pub const fn $name $operands -> u32 {
            const OP: Op = Op::$op;
            $word
        })*
    };
}

encoders!((rd: u8, rt: u8, shamt: u8) { encode(OP, 0, rt, rd, shamt) } sll Sll, srl Srl, sra Sra);
encoders!((rd: u8, rt: u8, rs: u8) { encode(OP, rs, rt, rd, 0) } sllv Sllv, srlv Srlv, srav Srav);
encoders!((rd: u8, rs: u8, rt: u8) { encode(OP, rs, rt, rd, 0) }
    add Add, addu Addu, sub Sub, subu Subu, and And, or Or, xor Xor, nor Nor, slt Slt, sltu Sltu);
encoders!((rs: u8, rt: u8) { encode(OP, rs, rt, 0, 0) } mult Mult, multu Multu, div Div, divu Divu);
encoders!((rs: u8) { encode(OP, rs, 0, 0, 0) } jr Jr, mthi Mthi, mtlo Mtlo);
encoders!((rd: u8, rs: u8) { encode(OP, rs, 0, rd, 0) } jalr Jalr);
encoders!((rd: u8) { encode(OP, 0, 0, rd, 0) } mfhi Mfhi, mflo Mflo);
encoders!((rs: u8, rt: u8, offset: i16) { encode_imm(OP, rs, rt, offset as u16) } beq Beq, bne Bne);
encoders!((rs: u8, offset: i16) { encode_imm(OP, rs, 0, offset as u16) }
    bltz Bltz, bgez Bgez, bltzal Bltzal, bgezal Bgezal, blez Blez, bgtz Bgtz);
// The address has to lie in the same 256 MiB.
encoders!((address: u32) { OP.bits() | address >> 2 & 0x03FF_FFFF } j J, jal Jal);
encoders!((rt: u8, rs: u8, imm: i16) { encode_imm(OP, rs, rt, imm as u16) }
    addi Addi, addiu Addiu, slti Slti, sltiu Sltiu);
encoders!((rt: u8, rs: u8, imm: u16) { encode_imm(OP, rs, rt, imm) } andi Andi, ori Ori, xori Xori);
encoders!((rt: u8, imm: u16) { encode_imm(OP, 0, rt, imm) } lui Lui);
encoders!((rt: u8, offset: i16, base: u8) { encode_imm(OP, base, rt, offset as u16) }
    lb Lb, lh Lh, lwl Lwl, lw Lw, lbu Lbu, lhu Lhu, lwr Lwr, sb Sb, sh Sh, swl Swl, sw Sw, swr Swr);
// `cop` is a register of the coprocessor.
encoders!((rt: u8, cop: u8) { encode(OP, 0, rt, cop, 0) } mfc0 Mfc0, mtc0 Mtc0);
// 20 bits.
encoders!((code: u32) { OP.bits() | (code & 0x000F_FFFF) << 6 } syscall Syscall, breakpoint Break);
encoders!(() { OP.bits() } rfe Rfe);

/// `lui` and `ori` that put any value into a register.
pub const fn li(rt: u8, value: u32) -> [u32; 2] {
    [lui(rt, (value >> 16) as u16), ori(rt, rt, value as u16)]
}

/// Instructions as the bytes of a code section.
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
