//! The functions that JavaScript calls, and those that it offers.
//!
//! JavaScript writes a request to [`text`], and bytes that belong to it to [`bytes`]; calls [`call`]; and finds the
//! reply at [`text_at`] and [`bytes_at`]. What is written between two calls is seen by the next one: WebAssembly's
//! memory is JavaScript's array, and one thread runs both.
#![allow(
    unsafe_code,
    reason = "a file of the browser's is read by a function of JavaScript's, which fills memory by its address"
)]

use std::cell::RefCell;
use std::io;
use std::sync::Mutex;

use discs::ReadAt;

use crate::page::{Page, Watch};

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    /// Reads bytes of a file to an address; returns how many there were, or -1.
    fn read_file(file: u32, at: f64, to: *mut u8, len: usize) -> i32;
    /// Writes bytes to a place of the new file; returns 0, or -1.
    fn write_file(at: f64, from: *const u8, len: usize) -> i32;
    /// Tells how far a long request has come, from 0 to 1.
    fn progress(done: f64);
}

/// Bytes that are read at a time, for those who ask for less: each call costs as much as many of them.
const WINDOW: usize = 64 << 10;
/// Places of a file from which some are kept: those who read an index and blocks go to and fro.
const WINDOWS: usize = 4;

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[derive(Default)]
struct State {
    page: Page<BrowserFile>,
    text: Vec<u8>,
    /// The request's bytes. What is here is written over by the next ones: to clear it would mean to fill it, too.
    given: Vec<u8>,
    /// The reply's bytes.
    made: Vec<u8>,
}

/// Where a request of so many bytes is to be written.
#[unsafe(no_mangle)]
pub extern "C" fn text(len: usize) -> *mut u8 {
    STATE.with_borrow_mut(|state| room(&mut state.text, len))
}

/// Where so many bytes that belong to the request are to be written.
#[unsafe(no_mangle)]
pub extern "C" fn bytes(len: usize) -> *mut u8 {
    STATE.with_borrow_mut(|state| room(&mut state.given, len))
}

#[unsafe(no_mangle)]
pub extern "C" fn call() {
    STATE.with_borrow_mut(|state| {
        let State {
            page,
            text,
            given,
            made,
        } = state;
        *text = page.call(text, given, made, Watch(tell)).into_bytes();
    });
}

/// Where the reply is.
#[unsafe(no_mangle)]
pub extern "C" fn text_at() -> *const u8 {
    STATE.with_borrow(|state| state.text.as_ptr())
}

/// How long the reply is.
#[unsafe(no_mangle)]
pub extern "C" fn text_len() -> usize {
    STATE.with_borrow(|state| state.text.len())
}

/// Where the bytes are that belong to the reply.
#[unsafe(no_mangle)]
pub extern "C" fn bytes_at() -> *const u8 {
    STATE.with_borrow(|state| state.made.as_ptr())
}

/// How many there are.
#[unsafe(no_mangle)]
pub extern "C" fn bytes_len() -> usize {
    STATE.with_borrow(|state| state.made.len())
}

fn room(bytes: &mut Vec<u8>, len: usize) -> *mut u8 {
    bytes.resize(len, 0);
    bytes.as_mut_ptr()
}

fn tell(done: f64) {
    // SAFETY: the function takes a number, and touches no memory.
    unsafe { progress(done) }
}

/// A file that the browser has.
pub struct BrowserFile {
    number: u32,
    len: u64,
    /// What was read last for somebody who asked for little, and where it is from; the last one used is the first one.
    windows: Mutex<Vec<(u64, Vec<u8>)>>,
}

impl crate::page::File for BrowserFile {
    fn open(number: u32, len: u64) -> Self {
        Self {
            number,
            len,
            windows: Mutex::default(),
        }
    }

    fn write(at: u64, bytes: &[u8]) -> io::Result<()> {
        // SAFETY: JavaScript reads what is in `bytes`, and keeps nothing of it.
        match unsafe { write_file(at as f64, bytes.as_ptr(), bytes.len()) } {
            0 => Ok(()),
            _ => Err(io::Error::other("the browser cannot write the file")),
        }
    }
}

impl BrowserFile {
    fn read(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let want = left.min(buf.len());
        if want == 0 {
            return Ok(0);
        }
        // SAFETY: `buf` has at least `want` bytes, and JavaScript writes no more than it was asked for.
        let read = unsafe { read_file(self.number, at as f64, buf.as_mut_ptr(), want) };
        match usize::try_from(read) {
            Ok(read) if read == want => Ok(read),
            _ => Err(io::Error::other(
                "the browser cannot read the file any more; was it moved, or changed?",
            )),
        }
    }
}

impl ReadAt for BrowserFile {
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        if buf.len() >= WINDOW {
            return self.read(buf, at);
        }
        // invariant: nobody panics while it is locked, and there is one thread.
        let mut windows = self.windows.lock().map_err(|_| io::ErrorKind::Other)?;
        let has =
            |(start, bytes): &(u64, Vec<u8>)| (*start..*start + bytes.len() as u64).contains(&at);
        let (start, bytes) = match windows.iter().position(has) {
            Some(known) => windows.remove(known),
            None => {
                let kept = windows.len().min(WINDOWS - 1);
                let (_, mut bytes) = windows.drain(kept..).next().unwrap_or_default();
                bytes.resize(WINDOW, 0);
                let read = self.read(&mut bytes, at)?;
                bytes.truncate(read);
                (at, bytes)
            }
        };
        let mut rest = bytes.get((at - start) as usize..).unwrap_or_default();
        let read = io::Read::read(&mut rest, buf)?;
        windows.insert(0, (start, bytes));
        Ok(read)
    }

    fn len(&self) -> u64 {
        self.len
    }
}
