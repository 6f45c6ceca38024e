//! The rules in C: `zso_launch.o`. `include/zso.h` documents the functions.
#![allow(unsafe_code, reason = "C boundary")]

use core::ffi::c_char;
use core::slice;

use super::{Core, Image, Name, Transport, launch};
use crate::error::Code;

/// What happens when a core is asked to start an image. See `include/zso.h`.
#[unsafe(no_mangle)]
pub extern "C" fn zso_launch(core: u32, transport: u32, image: u32, neutrino_zso: u32) -> i32 {
    let core = match core {
        0 => Core::Opl,
        1 => Core::Neutrino,
        _ => return Code::Argument as i32,
    };
    let image = match image {
        0 => Image::Iso,
        1 => Image::Zso,
        _ => return Code::Argument as i32,
    };
    match Transport::ALL.get(transport as usize) {
        Some(&transport) => launch(core, transport, image, neutrino_zso != 0).number(),
        None => Code::Argument as i32,
    }
}

/// Where the title begins in a file's name. See `include/zso.h`.
///
/// # Safety
/// `name` is null or readable for `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zso_title(name: *const c_char, length: u32) -> i32 {
    if name.is_null() || i32::try_from(length).is_err() {
        return Code::Argument as i32;
    }
    // SAFETY: not null, readable by the caller's promise, below 2 GiB, and any bytes are bytes.
    let name = unsafe { slice::from_raw_parts(name.cast::<u8>(), length as usize) };
    match Name::parse(name) {
        Some(Name { id: Some(_), .. }) => 12,
        Some(Name { id: None, .. }) => 0,
        None => Code::Argument as i32,
    }
}
