//! What was measured.

use crate::work::{Work, ratio};

/// What one access pattern took.
pub struct Played {
    /// The pattern's name.
    pub pattern: &'static str,
    /// Sectors that the read-ahead buffer has.
    pub read_ahead: u32,
    /// Whether it read the whole image.
    pub whole: bool,
    /// The game's reads.
    pub reads: u64,
    /// The device's.
    pub requests: u64,
    /// Sectors that the device read.
    pub device_sectors: u64,
    /// The processor's work.
    pub work: Work,
    /// Deepest stack, in bytes.
    pub stack: u32,
}

impl Played {
    /// Device requests for each read of the game.
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

/// Sequential reads with another cost of a load.
pub struct Load {
    /// Cycles that a load takes.
    pub cycles: u32,
    /// Reads, spread over the image.
    pub reads: u64,
    /// The processor's work.
    pub work: Work,
}

/// The decoder alone.
pub struct Decoded {
    /// Blocks that were decoded.
    pub blocks: usize,
    /// The processor's work.
    pub work: Work,
}

/// The image.
pub struct ImageFacts {
    /// The file's name.
    pub name: String,
    /// Its sectors.
    pub sectors: u32,
    /// Its SHA-256, and that of what was delivered.
    pub sha256: String,
    /// Size of the compressed file, in bytes.
    pub zso_bytes: u64,
    /// Level of compression.
    pub level: u8,
    /// Blocks of the image.
    pub blocks: u32,
    /// How many of them are stored plain.
    pub plain_blocks: u32,
}

/// The object.
pub struct ObjectFacts {
    /// The compiler.
    pub compiler: String,
    /// Code and constants, in bytes.
    pub code: u32,
    /// Most that the contract allows.
    pub budget: u32,
    /// Deepest stack of all, in bytes.
    pub stack: u32,
    /// Sectors of a read-ahead buffer, and bytes of the workspace with it.
    pub workspaces: Vec<(u32, u32)>,
}

/// Everything.
pub struct Figures {
    /// The image.
    pub image: ImageFacts,
    /// The object.
    pub object: ObjectFacts,
    /// Access patterns.
    pub played: Vec<Played>,
    /// Costs of a load.
    pub loads: Vec<Load>,
    /// The decoder alone; nothing if no block is compressed.
    pub decoded: Option<Decoded>,
}
