//! Instructions as text.

use core::fmt;

use crate::isa::{Form, Instr};
use crate::reg::name;

/// Branches print their distance from themselves (`.+8`), as the address is not part of the word.
impl fmt::Display for Instr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rs, rt, rd) = (name(self.rs), name(self.rt), name(self.rd));
        let simm = self.imm as i16;
        f.write_str(self.op.name())?;
        match self.op.form() {
            Form::Shift => write!(f, " {rd}, {rt}, {}", self.shamt),
            Form::ShiftVariable => write!(f, " {rd}, {rt}, {rs}"),
            Form::Alu => write!(f, " {rd}, {rs}, {rt}"),
            Form::MulDiv => write!(f, " {rs}, {rt}"),
            Form::FromHiLo => write!(f, " {rd}"),
            Form::ToHiLo | Form::JumpRegister => write!(f, " {rs}"),
            Form::LinkRegister => write!(f, " {rd}, {rs}"),
            Form::Exception => write!(f, " {:#x}", self.target >> 6),
            Form::Jump | Form::Link => write!(f, " {:#x}", self.target << 2),
            Form::Branch => write!(f, " {rs}, {rt}, {}", Distance(self)),
            Form::BranchZero | Form::BranchLink => write!(f, " {rs}, {}", Distance(self)),
            Form::Immediate => write!(f, " {rt}, {rs}, {simm}"),
            Form::Logical => write!(f, " {rt}, {rs}, {:#x}", self.imm),
            Form::Upper => write!(f, " {rt}, {:#x}", self.imm),
            Form::Load | Form::LoadMerge | Form::Store => write!(f, " {rt}, {simm}({rs})"),
            Form::FromCop0 | Form::ToCop0 => write!(f, " {rt}, ${}", self.rd),
            Form::Bare => Ok(()),
        }
    }
}

struct Distance<'a>(&'a Instr);

impl fmt::Display for Distance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ".{:+}", self.0.branch_target(0) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_like_an_assembler() {
        let text = |word| Instr::decode(word).unwrap().to_string();
        assert_eq!(text(0x0000_0000), "sll $zero, $zero, 0");
        assert_eq!(text(0x8FBF_0010), "lw $ra, 16($sp)");
        assert_eq!(text(0x27BD_FFE0), "addiu $sp, $sp, -32");
        assert_eq!(text(0x1080_FFFE), "beq $a0, $zero, .-4");
        assert_eq!(text(0x0411_0003), "bgezal $zero, .+16");
        assert_eq!(text(0x3C02_0001), "lui $v0, 0x1");
        assert_eq!(text(0x4200_0010), "rfe");
        assert_eq!(text(0x0000_01CD), "break 0x7");
    }
}
