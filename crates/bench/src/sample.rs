//! Blocks of an image.

use std::path::Path;

use anyhow::Result;
use common::Original;

/// Blocks from all over an image.
pub struct Sample {
    pub name: String,
    pub image_bytes: u64,
    pub blocks: Vec<Vec<u8>>,
}

impl Sample {
    /// At most `most` blocks of the image at `path`.
    pub fn read(path: &Path, most: u32) -> Result<Self> {
        let disc = Original::open(path)?;
        let every = disc.sectors.div_ceil(most) as usize;
        let blocks = (0..disc.sectors)
            .step_by(every)
            .map(|lsn| disc.read(lsn, 1));
        Ok(Self {
            blocks: blocks.collect::<Result<_>>()?,
            image_bytes: disc.bytes(),
            name: disc.name,
        })
    }
}
