//! Sequential reads with other costs of a load: nobody has published what RAM takes on this console.

use anyhow::Result;
use iopsim::CycleModel;
use testkit::module::Module;
use testkit::patterns::Pattern;

use super::figures::Played;
use super::play::{self, Pair};

/// Cycles that a load may take.
const COSTS: [u32; 4] = [5, 6, 7, 8];

/// Plays about `reads` sequential reads for each cost.
pub fn measure(
    object: &[u8],
    pair: Pair<'_>,
    read_ahead: u32,
    reads: u32,
) -> Result<Vec<(u32, Played)>> {
    let load = |cycles| {
        let model = CycleModel {
            load: cycles,
            ..CycleModel::r3000a()
        };
        let mut module = Module::with_cycles(object, model);
        let played = play::part(&mut module, pair, Pattern::Sequential, read_ahead, reads)?;
        Ok((cycles, played))
    };
    COSTS.into_iter().map(load).collect()
}
