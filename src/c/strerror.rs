//! Texts for the C interface's error numbers, in a file of their own because nothing else needs them.
#![allow(unsafe_code, reason = "C boundary")]

use core::ffi::{CStr, c_char};

/// The texts of 0, -1, -2, ... one after the other, each with its NUL, and an empty one at the end.
///
/// One constant that code addresses once: a table of pointers would need relocations of its own.
const TEXTS: &[u8] = b"ok\0\
bad argument: null or misaligned pointer, or a size beyond 2 GiB\0\
workspace not mounted\0\
not a ZSO file\0\
a private variant of ZSO (magic ZSO\\0): convert it again with ziso\0\
bad header: unknown header size\0\
bad header: unknown version\0\
bad header: block size is not a multiple of 2048\0\
bad header: align above 11\0\
bad header: image of 1 TiB or more\0\
workspace too small for the block size\0\
device error\0\
damaged image: index\0\
file too short: the end of the image is missing\0\
damaged image: compressed data ends early\0\
damaged image: bad match offset\0\
damaged image: run longer than its block\0\
a bug in the reader: please report it\0\
no file where the table or header says that it is\0\
read past the end of the file\0\
unknown error\0\0";

/// A text for a number returned by another function, in English, never null. See `include/zso.h`.
#[unsafe(no_mangle)]
pub extern "C" fn zso_strerror(error: i32) -> *const c_char {
    text(error).as_ptr()
}

/// The text for `error`; the last one where there is none.
fn text(error: i32) -> &'static CStr {
    let mut rest = TEXTS;
    let mut number: i32 = 0;
    loop {
        let text = CStr::from_bytes_until_nul(rest).unwrap_or_default();
        let after = rest
            .get(text.count_bytes().wrapping_add(1)..)
            .unwrap_or_default();
        let last = after.len() <= 1;
        if number == error || last {
            return text;
        }
        rest = after;
        number = number.wrapping_sub(1);
    }
}
