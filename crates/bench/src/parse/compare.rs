//! One parse against the other.

use anyhow::Result;
use zso_write::lz4::Effort;
use zso_write::lz4::sequences::Sequences;

use super::console::Console;
use super::encode::{Coded, Encoder, Kind};
use super::speed;
use crate::sample::Sample;
use crate::work::{Work, ratio};

/// The encoders; others are compared with the first one.
const KINDS: [Kind; 4] = [
    Kind::Hc(12),
    Kind::Hc(10),
    Kind::Own(Effort::Shortest),
    Kind::Own(Effort::ForConsole),
];

/// What an image's blocks came to.
pub struct Compared {
    pub image: String,
    pub image_bytes: u64,
    pub blocks: usize,
    /// How many of them were decoded: those that are stored compressed, whatever the encoder.
    pub decoded: usize,
    /// By encoder; the first one is the peer.
    pub rows: Vec<Row>,
}

/// What one encoder came to.
pub struct Row {
    pub kind: Kind,
    pub bytes: u64,
    /// Sequences of each block that was decoded.
    pub sequences: f64,
    pub work: Work,
    /// Bytes per second, million.
    pub speed: f64,
}

pub fn all(console: &mut Console, sample: &Sample) -> Result<Compared> {
    let coded = KINDS.map(|kind| Encoder::new(kind).all(sample));
    let in_all = |block: &usize| coded.iter().all(|coded| coded.is_compressed(*block));
    let blocks: Vec<usize> = (0..sample.blocks.len()).filter(in_all).collect();
    let speeds = speed::of(sample, KINDS.iter().copied());
    let mut rows = Vec::new();
    for ((&kind, coded), speed) in KINDS.iter().zip(&coded).zip(speeds) {
        rows.push(Row {
            kind,
            bytes: coded.bytes(),
            sequences: sequences_per_block(coded, &blocks),
            work: console.work(sample, coded, &blocks)?,
            speed,
        });
    }
    Ok(Compared {
        image: sample.name.clone(),
        image_bytes: sample.image_bytes,
        blocks: sample.blocks.len(),
        decoded: blocks.len(),
        rows,
    })
}

fn sequences_per_block(coded: &Coded, blocks: &[usize]) -> f64 {
    let count = |&block: &usize| Sequences::of(&coded.0[block]).count() as u64;
    ratio(blocks.iter().map(count).sum(), blocks.len() as u64)
}
