//! The MIPS I instruction set of the R3000A, as one table.
//!
//! Decoder, assembler ([`crate::asm`]), disassembler and simulator all take their encodings from
//! the table in this file. It is strict: a field that MIPS I wants to be zero must be zero, because
//! later revisions gave such encodings a meaning (`rotr` is `srl` with a bit set in `rs`).

use crate::reg;

/// Shape of an instruction: which bits are fixed, and which registers are read and written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// `op rd, rt, shamt`
    Shift,
    /// `op rd, rt, rs`
    ShiftVariable,
    /// `op rd, rs, rt`
    Alu,
    /// `op rs, rt` into HI and LO
    MulDiv,
    /// `op rd` from HI or LO
    FromHiLo,
    /// `op rs` into HI or LO
    ToHiLo,
    /// `op code`
    Exception,
    /// `jr rs`
    JumpRegister,
    /// `jalr rd, rs`
    LinkRegister,
    /// `j target`
    Jump,
    /// `jal target`
    Link,
    /// `op rs, rt, offset`
    Branch,
    /// `op rs, offset`
    BranchZero,
    /// `op rs, offset`, return address to `$ra`
    BranchLink,
    /// `op rt, rs, imm`, immediate sign extended
    Immediate,
    /// `op rt, rs, imm`, immediate zero extended
    Logical,
    /// `lui rt, imm`
    Upper,
    /// `op rt, offset(rs)`
    Load,
    /// `op rt, offset(rs)`, merged into the old value of rt
    LoadMerge,
    /// `op rt, offset(rs)`
    Store,
    /// `mfc0 rt, rd`
    FromCop0,
    /// `mtc0 rt, rd`
    ToCop0,
    /// `rfe`
    Bare,
}

const OPCODE: u32 = 0xFC00_0000;
const RS: u32 = 0x03E0_0000;
const RT: u32 = 0x001F_0000;
const RD: u32 = 0x0000_F800;
const SHAMT: u32 = 0x0000_07C0;
const FUNCT: u32 = 0x0000_003F;

impl Form {
    /// Bits that are fixed, zero fields included.
    const fn mask(self) -> u32 {
        match self {
            Form::Shift => OPCODE | RS | FUNCT,
            Form::ShiftVariable | Form::Alu => OPCODE | SHAMT | FUNCT,
            Form::MulDiv => OPCODE | RD | SHAMT | FUNCT,
            Form::FromHiLo => OPCODE | RS | RT | SHAMT | FUNCT,
            Form::ToHiLo | Form::JumpRegister => OPCODE | RT | RD | SHAMT | FUNCT,
            Form::LinkRegister => OPCODE | RT | SHAMT | FUNCT,
            Form::Exception => OPCODE | FUNCT,
            Form::BranchZero | Form::BranchLink => OPCODE | RT,
            Form::Upper => OPCODE | RS,
            Form::FromCop0 | Form::ToCop0 => OPCODE | RS | SHAMT | FUNCT,
            Form::Bare => u32::MAX,
            Form::Jump
            | Form::Link
            | Form::Branch
            | Form::Immediate
            | Form::Logical
            | Form::Load
            | Form::LoadMerge
            | Form::Store => OPCODE,
        }
    }

    const fn reads_rs(self) -> bool {
        !matches!(
            self,
            Form::Shift
                | Form::FromHiLo
                | Form::Exception
                | Form::Jump
                | Form::Link
                | Form::Upper
                | Form::FromCop0
                | Form::ToCop0
                | Form::Bare
        )
    }

    const fn reads_rt(self) -> bool {
        matches!(
            self,
            Form::Shift
                | Form::ShiftVariable
                | Form::Alu
                | Form::MulDiv
                | Form::Branch
                | Form::LoadMerge
                | Form::Store
                | Form::ToCop0
        )
    }

    const fn is_branch(self) -> bool {
        matches!(
            self,
            Form::JumpRegister
                | Form::LinkRegister
                | Form::Jump
                | Form::Link
                | Form::Branch
                | Form::BranchZero
                | Form::BranchLink
        )
    }
}

struct Row {
    op: Op,
    name: &'static str,
    bits: u32,
    form: Form,
}

