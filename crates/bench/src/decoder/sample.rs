//! Blocks of an image, as `ziso` stores them.

use std::path::Path;

use anyhow::{Result, ensure};
use testkit::encode::Encoder;
use zso::SECTOR_SIZE;

use common::progress::bar;

use crate::sample::Sample as Sectors;

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
        let Sectors { name, blocks, .. } = Sectors::read(path, SECTORS)?;
        let bar = bar(format!("{name}, level {level}"), blocks.len() as u64);
        let compress = |content: Vec<u8>| Block {
            compressed: Encoder::Hc(level).encode(&content),
            content,
        };
        // `ziso` stores the others plain.
        let is_smaller = |block: &Block| block.compressed.len() < SECTOR_SIZE;
        let blocks = bar.wrap_iter(blocks.into_iter());
        let blocks: Vec<_> = blocks.map(compress).filter(is_smaller).collect();
        bar.finish_and_clear();
        ensure!(!blocks.is_empty(), "no block of {name} is compressed");
        Ok(Self {
            image: name,
            level,
            blocks,
        })
    }

    /// Bytes that the blocks stand for.
    pub fn len(&self) -> u64 {
        (self.blocks.len() * SECTOR_SIZE) as u64
    }
}
