//! The disc image as it is: each read of the game is one of the device, and the processor has nothing to do.

use anyhow::Result;

use super::event::{Contender, Recording, Request};

/// No reader at all.
pub struct Plain;

impl Contender for Plain {
    fn read(&mut self, lsn: u32, count: u32, recording: &mut Recording) -> Result<()> {
        recording.read(Request::of_sectors(lsn, count));
        Ok(())
    }
}
