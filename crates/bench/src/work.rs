//! The processor's work, and what it comes to a byte.

use iopsim::Counters;
use ziso::backend::CLOCK;

/// Work for a number of bytes.
#[derive(Clone, Copy, Default)]
pub struct Work {
    /// Delivered or decoded.
    pub bytes: u64,
    pub instructions: u64,
    /// By the simulator's model.
    pub cycles: u64,
}

impl Work {
    /// Adds what `bytes` took.
    pub fn add(&mut self, bytes: u64, counters: &Counters) {
        self.bytes += bytes;
        self.instructions += counters.instructions;
        self.cycles += counters.cycles;
    }

    pub fn instructions_per_byte(&self) -> f64 {
        ratio(self.instructions, self.bytes)
    }

    pub fn cycles_per_byte(&self) -> f64 {
        ratio(self.cycles, self.bytes)
    }

    /// Million bytes per second at the console's clock.
    pub fn megabytes_per_second(&self) -> f64 {
        CLOCK / self.cycles_per_byte() / 1e6
    }
}

/// A quotient, 0 of nothing.
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