macro_rules! instructions {
    ($($op:ident $name:literal $bits:literal $form:ident;)*) => {
        /// A MIPS I operation.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Op {
            $(#[doc = concat!("`", $name, "`")] $op,)*
        }
        const TABLE: &[Row] = &[
            $(Row { op: Op::$op, name: $name, bits: $bits, form: Form::$form },)*
        ];
    };
}

// Encodings: MIPS RISC Architecture (Kane, Heinrich 1992), appendix A. Coprocessors 1 to 3 and the
// TLB are left out: the IOP has neither, but for the GTE, which PS2 software does not use.
instructions! {
    Sll     "sll"     0x0000_0000 Shift;
    Srl     "srl"     0x0000_0002 Shift;
    Sra     "sra"     0x0000_0003 Shift;
    Sllv    "sllv"    0x0000_0004 ShiftVariable;
    Srlv    "srlv"    0x0000_0006 ShiftVariable;
    Srav    "srav"    0x0000_0007 ShiftVariable;
    Jr      "jr"      0x0000_0008 JumpRegister;
    Jalr    "jalr"    0x0000_0009 LinkRegister;
    Syscall "syscall" 0x0000_000C Exception;
    Break   "break"   0x0000_000D Exception;
    Mfhi    "mfhi"    0x0000_0010 FromHiLo;
    Mthi    "mthi"    0x0000_0011 ToHiLo;
    Mflo    "mflo"    0x0000_0012 FromHiLo;
    Mtlo    "mtlo"    0x0000_0013 ToHiLo;
    Mult    "mult"    0x0000_0018 MulDiv;
    Multu   "multu"   0x0000_0019 MulDiv;
    Div     "div"     0x0000_001A MulDiv;
    Divu    "divu"    0x0000_001B MulDiv;
    Add     "add"     0x0000_0020 Alu;
    Addu    "addu"    0x0000_0021 Alu;
    Sub     "sub"     0x0000_0022 Alu;
    Subu    "subu"    0x0000_0023 Alu;
    And     "and"     0x0000_0024 Alu;
    Or      "or"      0x0000_0025 Alu;
    Xor     "xor"     0x0000_0026 Alu;
    Nor     "nor"     0x0000_0027 Alu;
    Slt     "slt"     0x0000_002A Alu;
    Sltu    "sltu"    0x0000_002B Alu;
    Bltz    "bltz"    0x0400_0000 BranchZero;
    Bgez    "bgez"    0x0401_0000 BranchZero;
    Bltzal  "bltzal"  0x0410_0000 BranchLink;
    Bgezal  "bgezal"  0x0411_0000 BranchLink;
    J       "j"       0x0800_0000 Jump;
    Jal     "jal"     0x0C00_0000 Link;
    Beq     "beq"     0x1000_0000 Branch;
    Bne     "bne"     0x1400_0000 Branch;
    Blez    "blez"    0x1800_0000 BranchZero;
    Bgtz    "bgtz"    0x1C00_0000 BranchZero;
    Addi    "addi"    0x2000_0000 Immediate;
    Addiu   "addiu"   0x2400_0000 Immediate;
    Slti    "slti"    0x2800_0000 Immediate;
    Sltiu   "sltiu"   0x2C00_0000 Immediate;
    Andi    "andi"    0x3000_0000 Logical;
    Ori     "ori"     0x3400_0000 Logical;
    Xori    "xori"    0x3800_0000 Logical;
    Lui     "lui"     0x3C00_0000 Upper;
    Mfc0    "mfc0"    0x4000_0000 FromCop0;
    Mtc0    "mtc0"    0x4080_0000 ToCop0;
    Rfe     "rfe"     0x4200_0010 Bare;
    Lb      "lb"      0x8000_0000 Load;
    Lh      "lh"      0x8400_0000 Load;
    Lwl     "lwl"     0x8800_0000 LoadMerge;
    Lw      "lw"      0x8C00_0000 Load;
    Lbu     "lbu"     0x9000_0000 Load;
    Lhu     "lhu"     0x9400_0000 Load;
    Lwr     "lwr"     0x9800_0000 LoadMerge;
    Sb      "sb"      0xA000_0000 Store;
    Sh      "sh"      0xA400_0000 Store;
    Swl     "swl"     0xA800_0000 Store;
    Sw      "sw"      0xAC00_0000 Store;
    Swr     "swr"     0xB800_0000 Store;
}

