//! What each instruction does.

use crate::cache::Slot;
use crate::cpu::Pending;
use crate::device::{Dma, Refused, Width};
use crate::host::{self, Place};
use crate::isa::{Instr, Op};
use crate::machine::{Machine, Stop};
use crate::memory::{Fault, physical};
use crate::reg;
use crate::trap::Trap;

/// What an instruction leaves for the end of its step. Sources are read before, so a load that
/// arrives now was not visible to it.
struct Effect {
    reg: u8,
    value: u32,
    load: Pending,
    next_pc: u32,
    is_branch: bool,
}

impl Effect {
    #[inline(always)]
    fn set(&mut self, reg: u8, value: u32) {
        self.reg = reg;
        self.value = value;
    }
}

impl Machine {
    /// Executes one instruction. On `Err` the registers are as before it, but for a stack overflow.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Result<(), Stop> {
        let pc = self.cpu.pc;
        let slot = match self.icache.hit(pc) {
            Some(slot) => slot,
            None => self.fetch_miss(pc)?,
        };
        let Some(instr) = slot.instr else {
            return Err(self.reserved(pc));
        };
        if slot.sources >> self.cpu.pending.reg & 1 != 0 {
            self.check_load_delay(pc, &instr)?;
        }
        self.counters.instructions += 1;
        self.counters.cycles += 1;
        let effect = self.execute(pc, &instr)?;
        self.commit(pc, &effect)
    }

    #[inline(always)]
    fn commit(&mut self, pc: u32, effect: &Effect) -> Result<(), Stop> {
        let cpu = &mut self.cpu;
        let arrived = cpu.pending;
        // Two loads of one register in a row: the first is lost.
        if arrived.reg != effect.load.reg {
            cpu.regs[usize::from(arrived.reg % 32)] = arrived.value;
        }
        // After the load, so that of two writes the later instruction's stays.
        cpu.regs[usize::from(effect.reg % 32)] = effect.value;
        cpu.regs[0] = 0;
        cpu.pending = effect.load;
        cpu.pc = cpu.next_pc;
        cpu.next_pc = effect.next_pc;
        cpu.in_slot = effect.is_branch;
        if cpu.regs[usize::from(reg::SP)] < self.lowest_sp {
            return self.stack_grew(pc);
        }
        Ok(())
    }

    #[cold]
    fn stack_grew(&mut self, pc: u32) -> Result<(), Stop> {
        let sp = self.cpu.reg(reg::SP);
        self.lowest_sp = sp;
        if sp < self.stack.start {
            return Err(Trap::StackOverflow { pc, sp }.into());
        }
        Ok(())
    }

    /// Addresses of host functions are never cached, so they need no check on the fast path.
    #[cold]
    #[inline(never)]
    fn fetch_miss(&mut self, pc: u32) -> Result<Slot, Stop> {
        match host::place(pc, self.host_functions) {
            Some(Place::Function(id)) => return Err(Stop::Host(id)),
            Some(Place::Return) => return Err(Stop::Return),
            None => {}
        }
        if !pc.is_multiple_of(4) {
            return Err(Trap::AddressError { pc, addr: pc }.into());
        }
        let fetched = self.icache.fill(pc, &self.memory);
        let (slot, words) = fetched.ok_or(Trap::FetchOutsideRam { pc })?;
        self.counters.icache_misses += 1;
        self.counters.cycles += u64::from(self.model.icache_miss + words * self.model.icache_word);
        Ok(slot)
    }

    #[cold]
    fn reserved(&self, pc: u32) -> Stop {
        match physical(pc).and_then(|physical| self.memory.fetch(physical)) {
            Some(word) => Trap::ReservedInstruction { pc, word }.into(),
            None => Trap::FetchOutsideRam { pc }.into(),
        }
    }

    /// The instruction at `pc` uses the register of the load before it.
    fn check_load_delay(&self, pc: u32, instr: &Instr) -> Result<(), Trap> {
        let load = &self.cpu.pending;
        let pair = matches!((load.op, instr.op), (Op::Lwl, Op::Lwr) | (Op::Lwr, Op::Lwl));
        if !self.strict || (pair && instr.rs != load.reg) {
            return Ok(());
        }
        Err(Trap::LoadDelay { pc, reg: load.reg })
    }

    // One arm per instruction: longer than other functions, and the compiler makes it one jump table.
    #[inline(always)]
    fn execute(&mut self, pc: u32, instr: &Instr) -> Result<Effect, Trap> {
        let Instr {
            op,
            rs,
            rt,
            rd,
            shamt,
            ..
        } = *instr;
        let a = self.cpu.regs[usize::from(rs % 32)];
        let b = self.cpu.regs[usize::from(rt % 32)];
        let simm = instr.signed();
        let zimm = u32::from(instr.imm);
        let sequel = self.cpu.next_pc.wrapping_add(4);
        let mut effect = Effect {
            reg: reg::ZERO,
            value: 0,
            load: Pending::NONE,
            next_pc: sequel,
            is_branch: false,
        };
        match op {
            Op::Sll => effect.set(rd, b << (shamt % 32)),
            Op::Srl => effect.set(rd, b >> (shamt % 32)),
            Op::Sra => effect.set(rd, (b as i32 >> (shamt % 32)) as u32),
            Op::Sllv => effect.set(rd, b << (a % 32)),
            Op::Srlv => effect.set(rd, b >> (a % 32)),
            Op::Srav => effect.set(rd, (b as i32 >> (a % 32)) as u32),
            Op::Add => effect.set(rd, checked((a as i32).checked_add(b as i32), pc)?),
            Op::Addu => effect.set(rd, a.wrapping_add(b)),
            Op::Sub => effect.set(rd, checked((a as i32).checked_sub(b as i32), pc)?),
            Op::Subu => effect.set(rd, a.wrapping_sub(b)),
            Op::And => effect.set(rd, a & b),
            Op::Or => effect.set(rd, a | b),
            Op::Xor => effect.set(rd, a ^ b),
            Op::Nor => effect.set(rd, !(a | b)),
            Op::Slt => effect.set(rd, u32::from((a as i32) < b as i32)),
            Op::Sltu => effect.set(rd, u32::from(a < b)),
            Op::Addi => effect.set(rt, checked((a as i32).checked_add(simm as i32), pc)?),
            Op::Addiu => effect.set(rt, a.wrapping_add(simm)),
            Op::Slti => effect.set(rt, u32::from((a as i32) < simm as i32)),
            Op::Sltiu => effect.set(rt, u32::from(a < simm)),
            Op::Andi => effect.set(rt, a & zimm),
            Op::Ori => effect.set(rt, a | zimm),
            Op::Xori => effect.set(rt, a ^ zimm),
            Op::Lui => effect.set(rt, zimm << 16),
            Op::Mfhi => effect.set(rd, self.read_hi_lo().0),
            Op::Mflo => effect.set(rd, self.read_hi_lo().1),
            Op::Mthi => self.write_hi_lo(pc, a, self.cpu.lo)?,
            Op::Mtlo => self.write_hi_lo(pc, self.cpu.hi, a)?,
            Op::Mult | Op::Multu | Op::Div | Op::Divu => self.multiply_divide(pc, op, a, b)?,
            Op::Beq => self.branch(pc, instr, a == b, &mut effect)?,
            Op::Bne => self.branch(pc, instr, a != b, &mut effect)?,
            Op::Blez => self.branch(pc, instr, a as i32 <= 0, &mut effect)?,
            Op::Bgtz => self.branch(pc, instr, a as i32 > 0, &mut effect)?,
            Op::Bltz => self.branch(pc, instr, (a as i32) < 0, &mut effect)?,
            Op::Bgez => self.branch(pc, instr, a as i32 >= 0, &mut effect)?,
            Op::Bltzal => {
                effect.set(reg::RA, pc.wrapping_add(8));
                self.branch(pc, instr, (a as i32) < 0, &mut effect)?;
            }
            Op::Bgezal => {
                effect.set(reg::RA, pc.wrapping_add(8));
                self.branch(pc, instr, a as i32 >= 0, &mut effect)?;
            }
            Op::J => self.jump(pc, instr.jump_target(pc), &mut effect)?,
            Op::Jal => {
                effect.set(reg::RA, pc.wrapping_add(8));
                self.jump(pc, instr.jump_target(pc), &mut effect)?;
            }
            Op::Jr => self.jump(pc, a, &mut effect)?,
            Op::Jalr => {
                effect.set(rd, pc.wrapping_add(8));
                self.jump(pc, a, &mut effect)?;
            }
            Op::Lb | Op::Lbu | Op::Lh | Op::Lhu | Op::Lw | Op::Lwl | Op::Lwr => {
                let value = self.load(pc, op, a.wrapping_add(simm), rt, b)?;
                effect.load = Pending { reg: rt, op, value };
            }
            Op::Sb | Op::Sh | Op::Sw | Op::Swl | Op::Swr => {
                self.store(pc, op, a.wrapping_add(simm), b)?;
            }
            Op::Mfc0 => {
                effect.load = Pending {
                    reg: rt,
                    op,
                    value: self.cpu.cop0.read(rd),
                }
            }
            Op::Mtc0 => {
                self.cpu
                    .cop0
                    .write(rd, b)
                    .map_err(|_| Trap::CacheIsolation { pc })?;
            }
            Op::Rfe => self.cpu.cop0.return_from_exception(),
            Op::Syscall => {
                return Err(Trap::Syscall {
                    pc,
                    code: instr.target >> 6,
                });
            }
            Op::Break => {
                return Err(Trap::Break {
                    pc,
                    code: instr.target >> 6,
                });
            }
        }
        Ok(effect)
    }

    #[inline(always)]
    fn branch(&self, pc: u32, instr: &Instr, taken: bool, effect: &mut Effect) -> Result<(), Trap> {
        let next_pc = if taken {
            instr.branch_target(pc)
        } else {
            effect.next_pc
        };
        self.jump(pc, next_pc, effect)
    }

    #[inline(always)]
    fn jump(&self, pc: u32, target: u32, effect: &mut Effect) -> Result<(), Trap> {
        if self.cpu.in_slot {
            return Err(Trap::BranchInSlot { pc });
        }
        effect.next_pc = target;
        effect.is_branch = true;
        Ok(())
    }

    /// HI and LO, after waiting for them.
    fn read_hi_lo(&mut self) -> (u32, u32) {
        // The cycle of this instruction is counted already.
        self.counters.cycles = self.counters.cycles.max(self.cpu.hi_lo_ready + 1);
        self.cpu.hi_lo_read = Some(self.counters.instructions);
        (self.cpu.hi, self.cpu.lo)
    }

    fn write_hi_lo(&mut self, pc: u32, hi: u32, lo: u32) -> Result<(), Trap> {
        let distance = self
            .cpu
            .hi_lo_read
            .map(|read| self.counters.instructions - read);
        if self.strict && matches!(distance, Some(0..=2)) {
            return Err(Trap::HiLoHazard { pc });
        }
        self.cpu.hi = hi;
        self.cpu.lo = lo;
        Ok(())
    }

    fn multiply_divide(&mut self, pc: u32, op: Op, a: u32, b: u32) -> Result<(), Trap> {
        let halves = |product: u64| ((product >> 32) as u32, product as u32);
        let ((hi, lo), cycles) = match op {
            Op::Mult => {
                let product = i64::from(a as i32) * i64::from(b as i32);
                (halves(product as u64), self.model.multiply(a, true))
            }
            Op::Multu => {
                let product = u64::from(a) * u64::from(b);
                (halves(product), self.model.multiply(a, false))
            }
            Op::Div => {
                let (remainder, quotient) = divide_signed(a as i32, b as i32);
                ((remainder as u32, quotient as u32), self.model.div)
            }
            _ => {
                // Division by zero does not trap: the quotient is all ones, as the hardware leaves it.
                let quotient = a.checked_div(b).unwrap_or(u32::MAX);
                ((a.checked_rem(b).unwrap_or(a), quotient), self.model.div)
            }
        };
        self.write_hi_lo(pc, hi, lo)?;
        self.cpu.hi_lo_ready = self.counters.cycles - 1 + u64::from(cycles);
        Ok(())
    }

    #[inline(always)]
    fn load(&mut self, pc: u32, op: Op, addr: u32, rt: u8, old: u32) -> Result<u32, Trap> {
        self.counters.loads += 1;
        if self.model.loads_wait {
            self.counters.cycles = self.counters.cycles.max(self.queue.empty_at());
        }
        self.counters.cycles += u64::from(self.model.load.saturating_sub(1));
        let memory = &self.memory;
        let loaded = match op {
            Op::Lb => memory.load(addr).map(|[byte]| byte as i8 as u32),
            Op::Lbu => memory.load(addr).map(|[byte]| byte.into()),
            Op::Lh => memory
                .load(addr)
                .map(|half| i16::from_le_bytes(half) as u32),
            Op::Lhu => memory
                .load(addr)
                .map(|half| u16::from_le_bytes(half).into()),
            Op::Lwl => self.load_left(addr, self.merge_base(rt, old)),
            Op::Lwr => self.load_right(addr, self.merge_base(rt, old)),
            _ => memory.load(addr).map(u32::from_le_bytes),
        };
        match loaded {
            Ok(value) => Ok(value),
            Err(fault) => self.load_fault(pc, op, addr, fault),
        }
    }

    /// `lwl` and `lwr` take the value of a load under way: the pair needs no gap.
    #[inline(always)]
    fn merge_base(&self, rt: u8, old: u32) -> u32 {
        let pending = &self.cpu.pending;
        if pending.reg == rt {
            pending.value
        } else {
            old
        }
    }

    #[inline(always)]
    fn load_left(&self, addr: u32, old: u32) -> Result<u32, Fault> {
        let shift = 24 - addr % 4 * 8;
        let word = self.memory.load_masked(addr, u32::MAX >> shift)?;
        Ok(old & !(u32::MAX << shift) | word << shift)
    }

    #[inline(always)]
    fn load_right(&self, addr: u32, old: u32) -> Result<u32, Fault> {
        let shift = addr % 4 * 8;
        let word = self.memory.load_masked(addr, u32::MAX << shift)?;
        Ok(old & !(u32::MAX >> shift) | word >> shift)
    }

    #[inline(always)]
    fn store(&mut self, pc: u32, op: Op, addr: u32, value: u32) -> Result<(), Trap> {
        self.counters.stores += 1;
        let stored = match op {
            Op::Sb => self.memory.store(addr, (value as u8).to_le_bytes()),
            Op::Sh => self.memory.store(addr, (value as u16).to_le_bytes()),
            Op::Swl => {
                let shift = 24 - addr % 4 * 8;
                self.memory
                    .store_masked(addr, u32::MAX >> shift, value >> shift)
            }
            Op::Swr => {
                let shift = addr % 4 * 8;
                self.memory
                    .store_masked(addr, u32::MAX << shift, value << shift)
            }
            _ => self.memory.store(addr, value.to_le_bytes()),
        };
        match stored {
            Ok(()) => self.icache.written(addr),
            Err(fault) => self.store_fault(pc, op, addr, value, fault)?,
        }
        self.counters.cycles = self.queue.push(self.counters.cycles, addr, &self.model);
        Ok(())
    }

    #[cold]
    fn load_fault(&mut self, pc: u32, op: Op, addr: u32, fault: Fault) -> Result<u32, Trap> {
        let (physical, width) = match fault {
            Fault::Unaligned => return Err(Trap::AddressError { pc, addr }),
            Fault::Denied(addr) => return Err(Trap::ReadOutside { pc, addr }),
            Fault::NotRam(None) => return Err(Trap::BusErrorLoad { pc, addr }),
            Fault::NotRam(Some(physical)) => (physical, width(op)),
        };
        let value = match self.memory.rom_at(physical) {
            Some(word) => word >> (physical % 4 * 8),
            None => self.read_device(pc, addr, physical, width)?,
        };
        Ok(match op {
            Op::Lb => value as i8 as u32,
            Op::Lbu => value & 0xFF,
            Op::Lh => value as i16 as u32,
            Op::Lhu => value & 0xFFFF,
            _ => value,
        })
    }

    #[cold]
    fn store_fault(
        &mut self,
        pc: u32,
        op: Op,
        addr: u32,
        value: u32,
        fault: Fault,
    ) -> Result<(), Trap> {
        let (physical, width) = match fault {
            Fault::Unaligned => return Err(Trap::AddressError { pc, addr }),
            Fault::Denied(addr) => return Err(Trap::WriteOutside { pc, addr }),
            Fault::NotRam(None) => return Err(Trap::BusErrorStore { pc, addr }),
            Fault::NotRam(Some(physical)) => (physical, width(op)),
        };
        let value = match width {
            Width::Byte => value & 0xFF,
            Width::Half => value & 0xFFFF,
            Width::Word => value,
        };
        let (cycle, mut dma) = (self.counters.cycles, Vec::new());
        let written = self.devices.write(physical, width, value, cycle, &mut dma);
        written.map_err(|Refused| Trap::BusErrorStore { pc, addr })?;
        self.take_dma(dma)
    }

    fn read_device(
        &mut self,
        pc: u32,
        addr: u32,
        physical: u32,
        width: Width,
    ) -> Result<u32, Trap> {
        let (cycle, mut dma) = (self.counters.cycles, Vec::new());
        let value = self.devices.read(physical, width, cycle, &mut dma);
        let value = value.map_err(|Refused| Trap::BusErrorLoad { pc, addr })?;
        self.take_dma(dma)?;
        Ok(value)
    }

    fn take_dma(&mut self, dma: Vec<Dma>) -> Result<(), Trap> {
        for Dma { address, bytes } in dma {
            self.write(address, &bytes)?;
        }
        Ok(())
    }
}

const fn width(op: Op) -> Width {
    match op {
        Op::Lb | Op::Lbu | Op::Sb => Width::Byte,
        Op::Lh | Op::Lhu | Op::Sh => Width::Half,
        _ => Width::Word,
    }
}

#[inline(always)]
fn checked(result: Option<i32>, pc: u32) -> Result<u32, Trap> {
    result
        .map(|value| value as u32)
        .ok_or(Trap::Overflow { pc })
}

/// Remainder and quotient. Division by zero does not trap: the quotient is then 1 or -1, against the
/// sign of the dividend, as the hardware leaves it.
fn divide_signed(a: i32, b: i32) -> (i32, i32) {
    match b {
        0 => (a, if a < 0 { 1 } else { -1 }),
        _ => (a.wrapping_rem(b), a.wrapping_div(b)),
    }
}
