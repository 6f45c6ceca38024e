//! The LZ4 encoders.

use lzzzz::{lz4, lz4_hc};

use crate::packer::Packer;
use crate::parse::{self, Parser, cost};

/// An encoder of blocks, with the memory it needs.
pub(crate) struct Encoder {
    kind: Kind,
    /// What the last block became.
    out: Vec<u8>,
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
    /// The one that knows the console, and the last block: discs are padded with equal ones, on which it is slow.
    ForConsole(Box<Parser>, Vec<u8>),
}

impl Encoder {
    /// The encoder that a packer wants.
    pub(crate) fn new(packer: &Packer) -> Self {
        let block_size = packer.block_size as usize;
        if packer.for_console {
            let parser = Parser::new(&cost::CONSOLE, parse::FOR_CONSOLE, block_size);
            Self {
                kind: Kind::ForConsole(Box::new(parser), Vec::new()),
                out: Vec::new(),
            }
        } else {
            Self {
                kind: match packer.level {
                    FAST => Kind::Fast,
                    level => Kind::Hc(level.max(LOWEST_HC)),
                },
                // Always room for the worst case: an encoder that runs out of it has to clear its state.
                out: vec![0; lz4::max_compressed_size(block_size)],
            }
        }
    }

    /// Encodes a block.
    ///
    /// lz4's state stays with the thread and is not cleared for each block: a fifth of the time at level 12, half of it
    /// at the lowest levels.
    pub(crate) fn encode(&mut self, block: &[u8]) -> Result<&[u8], lzzzz::Error> {
        match &mut self.kind {
            Kind::Fast => {
                let len = lz4::compress(block, &mut self.out, lz4::ACC_LEVEL_DEFAULT)?;
                Ok(self.out.get(..len).unwrap_or_default())
            }
            Kind::Hc(level) => {
                let len = lz4_hc::compress(block, &mut self.out, i32::from(*level))?;
                Ok(self.out.get(..len).unwrap_or_default())
            }
            Kind::ForConsole(parser, last) => {
                if last != block {
                    self.out.clear();
                    parser.encode(block, &mut self.out);
                    block.clone_into(last);
                }
                Ok(&self.out)
            }
        }
    }
}
