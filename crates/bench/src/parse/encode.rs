//! The encoders that are compared.

use zso::SECTOR_SIZE;
use zso_write::lz4::{self, Effort};

use crate::sample::Sample;

#[derive(Clone, Copy)]
pub enum Kind {
    /// liblz4's high-compression encoder at a level.
    Hc(u8),
    /// `ziso`'s own.
    Own(Effort),
}

pub enum Encoder {
    /// liblz4's at a level, and room for what it makes.
    Hc(u8, Vec<u8>),
    /// `ziso`'s own.
    Own(Box<lz4::Encoder>),
}

/// Blocks of a sample, encoded: not all of them are smaller than they were.
pub struct Coded(pub Vec<Vec<u8>>);

impl Encoder {
    pub fn new(kind: Kind) -> Self {
        match kind {
            Kind::Hc(level) => Self::Hc(level, vec![0; 2 * SECTOR_SIZE]),
            Kind::Own(effort) => Self::Own(Box::new(lz4::Encoder::new(effort))),
        }
    }

    pub fn block(&mut self, data: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Hc(level, room) => {
                let len = lzzzz::lz4_hc::compress(data, room, i32::from(*level));
                // invariant: there is room for any block of a sector.
                out.extend_from_slice(&room[..len.expect("there is room")]);
            }
            Self::Own(encoder) => encoder.encode(data, out),
        }
    }

    pub fn all(mut self, sample: &Sample) -> Coded {
        let encode = |data: &Vec<u8>| {
            let mut out = Vec::new();
            self.block(data, &mut out);
            out
        };
        Coded(sample.blocks.iter().map(encode).collect())
    }
}

impl Coded {
    /// Bytes that are stored, for blocks that do not become smaller those of the block itself.
    pub fn bytes(&self) -> u64 {
        let stored = self.0.iter().map(|block| block.len().min(SECTOR_SIZE));
        stored.map(|len| len as u64).sum()
    }

    pub fn is_compressed(&self, block: usize) -> bool {
        self.0[block].len() < SECTOR_SIZE
    }
}
