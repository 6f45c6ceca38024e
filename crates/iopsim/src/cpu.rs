//! Registers and the state between two instructions.

use crate::cop0::Cop0;
use crate::isa::Op;
use crate::reg;

/// A load whose result arrives after the next instruction.
#[derive(Clone, Copy)]
pub(crate) struct Pending {
    /// `$zero` if there is none.
    pub(crate) reg: u8,
    pub(crate) op: Op,
    pub(crate) value: u32,
}

impl Pending {
    pub(crate) const NONE: Pending = Pending {
        reg: reg::ZERO,
        op: Op::Lw,
        value: 0,
    };
}

/// The CPU's registers.
#[derive(Clone)]
pub struct Cpu {
    pub(crate) regs: [u32; 32],
    pub(crate) hi: u32,
    pub(crate) lo: u32,
    pub(crate) pc: u32,
    /// What follows `pc`: the target, if `pc` is in the delay slot of a branch that is taken.
    pub(crate) next_pc: u32,
    /// Whether the instruction at `pc` is in a delay slot.
    pub(crate) in_slot: bool,
    pub(crate) pending: Pending,
    pub(crate) cop0: Cop0,
    /// Number of the last `mfhi` or `mflo`, counted from 1.
    pub(crate) hi_lo_read: Option<u64>,
    /// Cycle at which HI and LO are ready.
    pub(crate) hi_lo_ready: u64,
}

impl Cpu {
    pub(crate) fn new() -> Cpu {
        Cpu {
            regs: [0; 32],
            hi: 0,
            lo: 0,
            pc: 0,
            next_pc: 4,
            in_slot: false,
            pending: Pending::NONE,
            cop0: Cop0::new(),
            hi_lo_read: None,
            hi_lo_ready: 0,
        }
    }

    /// Value of a general register; numbers wrap at 32. A load that has not arrived is not in it.
    pub fn reg(&self, reg: u8) -> u32 {
        self.regs[usize::from(reg % 32)]
    }

    /// Changes a general register; numbers wrap at 32, `$zero` stays zero.
    pub fn set_reg(&mut self, reg: u8, value: u32) {
        self.regs[usize::from(reg % 32)] = value;
        self.regs[0] = 0;
    }

    /// HI: high half of a product, or remainder.
    pub fn hi(&self) -> u32 {
        self.hi
    }

    /// LO: low half of a product, or quotient.
    pub fn lo(&self) -> u32 {
        self.lo
    }

    /// Changes HI and LO.
    pub fn set_hi_lo(&mut self, hi: u32, lo: u32) {
        self.hi = hi;
        self.lo = lo;
    }

    /// Address of the next instruction, or of the one that trapped.
    pub fn pc(&self) -> u32 {
        self.pc
    }

    /// Whether the instruction at [`Cpu::pc`] is in a branch delay slot.
    pub fn in_delay_slot(&self) -> bool {
        self.in_slot
    }

    pub fn cop0(&self) -> &Cop0 {
        &self.cop0
    }

    /// Continues at `pc`, not in a delay slot.
    pub fn jump(&mut self, pc: u32) {
        self.pc = pc;
        self.next_pc = pc.wrapping_add(4);
        self.in_slot = false;
    }

    /// Lets a load that is under way arrive.
    pub(crate) fn settle(&mut self) {
        let pending = core::mem::replace(&mut self.pending, Pending::NONE);
        self.set_reg(pending.reg, pending.value);
    }
}
