//! Blocks of an image.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use zso::SECTOR_SIZE;

/// Blocks from all over an image.
pub struct Sample {
    /// The file's name.
    pub name: String,
    /// Its size, in bytes.
    pub image_bytes: u64,
    /// What is in the blocks.
    pub blocks: Vec<Vec<u8>>,
}

impl Sample {
    /// At most `most` blocks of the image at `path`.
    pub fn read(path: &Path, most: u32) -> Result<Self> {
        let cannot_read = || format!("cannot read {}", path.display());
        let file = File::open(path).with_context(cannot_read)?;
        let image_bytes = file.metadata().with_context(cannot_read)?.len();
        let all = image_bytes / SECTOR_SIZE as u64;
        ensure!(all > 0, "{} has no block", path.display());
        let every = all.div_ceil(most.into());
        let block = |number| {
            let mut block = vec![0; SECTOR_SIZE];
            file.read_exact_at(&mut block, number * SECTOR_SIZE as u64)?;
            Ok(block)
        };
        let blocks: Result<_> = (0..all).step_by(every as usize).map(block).collect();
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            image_bytes,
            blocks: blocks.with_context(cannot_read)?,
        })
    }
}
