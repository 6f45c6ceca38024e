//! What a block costs the console, in whole bytes: its own, and the decoder's cycles at an exchange rate.
//!
//! What the decoder takes for a byte of the text does not depend on how the block has it, by [`CONSOLE`]. A sequence
//! takes about as long as reading one byte more, and so does, besides, a match from less than [`NEAR`] bytes back, unless
//! it is stored without loads. So the shortest block is found of those in which both count as a byte.
//!
//! That leaves out what is less than half a byte. A search with all of it was built: its blocks cost a thousandth less,
//! and took half as long again to find.

use super::cost::{CONSOLE, CYCLE, FILL, NEAR};
use super::format;
use super::shortest::{Match, Matches};
use super::window::Window;

/// What a byte costs: the cycles that it takes from the console's slowest device, USB 1.1 at 0.75 MB/s and 36.864 MHz.
///
/// A byte more that saves fewer cycles would be a loss there, and one that saves more is a gain on all devices.
pub const BYTE: u32 = 49 * CYCLE;

/// The matches in a block, at what they cost the console.
pub(super) struct ForConsole<'w>(pub(super) &'w Window);

/// A cost of the decoder's in bytes.
const fn in_bytes(cost: u32) -> u16 {
    ((cost + BYTE / 2) / BYTE) as u16
}

const _: () = assert!(
    in_bytes(CONSOLE.near[0]) == 1 && in_bytes(CONSOLE.near[1]) == 1,
    "what `is_dear` stands for"
);

impl Matches for ForConsole<'_> {
    const MATCH: u16 = format::SEQUENCE + in_bytes(CONSOLE.matches.any);

    #[inline(always)]
    fn longest(&self, at: u16, reach: u16, next: Match) -> Match {
        self.0.longest(at, reach, next)
    }

    #[inline(always)]
    fn is_dear(&self, at: u16, found: Match) -> bool {
        let is_fill = found.offset == 1 && found.end - at >= FILL as u16;
        found.offset < NEAR as u16 && !is_fill
    }

    #[inline(never)]
    fn longest_cheap(&self, at: u16, reach: u16, next: Match) -> Match {
        self.0.longest_from(NEAR as u16, at, reach, next)
    }
}
