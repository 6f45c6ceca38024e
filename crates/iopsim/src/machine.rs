//! The machine as a whole: settings, memory access for the host, and the loop.

use core::ops::Range;

use crate::cache::ICache;
use crate::counters::Counters;
use crate::cpu::Cpu;
use crate::cycles::{CycleModel, WriteQueue};
use crate::device::{Device, Devices};
use crate::host::HostId;
use crate::memory::{Access, Memory, OutsideRam, RAM_SIZE};
use crate::profile::Profile;
use crate::reg;
use crate::trap::Trap;

/// Where the stack is unless [`Machine::set_stack`] says otherwise: the last 4 KiB of RAM, which is
/// what cdvdman's read thread has.
pub const DEFAULT_STACK: Range<u32> = RAM_SIZE - 0x1000..RAM_SIZE;

/// Instructions that a call may take unless [`Machine::set_budget`] says otherwise.
pub const DEFAULT_BUDGET: u64 = 1_000_000_000;

/// Settings that stay as they are for a machine's life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Config {
    /// What instructions cost.
    pub cycles: CycleModel,
    /// Trap when a program depends on what the hardware leaves to chance: a register used in the delay
    /// slot of its load, HI or LO overwritten too soon after a read.
    pub strict: bool,
    /// Content of RAM at the start.
    pub fill: u8,
}

impl Default for Config {
    /// The R3000A's costs, strict, RAM full of zeros.
    fn default() -> Config {
        Config {
            cycles: CycleModel::r3000a(),
            strict: true,
            fill: 0,
        }
    }
}

/// Why the loop ended.
#[derive(Clone, Copy)]
pub(crate) enum Stop {
    Trap(Trap),
    /// The program called a host function.
    Host(HostId),
    /// The program returned from its entry.
    Return,
}

impl From<Trap> for Stop {
    fn from(trap: Trap) -> Stop {
        Stop::Trap(trap)
    }
}

/// An R3000A with 2 MiB of RAM.
pub struct Machine {
    pub(crate) cpu: Cpu,
    pub(crate) memory: Memory,
    pub(crate) devices: Devices,
    pub(crate) icache: ICache,
    pub(crate) model: CycleModel,
    pub(crate) queue: WriteQueue,
    pub(crate) counters: Counters,
    pub(crate) strict: bool,
    pub(crate) budget: u64,
    pub(crate) stack: Range<u32>,
    pub(crate) lowest_sp: u32,
    pub(crate) host_functions: u32,
    profile: Option<Profile>,
}

impl Default for Machine {
    fn default() -> Machine {
        Machine::new(Config::default())
    }
}

impl Machine {
    /// A machine with the given settings and nothing loaded.
    pub fn new(config: Config) -> Machine {
        let mut machine = Machine {
            cpu: Cpu::new(),
            memory: Memory::new(),
            devices: Devices::default(),
            icache: ICache::new(),
            model: config.cycles,
            queue: WriteQueue::default(),
            counters: Counters::default(),
            strict: config.strict,
            budget: DEFAULT_BUDGET,
            stack: DEFAULT_STACK,
            lowest_sp: u32::MAX,
            host_functions: 0,
            profile: None,
        };
        if config.fill != 0 {
            machine.memory.fill(config.fill);
        }
        machine.set_stack(DEFAULT_STACK);
        machine
    }

    pub fn cpu(&self) -> &Cpu {
        &self.cpu
    }

    /// Registers, to be changed.
    pub fn cpu_mut(&mut self) -> &mut Cpu {
        &mut self.cpu
    }

    /// Totals since the start or the last [`Machine::reset_counters`].
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Sets the totals to zero. Cache and write queue become empty with them, so that the same call
    /// costs the same again.
    pub fn reset_counters(&mut self) {
        self.counters = Counters::default();
        self.queue = WriteQueue::default();
        self.cpu.hi_lo_read = None;
        self.cpu.hi_lo_ready = 0;
        self.icache.flush();
    }

    /// Instructions that each call may take from here on, calls from host functions included.
    pub fn set_budget(&mut self, instructions: u64) {
        self.budget = instructions;
    }

    /// Puts the stack into `range`: calls start with the stack pointer at its end, and below its start
    /// is [`Trap::StackOverflow`].
    pub fn set_stack(&mut self, range: Range<u32>) {
        self.cpu.set_reg(reg::SP, range.end & !7);
        self.stack = range;
    }

    /// Addresses of the stack, as guards take them.
    pub fn stack(&self) -> Range<u32> {
        self.stack.clone()
    }

    /// Puts a device at a range of physical addresses outside RAM. Where devices overlap, the first
    /// one answers; RAM goes before all.
    pub fn add_device(&mut self, range: Range<u32>, device: Box<dyn Device>) {
        self.devices.add(range, device);
    }

    /// Puts in a ROM, at [`crate::ROM_START`]. Programs in it run uncached, at the speed of RAM.
    pub fn set_rom(&mut self, bytes: &[u8]) {
        self.memory.set_rom(bytes);
        self.icache.flush();
    }

