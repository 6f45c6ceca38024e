//! The RAM that the program does not take up, as sectors.
#![allow(unsafe_code, reason = "memory that the link script sets apart")]

use core::slice;

use zso::Sector;

unsafe extern "C" {
    static mut __memory_start: Sector;
    static mut __memory_end: Sector;
}

/// All of it.
///
/// # Safety
/// Can be called once.
pub(crate) unsafe fn take() -> &'static mut [Sector] {
    let (start, end) = (&raw mut __memory_start, &raw mut __memory_end);
    let bytes = (end as usize).wrapping_sub(start as usize);
    // SAFETY: the link script puts nothing between the two, aligned for sectors, of which any bytes are; and nobody
    // else has it, by the caller's promise.
    unsafe { slice::from_raw_parts_mut(start, bytes / size_of::<Sector>()) }
}
