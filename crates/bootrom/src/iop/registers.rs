//! Registers of the IOP's devices: all that this program touches, by name.
#![allow(unsafe_code, reason = "device registers")]

use core::marker::PhantomData;

/// One byte of text for the console that emulators have.
pub(crate) const CONSOLE: Register<u8> = Register::at(0xBF80_380C);

/// Root counter 5: its count.
pub(crate) const COUNTER_5: Register<u32> = Register::at(0xBF80_14A0);
/// Root counter 5: what it counts.
pub(crate) const COUNTER_5_MODE: Register<u32> = Register::at(0xBF80_14A4);

/// The disc drive: starts a command.
pub(crate) const CDVD_COMMAND: Register<u8> = Register::at(0xBF40_2004);
/// The disc drive: read, whether it takes commands; written, a command's parameter.
pub(crate) const CDVD_READY: Register<u8> = Register::at(0xBF40_2005);
/// The disc drive: how the last command ended.
pub(crate) const CDVD_ERROR: Register<u8> = Register::at(0xBF40_2006);
/// The disc drive: what it has interrupted for; ones written take that back.
pub(crate) const CDVD_INTERRUPT: Register<u8> = Register::at(0xBF40_2008);

/// DMA from the disc drive: where to.
pub(crate) const DMA3_ADDRESS: Register<u32> = Register::at(0xBF80_10B0);
/// DMA from the disc drive: words in a block, and above bit 16 blocks.
pub(crate) const DMA3_BLOCKS: Register<u32> = Register::at(0xBF80_10B4);
/// DMA from the disc drive: starts it; bit 24 is set until it has ended.
pub(crate) const DMA3_CONTROL: Register<u32> = Register::at(0xBF80_10B8);
/// DMA: which channels may run, four bits each.
pub(crate) const DMA_ENABLE: Register<u32> = Register::at(0xBF80_10F0);

/// A register. Only this file makes them.
pub(crate) struct Register<T> {
    address: usize,
    value: PhantomData<T>,
}

impl<T: Copy> Register<T> {
    const fn at(address: usize) -> Self {
        Self {
            address,
            value: PhantomData,
        }
    }

    pub(crate) fn read(&self) -> T {
        // SAFETY: one of the addresses above, which are registers of this width on the console, where this runs.
        unsafe { (self.address as *const T).read_volatile() }
    }

    pub(crate) fn write(&self, value: T) {
        // SAFETY: as above. What a device does then is up to its driver: only `cdvd` lets one write to memory.
        unsafe { (self.address as *mut T).write_volatile(value) }
    }
}

/// Nothing is read from memory or written to it on the other side of this: for what devices read and write.
pub(crate) fn fence() {
    // SAFETY: no instruction. (`compiler_fence` stands for one on MIPS, which this processor does not have.)
    unsafe { core::arch::asm!("", options(nostack, preserves_flags)) }
}
