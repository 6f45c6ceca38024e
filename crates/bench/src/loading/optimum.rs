//! The least time in which a trace could be read if no read is under way when one of the game's returns.
//!
//! For each read of the game it is chosen how many sectors the device reads, in one request, so that the sum of all times
//! is the least: by dynamic programming over how much is buffered. Meanwhile the blocks are decoded that were there
//! before. The index, calls and plain blocks take no time, which no reader reaches.

use anyhow::Result;
use zso::SECTOR_SIZE;
use zso_write::lz4::cost::CONSOLE;

use super::layout::Layout;
use super::trace::Trace;
use common::ZsoFile;
use ziso::backend::{Backend, CLOCK};

/// Sectors of the read-ahead buffer: what is left of 16 besides the index.
const BUFFER: usize = 14;

/// A read of the game.
pub struct Read {
    /// Whether it goes on where the one before ended, or one sector before that.
    continues: bool,
    /// The first sector of the file that it needs.
    first: u32,
    /// For each block, the sector after its last one, and the cycles that it takes.
    blocks: Vec<(u32, u64)>,
}

/// The reads of a trace.
pub fn reads(zso: &ZsoFile, layout: &Layout, trace: &Trace) -> Result<Vec<Read>> {
    let mut next = u32::MAX;
    let reads = trace.reads.iter().map(|&(lsn, count)| {
        let continues = next.wrapping_sub(lsn) <= 1;
        next = lsn + count;
        let block = |block| {
            let end = layout.start(block + 1).div_ceil(SECTOR_SIZE as u64);
            let cycles = match layout.sequences(block) {
                Some(_) => CONSOLE.cycles(&zso.stored(block)?),
                None => 0,
            };
            Ok((end as u32, cycles))
        };
        Ok(Read {
            continues,
            first: (layout.start(lsn) / SECTOR_SIZE as u64) as u32,
            blocks: (lsn..next).map(block).collect::<Result<_>>()?,
        })
    });
    reads.collect()
}

/// Seconds that they take at least on a device.
pub fn seconds(reads: &[Read], backend: &Backend) -> f64 {
    // The least time with so many sectors buffered from `start` on.
    let (mut start, mut least) = (0, vec![0.0]);
    for read in reads {
        let after = |&(end, _): &(u32, u64)| (end - read.first) as usize;
        let need = read.blocks.iter().map(after).max().unwrap_or(0);
        let mut then = vec![f64::INFINITY; need.max(BUFFER) + 1];
        for (buffered, &past) in least.iter().enumerate() {
            let have = match (start + buffered as u32).checked_sub(read.first) {
                Some(have) if read.continues => (have as usize).min(then.len() - 1),
                _ => 0,
            };
            let cycles = |is_there: bool| -> u64 {
                let blocks = read.blocks.iter();
                let wanted = blocks.filter(|block| (after(block) <= have) == is_there);
                wanted.map(|&(_, cycles)| cycles).sum()
            };
            let [there, rest] = [true, false].map(cycles);
            for (total, then) in then.iter_mut().enumerate().skip(have.max(need)) {
                let sectors = (total - have) as u32;
                let driver = u64::from(sectors) * backend.driver_cycles;
                let device = match sectors {
                    0 => 0.0,
                    _ => backend.seconds(sectors),
                };
                let meanwhile = match there {
                    0 => 0.0,
                    _ => (there + driver) as f64 / CLOCK,
                };
                let time = device.max(meanwhile) + rest as f64 / CLOCK;
                *then = then.min(past + time);
            }
        }
        (start, least) = (read.first, then);
    }
    least.into_iter().fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ziso::backend::BACKENDS;

    /// Of two sectors, each of which holds a block that takes as long as the device needs for a sector.
    #[test]
    fn all_but_the_first_sectors_are_read_while_others_are_decoded() {
        let backend = Backend {
            request: 0.0,
            message: None,
            driver_cycles: 0,
            ..BACKENDS[0]
        };
        let sector = backend.seconds(1);
        let read = |n: u32| Read {
            continues: n > 0,
            first: 2 * n,
            blocks: [1, 2]
                .map(|end| (2 * n + end, (sector * CLOCK) as u64))
                .to_vec(),
        };
        let reads: Vec<_> = (0..10).map(read).collect();
        let sectors = seconds(&reads, &backend) / sector;
        // The first two reads' sectors before any is decoded, and the first one's blocks while nothing is read.
        assert!((sectors - 24.0).abs() < 0.01, "{sectors}");
        let apart = reads.into_iter().map(|read| Read {
            continues: false,
            ..read
        });
        let sectors = seconds(&apart.collect::<Vec<_>>(), &backend) / sector;
        assert!((sectors - 40.0).abs() < 0.01, "{sectors}");
    }
}
