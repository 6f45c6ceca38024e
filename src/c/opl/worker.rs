//! A thread that decodes while the one that reads waits for the device.
//!
//! The device is told to read by the thread that calls the reader, as it always was: drivers see nothing new, and their
//! stack is the caller's. What the other thread runs is this crate's own code, so that little stack will do.
#![allow(unsafe_code, reason = "calls C functions, and is called as one")]

use core::cell::Cell;
use core::ffi::c_void;
use core::mem::{MaybeUninit, transmute};

use crate::device::Work;

/// Less urgent than cdvdman's thread for reads, 0x0F, which goes on as soon as the device is done; more urgent than
/// what games start. A caller that is less urgent than this has its blocks decoded first, and then waits.
const PRIORITY: u32 = 0x10;
/// Bytes: 112 for decoding, which a test measures, and what the kernel keeps of a thread that does not run.
const STACK: u32 = 0x300;
/// The kernel's attribute of threads that are written in C.
const TH_C: u32 = 0x0200_0000;

/// The number of no thread, and of no semaphore.
const NOBODY: i32 = -1;

/// What is done while the device reads. The pointer lives as long as the call of [`Worker::while_waiting`].
type Given = *mut dyn Work;

/// The thread, as those see it who give it work.
#[repr(C)]
pub(super) struct Worker {
    /// Semaphore: there is work. Negative if there is no thread.
    asked: i32,
    /// Semaphore: the work is done.
    done: i32,
    /// Only for the thread, and only between the two.
    work: Cell<MaybeUninit<Given>>,
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
    function: unsafe extern "C" fn(*const c_void),
    stack: u32,
    priority: u32,
}

unsafe extern "C" {
    fn CreateSema(options: *const SemaOptions) -> i32;
    fn SignalSema(sema: i32) -> i32;
    fn WaitSema(sema: i32) -> i32;
    fn CreateThread(options: *const ThreadOptions) -> i32;
    fn StartThread(thread: i32, argument: *const c_void) -> i32;
}

impl Worker {
    /// Begins to be a worker, with a thread if that is `wanted` and the kernel has the memory. Whatever it was before,
    /// it stays where it is for ever.
    pub(super) fn start(&mut self, wanted: bool) {
        self.asked = NOBODY;
        if !wanted {
            return;
        }
        // SAFETY: the kernel reads the options.
        let asked = unsafe { CreateSema(&raw const SEMA) };
        // SAFETY: likewise.
        let done = unsafe { CreateSema(&raw const SEMA) };
        // SAFETY: likewise, and the function has the type that it wants.
        let thread = unsafe { CreateThread(&raw const THREAD) };
        if asked | done | thread >= 0 {
            self.asked = asked;
            self.done = done;
            // SAFETY: the thread was made just now, and what it is given is there for ever.
            unsafe { StartThread(thread, (&raw const *self).cast()) };
        }
    }

    /// Whether there is a thread.
    pub(super) fn is_there(&self) -> bool {
        self.asked >= 0
    }

    /// Has `work` done by the thread, whenever `wait` leaves it the processor; both are done when this returns.
    pub(super) fn while_waiting<T>(&self, work: &mut dyn Work, wait: impl FnOnce() -> T) -> T {
        // SAFETY: only the lifetime changes, and the thread is done with it before this function is.
        let work = unsafe { transmute::<*mut (dyn Work + '_), Given>(work) };
        self.work.set(MaybeUninit::new(work));
        // SAFETY: the kernel takes any number. What the thread reads has been written.
        unsafe { SignalSema(self.asked) };
        let result = wait();
        // SAFETY: likewise. What the thread has written is not read before.
        unsafe { WaitSema(self.done) };
        result
    }
}

/// Constants are smaller than code that makes them.
static THREAD: ThreadOptions = ThreadOptions {
    attr: TH_C,
    option: 0,
    function: run,
    stack: STACK,
    priority: PRIORITY,
};

/// A semaphore that nobody can pass yet.
static SEMA: SemaOptions = SemaOptions {
    attr: 0,
    option: 0,
    initial: 0,
    max: 1,
};

/// What the thread does.
///
/// # Safety
/// Nobody else is in this function, and the worker is there for ever.
unsafe extern "C" fn run(worker: *const c_void) {
    // SAFETY: it was put there before the thread was started.
    let worker = unsafe { &*worker.cast::<Worker>() };
    loop {
        // SAFETY: the kernel takes any number.
        unsafe { WaitSema(worker.asked) };
        // SAFETY: whoever has signalled has written it.
        let work = unsafe { worker.work.get().assume_init() };
        // SAFETY: they wait for `done` now; it lives until then, and nobody else looks at it.
        unsafe { (*work).run() };
        // SAFETY: as above.
        unsafe { SignalSema(worker.done) };
    }
}
