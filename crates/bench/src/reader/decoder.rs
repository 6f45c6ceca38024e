//! The decoder alone, on blocks of the image.

use anyhow::{Result, anyhow};
use testkit::module::Module;

use super::figures::Decoded;
use super::play::Pair;
use crate::work::Work;
use common::progress::bar;

/// Blocks that are decoded, at most.
const BLOCKS: usize = 4000;

/// Decodes compressed blocks from all over the image, and compares the results with it.
pub fn measure(module: &mut Module, pair: Pair<'_>) -> Result<Option<Decoded>> {
    let blocks = pair.zso.compressed_blocks();
    let every = blocks.len().div_ceil(BLOCKS).max(1);
    let sample: Vec<u32> = blocks.into_iter().step_by(every).collect();
    if sample.is_empty() {
        return Ok(None);
    }
    module.reset_counters();
    let bar = bar("decoder alone", sample.len() as u64);
    let mut work = Work::default();
    for &block in bar.wrap_iter(sample.iter()) {
        // A sector is a block: `ziso` makes no others unless told to.
        let expected = pair.disc.read(block, 1)?;
        let decoded = module.decode_block(&pair.zso.stored(block)?, expected.len());
        let decoded =
            decoded.map_err(|code| anyhow!("block {block} cannot be decoded: {code:?}"))?;
        pair.disc.compare(block, 1, &decoded)?;
        work.add(decoded.len() as u64, &module.last_call());
    }
    bar.finish_and_clear();
    Ok(Some(Decoded {
        blocks: sample.len(),
        work,
    }))
}
