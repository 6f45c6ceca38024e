//! The system control coprocessor, as far as code without exceptions can see it.

/// Status register.
pub const STATUS: u8 = 12;
/// Cause of the last exception.
pub const CAUSE: u8 = 13;
/// Address of the instruction that caused the last exception.
pub const EPC: u8 = 14;
/// Processor revision.
pub const PRID: u8 = 15;

/// Revision that PCSX2 gives the IOP.
const IOP_REVISION: u32 = 0x1F;
const STATUS_ISOLATE_CACHE: u32 = 1 << 16;
/// The only writable bits of CAUSE: software interrupts.
const CAUSE_SOFTWARE: u32 = 0x300;

/// The write asked for cache isolation, which is not simulated.
pub(crate) struct Isolated;

/// Registers of coprocessor 0. Nothing raises exceptions yet: [`crate::Trap`] stops the program instead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cop0 {
    /// STATUS: interrupt enables and modes.
    pub status: u32,
    /// CAUSE: pending interrupts and the last exception's code.
    pub cause: u32,
    /// EPC: where an exception returns to.
    pub epc: u32,
}

impl Cop0 {
    pub(crate) const fn new() -> Cop0 {
        Cop0 {
            status: 0,
            cause: 0,
            epc: 0,
        }
    }

    /// What `mfc0` gets; registers that are not modelled read as zero.
    pub(crate) const fn read(&self, reg: u8) -> u32 {
        match reg {
            STATUS => self.status,
            CAUSE => self.cause,
            EPC => self.epc,
            PRID => IOP_REVISION,
            _ => 0,
        }
    }

    /// What `mtc0` does; writes to other registers have no effect.
    pub(crate) const fn write(&mut self, reg: u8, value: u32) -> Result<(), Isolated> {
        match reg {
            STATUS if value & STATUS_ISOLATE_CACHE != 0 => return Err(Isolated),
            STATUS => self.status = value,
            CAUSE => self.cause = self.cause & !CAUSE_SOFTWARE | value & CAUSE_SOFTWARE,
            _ => {}
        }
        Ok(())
    }

    /// `rfe`: the previous and old modes become the current and previous ones.
    pub(crate) const fn return_from_exception(&mut self) {
        self.status = self.status & !0xF | self.status >> 2 & 0xF;
    }
}