impl Op {
    const fn row(self) -> &'static Row {
        // invariant: the macro makes one row per variant, in the order of the variants.
        &TABLE[self as usize]
    }

    /// Assembler mnemonic.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The instruction word with every operand field zero.
    pub const fn bits(self) -> u32 {
        self.row().bits
    }

    pub(crate) const fn form(self) -> Form {
        self.row().form
    }
}

/// The one row that can match a word is found through the field that tells instructions apart.
const fn lookup_key(word: u32) -> usize {
    let key = match word >> 26 {
        0 => 64 + (word & FUNCT),
        1 => 128 + ((word & RT) >> 16),
        16 => 160 + ((word & RS) >> 21),
        opcode => opcode,
    };
    key as usize
}

const LOOKUP: [Option<Op>; 192] = {
    let mut lookup = [None; 192];
    let mut row = 0;
    while row < TABLE.len() {
        lookup[lookup_key(TABLE[row].bits)] = Some(TABLE[row].op);
        row += 1;
    }
    lookup
};

/// Where control goes after an instruction and, for a branch, its delay slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// To the target or on after the delay slot.
    Branch { target: u32 },
    /// To the target always; includes `beq $r, $r`, `bgez $zero` and `blez $zero`.
    Jump { target: u32 },
    /// To the target, with the return address in `$ra`: `jal`, `bgezal` and `bltzal`. The last two
    /// can also fall through, except for `bgezal $zero`.
    Call { target: u32 },
    /// To an address in a register: `jr` and `jalr`.
    Register,
}

/// A decoded MIPS I instruction. Fields that the operation does not have hold whatever bits are there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instr {
    pub op: Op,
    /// First source, and base of loads and stores.
    pub rs: u8,
    /// Second source, or target of loads and immediates.
    pub rt: u8,
    /// Target of register forms; the coprocessor register of `mfc0` and `mtc0`.
    pub rd: u8,
    /// Shift amount, 0 to 31.
    pub shamt: u8,
    /// Immediate, not extended.
    pub imm: u16,
    /// Low 26 bits: the target of `j` and `jal` in words; bits 25 to 6 are the code of `syscall` and `break`.
    pub target: u32,
}

impl Instr {
    /// Decodes a word; `None` when it is not a MIPS I instruction.
    pub const fn decode(word: u32) -> Option<Instr> {
        // invariant: lookup_key is below 64 + 64 + 32 + 32 = 192.
        let Some(op) = LOOKUP[lookup_key(word)] else {
            return None;
        };
        if word & op.form().mask() != op.bits() {
            return None;
        }
        Some(Instr {
            op,
            rs: ((word & RS) >> 21) as u8,
            rt: ((word & RT) >> 16) as u8,
            rd: ((word & RD) >> 11) as u8,
            shamt: ((word & SHAMT) >> 6) as u8,
            imm: word as u16,
            target: word & !OPCODE,
        })
    }

    /// Whether a register (1 to 31) is a source; false for `$zero`.
    ///
    /// `lwl` and `lwr` read their target, which they merge into.
    pub const fn reads(&self, reg: u8) -> bool {
        reg < 32 && self.source_mask() >> reg & 1 != 0
    }

    /// Every source register as a bit, without `$zero`.
    pub(crate) const fn source_mask(&self) -> u32 {
        let form = self.op.form();
        let rs = (form.reads_rs() as u32) << self.rs;
        let rt = (form.reads_rt() as u32) << self.rt;
        (rs | rt) & !1
    }

    /// Register that a load, or `mfc0`, changes one instruction late; `None` for `$zero`.
    pub const fn load_target(&self) -> Option<u8> {
        match self.op.form() {
            Form::Load | Form::LoadMerge | Form::FromCop0 => nonzero(self.rt),
            _ => None,
        }
    }

    /// General register written, loads and links included; `None` for `$zero`.
    pub const fn writes(&self) -> Option<u8> {
        match self.op.form() {
            Form::Shift | Form::ShiftVariable | Form::Alu | Form::FromHiLo | Form::LinkRegister => {
                nonzero(self.rd)
            }
            Form::Link | Form::BranchLink => Some(reg::RA),
            Form::Immediate
            | Form::Logical
            | Form::Upper
            | Form::Load
            | Form::LoadMerge
            | Form::FromCop0 => nonzero(self.rt),
            _ => None,
        }
    }

