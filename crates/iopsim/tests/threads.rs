//! Programs of several threads.

mod common;

use common::{CODE, DATA};
use iopsim::reg::*;
use iopsim::threads::{Action, NewThread, REFUSED, Threads, Transfer};
use iopsim::{HostId, Machine, Trap, asm};

/// Where the threads' functions are.
const WORKER: u32 = CODE + 0x1000;
const OTHER: u32 = CODE + 0x2000;
/// The priority of the thread that calls.
const CALLER: u32 = 10;

/// What programs can call, by number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    /// Notes its argument.
    Note,
    /// Makes a thread of `WORKER` or `OTHER` whose priority is the argument.
    Worker,
    Other,
    Start,
    Sema,
    SemaByPriority,
    Signal,
    Wait,
    /// Waits for a device that takes as many cycles as the argument says, and writes a word then.
    Transfer,
}

const CALLS: [Call; 9] = [
    Call::Note,
    Call::Worker,
    Call::Other,
    Call::Start,
    Call::Sema,
    Call::SemaByPriority,
    Call::Signal,
    Call::Wait,
    Call::Transfer,
];

/// What a device writes.
const WRITTEN: u32 = 0x5EC7_0125;
/// What programs note when they see it, or not.
const OLD: u32 = 0;

struct Console {
    machine: Machine,
    calls: Vec<HostId>,
    threads: Threads,
    notes: Vec<u32>,
}

impl Console {
    fn new() -> Console {
        let mut machine = Machine::default();
        let calls = CALLS.map(|_| machine.register_host()).to_vec();
        Console {
            machine,
            calls,
            threads: Threads::new(CALLER),
            notes: Vec::new(),
        }
    }

    /// A call with a constant.
    fn code(&self, call: Call, argument: i16) -> [u32; 2] {
        let host = self.calls[CALLS.iter().position(|known| *known == call).unwrap()];
        [asm::jal(host.address()), asm::addiu(A0, ZERO, argument)]
    }

    /// Puts a function that makes these calls to an address.
    fn put(&mut self, address: u32, calls: &[(Call, i16)]) {
        let calls = calls
            .iter()
            .flat_map(|&(call, argument)| self.code(call, argument));
        let body: Vec<u32> = calls.collect();
        self.put_code(address, &body);
    }

    /// Puts a function with this body to an address.
    fn put_code(&mut self, address: u32, body: &[u32]) {
        let enter = [asm::addiu(SP, SP, -24), asm::sw(RA, 20, SP)];
        let leave = [
            asm::lw(RA, 20, SP),
            asm::NOP,
            asm::jr(RA),
            asm::addiu(SP, SP, 24),
        ];
        let code = [&enter[..], body, &leave].concat();
        self.machine.write_words(address, &code).unwrap();
    }

    /// Calls what is at `CODE`.
    fn call(&mut self) -> Result<u32, Trap> {
        self.run(|threads, machine, handler| threads.call_with(machine, CODE, &[], handler))
    }

    fn rest(&mut self, cycles: u64) -> Result<(), Trap> {
        self.run(|threads, machine, handler| threads.rest(machine, cycles, handler))
    }

