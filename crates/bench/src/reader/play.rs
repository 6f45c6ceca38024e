//! Plays an access pattern on the object in the simulator.

use anyhow::{Result, anyhow, ensure};
use sha2::{Digest, Sha256};
use testkit::module::Module;
use testkit::patterns::Pattern;
use testkit::reader::Reader;

use super::figures::Played;
use crate::work::Work;
use common::Original;
use common::ZsoFile;
use common::device::{Asked, FileDevice};
use common::hash;
use common::progress::bar;

/// Reads that follow one another before the next stretch of the disc.
const STRETCH: usize = 50;

/// An image, as it is and compressed.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    /// As it is.
    pub disc: &'a Original,
    /// Compressed.
    pub zso: &'a ZsoFile,
}

/// Plays all of a pattern, and returns the SHA-256 of what was delivered.
pub fn whole(
    module: &mut Module,
    pair: Pair<'_>,
    pattern: Pattern,
    read_ahead: u32,
) -> Result<(Played, String)> {
    let mut hash = Sha256::new();
    let requests = pattern.requests(pair.disc.sectors).collect();
    let mut played = play(module, pair, pattern, read_ahead, requests, &mut |bytes| {
        hash.update(bytes)
    })?;
    played.whole = true;
    Ok((played, hash::hex(hash)))
}

/// Plays about `reads` reads of a pattern, from all over the disc.
pub fn part(
    module: &mut Module,
    pair: Pair<'_>,
    pattern: Pattern,
    read_ahead: u32,
    reads: u32,
) -> Result<Played> {
    let requests = spread(pattern, pair.disc.sectors, reads as usize);
    play(module, pair, pattern, read_ahead, requests, &mut |_| ())
}

/// About `reads` requests: stretches that follow one another, the same distance apart, the first at the start.
fn spread(pattern: Pattern, sectors: u32, reads: usize) -> Vec<(u32, u32)> {
    let all = pattern.requests(sectors).count();
    let every = (all / STRETCH).div_ceil(reads.div_ceil(STRETCH)).max(1);
    let requests = pattern.requests(sectors).enumerate();
    let kept = requests.filter(|(n, _)| (n / STRETCH).is_multiple_of(every));
    kept.map(|(_, request)| request).take(reads).collect()
}

fn play(
    module: &mut Module,
    pair: Pair<'_>,
    pattern: Pattern,
    read_ahead: u32,
    requests: Vec<(u32, u32)>,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<Played> {
    let Pair { disc, zso } = pair;
    let asked = Asked::default();
    let mut device = FileDevice::new(&zso.file, zso.len, &asked);
    let memory = zso::memory_sectors(zso.header.block_size(), read_ahead);
    let mounted = module.mount(&mut device, memory);
    let mut mounted = mounted.map_err(|code| anyhow!("the image cannot be mounted: {code:?}"))?;
    ensure!(
        mounted.sectors() == disc.sectors,
        "the object counts {} sectors",
        mounted.sectors()
    );
    mounted.module().reset_counters();
    asked.reset();

    let bar = bar(
        format!("{}, {read_ahead} buffered", pattern.name()),
        requests.len() as u64,
    );
    let mut bytes = 0;
    for &(lsn, count) in bar.wrap_iter(requests.iter()) {
        let read = mounted.read(lsn, count);
        let delivered = read.map_err(|code| anyhow!("{count} sectors from {lsn} on: {code:?}"))?;
        disc.compare(lsn, count, &delivered)?;
        sink(&delivered);
        bytes += delivered.len() as u64;
    }
    bar.finish_and_clear();

    let totals = mounted.module().totals();
    let mut work = Work::default();
    work.add(bytes, &totals);
    Ok(Played {
        pattern: pattern.name(),
        read_ahead,
        whole: false,
        reads: requests.len() as u64,
        requests: asked.requests(),
        device_sectors: asked.sectors(),
        work,
        stack: totals.stack_depth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_spread_over_the_disc() {
        let part = spread(Pattern::Sequential, 400_000, 1000);
        assert!((900..=1000).contains(&part.len()), "{}", part.len());
        assert_eq!(part[..2], [(0, 8), (8, 8)]);
        assert!(part.last().is_some_and(|&(lsn, _)| lsn > 300_000));
    }

    #[test]
    fn a_part_of_a_small_disc_is_all_of_it() {
        let all: Vec<_> = Pattern::Overlapping.requests(777).collect();
        assert_eq!(spread(Pattern::Overlapping, 777, 1000), all);
    }
}
