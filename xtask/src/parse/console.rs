//! The console's decoder at work.

use anyhow::{Result, anyhow, ensure};
use testkit::module::Module;
use iopsim::Counters;

use super::encode::Coded;
use super::sample::Sample;
use super::sequences;

pub struct Console(Module);

impl Console {
    pub fn new(object: &[u8]) -> Self {
        Self(Module::from_object(object))
    }

    pub fn decode(&mut self, block: &[u8], expected: &[u8]) -> Result<Counters> {
        let decoded = self.0.decode_block(block, expected.len()).map_err(|e| anyhow!("{e:?}"))?;
        ensure!(decoded == expected);
        Ok(self.0.last_call())
    }

    pub fn show(&mut self, name: &str, sample: &Sample, coded: &Coded, hc: &Coded) -> Result<()> {
        self.0.reset_counters();
        let (mut cycles, mut instr, mut bytes, mut seqs) = (0, 0, 0, 0);
        for (i, block) in &coded.blocks {
            let c = self.decode(block, &sample.blocks[*i])?;
            cycles += c.cycles;
            instr += c.instructions;
            bytes += 2048;
            seqs += sequences::of(block).len();
        }
        let b = bytes as f64;
        println!("{name:>14}: {} bytes {:+.3}%, blocks {}, {:.2} seq, {:.3} cycles/B, {:.3} instr/B, {:.1} MB/s, {:.2} of hc12",
            coded.bytes, (coded.bytes as f64 / hc.bytes as f64 - 1.0) * 100.0, coded.blocks.len(), seqs as f64 / (b / 2048.0),
            cycles as f64 / b, instr as f64 / b, sample.blocks.len() as f64 * 2048.0 / coded.time.as_secs_f64() / 1e6,
            hc.time.as_secs_f64() / coded.time.as_secs_f64());
        Ok(())
    }
}
