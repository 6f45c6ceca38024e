//! Functions of the host that the program can call.

use crate::counters::Counters;
use crate::cpu::Cpu;
use crate::machine::Machine;
use crate::memory::Access;
use crate::reg;
use crate::trap::Trap;

/// Where host functions are: no RAM, and in reach of `jal` from all of RAM below kseg0.
const BASE: u32 = 0x0FF0_0000;
/// Distance of two host functions. More than a word, so that running on after one is a fault.
const STRIDE: u32 = 16;
/// Where a call from the host returns to.
pub(crate) const RETURN: u32 = BASE - STRIDE;

/// A host function, as [`Machine::register_host`] gave it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HostId(u32);

impl HostId {
    /// Counted from zero in the order of registration.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Address at which the program finds it.
    pub fn address(self) -> u32 {
        BASE + self.0 * STRIDE
    }
}

pub(crate) enum Place {
    Function(HostId),
    Return,
}

/// What is at an address of the program, if it belongs to the host; `count` functions are registered.
pub(crate) fn place(pc: u32, count: u32) -> Option<Place> {
    if pc == RETURN {
        return Some(Place::Return);
    }
    let distance = pc.checked_sub(BASE)?;
    let known = distance.is_multiple_of(STRIDE) && distance / STRIDE < count;
    known.then_some(Place::Function(HostId(distance / STRIDE)))
}

/// Answers calls of host functions: gets the function and the machine in the middle of the call, and
/// returns the program's `$v0`. An error ends the program.
pub type Handler<'a> = dyn FnMut(HostId, &mut HostContext<'_>) -> Result<u32, Trap> + 'a;

/// The machine as a host function sees it.
pub struct HostContext<'m> {
    pub(crate) machine: &'m mut Machine,
}

impl HostContext<'_> {
    /// Argument `index` of the call, counted from zero: `$a0` to `$a3`, then the stack, as o32 has it.
    ///
    /// # Errors
    /// [`Trap::Host`] when the stack pointer does not point into RAM.
    pub fn arg(&self, index: u8) -> Result<u32, Trap> {
        match index {
            0..=3 => Ok(self.cpu().reg(reg::A0 + index)),
            _ => {
                let place = self.cpu().reg(reg::SP).wrapping_add(u32::from(index) * 4);
                Ok(self.machine.read_word(place)?)
            }
        }
    }

    /// Bytes in RAM, if the guard permits the program to read them.
    ///
    /// # Errors
    /// [`Trap::Host`] outside RAM, [`Trap::ReadOutside`] outside the permitted ranges.
    pub fn read(&self, addr: u32, len: usize) -> Result<&[u8], Trap> {
        if let Some(addr) = self.machine.memory.first_denied(addr, len, Access::Read)? {
            return Err(Trap::ReadOutside {
                pc: self.return_address(),
                addr,
            });
        }
        Ok(self.machine.read(addr, len)?)
    }

    /// Writes bytes to RAM, if the guard permits the program to write them.
    ///
    /// # Errors
    /// [`Trap::Host`] outside RAM, [`Trap::WriteOutside`] outside the permitted ranges.
    pub fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), Trap> {
        if let Some(addr) = self
            .machine
            .memory
            .first_denied(addr, bytes.len(), Access::Write)?
        {
            return Err(Trap::WriteOutside {
                pc: self.return_address(),
                addr,
            });
        }
        Ok(self.machine.write(addr, bytes)?)
    }

    pub fn return_address(&self) -> u32 {
        self.cpu().reg(reg::RA)
    }

    pub fn cpu(&self) -> &Cpu {
        &self.machine.cpu
    }

    /// Totals so far.
    pub fn counters(&self) -> Counters {
        self.machine.counters
    }

    /// Lets time pass that the function would have taken on the console.
    pub fn spend(&mut self, cycles: u64) {
        self.machine.counters.cycles += cycles;
    }

    /// The machine without regard to the guard. Calls of it may be nested.
    pub fn machine(&mut self) -> &mut Machine {
        self.machine
    }
}

impl Machine {
    /// Adds a host function; the program calls it at [`HostId::address`].
    pub fn register_host(&mut self) -> HostId {
        let id = HostId(self.host_functions);
        self.host_functions += 1;
        id
    }
}
