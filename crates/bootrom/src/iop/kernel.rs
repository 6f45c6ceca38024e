//! As much of a kernel as a few threads besides the program take: they run in turns, while the others wait.
//!
//! Nothing interrupts them, unlike threads of the console's kernel: whoever runs does so until it waits itself.
#![allow(
    unsafe_code,
    reason = "the kernel's functions, which the console's object calls"
)]

use core::cell::Cell;
use core::ffi::c_void;
use core::ptr;

#[cfg(target_arch = "mips")]
core::arch::global_asm!(include_str!("kernel.s"));

unsafe extern "C" {
    static mut __thread_stack_start: u32;
    static mut __thread_stack_end: u32;

    /// Runs on `to`, a stack that was left by this function, and writes to `from` where this one is left.
    fn switch_stack(from: *mut *mut u32, to: *mut u32);
    fn begin_thread();
}

/// There is no room for it: `KE_NO_MEMORY`.
const NO_MEMORY: i32 = -400;
/// There is no such thread: `KE_UNKNOWN_THID`.
const UNKNOWN_THREAD: i32 = -407;
/// It has no such number: `KE_UNKNOWN_SEMID`.
const UNKNOWN_SEMA: i32 = -408;
/// It is as high as it can be: `KE_SEMA_OVF`.
const SEMA_OVERFLOW: i32 = -420;
/// It is at zero, and there is no other thread to signal it: `KE_SEMA_ZERO`.
const SEMA_ZERO: i32 = -419;

/// Threads that there can be, the program's included, which is number 0.
const THREADS: usize = 4;
/// Semaphores that there can be.
const SEMAS: usize = 5;

/// Words that a stack has at its end when it is left: registers, and room for a function's arguments.
const FRAME: usize = 10;
const ARGUMENTS: usize = 4;
/// Where in the frame the registers are that a thread begins with.
const S0: usize = 0;
const S1: usize = 1;
const RA: usize = 9;

struct Kernel {
    semas: [Cell<Sema>; SEMAS],
    made: Cell<usize>,
    /// The stack of the thread that was made last, until it is started.
    made_thread: Cell<*mut u32>,
    /// How many there are, the program's included.
    threads: Cell<usize>,
    /// Bytes of the stacks' memory that were given away.
    stacks: Cell<usize>,
    /// Stacks of those that wait.
    resting: [Cell<*mut u32>; THREADS],
    /// Who runs.
    current: Cell<usize>,
    signals: Cell<u32>,
}

#[derive(Clone, Copy)]
struct Sema {
    count: u32,
    max: u32,
}

// SAFETY: there is one processor, which nothing interrupts, and no value is held across a change of stacks.
unsafe impl Sync for Kernel {}

static KERNEL: Kernel = Kernel {
    semas: [const { Cell::new(Sema { count: 0, max: 0 }) }; SEMAS],
    made: Cell::new(0),
    made_thread: Cell::new(ptr::null_mut()),
    threads: Cell::new(1),
    stacks: Cell::new(0),
    resting: [const { Cell::new(ptr::null_mut()) }; THREADS],
    current: Cell::new(0),
    signals: Cell::new(0),
};

/// Lets the next one run until it waits; returns whether there is one.
pub(crate) fn rest() -> bool {
    let current = KERNEL.current.get();
    let mut after = (1..THREADS).map(|distance| (current + distance) % THREADS);
    let next = after.find(|&thread| !KERNEL.resting[thread].get().is_null());
    if let Some(next) = next {
        KERNEL.current.set(next);
        let to = KERNEL.resting[next].replace(ptr::null_mut());
        // SAFETY: `to` was left by this, or made by `create_thread` to look so.
        unsafe { switch_stack(KERNEL.resting[current].as_ptr(), to) };
    }
    next.is_some()
}

/// Called by a thread at its end: it lets all others run, for ever.
#[unsafe(no_mangle)]
extern "C" fn end_thread() -> ! {
    loop {
        rest();
    }
}

pub(crate) fn signals() -> u32 {
    KERNEL.signals.get()
}

