//! What was measured.

use super::play::Pair;
use crate::Object;
use crate::work::{Work, ratio};

/// What one access pattern took.
pub struct Played {
    pub pattern: &'static str,
    /// Sectors that the read-ahead buffer has.
    pub read_ahead: u32,
    /// Whether it read the whole image.
    pub whole: bool,
    pub reads: u64,
    pub requests: u64,
    pub device_sectors: u64,
    pub work: Work,
    pub stack: u32,
}

impl Played {
    pub fn requests_per_read(&self) -> f64 {
        ratio(self.requests, self.reads)
    }

    /// Sectors that the device read for each one that was delivered.
    pub fn sectors_per_sector(&self) -> f64 {
        ratio(
            self.device_sectors * zso::SECTOR_SIZE as u64,
            self.work.bytes,
        )
    }
}

/// The decoder alone.
pub struct Decoded {
    pub blocks: usize,
    pub work: Work,
}

pub struct Figures<'f> {
    pub pair: Pair<'f>,
    /// SHA-256 of the image, and of what was delivered.
    pub sha256: String,
    pub object: &'f Object,
    pub compiler: &'f str,
    /// Sectors of a read-ahead buffer, and bytes of the workspace with it.
    pub workspaces: [(u32, u32); 2],
    pub played: Vec<Played>,
    /// Sequential reads, by the cycles that a load takes.
    pub loads: Vec<(u32, Played)>,
    /// The decoder alone; nothing if no block is compressed.
    pub decoded: Option<Decoded>,
}
