//! How fast encoders are, on one core.

use std::time::{Duration, Instant};

use zso::SECTOR_SIZE;

use zso_write::lz4::Effort;

use super::encode::{Encoder, Kind};
use crate::sample::Sample;

/// Blocks that an encoder takes before it is the next one's turn: what else the machine does hits all alike.
const TURN: usize = 100;
/// Blocks of each kind that are made up.
const MADE_UP: usize = 2000;

/// Million bytes per second of each encoder.
pub fn of(sample: &Sample, kinds: impl Iterator<Item = Kind>) -> Vec<f64> {
    let encoders = kinds.map(|kind| (Encoder::new(kind), Duration::ZERO));
    let mut encoders: Vec<_> = encoders.collect();
    let mut out = Vec::new();
    for turn in sample.blocks.chunks(TURN) {
        for (encoder, time) in &mut encoders {
            let start = Instant::now();
            for block in turn {
                out.clear();
                encoder.block(block, &mut out);
            }
            *time += start.elapsed();
        }
    }
    let bytes = sample.blocks.len() * SECTOR_SIZE;
    let speed = |(_, time): &(Encoder, Duration)| bytes as f64 / time.as_secs_f64() / 1e6;
    encoders.iter().map(speed).collect()
}

/// Blocks that are hard on encoders, and the speeds of lz4's level 12 and of `ziso`'s own for the console.
pub fn worst() -> Vec<(String, [f64; 2])> {
    let mut kinds = vec![
        ("zeros".to_owned(), vec![0; SECTOR_SIZE]),
        ("noise".to_owned(), testkit::data::noise(1, SECTOR_SIZE)),
        ("text".to_owned(), testkit::data::text(1, SECTOR_SIZE)),
    ];
    for period in [2, 3, 5, 8, 16] {
        let noise = testkit::data::noise(2, period);
        let block = noise.into_iter().cycle().take(SECTOR_SIZE).collect();
        kinds.push((format!("period {period}"), block));
    }
    let zeros_and_noise = |i| testkit::data::noise(i, 64).into_iter().chain([0; 192]);
    kinds.push((
        "runs of zeros".to_owned(),
        (0..8).flat_map(zeros_and_noise).collect(),
    ));
    let two_letters = testkit::data::noise(3, SECTOR_SIZE);
    kinds.push((
        "two letters".to_owned(),
        two_letters.iter().map(|byte| byte & 1).collect(),
    ));
    kinds
        .into_iter()
        .map(|(name, block)| (name, speeds(block)))
        .collect()
}

fn speeds(block: Vec<u8>) -> [f64; 2] {
    let sample = Sample {
        name: String::new(),
        image_bytes: 0,
        blocks: vec![block; MADE_UP],
    };
    let kinds = [Kind::Hc(12), Kind::Own(Effort::ForConsole)];
    let speeds = of(&sample, kinds.into_iter());
    // invariant: as many speeds as encoders.
    speeds.try_into().expect("two")
}