    /// Whether it reads memory.
    pub const fn is_load(&self) -> bool {
        matches!(self.op.form(), Form::Load | Form::LoadMerge)
    }

    /// Whether it writes memory.
    pub const fn is_store(&self) -> bool {
        matches!(self.op.form(), Form::Store)
    }

    /// Whether it has a delay slot: every jump and branch.
    pub const fn is_branch(&self) -> bool {
        self.op.form().is_branch()
    }

    /// Whether it starts to change HI or LO: multiplications, divisions, `mthi` and `mtlo`.
    pub const fn writes_hi_lo(&self) -> bool {
        matches!(self.op.form(), Form::MulDiv | Form::ToHiLo)
    }

    /// Whether it is `mfhi` or `mflo`.
    pub const fn reads_hi_lo(&self) -> bool {
        matches!(self.op.form(), Form::FromHiLo)
    }

    /// Whether this and `next` are `lwl` and `lwr` of one register, in either order: the only pair in
    /// which the second may use the first's result at once. It may not use it as its base.
    pub const fn pairs_with(&self, next: &Instr) -> bool {
        matches!((self.op, next.op), (Op::Lwl, Op::Lwr) | (Op::Lwr, Op::Lwl))
            && self.rt == next.rt
            && self.rt != next.rs
    }

    /// Where control goes from this instruction at address `pc`.
    ///
    /// Conditions that cannot hold (`bne $r, $r`) count as open.
    pub const fn successors(&self, pc: u32) -> Flow {
        let target = self.branch_target(pc);
        match self.op {
            Op::Beq if self.rs == self.rt => Flow::Jump { target },
            Op::Bgez | Op::Blez if self.rs == reg::ZERO => Flow::Jump { target },
            _ => match self.op.form() {
                Form::Branch | Form::BranchZero => Flow::Branch { target },
                Form::BranchLink => Flow::Call { target },
                Form::Jump => Flow::Jump {
                    target: self.jump_target(pc),
                },
                Form::Link => Flow::Call {
                    target: self.jump_target(pc),
                },
                Form::JumpRegister | Form::LinkRegister => Flow::Register,
                _ => Flow::Next,
            },
        }
    }

    /// Immediate, sign extended.
    pub const fn signed(&self) -> u32 {
        self.imm as i16 as u32
    }

    /// Target of a branch at `pc`: relative to the delay slot.
    pub(crate) const fn branch_target(&self, pc: u32) -> u32 {
        pc.wrapping_add(4).wrapping_add(self.signed() << 2)
    }

    /// Target of `j` or `jal` at `pc`: within the 256 MiB of the delay slot.
    pub(crate) const fn jump_target(&self, pc: u32) -> u32 {
        pc.wrapping_add(4) & 0xF000_0000 | self.target << 2
    }
}

