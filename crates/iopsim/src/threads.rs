//! Threads as the console's kernel has them: of those that can run, the most urgent one does.
//!
//! A thread runs until it waits, or until a more urgent one can run: because of what this one did, or because a device
//! is done at that cycle. Threads of the same priority do not take turns. What a device reads is in memory when the
//! read is done and not before.

mod sema;

use core::ops::Range;

use crate::cpu::Cpu;
use crate::host::{HostContext, HostId};
use crate::machine::{Machine, Stop};
use crate::reg;
use crate::trap::Trap;

use sema::Semas;

/// What a host function does, when there are threads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// It returns a value at once.
    Return(u32),
    /// It waits for a device.
    Transfer(Transfer),
    /// It makes a thread, which does not run yet, and returns the thread's number.
    Create(NewThread),
    /// It lets a thread run its function.
    Start { thread: u32, argument: u32 },
    /// It makes a semaphore, and returns the semaphore's number.
    CreateSema {
        /// How many can pass now.
        initial: u32,
        /// How many can pass at most.
        max: u32,
        /// Whether the most urgent of those that wait passes first, not the first.
        by_priority: bool,
    },
    /// It lets one more thread pass a semaphore.
    Signal(u32),
    /// It passes a semaphore, and waits until it can.
    Wait(u32),
}

/// A device's work for a thread that waits for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// How long it takes.
    pub cycles: u64,
    /// What the function returns then.
    pub value: u32,
    /// Where the device writes.
    pub address: u32,
    /// What it writes.
    pub bytes: Vec<u8>,
}

/// A thread to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewThread {
    pub entry: u32,
    pub stack: Range<u32>,
    /// A smaller number is more urgent.
    pub priority: u32,
}

/// The returned value of a function that cannot do what it is told to, as programs compare it with 0.
pub const REFUSED: u32 = -1_i32 as u32;

/// Answers calls of host functions of any thread.
pub type Handler<'a> = dyn FnMut(HostId, &mut HostContext<'_>) -> Result<Action, Trap> + 'a;

#[derive(Clone, PartialEq, Eq, Debug)]
enum State {
    /// Not started, or at its end.
    Dormant,
    /// Running, or waiting for its turn since the given number of turns.
    Ready(u64),
    /// Waiting at a semaphore.
    Waiting,
    /// Waiting for a device until the given cycle.
    Transferring(u64, Transfer),
}

struct Thread {
    entry: u32,
    priority: u32,
    stack: Range<u32>,
    state: State,
    /// While another one runs.
    cpu: Cpu,
    lowest_sp: u32,
}

/// The threads of a program. The first of them is whoever calls its functions.
pub struct Threads {
    threads: Vec<Thread>,
    semas: Semas,
    current: usize,
    turns: u64,
    idle: u64,
    /// What the calling thread is in while it rests.
    sleep: Option<HostId>,
}

/// Number of the calling thread.
const CALLER: usize = 0;

impl Threads {
    /// No threads but one of this priority that calls functions of the program.
    pub fn new(priority: u32) -> Threads {
        let caller = Thread {
            entry: 0,
            priority,
            stack: 0..0,
            state: State::Dormant,
            cpu: Cpu::new(),
            lowest_sp: u32::MAX,
        };
        Threads {
            threads: vec![caller],
            semas: Semas::default(),
            current: CALLER,
            turns: 0,
            idle: 0,
            sleep: None,
        }
    }

    /// Calls a function, as [`Machine::call_with`] does, while the other threads run as they can.
    ///
    /// Once the function has returned nobody runs; a thread that was not at its end goes on in the next call.
    ///
    /// # Errors
    /// The trap that stopped one of the threads, or what `handler` returned. The threads cannot be used after it.
    pub fn call_with(
        &mut self,
        machine: &mut Machine,
        entry: u32,
        args: &[u32],
        handler: &mut Handler<'_>,
    ) -> Result<u32, Trap> {
        self.threads[CALLER].stack = machine.stack();
        machine.call_by(entry, args, &mut |machine| {
            self.make_ready(CALLER);
            self.current = CALLER;
            let result = self.run(machine, handler);
            self.threads[CALLER].state = State::Dormant;
            machine.stack = self.threads[CALLER].stack.clone();
            result
        })
    }

    /// Lets time pass in which nobody calls the program, and its other threads run.
    pub fn rest(
        &mut self,
        machine: &mut Machine,
        cycles: u64,
        handler: &mut Handler<'_>,
    ) -> Result<(), Trap> {
        let sleep = *self.sleep.get_or_insert_with(|| machine.register_host());
        let wake = Transfer {
            cycles,
            value: 0,
            address: 0,
            bytes: Vec::new(),
        };
        self.call_with(machine, sleep.address(), &[], &mut |id, context| {
            if id == sleep {
                return Ok(Action::Transfer(wake.clone()));
            }
            handler(id, context)
        })?;
        Ok(())
    }

    /// Bytes of stack that a thread has used so far, counted from 1 in the order in which they were made; `None` if
    /// there is no such thread.
    pub fn stack_depth(&self, thread: u32) -> Option<u32> {
        let thread = self.threads.get(thread as usize)?;
        Some(thread.stack.end.saturating_sub(thread.lowest_sp))
    }

    /// Cycles in which no thread could run, because all waited for devices.
    pub fn idle_cycles(&self) -> u64 {
        self.idle
    }

