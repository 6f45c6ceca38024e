//! Everything with C functions: what the console's objects are made of.
//!
//! A feature for each object adds its file here. All of it is compiled for any target, so that clippy and rustdoc see
//! it on a PC; the assembly, and the names that linkers see of functions that several objects have, are only for MIPS.
//! On the console one object is one build, since three of them define `ziso_init`.
#![cfg_attr(
    not(target_arch = "mips"),
    allow(
        dead_code,
        reason = "what loaders call is only exported on the console"
    )
)]

#[cfg(feature = "capi")]
mod callback;
#[cfg(any(feature = "capi", feature = "maps"))]
mod device_code;
#[cfg(feature = "maps")]
mod maps;
#[cfg(feature = "neutrino")]
mod neutrino;
#[cfg(feature = "_opl")]
mod opl;
#[cfg(feature = "capi")]
mod reader;
#[cfg(target_arch = "mips")]
mod rt;
#[cfg(feature = "capi")]
mod strerror;

/// The address of a variable of the module that an object is linked into, or of the object's own assembly.
///
/// On the console `la` takes it: one pair of relocations that nothing else shares, as loaders' linkers need it.
#[cfg(feature = "_lean-object")]
macro_rules! address_of {
    ($name:ident: $type:ty) => {{
        let address: *mut $type;
        #[cfg(target_arch = "mips")]
        // SAFETY: takes an address.
        unsafe {
            core::arch::asm!(
                concat!("la $2, ", stringify!($name)),
                out("$2") address,
                options(pure, nomem, nostack, preserves_flags)
            );
        }
        #[cfg(not(target_arch = "mips"))]
        {
            unsafe extern "C" {
                static mut $name: u8;
            }
            address = (&raw mut $name).cast();
        }
        address
    }};
}
#[cfg(feature = "_lean-object")]
use address_of;
