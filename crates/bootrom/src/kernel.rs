//! As much of a kernel as one thread besides the program takes: it runs while the program waits.
//!
//! Nothing interrupts it, unlike a thread of the console's kernel: whoever runs does so until it waits itself.
#![allow(unsafe_code, reason = "the kernel's functions, which the console's object calls")]

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

/// The one thread's number.
const THREAD: i32 = 1;
/// Semaphores that there can be.
const SEMAS: usize = 2;

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
    /// The thread's stack, until it is started.
    made_thread: Cell<*mut u32>,
    /// The stack of the one that does not run: null without a thread.
    resting: Cell<*mut u32>,
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
    resting: Cell::new(ptr::null_mut()),
    signals: Cell::new(0),
};

/// Lets the other one run until it waits.
pub(crate) fn rest() {
    let to = KERNEL.resting.get();
    if !to.is_null() {
        // SAFETY: `to` was left by this, or made by `create_thread` to look so.
        unsafe { switch_stack(KERNEL.resting.as_ptr(), to) };
    }
}

/// How often semaphores were signalled.
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
    let number = usize::try_from(number).ok().filter(|&number| number < KERNEL.made.get())?;
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
        if KERNEL.resting.get().is_null() {
            return SEMA_ZERO;
        }
        rest();
    }
}

#[unsafe(export_name = "CreateThread")]
extern "C" fn create_thread(options: &ThreadOptions) -> i32 {
    let (start, end) = (&raw mut __thread_stack_start, &raw mut __thread_stack_end);
    let room = (end as usize).wrapping_sub(start as usize);
    if options.stack as usize > room || !KERNEL.made_thread.get().is_null() {
        return NO_MEMORY;
    }
    let frame = end.wrapping_sub(ARGUMENTS + FRAME);
    let registers = [(S0, options.function as *const () as usize), (RA, begin_thread as *const () as usize)];
    for (register, value) in registers {
        // SAFETY: inside the stack, which nobody uses yet.
        unsafe { frame.wrapping_add(register).write(value as u32) };
    }
    KERNEL.made_thread.set(frame);
    THREAD
}

#[unsafe(export_name = "StartThread")]
extern "C" fn start_thread(thread: i32, argument: *mut c_void) -> i32 {
    let frame = KERNEL.made_thread.get();
    if thread != THREAD || frame.is_null() {
        return UNKNOWN_THREAD;
    }
    // SAFETY: inside the stack, which nobody uses yet.
    unsafe { frame.wrapping_add(S1).write(argument as usize as u32) };
    KERNEL.resting.set(frame);
    0
}
