//! Blocks of an image.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Blocks from all over an image.
pub struct Sample {
    /// The file's name.
    pub name: String,
    /// What is in them.
    pub blocks: Vec<Vec<u8>>,
}

impl Sample {
    /// At most `most` blocks of the image at `path`.
    pub fn read(path: &Path, most: u32) -> Result<Self> {
        let image = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let (blocks, _) = image.as_chunks::<{ zso::SECTOR_SIZE }>();
        let every = blocks.len().div_ceil(most as usize).max(1);
        Ok(Self {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            blocks: blocks.iter().step_by(every).map(|block| block.to_vec()).collect(),
        })
    }
}