    fn run<T>(
        &mut self,
        run: impl FnOnce(&mut Threads, &mut Machine, &mut iopsim::threads::Handler<'_>) -> T,
    ) -> T {
        let (calls, notes) = (&self.calls, &mut self.notes);
        run(&mut self.threads, &mut self.machine, &mut |id, context| {
            let place = calls.iter().position(|known| *known == id).unwrap();
            let argument = context.arg(0)?;
            Ok(action(CALLS[place], argument, notes))
        })
    }
}

fn action(call: Call, argument: u32, notes: &mut Vec<u32>) -> Action {
    match call {
        Call::Note => {
            notes.push(argument);
            Action::Return(0)
        }
        Call::Worker => thread(WORKER, DATA + 0x1_0000, argument),
        Call::Other => thread(OTHER, DATA + 0x2_0000, argument),
        Call::Start => Action::Start {
            thread: argument,
            argument: 99,
        },
        Call::Sema | Call::SemaByPriority => Action::CreateSema {
            initial: argument,
            max: 2,
            by_priority: call == Call::SemaByPriority,
        },
        Call::Signal => Action::Signal(argument),
        Call::Wait => Action::Wait(argument),
        Call::Transfer => Action::Transfer(Transfer {
            cycles: argument.into(),
            value: 7,
            address: DATA,
            bytes: WRITTEN.to_le_bytes().to_vec(),
        }),
    }
}

fn thread(entry: u32, stack: u32, priority: u32) -> Action {
    Action::Create(NewThread {
        entry,
        stack: stack..stack + 0x400,
        priority,
    })
}

#[test]
fn a_more_urgent_thread_runs_as_soon_as_it_is_started() {
    for (priority, order) in [(5, [1, 2]), (20, [2, 1])] {
        let mut console = Console::new();
        console.put(WORKER, &[(Call::Note, 1)]);
        console.put(
            CODE,
            &[(Call::Worker, priority), (Call::Start, 1), (Call::Note, 2)],
        );
        console.call().unwrap();
        console.rest(1000).unwrap();
        assert_eq!(console.notes, order, "priority {priority}");
    }
}

#[test]
fn threads_of_the_same_priority_take_no_turns() {
    let mut console = Console::new();
    console.put(WORKER, &[(Call::Note, 1), (Call::Note, 2)]);
    console.put(OTHER, &[(Call::Note, 3)]);
    let calls = [
        (Call::Worker, 10),
        (Call::Other, 10),
        (Call::Start, 1),
        (Call::Start, 2),
        (Call::Note, 0),
        (Call::Transfer, 0),
        (Call::Note, 4),
    ];
    console.put(CODE, &calls);
    console.call().unwrap();
    assert_eq!(console.notes, [0, 1, 2, 3, 4], "the device is done at once");
}

#[test]
fn a_thread_gets_its_argument_and_can_be_started_again() {
    let mut console = Console::new();
    let note = console.code(Call::Note, 0)[0];
    console.put_code(WORKER, &[note, asm::NOP]);
    console.put(
        CODE,
        &[(Call::Worker, 5), (Call::Start, 1), (Call::Start, 1)],
    );
    assert_eq!(console.call(), Ok(0));
    assert_eq!(console.notes, [99, 99]);
}

#[test]
fn a_semaphore_lets_threads_pass_in_order() {
    for (call, order) in [(Call::Sema, [1, 2]), (Call::SemaByPriority, [2, 1])] {
        let mut console = Console::new();
        console.put(WORKER, &[(Call::Wait, 1), (Call::Note, 1)]);
        console.put(OTHER, &[(Call::Wait, 1), (Call::Note, 2)]);
        let calls = [
            (call, 0),
            (Call::Worker, 6),
            (Call::Other, 5),
            (Call::Start, 1),
            (Call::Start, 2),
            (Call::Note, 0),
            (Call::Signal, 1),
            (Call::Signal, 1),
        ];
        console.put(CODE, &calls);
        console.call().unwrap();
        assert_eq!(console.notes, [&[0], &order[..]].concat());
    }
}

#[test]
fn a_semaphore_counts_up_to_its_maximum() {
    let mut console = Console::new();
    for (calls, result) in [
        (
            &[(Call::Sema, 1), (Call::Wait, 1), (Call::Signal, 1)][..],
            0,
        ),
        (
            &[(Call::Sema, 1), (Call::Signal, 2), (Call::Signal, 2)],
            REFUSED,
        ),
        (&[(Call::Sema, 0), (Call::Signal, 9)], REFUSED),
        (&[(Call::Wait, 0)], REFUSED),
        (&[(Call::Start, 0)], REFUSED),
        (&[(Call::Start, 3)], REFUSED),
    ] {
        console.put(CODE, calls);
        assert_eq!(console.call(), Ok(result));
    }
}

#[test]
fn a_thread_that_runs_cannot_be_started() {
    let mut console = Console::new();
    console.put(WORKER, &[(Call::Wait, 1)]);
    console.put(
        CODE,
        &[
            (Call::Sema, 0),
            (Call::Worker, 5),
            (Call::Start, 1),
            (Call::Start, 1),
        ],
    );
    assert_eq!(console.call(), Ok(REFUSED));
}

/// A thread that notes a word of memory for ever.
fn put_watcher(console: &mut Console) {
    let note = console.code(Call::Note, 0)[0];
    let look = [
        common::DATA_TO_T0,
        asm::lw(A0, 0, T0),
        asm::NOP,
        note,
        asm::NOP,
    ];
    let again = [asm::beq(ZERO, ZERO, -6), asm::NOP];
    console.put_code(WORKER, &[&look[..], &again].concat());
}

#[test]
fn others_run_while_a_thread_waits_for_a_device() {
    let mut console = Console::new();
    put_watcher(&mut console);
    let calls = [(Call::Worker, 20), (Call::Start, 1), (Call::Transfer, 1000)];
    console.put(CODE, &calls);
    assert_eq!(console.call(), Ok(7));
    let cycles = console.machine.counters().cycles;
    assert!((1000..1200).contains(&cycles), "{cycles}");
    assert_eq!(console.threads.idle_cycles(), 0);
    let seen = console.notes.len();
    assert!(seen > 20, "{seen}");
    assert_eq!(console.notes, vec![OLD; seen], "the device is not done");
    console.rest(500).unwrap();
    assert!(
        console.notes[seen + 1..]
            .iter()
            .all(|&word| word == WRITTEN)
    );
    assert!(console.notes.len() > seen + 10);
}

#[test]
fn time_passes_when_nobody_can_run() {
    let mut console = Console::new();
    console.put(CODE, &[(Call::Transfer, 30_000), (Call::Transfer, 0)]);
    console.call().unwrap();
    assert_eq!(console.threads.idle_cycles(), 30_000);
    assert!(console.machine.counters().cycles > 30_000);
    assert_eq!(console.machine.read_word(DATA), Ok(WRITTEN));
}

#[test]
fn nobody_runs_between_calls() {
    let mut console = Console::new();
    put_watcher(&mut console);
    console.put(CODE, &[(Call::Worker, 20), (Call::Start, 1)]);
    console.call().unwrap();
    assert_eq!(console.notes, []);
    console.put(CODE, &[(Call::Note, 1)]);
    console.call().unwrap();
    assert_eq!(console.notes, [1], "the caller is more urgent");
}

/// A sum of products with everything in use: loads under way, branches, HI and LO.
const SUM: [u32; 16] = [
    asm::lui(T0, (DATA >> 16) as u16),
    asm::addiu(T1, ZERO, 400),
    asm::addu(V0, ZERO, ZERO),
    // loop:
    asm::lw(T2, 64, T0),
    asm::addiu(T1, T1, -1),
    asm::mult(T2, T1),
    asm::lw(T3, 68, T0),
    asm::mfhi(T4),
    asm::mflo(T5),
    asm::addu(V0, V0, T4),
    asm::addu(V0, V0, T3),
    asm::bne(T1, ZERO, -9),
    asm::addu(V0, V0, T5),
    asm::addu(A0, V0, ZERO),
    asm::NOP,
    asm::NOP,
];

#[test]
fn a_thread_does_not_notice_that_others_run() {
    let mut console = Console::new();
    console
        .machine
        .write_words(DATA + 64, &[0x9876_5432, 0x0012_3457])
        .unwrap();
    let note = console.code(Call::Note, 0)[0];
    let sum = [&SUM[..], &[note, asm::NOP]].concat();
    console.put_code(WORKER, &sum);
    console.put_code(OTHER, &sum);
    console.put(CODE, &[(Call::Worker, 5), (Call::Start, 1)]);
    console.call().unwrap();
    let alone = console.notes[0];

    let waits = (1..100).map(|n| (Call::Transfer, n % 37));
    let calls = [(Call::Other, 20), (Call::Start, 1), (Call::Start, 2)];
    console.put(CODE, &calls.into_iter().chain(waits).collect::<Vec<_>>());
    console.call().unwrap();
    console.rest(100_000).unwrap();
    assert_eq!(console.notes, [alone; 3]);
}

#[test]
fn threads_that_wait_for_each_other_are_found() {
    let mut console = Console::new();
    console.put(WORKER, &[(Call::Wait, 1)]);
    console.put(
        CODE,
        &[
            (Call::Sema, 0),
            (Call::Worker, 5),
            (Call::Start, 1),
            (Call::Wait, 1),
        ],
    );
    let wait = CODE + 4 * (2 + 2 * 3);
    assert_eq!(console.call(), Err(Trap::Deadlock { pc: wait + 8 }));
}

#[test]
fn each_thread_has_its_own_stack() {
    let mut console = Console::new();
    console.put_code(
        WORKER,
        &[asm::addiu(SP, SP, -0x100), asm::addiu(SP, SP, 0x100)],
    );
    console.put(CODE, &[(Call::Worker, 5), (Call::Start, 1)]);
    console.call().unwrap();
    assert_eq!(console.threads.stack_depth(1), Some(16 + 24 + 0x100));
    assert_eq!(console.threads.stack_depth(2), None);
    assert_eq!(console.machine.counters().stack_depth, 24);

    console.put_code(WORKER, &[asm::addiu(SP, SP, -0x400)]);
    assert!(matches!(console.call(), Err(Trap::StackOverflow { .. })));
}

#[test]
fn a_thread_that_never_ends_uses_up_the_budget() {
    let mut console = Console::new();
    console.machine.set_budget(10_000);
    put_watcher(&mut console);
    console.put(CODE, &[(Call::Worker, 5), (Call::Start, 1)]);
    assert!(matches!(console.call(), Err(Trap::Budget { .. })));
}
