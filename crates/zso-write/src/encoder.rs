//! The LZ4 encoders.

#[cfg(feature = "liblz4")]
use lzzzz::{lz4, lz4_hc};

use crate::packer::Packer;
use crate::parse::{self, Parser, cost};

/// An encoder of blocks, with the memory it needs.
pub struct Encoder {
    kind: Kind,
    /// What the last block became, in front of what is left of earlier ones.
    out: Vec<u8>,
    /// How much of it that is.
    len: usize,
    /// The last block: discs are padded with equal ones, on which all encoders but the fast one are slow.
    last: Vec<u8>,
}

/// A block cannot be compressed: the encoder has no memory.
#[derive(Debug, thiserror::Error)]
#[error("a block cannot be compressed")]
pub struct EncodeError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The level that means lz4's fast encoder.
#[cfg(feature = "liblz4")]
const FAST: u8 = 1;
/// The lowest level of its high-compression encoder. What liblz4 has called level 2 since 1.10 is another one, whose files
/// are 1 % larger than those that level 2 has always made.
#[cfg(feature = "liblz4")]
const LOWEST_HC: u8 = 3;

enum Kind {
    /// lz4's fast encoder.
    #[cfg(feature = "liblz4")]
    Fast,
    /// lz4's high-compression encoder, at a level.
    #[cfg(feature = "liblz4")]
    Hc(u8),
    /// The one that knows the console.
    ForConsole(Box<Parser>),
}

impl Encoder {
    /// The encoder that a packer wants.
    pub fn new(packer: &Packer) -> Self {
        let block_size = packer.block_size as usize;
        let kind = match packer.level {
            #[cfg(feature = "liblz4")]
            FAST if !packer.for_console => Kind::Fast,
            #[cfg(feature = "liblz4")]
            level if !packer.for_console => Kind::Hc(level.max(LOWEST_HC)),
            _ => {
                let parser = Parser::new(&cost::CONSOLE, parse::FOR_CONSOLE, block_size);
                Kind::ForConsole(Box::new(parser))
            }
        };
        Self {
            kind,
            // Always room for the worst case: an encoder that runs out of it has to clear its state.
            out: vec![0; most_bytes(block_size)],
            len: 0,
            last: Vec::new(),
        }
    }

    /// Encodes a block.
    ///
    /// lz4's state stays with the thread and is not cleared for each block: a fifth of the time at level 12, half of it
    /// at the lowest levels.
    pub fn encode(&mut self, block: &[u8]) -> Result<&[u8], EncodeError> {
        if block.is_empty() || self.last != block {
            // Nothing is known if the encoder fails.
            self.last.clear();
            self.len = self.encode_anew(block)?;
            if self.kind.is_slow() {
                self.last.extend_from_slice(block);
            }
        }
        Ok(self.out.get(..self.len).unwrap_or_default())
    }

    fn encode_anew(&mut self, block: &[u8]) -> Result<usize, EncodeError> {
        match &mut self.kind {
            #[cfg(feature = "liblz4")]
            Kind::Fast => lz4::compress(block, &mut self.out, lz4::ACC_LEVEL_DEFAULT)
                .map_err(|error| EncodeError(Box::new(error))),
            #[cfg(feature = "liblz4")]
            Kind::Hc(level) => lz4_hc::compress(block, &mut self.out, i32::from(*level))
                .map_err(|error| EncodeError(Box::new(error))),
            Kind::ForConsole(parser) => {
                self.out.clear();
                parser.encode(block, &mut self.out);
                Ok(self.out.len())
            }
        }
    }
}

impl Kind {
    /// Whether it pays to compare a block with the last one.
    fn is_slow(&self) -> bool {
        match self {
            #[cfg(feature = "liblz4")]
            Self::Fast => false,
            #[cfg(feature = "liblz4")]
            Self::Hc(_) => true,
            Self::ForConsole(_) => true,
        }
    }
}

/// The most bytes that a block of `len` can become, for any encoder of LZ4.
fn most_bytes(len: usize) -> usize {
    len + len / 255 + 16
}
