//! The LZ4 encoders.

use lzzzz::{lz4, lz4_hc};

use crate::packer::Packer;
use crate::parse::{self, Parser, cost};

/// An encoder of blocks, with the memory it needs.
pub(crate) struct Encoder {
    kind: Kind,
    /// What the last block became, in front of what is left of earlier ones.
    out: Vec<u8>,
    /// How much of it that is.
    len: usize,
    /// The last block: discs are padded with equal ones, on which all encoders but the fast one are slow.
    last: Vec<u8>,
}

/// The level that means lz4's fast encoder.
const FAST: u8 = 1;
/// The lowest level of its high-compression encoder. What liblz4 has called level 2 since 1.10 is another one, whose files
/// are 1 % larger than those that level 2 has always made.
const LOWEST_HC: u8 = 3;

enum Kind {
    /// lz4's fast encoder.
    Fast,
    /// lz4's high-compression encoder, at a level.
    Hc(u8),
    /// The one that knows the console.
    ForConsole(Box<Parser>),
}

impl Encoder {
    /// The encoder that a packer wants.
    pub(crate) fn new(packer: &Packer) -> Self {
        let block_size = packer.block_size as usize;
        let kind = match packer.level {
            _ if packer.for_console => {
                let parser = Parser::new(&cost::CONSOLE, parse::FOR_CONSOLE, block_size);
                Kind::ForConsole(Box::new(parser))
            }
            FAST => Kind::Fast,
            level => Kind::Hc(level.max(LOWEST_HC)),
        };
        Self {
            kind,
            // Always room for the worst case: an encoder that runs out of it has to clear its state.
            out: vec![0; lz4::max_compressed_size(block_size)],
            len: 0,
            last: Vec::new(),
        }
    }

    /// Encodes a block.
    ///
    /// lz4's state stays with the thread and is not cleared for each block: a fifth of the time at level 12, half of it
    /// at the lowest levels.
    pub(crate) fn encode(&mut self, block: &[u8]) -> Result<&[u8], lzzzz::Error> {
        if block.is_empty() || self.last != block {
            // Nothing is known if the encoder fails.
            self.last.clear();
            self.len = self.encode_anew(block)?;
            if !matches!(self.kind, Kind::Fast) {
                self.last.extend_from_slice(block);
            }
        }
        Ok(self.out.get(..self.len).unwrap_or_default())
    }

    fn encode_anew(&mut self, block: &[u8]) -> Result<usize, lzzzz::Error> {
        match &mut self.kind {
            Kind::Fast => lz4::compress(block, &mut self.out, lz4::ACC_LEVEL_DEFAULT),
            Kind::Hc(level) => lz4_hc::compress(block, &mut self.out, i32::from(*level)),
            Kind::ForConsole(parser) => {
                self.out.clear();
                parser.encode(block, &mut self.out);
                Ok(self.out.len())
            }
        }
    }
}