    /// Bytes in RAM, whatever the guard says.
    ///
    /// # Errors
    /// [`OutsideRam`] when they are not all in RAM.
    pub fn read(&self, addr: u32, len: usize) -> Result<&[u8], OutsideRam> {
        self.memory.slice(addr, len)
    }

    /// A little-endian word in RAM, whatever the guard says; `addr` need not be aligned.
    pub fn read_word(&self, addr: u32) -> Result<u32, OutsideRam> {
        let bytes = self.memory.slice(addr, 4)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u32::from(byte)))
    }

    /// Writes bytes to RAM, whatever the guard says.
    pub fn write(&mut self, addr: u32, bytes: &[u8]) -> Result<(), OutsideRam> {
        self.memory
            .slice_mut(addr, bytes.len())?
            .copy_from_slice(bytes);
        self.icache.written_range(addr, bytes.len());
        Ok(())
    }

    /// Writes instructions or other words to RAM, whatever the guard says.
    pub fn write_words(&mut self, addr: u32, words: &[u32]) -> Result<(), OutsideRam> {
        self.write(addr, &crate::asm::to_bytes(words))
    }

    /// Permits the program to write the given ranges of RAM only; replaces earlier ranges.
    ///
    /// The stack is not in them unless given.
    ///
    /// # Errors
    /// [`OutsideRam`] when a range is not all in RAM.
    pub fn permit_writes(&mut self, ranges: &[Range<u32>]) -> Result<(), OutsideRam> {
        self.memory.permit_only(Access::Write, ranges)
    }

    /// Permits the program to load from the given ranges of RAM only; replaces earlier ranges.
    /// Execution is not affected.
    pub fn permit_reads(&mut self, ranges: &[Range<u32>]) -> Result<(), OutsideRam> {
        self.memory.permit_only(Access::Read, ranges)
    }

    /// Permits all loads and stores.
    pub fn permit_all(&mut self) {
        self.memory.permit_all();
    }

    /// Counts from here on instructions and cycles per function.
    pub fn start_profile(&mut self, profile: Profile) {
        self.profile = Some(profile);
    }

    /// Ends counting and returns what was counted.
    pub fn take_profile(&mut self) -> Option<Profile> {
        self.profile.take()
    }

    /// Executes instructions from the CPU's current state until something stops it, and says what:
    /// for programs that are not functions. Host functions have no handler here.
    ///
    /// After a [`Trap::Syscall`] or [`Trap::Break`] the program goes on after it with
    /// `cpu_mut().jump(pc + 4)`.
    pub fn run(&mut self) -> Trap {
        let limit = self.limit();
        self.lowest_sp = self.cpu.reg(reg::SP);
        let stop = self.run_until(limit);
        self.trap_of(stop)
    }

    /// Executes one instruction from the CPU's current state. A profile does not count it.
    pub fn step_once(&mut self) -> Result<(), Trap> {
        self.lowest_sp = self.cpu.reg(reg::SP);
        self.step().map_err(|stop| self.trap_of(stop))
    }

    /// Executes instructions until something stops the program or the cycle counter has reached `cycle`, and then
    /// returns `None`. A profile does not count them.
    pub(crate) fn run_until_cycle(&mut self, limit: u64, cycle: u64) -> Option<Stop> {
        while self.counters.cycles < cycle {
            if self.counters.instructions >= limit {
                return Some(Stop::Trap(Trap::Budget { pc: self.cpu.pc }));
            }
            if let Err(stop) = self.step() {
                return Some(stop);
            }
        }
        None
    }

    /// What a stop means when no call is under way.
    fn trap_of(&self, stop: Stop) -> Trap {
        match stop {
            Stop::Trap(trap) => trap,
            Stop::Host(id) => Trap::NoHandler {
                pc: self.cpu.reg(reg::RA),
                id: id.number(),
            },
            Stop::Return => Trap::FetchOutsideRam { pc: self.cpu.pc },
        }
    }

    /// Executes instructions until something stops the program, at the latest when the instruction
    /// counter has reached `limit`.
    pub(crate) fn run_until(&mut self, limit: u64) -> Stop {
        match self.profile.take() {
            None => self.run_plain(limit),
            Some(mut profile) => {
                let stop = self.run_profiled(limit, &mut profile);
                self.profile = Some(profile);
                stop
            }
        }
    }

    fn run_plain(&mut self, limit: u64) -> Stop {
        while self.counters.instructions < limit {
            if let Err(stop) = self.step() {
                return stop;
            }
        }
        Stop::Trap(Trap::Budget { pc: self.cpu.pc })
    }

    fn run_profiled(&mut self, limit: u64, profile: &mut Profile) -> Stop {
        while self.counters.instructions < limit {
            let (pc, before) = (self.cpu.pc, self.counters.cycles);
            if let Err(stop) = self.step() {
                return stop;
            }
            profile.record(pc, self.counters.cycles - before);
        }
        Stop::Trap(Trap::Budget { pc: self.cpu.pc })
    }
}
