//! The encoder that a packer wants.

use flate2::{Compress, Compression, FlushCompress, Status};

use crate::lz4::{self, Effort};
use crate::options::Form;
use crate::packer::Packer;

/// The highest level of deflate.
const MOST: u32 = 9;

/// From this worth of a byte on, in cycles of the console, the smallest block is the best one: an encoder for the
/// console saves fewer of them with a byte more.
const SIZE_COUNTS: u32 = 100;

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
    /// Blocks of ZSO files.
    Lz4(lz4::Encoder),
    /// Blocks of CSO files.
    Deflate(Box<Compress>, Compression),
}

impl Encoder {
    /// The encoder that a packer wants.
    pub fn new(packer: &Packer) -> Self {
        let lz4 = |effort| Kind::Lz4(lz4::Encoder::new(effort));
        let options = &packer.options;
        let for_console = match options.worth {
            Some(worth) => worth.byte < SIZE_COUNTS,
            None => options.for_console,
        };
        let kind = match (options.form, for_console) {
            (Form::Cso, _) => {
                let level = Compression::new(u32::from(options.level).min(MOST));
                Kind::Deflate(Box::new(Compress::new(level, false)), level)
            }
            (Form::Zso, false) => lz4(Effort::of_level(options.level)),
            (Form::Zso, true) => lz4(Effort::ForConsole),
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
                Kind::Lz4(encoder) => encoder.encode(block, &mut self.out),
                Kind::Deflate(deflate, level) => {
                    encode_deflate(deflate, *level, block, &mut self.out);
                }
            }
        }
        &self.out
    }
}

/// Makes a block a whole stream of deflate, without zlib's header.
///
/// There is always room for all of it: what is left in an encoder whose stream does not end takes its room away for
/// good, as its `reset` leaves it there.
fn encode_deflate(deflate: &mut Compress, level: Compression, block: &[u8], out: &mut Vec<u8>) {
    // No level makes a byte longer than nine bits, besides what begins and ends each of its own blocks.
    out.reserve(block.len() + block.len() / 8 + 64);
    deflate.reset();
    let done = deflate.compress_vec(block, out, FlushCompress::Finish);
    if !matches!(done, Ok(Status::StreamEnd)) {
        // As long as the block, it is stored plain.
        out.clear();
        out.resize(block.len(), 0);
        *deflate = Compress::new(level, false);
    }
}
