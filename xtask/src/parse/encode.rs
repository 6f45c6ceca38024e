//! Encoders, and how fast they are.

use std::time::{Duration, Instant};

use ziso::parse::{Parser, cost::CONSOLE};

use super::sample::Sample;

/// A way to encode blocks.
#[derive(Clone, Copy)]
pub enum Encoder {
    /// lz4's, at this level.
    Hc(u8),
    /// `ziso`'s, at which one byte is worth so many cycles.
    Parse(u32),
}

/// Blocks that are stored compressed, and their numbers.
pub struct Coded {
    pub blocks: Vec<(usize, Vec<u8>)>,
    pub bytes: usize,
    pub time: Duration,
}

pub fn all(sample: &Sample, encoder: Encoder) -> Coded {
    let mut parser = match encoder {
        Encoder::Parse(rate) => Some(Parser::new(&CONSOLE, rate, zso::SECTOR_SIZE)),
        Encoder::Hc(_) => None,
    };
    let mut blocks = Vec::new();
    let mut bytes = 0;
    let mut out = Vec::new();
    let mut buf = vec![0; 4096];
    let start = Instant::now();
    for (i, block) in sample.blocks.iter().enumerate() {
        out.clear();
        match encoder {
            Encoder::Hc(level) => {
                let len = lzzzz::lz4_hc::compress(block, &mut buf, level.into()).expect("room");
                out.extend_from_slice(&buf[..len]);
            }
            Encoder::Parse(_) => parser.as_mut().unwrap().encode(block, &mut out),
        }
        bytes += out.len().min(block.len());
        if out.len() < block.len() {
            blocks.push((i, out.clone()));
        }
    }
    Coded { blocks, bytes, time: start.elapsed() }
}