const fn nonzero(reg: u8) -> Option<u8> {
    if reg == reg::ZERO { None } else { Some(reg) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_decodes_to_itself() {
        for row in TABLE {
            let instr = Instr::decode(row.bits).unwrap();
            assert_eq!(instr.op, row.op, "{}", row.name);
            assert_eq!(
                row.bits & !row.form.mask(),
                0,
                "{} has operand bits set",
                row.name
            );
            assert_eq!(row.op.name(), row.name);
        }
    }

    #[test]
    fn no_word_matches_two_rows() {
        for (i, a) in TABLE.iter().enumerate() {
            for b in &TABLE[i + 1..] {
                let both = a.form.mask() & b.form.mask();
                assert_ne!(a.bits & both, b.bits & both, "{} and {}", a.name, b.name);
            }
        }
    }

    #[test]
    fn later_revisions_are_refused() {
        let refused = [
            (0x0022_1042, "rotr"),
            (0x0062_1046, "rotrv"),
            (0x0064_100A, "movz"),
            (0x0064_100B, "movn"),
            (0x0000_000F, "sync"),
            (0x0064_0034, "teq"),
            (0x0064_0036, "tne"),
            (0x0064_0030, "tge"),
            (0x0082_1001, "movf"),
            (0x0064_1014, "dsllv"),
            (0x0064_102D, "daddu"),
            (0x0002_1038, "dsll"),
            (0x7043_1002, "mul"),
            (0x7043_0000, "madd"),
            (0x7062_1020, "clz"),
            (0x7C43_0800, "ext"),
            (0x7C43_0804, "ins"),
            (0x7C03_1420, "seb"),
            (0x7C03_1620, "seh"),
            (0x7C03_10A0, "wsbh"),
            (0x5064_0001, "beql"),
            (0x5464_0001, "bnel"),
            (0x5860_0001, "blezl"),
            (0x5C60_0001, "bgtzl"),
            (0x0462_0001, "bltzl"),
            (0x0463_0001, "bgezl"),
            (0x0472_0001, "bltzall"),
            (0x046C_0001, "teqi"),
            (0x047F_0000, "synci"),
            (0xC064_0000, "ll"),
            (0xE064_0000, "sc"),
            (0xBC64_0000, "cache"),
            (0xCC64_0000, "pref"),
            (0xDC64_0000, "ld"),
            (0xFC64_0000, "sd"),
            (0x4600_0000, "add.s"),
            (0x4800_0000, "mfc2"),
            (0xC464_0000, "lwc1"),
            (0x4200_0018, "eret"),
            (0x4200_0001, "tlbr"),
            (0x4160_6000, "di"),
            (0x4064_0001, "mfc0 with a select"),
            (0x0060_0408, "jr.hb"),
            (0x0060_FC09, "jalr.hb"),
            (0x0064_0818, "mult with a target"),
            (0x0064_1061, "addu with a shift amount"),
            (0x3C22_0001, "aui"),
            (0x1862_0001, "blezalc"),
            (0x1C62_0001, "bgtzalc"),
            (0x0020_1010, "mfhi with a source"),
        ];
        for (word, name) in refused {
            assert_eq!(Instr::decode(word), None, "{name} {word:#010x}");
        }
    }

    #[test]
    fn sources_and_targets() {
        let lwl = Instr::decode(0x8885_0003).unwrap();
        assert!(lwl.reads(4) && lwl.reads(5) && !lwl.reads(0));
        assert_eq!((lwl.load_target(), lwl.writes()), (Some(5), Some(5)));
        let lw_zero = Instr::decode(0x8C80_0000).unwrap();
        assert_eq!((lw_zero.load_target(), lw_zero.writes()), (None, None));
        let mfc0 = Instr::decode(0x4005_6000).unwrap();
        assert_eq!(mfc0.load_target(), Some(5));
        assert!(!mfc0.reads(5) && !mfc0.reads(12));
        let bal = Instr::decode(0x0411_0001).unwrap();
        assert_eq!(bal.writes(), Some(31));
        let sll = Instr::decode(0x0004_2880).unwrap();
        assert!(sll.reads(4));
        assert_eq!(sll.writes(), Some(5));
    }

    #[test]
    fn unaligned_loads_pair() {
        let lwl = Instr::decode(0x8885_0003).unwrap();
        let lwr = Instr::decode(0x9885_0000).unwrap();
        let other = Instr::decode(0x9886_0000).unwrap();
        assert!(lwl.pairs_with(&lwr) && lwr.pairs_with(&lwl));
        assert!(!lwl.pairs_with(&lwl) && !lwl.pairs_with(&other));
        let own_base = Instr::decode(0x98A5_0000).unwrap();
        assert!(!lwl.pairs_with(&own_base));
    }

    #[test]
    fn flow_of_control() {
        let flow = |word| Instr::decode(word).unwrap().successors(0x8001_0000);
        assert_eq!(flow(0x0000_0000), Flow::Next);
        assert_eq!(
            flow(0x1064_FFFF),
            Flow::Branch {
                target: 0x8001_0000
            }
        );
        assert_eq!(
            flow(0x1000_0001),
            Flow::Jump {
                target: 0x8001_0008
            }
        );
        assert_eq!(
            flow(0x0401_0001),
            Flow::Jump {
                target: 0x8001_0008
            }
        );
        assert_eq!(
            flow(0x0411_0001),
            Flow::Call {
                target: 0x8001_0008
            }
        );
        assert_eq!(
            flow(0x0800_4000),
            Flow::Jump {
                target: 0x8001_0000
            }
        );
        assert_eq!(
            flow(0x0C00_4001),
            Flow::Call {
                target: 0x8001_0004
            }
        );
        assert_eq!(flow(0x03E0_0008), Flow::Register);
        assert_eq!(flow(0x0000_000C), Flow::Next);
    }
}
