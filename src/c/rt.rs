//! What a bare-metal archive has to bring along: the memory functions that the compiler calls, and a panic handler
//! that nothing calls.
#![allow(unsafe_code, reason = "assembly")]

use core::panic::PanicInfo;

core::arch::global_asm!(include_str!("rt.s"));

// The readers have the decoder's.
#[cfg(not(any(feature = "capi", feature = "_lean-object")))]
core::arch::global_asm!(include_str!("maps/memcpy.s"));

/// No function of the object panics, and the object's check refuses one that could: this is never linked into it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
