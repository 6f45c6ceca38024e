//! What the console's decoder takes for a sample.

use anyhow::{Result, anyhow, ensure};
use iopsim::{Counters, CycleModel};
use testkit::module::Module;

use super::limit::{self, Accesses};
use super::sample::Sample;
use super::statistics::Statistics;
use common::progress::bar;

/// Cycles that a load may take: nobody has published what RAM takes on this console.
pub const COSTS: [u32; 4] = [5, 6, 7, 8];

/// A sample and all that is known of it.
pub struct Measured {
    pub sample: Sample,
    pub statistics: Statistics,
    /// What no decoder can do without.
    pub limit: Accesses,
    /// What this one takes, for each of [`COSTS`], if loads do not wait for stores.
    pub work: [Counters; COSTS.len()],
    /// The same if each load waits until all stores before it are in memory.
    pub waiting: [Counters; COSTS.len()],
}

/// Decodes the sample with each cost of a load, and compares the result with what it was made of.
pub fn all(object: &[u8], sample: Sample) -> Result<Measured> {
    Ok(Measured {
        statistics: Statistics::of(&sample),
        limit: limit::of(&sample),
        work: by_cost(object, &sample, false)?,
        waiting: by_cost(object, &sample, true)?,
        sample,
    })
}

fn by_cost(object: &[u8], sample: &Sample, loads_wait: bool) -> Result<[Counters; COSTS.len()]> {
    let mut work = [Counters::default(); COSTS.len()];
    for (counters, load) in work.iter_mut().zip(COSTS) {
        let model = CycleModel {
            load,
            loads_wait,
            ..CycleModel::r3000a()
        };
        *counters = decode(object, sample, model)?;
    }
    Ok(work)
}

fn decode(object: &[u8], sample: &Sample, model: CycleModel) -> Result<Counters> {
    let mut module = Module::with_cycles(object, model);
    let bar = bar(
        format!("decoding, loads of {}", model.load),
        sample.blocks.len() as u64,
    );
    // A file's blocks begin anywhere, and sectors are decoded to where words do.
    for (block, misalign) in bar.wrap_iter(sample.blocks.iter()).zip((0..4).cycle()) {
        let len = block.content.len();
        let decoded = module.decode_block_at(&block.compressed, misalign, len, 0);
        let decoded = decoded.map_err(|code| anyhow!("a block cannot be decoded: {code:?}"))?;
        ensure!(decoded == block.content, "a block was decoded wrong");
    }
    bar.finish_and_clear();
    Ok(module.totals())
}
