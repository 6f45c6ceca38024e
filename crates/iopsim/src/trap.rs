//! Why a program stopped.

use thiserror::Error;

use crate::memory::OutsideRam;
use crate::reg;

/// Reason for which the simulator stopped a program.
///
/// `pc` is the address of the instruction at fault, which has had no effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum Trap {
    #[error("reserved instruction {word:#010x} at {pc:#010x}")]
    ReservedInstruction { pc: u32, word: u32 },
    #[error("instruction fetch outside RAM at {pc:#010x}")]
    FetchOutsideRam { pc: u32 },
    #[error("unaligned access to {addr:#010x} at {pc:#010x}")]
    AddressError { pc: u32, addr: u32 },
    /// A load from an address with neither RAM nor a device.
    #[error("bus error: load from {addr:#010x} at {pc:#010x}")]
    BusErrorLoad { pc: u32, addr: u32 },
    /// A store to an address with neither RAM nor a device.
    #[error("bus error: store to {addr:#010x} at {pc:#010x}")]
    BusErrorStore { pc: u32, addr: u32 },
    /// `add`, `addi` or `sub` with a result that does not fit.
    #[error("integer overflow at {pc:#010x}")]
    Overflow { pc: u32 },
    #[error("syscall {code:#x} at {pc:#010x}")]
    Syscall { pc: u32, code: u32 },
    #[error("break {code:#x} at {pc:#010x}")]
    Break { pc: u32, code: u32 },
    /// Something the hardware does and this simulator does not: cache isolation.
    #[error("cache isolation is not simulated, asked for at {pc:#010x}")]
    CacheIsolation { pc: u32 },
    /// Strict mode: a register was used in the delay slot of its load, where it has its old value.
    #[error("{} used at {pc:#010x}, in the delay slot of its load", reg::name(*reg))]
    LoadDelay { pc: u32, reg: u8 },
    /// Strict mode: HI or LO changed within two instructions of an `mfhi` or `mflo`, whose result an
    /// interrupt between them would spoil.
    #[error("HI or LO written at {pc:#010x}, less than two instructions after they were read")]
    HiLoHazard { pc: u32 },
    #[error("branch at {pc:#010x}, in the delay slot of another")]
    BranchInSlot { pc: u32 },
    #[error("read of {addr:#010x} at {pc:#010x}, outside the permitted ranges")]
    ReadOutside { pc: u32, addr: u32 },
    #[error("write to {addr:#010x} at {pc:#010x}, outside the permitted ranges")]
    WriteOutside { pc: u32, addr: u32 },
    /// The stack pointer went below the stack. The instruction has had its effect.
    #[error("stack overflow at {pc:#010x}: sp is {sp:#010x}")]
    StackOverflow { pc: u32, sp: u32 },
    #[error("instruction budget used up at {pc:#010x}")]
    Budget { pc: u32 },
    #[error("{} not preserved: {expected:#010x} became {found:#010x}", reg::name(*reg))]
    CalleeSaved { reg: u8, expected: u32, found: u32 },
    #[error("host function {id} called from {pc:#010x}, but there is no handler")]
    NoHandler { pc: u32, id: u32 },
    /// Every thread waits, and nothing is under way that would end it.
    #[error("all threads wait, the called one since {pc:#010x}")]
    Deadlock { pc: u32 },
    /// A host function gave up; the code is its own.
    #[error("host function failed with code {code}")]
    HostFailed { code: u32 },
    /// The host used memory that is not RAM.
    #[error(transparent)]
    Host(#[from] OutsideRam),
}
