//! Places for buffers in simulated RAM.

use core::ops::Range;

use thiserror::Error;

/// An arena has no room left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("no room for {size} bytes aligned to {align}: the arena ends at {end:#010x}")]
pub struct ArenaFull {
    pub size: u32,
    pub align: u32,
    pub end: u32,
}

/// Hands out addresses from a range in ascending order and takes none back.
#[derive(Clone, Debug)]
pub struct Arena {
    next: u32,
    end: u32,
}

impl Arena {
    /// An arena of the given addresses. Kernel and exception vectors live below 0x10000 on the
    /// console, so `0x10000..` up to the stack is a good choice.
    pub fn new(range: Range<u32>) -> Arena {
        Arena {
            next: range.start,
            end: range.end,
        }
    }

    /// Address of `size` fresh bytes, aligned to `align` bytes, a power of two.
    ///
    /// # Errors
    /// [`ArenaFull`], also for an alignment that is no power of two.
    pub fn alloc(&mut self, size: u32, align: u32) -> Result<u32, ArenaFull> {
        self.place(size, align).ok_or(ArenaFull {
            size,
            align,
            end: self.end,
        })
    }

    fn place(&mut self, size: u32, align: u32) -> Option<u32> {
        if !align.is_power_of_two() {
            return None;
        }
        let start = self.next.checked_next_multiple_of(align)?;
        let end = start.checked_add(size).filter(|&end| end <= self.end)?;
        self.next = end;
        Some(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_and_ends() {
        let mut arena = Arena::new(0x101..0x120);
        assert_eq!(arena.alloc(1, 16), Ok(0x110));
        assert_eq!(arena.alloc(4, 4), Ok(0x114));
        assert!(arena.alloc(9, 1).is_err());
        assert_eq!(arena.alloc(8, 1), Ok(0x118));
        assert!(arena.alloc(1, 3).is_err());
        assert!(arena.alloc(u32::MAX, 1).is_err());
    }
}
