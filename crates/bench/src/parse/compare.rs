//! One parse against the other.

use anyhow::Result;
use zso_write::parse::FREE;

use super::console::Console;
use super::encode::{Coded, Encoder};
use super::sample::Sample;
use super::speed;
use crate::work::{Work, ratio};
use zso_write::parse::sequences::Sequences;

/// The level of lz4's encoder that others are compared with: its best one.
const PEER: u8 = 12;
/// Permille of the peer's bytes that a parse may take up more.
const MORE: [u32; 3] = [0, 5, 10];

/// What an image's blocks came to.
pub struct Compared {
    /// The image's name.
    pub image: String,
    /// Its size, in bytes.
    pub image_bytes: u64,
    /// Blocks of it that were encoded.
    pub blocks: usize,
    /// How many of them were decoded: those that are stored compressed, whatever the encoder.
    pub decoded: usize,
    /// By encoder; the first one is the peer.
    pub rows: Vec<Row>,
}

/// What one encoder came to.
pub struct Row {
    /// Which one.
    pub kind: Kind,
    /// Bytes of all blocks.
    pub bytes: u64,
    /// Sequences of each block that was decoded.
    pub sequences: f64,
    /// The decoder's work.
    pub work: Work,
    /// Bytes per second, million.
    pub speed: f64,
}

/// Which encoder.
#[derive(Clone, Copy)]
pub enum Kind {
    /// lz4's, at a level.
    Hc(u8),
    /// `ziso`'s, and what a byte is worth to it; the bytes that it may take up more, if that is why.
    Parse { rate: u32, permille: Option<u32> },
}

impl Kind {
    fn encoder(self) -> Encoder {
        match self {
            Self::Hc(level) => Encoder::hc(level),
            Self::Parse { rate, .. } => Encoder::parse(rate),
        }
    }
}

/// Compares all encoders on one image.
pub fn all(console: &mut Console, sample: &Sample) -> Result<Compared> {
    let peer = Encoder::hc(PEER).all(sample).bytes();
    let mut kinds = vec![Kind::Hc(PEER), Kind::Hc(10)];
    kinds.extend(MORE.map(|permille| Kind::Parse {
        rate: rate(sample, peer + peer * u64::from(permille) / 1000),
        permille: Some(permille),
    }));
    kinds.push(Kind::Parse {
        rate: zso_write::parse::FOR_CONSOLE,
        permille: None,
    });
    let coded: Vec<Coded> = kinds
        .iter()
        .map(|kind| kind.encoder().all(sample))
        .collect();
    let in_all = |block: &usize| coded.iter().all(|coded| coded.is_compressed(*block));
    let blocks: Vec<usize> = (0..sample.blocks.len()).filter(in_all).collect();
    let speeds = speed::of(sample, kinds.iter().map(|kind| kind.encoder()));
    let mut rows = Vec::new();
    for ((&kind, coded), speed) in kinds.iter().zip(&coded).zip(speeds) {
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

/// The lowest rate with which the blocks of a sample take up no more than `most` bytes.
fn rate(sample: &Sample, most: u64) -> u32 {
    let (mut low, mut high) = (1, FREE);
    while low < high {
        let middle = low.midpoint(high);
        if Encoder::parse(middle).all(sample).bytes() <= most {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

fn sequences_per_block(coded: &Coded, blocks: &[usize]) -> f64 {
    let count = |&block: &usize| Sequences::of(&coded.0[block]).count() as u64;
    ratio(blocks.iter().map(count).sum(), blocks.len() as u64)
}
