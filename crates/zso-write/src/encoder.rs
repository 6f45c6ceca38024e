//! The encoder that a packer wants.

use crate::lz4::{self, Effort};
use crate::packer::Packer;
use crate::parse::{self, Parser, cost};

/// An encoder of blocks, with the memory it needs.
#[derive(Debug)]
pub struct Encoder {
    kind: Kind,
    /// What the last block became.
    out: Vec<u8>,
    /// The last block: discs are padded with equal ones, and to compare is faster than to search.
    last: Vec<u8>,
}

#[derive(Debug)]
enum Kind {
    /// Blocks as small as the level has them.
    Small(lz4::Encoder),
    /// Blocks that the console decodes fast.
    ForConsole(Box<Parser>),
}

impl Encoder {
    /// The encoder that a packer wants.
    #[must_use]
    pub fn new(packer: &Packer) -> Self {
        let kind = match packer.for_console {
            false => Kind::Small(lz4::Encoder::new(Effort::of_level(packer.level))),
            true => {
                let block_size = packer.block_size as usize;
                let parser = Parser::new(&cost::CONSOLE, parse::FOR_CONSOLE, block_size);
                Kind::ForConsole(Box::new(parser))
            }
        };
        let [out, last] = [const { Vec::new() }; 2];
        Self { kind, out, last }
    }

    /// Encodes a block.
    pub fn encode(&mut self, block: &[u8]) -> &[u8] {
        if self.out.is_empty() || self.last != block {
            self.last.clear();
            self.last.extend_from_slice(block);
            self.out.clear();
            match &mut self.kind {
                Kind::Small(encoder) => encoder.encode(block, &mut self.out),
                Kind::ForConsole(parser) => parser.encode(block, &mut self.out),
            }
        }
        &self.out
    }
}
