//! Time, by root counter 5: one for each cycle of the processor, which in PCSX2 is each instruction.

use super::registers::{COUNTER_5, COUNTER_5_MODE};

/// Cycles in a second.
pub(crate) const HERTZ: u32 = 36_864_000;

/// Lets the counter run freely.
pub(crate) fn start() {
    COUNTER_5_MODE.write(0);
}

/// A point in time. It is forgotten after 116 s, when the counter comes round.
#[derive(Clone, Copy)]
pub(crate) struct Instant(u32);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(COUNTER_5.read())
    }

    /// What the counter said.
    pub(crate) fn cycles(self) -> u32 {
        self.0
    }

    /// Cycles since then.
    pub(crate) fn elapsed(self) -> u32 {
        COUNTER_5.read().wrapping_sub(self.0)
    }
}
