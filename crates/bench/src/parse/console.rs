//! The console's decoder at work.

use anyhow::{Result, anyhow, ensure};
use iopsim::Counters;
use testkit::module::Module;

use super::encode::Coded;
use crate::sample::Sample;
use crate::work::Work;

/// The console with the object.
pub struct Console(Module);

impl Console {
    pub fn new(object: &[u8]) -> Self {
        Self(Module::from_object(object))
    }

    /// Decodes one block, which has to give `data`.
    pub fn decode(&mut self, block: &[u8], data: &[u8]) -> Result<Counters> {
        let decoded = self.0.decode_block(block, data.len());
        let decoded = decoded.map_err(|code| anyhow!("a block cannot be decoded: {code:?}"))?;
        ensure!(decoded == data, "a block is not what was encoded");
        Ok(self.0.last_call())
    }

    pub fn work(&mut self, sample: &Sample, coded: &Coded, blocks: &[usize]) -> Result<Work> {
        let mut work = Work::default();
        for &block in blocks {
            let data = &sample.blocks[block];
            let counters = self.decode(&coded.0[block], data)?;
            work.add(data.len() as u64, &counters);
        }
        Ok(work)
    }
}