    /// Runs threads until the calling one's function returns.
    fn run(&mut self, machine: &mut Machine, handler: &mut Handler<'_>) -> Result<(), Trap> {
        let limit = machine.limit();
        loop {
            self.finish_transfers(machine)?;
            let Some(next) = self.most_urgent() else {
                self.wait_for_device(machine)?;
                continue;
            };
            self.switch(machine, next);
            let deadline = self.next_transfer().unwrap_or(u64::MAX);
            match machine.run_until_cycle(limit, deadline) {
                None => {}
                Some(Stop::Trap(trap)) => return Err(trap),
                Some(Stop::Host(id)) => self.serve(machine, id, handler)?,
                Some(Stop::Return) => {
                    machine.settle()?;
                    if self.current == CALLER {
                        return Ok(());
                    }
                    self.threads[self.current].state = State::Dormant;
                }
            }
        }
    }

    fn make_ready(&mut self, thread: usize) {
        self.turns += 1;
        self.threads[thread].state = State::Ready(self.turns);
    }

    /// Of those that can run, the most urgent; of several, the one that could first.
    fn most_urgent(&self) -> Option<usize> {
        let ready = self.threads.iter().enumerate();
        let ready = ready.filter_map(|(index, thread)| match thread.state {
            State::Ready(since) => Some((thread.priority, since, index)),
            _ => None,
        });
        ready.min().map(|(_, _, index)| index)
    }

    fn switch(&mut self, machine: &mut Machine, next: usize) {
        if next == self.current {
            return;
        }
        self.exchange(machine);
        self.current = next;
        self.exchange(machine);
    }

    /// Puts the current thread's state into the machine, and what is there to where it was: while the thread runs,
    /// nobody looks at that.
    fn exchange(&mut self, machine: &mut Machine) {
        let thread = &mut self.threads[self.current];
        core::mem::swap(&mut thread.cpu, &mut machine.cpu);
        core::mem::swap(&mut thread.stack, &mut machine.stack);
        core::mem::swap(&mut thread.lowest_sp, &mut machine.lowest_sp);
    }

    fn serve(
        &mut self,
        machine: &mut Machine,
        id: HostId,
        handler: &mut Handler<'_>,
    ) -> Result<(), Trap> {
        machine.settle()?;
        let ra = machine.cpu.reg(reg::RA);
        let action = handler(id, &mut HostContext { machine })?;
        let now = machine.counters.cycles;
        let value = match action {
            Action::Return(value) => value,
            Action::Transfer(transfer) => {
                let value = transfer.value;
                let end = now.saturating_add(transfer.cycles);
                self.threads[self.current].state = State::Transferring(end, transfer);
                value
            }
            Action::Create(thread) => self.create(thread),
            Action::Start { thread, argument } => self.start(machine, thread, argument)?,
            Action::CreateSema {
                initial,
                max,
                by_priority,
            } => self.semas.create(initial, max, by_priority),
            Action::Signal(sema) => self.signal(sema),
            Action::Wait(sema) => self.wait(sema),
        };
        machine.answer(ra, value);
        Ok(())
    }

    fn create(&mut self, new: NewThread) -> u32 {
        self.threads.push(Thread {
            entry: new.entry,
            priority: new.priority,
            lowest_sp: new.stack.end,
            stack: new.stack,
            state: State::Dormant,
            cpu: Cpu::new(),
        });
        self.threads.len() as u32 - 1
    }

    fn start(&mut self, machine: &mut Machine, thread: u32, argument: u32) -> Result<u32, Trap> {
        let started = thread as usize;
        let known = self.threads.get(started).filter(|_| started != CALLER);
        if known.is_none_or(|thread| thread.state != State::Dormant) {
            return Ok(REFUSED);
        }
        let running = self.current;
        self.make_ready(started);
        self.switch(machine, started);
        let (entry, end) = (self.threads[started].entry, machine.stack.end);
        machine.cpu.set_reg(reg::SP, end & !7);
        let entered = machine.enter(entry, &[argument]);
        self.switch(machine, running);
        entered.map(|_| 0)
    }

    fn signal(&mut self, sema: u32) -> u32 {
        let threads = &self.threads;
        match self.semas.signal(sema, |thread| threads[thread].priority) {
            sema::Signalled::Refused => REFUSED,
            sema::Signalled::Counted => 0,
            sema::Signalled::Passed(thread) => {
                self.make_ready(thread);
                0
            }
        }
    }

    fn wait(&mut self, sema: u32) -> u32 {
        match self.semas.wait(sema, self.current) {
            sema::Waited::Refused => REFUSED,
            sema::Waited::Passed => 0,
            sema::Waited::Waits => {
                self.threads[self.current].state = State::Waiting;
                0
            }
        }
    }

    /// The cycle at which the first device is done.
    fn next_transfer(&self) -> Option<u64> {
        let ends = self.threads.iter().filter_map(|thread| match thread.state {
            State::Transferring(end, _) => Some(end),
            _ => None,
        });
        ends.min()
    }

    /// Ends what devices are done with.
    fn finish_transfers(&mut self, machine: &mut Machine) -> Result<(), Trap> {
        let now = machine.counters.cycles;
        for index in 0..self.threads.len() {
            let State::Transferring(end, transfer) = &self.threads[index].state else {
                continue;
            };
            if *end > now {
                continue;
            }
            let mut context = HostContext { machine };
            context.write(transfer.address, &transfer.bytes)?;
            self.make_ready(index);
        }
        Ok(())
    }

    fn wait_for_device(&mut self, machine: &mut Machine) -> Result<(), Trap> {
        let end = self.next_transfer().ok_or_else(|| self.deadlock(machine))?;
        let now = &mut machine.counters.cycles;
        self.idle += end - *now;
        *now = end;
        Ok(())
    }

    fn deadlock(&self, machine: &Machine) -> Trap {
        let cpu = match self.current {
            CALLER => &machine.cpu,
            _ => &self.threads[CALLER].cpu,
        };
        // Its registers are what they will be when the call returns.
        Trap::Deadlock { pc: cpu.pc }
    }
}
