//! Blocks of an image, as `ziso` stores them.

use std::path::Path;

use anyhow::{Result, ensure};
use testkit::encode::Encoder;
use zso::SECTOR_SIZE;

use common::Original;
use common::progress::bar;

/// Sectors that are looked at, at most.
const SECTORS: u32 = 5000;

/// A block, and what it stands for.
pub struct Block {
    pub compressed: Vec<u8>,
    /// A sector.
    pub content: Vec<u8>,
}

/// Compressed blocks from all over an image.
pub struct Sample {
    pub image: String,
    pub level: u8,
    /// The blocks that are not stored plain.
    pub blocks: Vec<Block>,
}

impl Sample {
    /// Compresses sectors of the image at `path`.
    pub fn take(path: &Path, level: u8) -> Result<Self> {
        let disc = Original::open(path)?;
        let every = disc.sectors.div_ceil(SECTORS);
        let bar = bar(
            format!("{}, level {level}", disc.name),
            disc.sectors.div_ceil(every).into(),
        );
        let mut blocks = Vec::new();
        for lsn in bar.wrap_iter((0..disc.sectors).step_by(every as usize)) {
            let content = disc.read(lsn, 1)?;
            let compressed = Encoder::Hc(level).encode(&content);
            // `ziso` stores it plain otherwise.
            if compressed.len() < SECTOR_SIZE {
                blocks.push(Block {
                    compressed,
                    content,
                });
            }
        }
        bar.finish_and_clear();
        ensure!(
            !blocks.is_empty(),
            "no block of {} is compressed",
            disc.name
        );
        Ok(Self {
            image: disc.name,
            level,
            blocks,
        })
    }

    /// Bytes that the blocks stand for.
    pub fn len(&self) -> u64 {
        (self.blocks.len() * SECTOR_SIZE) as u64
    }
}
