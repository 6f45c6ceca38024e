//! What a program has done so far.

use core::ops::Sub;

/// Running totals. The difference of two tells what happened in between.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Instructions executed, one that trapped while it was executed included.
    pub instructions: u64,
    /// Loads, from RAM or a device.
    pub loads: u64,
    /// Stores, to RAM or a device.
    pub stores: u64,
    /// CPU cycles under the machine's cycle model.
    pub cycles: u64,
    pub icache_misses: u64,
    /// Deepest stack of any call, in bytes below the stack pointer at its entry. Not a total: the
    /// difference of two counters keeps the left one's.
    pub stack_depth: u32,
}

impl Sub for Counters {
    type Output = Counters;

    fn sub(self, earlier: Counters) -> Counters {
        Counters {
            instructions: self.instructions.saturating_sub(earlier.instructions),
            loads: self.loads.saturating_sub(earlier.loads),
            stores: self.stores.saturating_sub(earlier.stores),
            cycles: self.cycles.saturating_sub(earlier.cycles),
            icache_misses: self.icache_misses.saturating_sub(earlier.icache_misses),
            stack_depth: self.stack_depth,
        }
    }
}