/// `iop_sema_t`.
#[repr(C)]
struct SemaOptions {
    attr: u32,
    option: u32,
    initial: u32,
    max: u32,
}

/// `iop_thread_t`.
#[repr(C)]
struct ThreadOptions {
    attr: u32,
    option: u32,
    function: unsafe extern "C" fn(*mut c_void),
    stack: u32,
    priority: u32,
}

fn sema(number: i32) -> Option<&'static Cell<Sema>> {
    let number = usize::try_from(number)
        .ok()
        .filter(|&number| number < KERNEL.made.get())?;
    KERNEL.semas.get(number)
}

#[unsafe(export_name = "CreateSema")]
extern "C" fn create_sema(options: &SemaOptions) -> i32 {
    let number = KERNEL.made.get();
    let Some(sema) = KERNEL.semas.get(number) else {
        return NO_MEMORY;
    };
    sema.set(Sema {
        count: options.initial,
        max: options.max,
    });
    KERNEL.made.set(number + 1);
    number as i32
}

#[unsafe(export_name = "SignalSema")]
extern "C" fn signal_sema(number: i32) -> i32 {
    let Some(place) = sema(number) else {
        return UNKNOWN_SEMA;
    };
    let Sema { count, max } = place.get();
    if count >= max {
        return SEMA_OVERFLOW;
    }
    place.set(Sema {
        count: count + 1,
        max,
    });
    KERNEL.signals.set(signals() + 1);
    0
}

#[unsafe(export_name = "WaitSema")]
extern "C" fn wait_sema(number: i32) -> i32 {
    let Some(place) = sema(number) else {
        return UNKNOWN_SEMA;
    };
    loop {
        let Sema { count, max } = place.get();
        if let Some(count) = count.checked_sub(1) {
            place.set(Sema { count, max });
            return 0;
        }
        if !rest() {
            return SEMA_ZERO;
        }
    }
}

#[unsafe(export_name = "CreateThread")]
extern "C" fn create_thread(options: &ThreadOptions) -> i32 {
    let (start, end) = (&raw mut __thread_stack_start, &raw mut __thread_stack_end);
    let room = (end as usize).wrapping_sub(start as usize);
    let number = KERNEL.threads.get();
    let (taken, given) = (
        KERNEL.stacks.get(),
        options.stack.next_multiple_of(16) as usize,
    );
    if number == THREADS || taken + given > room {
        return NO_MEMORY;
    }
    KERNEL.stacks.set(taken + given);
    KERNEL.threads.set(number + 1);
    let frame = end.wrapping_byte_sub(taken).wrapping_sub(ARGUMENTS + FRAME);
    let registers = [
        (S0, options.function as *const () as usize),
        (RA, begin_thread as *const () as usize),
    ];
    for (register, value) in registers {
        // SAFETY: inside the stack, which nobody uses yet.
        unsafe { frame.wrapping_add(register).write(value as u32) };
    }
    KERNEL.made_thread.set(frame);
    number as i32
}

#[unsafe(export_name = "StartThread")]
extern "C" fn start_thread(thread: i32, argument: *mut c_void) -> i32 {
    let frame = KERNEL.made_thread.replace(ptr::null_mut());
    let resting = KERNEL.resting.get(thread as usize);
    let Some(resting) =
        resting.filter(|_| thread as usize + 1 == KERNEL.threads.get() && !frame.is_null())
    else {
        return UNKNOWN_THREAD;
    };
    // SAFETY: inside the stack, which nobody uses yet.
    unsafe { frame.wrapping_add(S1).write(argument as usize as u32) };
    resting.set(frame);
    0
}

/// The function of a library for threads, by its number.
pub(crate) fn function(library: &[u8; 8], number: u32) -> Option<*const ()> {
    match (library, number) {
        (b"thbase\0\0", 4) => Some(create_thread as *const ()),
        (b"thbase\0\0", 6) => Some(start_thread as *const ()),
        (b"thsemap\0", 4) => Some(create_sema as *const ()),
        (b"thsemap\0", 6) => Some(signal_sema as *const ()),
        (b"thsemap\0", 8) => Some(wait_sema as *const ()),
        _ => None,
    }
}
