//! All measurements, one after the other.

use anyhow::{Result, ensure};
use testkit::module::Module;
use testkit::patterns::Pattern;

use super::figures::Figures;
use super::play::{self, Pair};
use super::{decoder, loads};
use crate::{Objects, READER};
use common::Original;
use common::ZsoFile;

/// Sectors of the read-ahead buffer that loaders have room for today.
const READ_AHEAD: u32 = 16;

/// Measures everything; `reads` for each pattern that is not played as a whole.
pub fn all<'f>(
    objects: &'f Objects,
    disc: &'f Original,
    zso: &'f ZsoFile,
    reads: u32,
) -> Result<Figures<'f>> {
    let pair = Pair { disc, zso };
    let object = objects.get(READER)?;
    let mut module = Module::from_object(&object.bytes);
    let (sequential, sha256) = play::whole(&mut module, pair, Pattern::Sequential, READ_AHEAD)?;
    ensure!(
        sha256 == disc.sha256()?,
        "what was delivered has the SHA-256 {sha256}, which is not the image's"
    );

    let smallest = smallest_buffer(zso.header.block_size());
    let mut played = vec![sequential];
    // The other patterns need room to go somewhere.
    for (pattern, read_ahead) in rest(smallest, reads).filter(|_| disc.sectors > 1) {
        played.push(play::part(&mut module, pair, pattern, read_ahead, reads)?);
    }
    let decoded = decoder::measure(&mut module, pair)?;
    let loads = loads::measure(&object.bytes, pair, READ_AHEAD, reads)?;
    let block_size = zso.header.block_size();
    let workspace = |read_ahead| (read_ahead, module.workspace_size(block_size, read_ahead));
    Ok(Figures {
        workspaces: [READ_AHEAD, smallest].map(workspace),
        compiler: &objects.compiler,
        pair,
        sha256,
        object,
        played,
        loads,
        decoded,
    })
}

/// What is played after the whole image was read in sequence.
fn rest(smallest: u32, reads: u32) -> impl Iterator<Item = (Pattern, u32)> {
    let patterns = [
        Pattern::Sequential,
        Pattern::Overlapping,
        Pattern::Stream,
        Pattern::Interleaved,
        Pattern::Random {
            seed: 1,
            requests: reads,
        },
        Pattern::RandomSingle {
            seed: 2,
            requests: reads,
        },
    ];
    let sizes = [READ_AHEAD, smallest].into_iter();
    let all = sizes.flat_map(move |read_ahead| patterns.map(|pattern| (pattern, read_ahead)));
    all.filter(|&played| played != (Pattern::Sequential, READ_AHEAD))
}

/// The fewest sectors of a read-ahead buffer that do for blocks of that size: fewer are raised to as many.
fn smallest_buffer(block_size: u32) -> u32 {
    let least = zso::memory_sectors(block_size, 0);
    (0..=least)
        .rev()
        .find(|&read_ahead| zso::memory_sectors(block_size, read_ahead) == least)
        .unwrap_or(0)
}
