//! Calling functions of the program by the o32 convention.

use crate::cpu::Pending;
use crate::host::{self, Handler, HostContext, HostId};
use crate::machine::{Machine, Stop};
use crate::reg::*;
use crate::trap::Trap;

/// Registers that a function has to preserve.
const SAVED: [u8; 11] = [S0, S1, S2, S3, S4, S5, S6, S7, GP, SP, FP];

/// Registers that a function may leave as it likes, but for the result and the return address.
const LOST: [u8; 16] = [
    AT, V1, A0, A1, A2, A3, T0, T1, T2, T3, T4, T5, T6, T7, T8, T9,
];

/// Odd and outside RAM, so that it also fails as an address; the register's number shows whose it is.
const POISON: u32 = 0xDEAD_0001;

/// What a call from the host changes and puts back.
struct Saved {
    regs: [u32; SAVED.len()],
    ra: u32,
    pc: u32,
    next_pc: u32,
    in_slot: bool,
    pending: Pending,
    lowest_sp: u32,
}

impl Machine {
    /// Calls a function and returns its `$v0`. `$v1` can be read from [`Machine::cpu`] afterwards.
    ///
    /// # Errors
    /// The trap that stopped it; [`Trap::NoHandler`] if it calls a host function.
    pub fn call(&mut self, entry: u32, args: &[u32]) -> Result<u32, Trap> {
        self.call_with(entry, args, &mut |id, context| {
            Err(Trap::NoHandler {
                pc: context.return_address(),
                id: id.number(),
            })
        })
    }

    /// Calls a function whose calls of host functions `handler` answers, and returns its `$v0`.
    ///
    /// All registers that a caller must not rely on hold garbage at the start and after each host
    /// function. After an error, registers that are not preserved across calls are as the program left
    /// them; the machine can be called again.
    ///
    /// # Errors
    /// The trap that stopped it, or what `handler` returned.
    pub fn call_with(
        &mut self,
        entry: u32,
        args: &[u32],
        handler: &mut Handler<'_>,
    ) -> Result<u32, Trap> {
        self.call_by(entry, args, &mut |machine| {
            let limit = machine.limit();
            machine.serve(limit, handler)
        })
    }

    /// Calls a function that `run` runs until it returns.
    pub(crate) fn call_by(
        &mut self,
        entry: u32,
        args: &[u32],
        run: &mut dyn FnMut(&mut Machine) -> Result<(), Trap>,
    ) -> Result<u32, Trap> {
        let saved = self.save();
        let result = self.call_inside(entry, args, run);
        let result = result.and_then(|value| self.check_saved(&saved).map(|()| value));
        self.restore(&saved);
        result
    }

    /// The number of instructions with which a call that begins now has used up its budget.
    pub(crate) fn limit(&self) -> u64 {
        self.counters.instructions.saturating_add(self.budget)
    }

    fn call_inside(
        &mut self,
        entry: u32,
        args: &[u32],
        run: &mut dyn FnMut(&mut Machine) -> Result<(), Trap>,
    ) -> Result<u32, Trap> {
        let caller_sp = self.cpu.reg(SP);
        let sp = self.enter(entry, args)?;
        let result = run(self);
        let depth = sp.saturating_sub(self.lowest_sp);
        self.counters.stack_depth = self.counters.stack_depth.max(depth);
        result?;
        // The arguments' place on the stack belongs to the caller.
        if self.cpu.reg(SP) == sp {
            self.cpu.set_reg(SP, caller_sp);
        }
        Ok(self.cpu.reg(V0))
    }

    /// Arguments, poison and program counter; returns the stack pointer that the function starts with.
    pub(crate) fn enter(&mut self, entry: u32, args: &[u32]) -> Result<u32, Trap> {
        self.poison();
        self.cpu.set_reg(V0, POISON | u32::from(V0) << 8);
        // o32: at least the home area of four words, and a multiple of eight bytes.
        let frame = (args.len().max(4) * 4).next_multiple_of(8) as u32;
        let sp = self.cpu.reg(SP).wrapping_sub(frame);
        for (index, &arg) in (0_u32..).zip(args) {
            match index {
                0..=3 => self.cpu.set_reg(A0 + index as u8, arg),
                _ => self.write(sp.wrapping_add(index * 4), &arg.to_le_bytes())?,
            }
        }
        self.cpu.set_reg(SP, sp);
        self.cpu.set_reg(RA, host::RETURN);
        self.cpu.jump(entry);
        self.cpu.pending = Pending::NONE;
        self.cpu.hi_lo_read = None;
        self.lowest_sp = sp;
        Ok(sp)
    }

    /// Runs until the function returns.
    fn serve(&mut self, limit: u64, handler: &mut Handler<'_>) -> Result<(), Trap> {
        loop {
            match self.run_until(limit) {
                Stop::Trap(trap) => return Err(trap),
                Stop::Return => return self.settle(),
                Stop::Host(id) => self.serve_host(id, handler)?,
            }
        }
    }

    fn serve_host(&mut self, id: HostId, handler: &mut Handler<'_>) -> Result<(), Trap> {
        self.settle()?;
        let ra = self.cpu.reg(RA);
        let value = handler(id, &mut HostContext { machine: self })?;
        self.answer(ra, value);
        Ok(())
    }

    /// Lets a host function return.
    pub(crate) fn answer(&mut self, ra: u32, value: u32) {
        self.poison();
        self.cpu.set_reg(V0, value);
        self.cpu.hi_lo_read = None;
        self.cpu.jump(ra);
    }

    /// The host may use any register at once, so no load may be under way when control comes to it.
    pub(crate) fn settle(&mut self) -> Result<(), Trap> {
        let reg = self.cpu.pending.reg;
        if self.strict && reg != ZERO {
            return Err(Trap::LoadDelay {
                pc: self.cpu.pc,
                reg,
            });
        }
        self.cpu.settle();
        Ok(())
    }

    fn poison(&mut self) {
        for reg in LOST {
            self.cpu.set_reg(reg, POISON | u32::from(reg) << 8);
        }
        self.cpu.set_hi_lo(POISON | 0xFE00, POISON | 0xFF00);
    }

    fn save(&self) -> Saved {
        let cpu = &self.cpu;
        Saved {
            regs: SAVED.map(|reg| cpu.reg(reg)),
            ra: cpu.reg(RA),
            pc: cpu.pc,
            next_pc: cpu.next_pc,
            in_slot: cpu.in_slot,
            pending: cpu.pending,
            lowest_sp: self.lowest_sp,
        }
    }

    fn check_saved(&self, saved: &Saved) -> Result<(), Trap> {
        for (reg, expected) in SAVED.into_iter().zip(saved.regs) {
            let found = self.cpu.reg(reg);
            if found != expected {
                return Err(Trap::CalleeSaved {
                    reg,
                    expected,
                    found,
                });
            }
        }
        Ok(())
    }

    fn restore(&mut self, saved: &Saved) {
        for (reg, value) in SAVED.into_iter().zip(saved.regs) {
            self.cpu.set_reg(reg, value);
        }
        self.cpu.set_reg(RA, saved.ra);
        self.cpu.pc = saved.pc;
        self.cpu.next_pc = saved.next_pc;
        self.cpu.in_slot = saved.in_slot;
        self.cpu.pending = saved.pending;
        // The stack of a nested call lies below its caller's.
        self.lowest_sp = self.lowest_sp.min(saved.lowest_sp);
    }
}
