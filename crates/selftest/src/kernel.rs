//! The kernel's functions: files, memory, time, threads, and the log.
#![allow(unsafe_code, reason = "the kernel's functions")]

use core::ffi::{CStr, c_char, c_void};
use core::slice;

use zso::Sector;

use crate::list::ReadAt;

#[cfg(target_arch = "mips")]
core::arch::global_asm!(include_str!("imports.s"));

unsafe extern "C" {
    fn AllocSysMemory(mode: i32, size: u32, place: *mut c_void) -> *mut c_void;
    fn FreeSysMemory(memory: *mut c_void) -> i32;
    fn stdio_printf(format: *const c_char, ...) -> i32;
    fn iomanx_open(path: *const c_char, flags: i32, mode: i32) -> i32;
    fn iomanx_close(file: i32) -> i32;
    fn iomanx_read(file: i32, to: *mut c_void, bytes: i32) -> i32;
    fn iomanx_write(file: i32, from: *const c_void, bytes: i32) -> i32;
    fn iomanx_lseek(file: i32, offset: i32, from: i32) -> i32;
    fn iomanx_lseek64(file: i32, offset: i64, from: i32) -> i64;
    fn CreateThread(options: *const ThreadOptions) -> i32;
    fn StartThread(thread: i32, argument: *mut c_void) -> i32;
    fn GetSystemTime(clock: *mut [u32; 2]) -> i32;
    fn CreateSema(options: *const [u32; 4]) -> i32;
    fn SignalSema(sema: i32) -> i32;
    fn WaitSema(sema: i32) -> i32;
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

/// Writes to the kernel's log.
pub(crate) fn print(text: &CStr) {
    // SAFETY: two strings, of which the first asks for the second.
    unsafe { stdio_printf(c"%s".as_ptr(), text.as_ptr()) };
}

/// Ticks in a second.
pub(crate) const HERTZ: u32 = 36_000;

/// Time, in ticks: 1,024 cycles of the processor's 36.864 MHz. It comes round after 33 hours.
pub(crate) fn ticks() -> u32 {
    let mut clock = [0; 2];
    // SAFETY: room for the clock's two words.
    unsafe { GetSystemTime(&raw mut clock) };
    clock[1] << 22 | clock[0] >> 10
}

/// Takes memory from the kernel, which gives none at address 0; see [`free`].
pub(crate) fn alloc(bytes: u32) -> *mut c_void {
    // SAFETY: mode 0 is anywhere, where there is room.
    unsafe { AllocSysMemory(0, bytes, core::ptr::null_mut()) }
}

/// Gives memory back.
///
/// # Safety
/// It is of [`alloc`], and nobody uses it any more.
pub(crate) unsafe fn free(memory: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { FreeSysMemory(memory) };
}

/// Sectors of memory, until they are dropped.
pub(crate) struct Memory {
    start: *mut Sector,
    sectors: usize,
}

impl Memory {
    pub(crate) fn new(sectors: usize) -> Option<Self> {
        let start = alloc((sectors * size_of::<Sector>()) as u32).cast::<Sector>();
        if start.is_null() || !start.is_aligned() {
            return None;
        }
        Some(Self { start, sectors })
    }

    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: given to this one alone, of this size; any bytes are sectors.
        Sector::bytes_mut(unsafe { slice::from_raw_parts_mut(self.start, self.sectors) })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: of `alloc`, and borrowed by nobody.
        unsafe { free(self.start.cast()) };
    }
}

/// How a file is opened.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Read = 1,
    /// Written anew.
    Write = 2 | 0x200 | 0x400,
}

pub(crate) struct File(i32);

impl File {
    pub(crate) fn open(path: &CStr, mode: Mode) -> Option<Self> {
        // SAFETY: a string.
        let file = unsafe { iomanx_open(path.as_ptr(), mode as i32, 0o666) };
        // Not made for a file that is not open: dropping it would close another one.
        (file >= 0).then(|| Self(file))
    }

    /// Reads from a place on; returns how many bytes there were.
    pub(crate) fn read_at(&self, position: u64, buf: &mut [u8]) -> Option<usize> {
        match i32::try_from(position) {
            Ok(offset) => {
                // SAFETY: an open file; any numbers will do.
                let place = unsafe { iomanx_lseek(self.0, offset, 0) };
                if place != offset {
                    return None;
                }
            }
            // Old drivers return half of the place, so what was read has to tell.
            Err(_) => {
                // SAFETY: as above.
                unsafe { iomanx_lseek64(self.0, position as i64, 0) };
            }
        }
        // SAFETY: an open file, and room for as many bytes.
        let read = unsafe { iomanx_read(self.0, buf.as_mut_ptr().cast(), buf.len() as i32) };
        usize::try_from(read).ok()
    }

    pub(crate) fn write(&self, bytes: &[u8]) -> bool {
        // SAFETY: an open file, and as many bytes.
        let written = unsafe { iomanx_write(self.0, bytes.as_ptr().cast(), bytes.len() as i32) };
        usize::try_from(written) == Ok(bytes.len())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: an open file, which nobody uses after this.
        unsafe { iomanx_close(self.0) };
    }
}

impl ReadAt for File {
    fn read_at(&mut self, position: u32, buf: &mut [u8]) -> bool {
        File::read_at(self, position.into(), buf) == Some(buf.len())
    }
}

/// Work for a thread, and the semaphore that says that it is done.
struct Task<'t> {
    work: &'t mut dyn FnMut(),
    done: i32,
}

/// Does something on a stack of its own, as urgent as the thread that reads in OPL, and waits until it is done: the
/// thread that starts modules has 2 KiB, too little for drivers of file systems. Returns whether there is a thread.
pub(crate) fn on_own_stack(work: &mut dyn FnMut()) -> bool {
    let options = ThreadOptions {
        attr: 0x0200_0000,
        option: 0,
        function: begin,
        stack: 8 << 10,
        priority: 0x0F,
    };
    // SAFETY: a semaphore's four words.
    let done = unsafe { CreateSema(&[0, 0, 0, 1]) };
    // SAFETY: a thread's options.
    let thread = unsafe { CreateThread(&options) };
    if done < 0 || thread < 0 {
        return false;
    }
    let mut task = Task { work, done };
    // SAFETY: the task stays here until the thread has signalled.
    unsafe { StartThread(thread, (&raw mut task).cast()) };
    // SAFETY: any number will do.
    unsafe { WaitSema(done) };
    true
}

unsafe extern "C" fn begin(task: *mut c_void) {
    // SAFETY: of `on_own_stack`, which waits.
    let task = unsafe { &mut *task.cast::<Task<'_>>() };
    (task.work)();
    let done = task.done;
    // SAFETY: any number will do. The task is gone after this.
    unsafe { SignalSema(done) };
}
