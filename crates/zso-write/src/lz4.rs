//! An LZ4 encoder for small blocks.
//!
//! A block of a disc image has 2048 bytes, and nothing is known before it. So every place in it is a `u16`, every table
//! fits the processor's nearest cache, and the shortest of all its encodings can be found in the time that others take
//! for a good one.
//!
//! | module | what it does |
//! |---|---|
//! | `format` | what a sequence costs, and the rules for a block's end |
//! | `window`, `far` | the longest match at each place: of a small block, and of a large one |
//! | `shortest` | which matches make up the shortest block |
//! | `console`, [`cost`] | what matches cost the console's decoder |
//! | `fast` | the first match that is found |
//! | `put`, [`sequences`] | sequences to bytes, and back |
//!
//! # Example
//! ```
//! use zso_write::lz4::{Effort, Encoder};
//!
//! let mut out = Vec::new();
//! Encoder::new(Effort::Shortest).encode(&[7; 2048], &mut out);
//! assert_eq!(out.len(), 18);
//! ```

mod console;
pub mod cost;
mod far;
mod fast;
mod format;
mod put;
pub mod sequences;
mod shortest;
mod window;

pub use console::BYTE;
use console::ForConsole;
use far::Far;
use fast::Fast;
use put::Put;
use shortest::{AT_ONCE, Parser};
use window::Window;

/// Places that are looked at for one match of a small block, unless it has to be the longest: fewer save hardly any time.
const LOOKS: u16 = 96;

/// The largest block that is encoded for the console.
pub const LARGEST: usize = AT_ONCE;

/// How hard to try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// Take the first match that is found: no larger than level 1 of liblz4, and as fast.
    Fast,
    /// Find an encoding that is hardly longer than the shortest. In a block above 32 KiB, look at so many places for one
    /// match, at most: there this is what takes the time.
    Depth(u16),
    /// Find the shortest of all encodings, however long that takes.
    Shortest,
    /// Find a block of the lowest price, or hardly more: [`BYTE`] for each of its bytes, and the cycles of the console's
    /// decoder. A block above [`LARGEST`] becomes literals only.
    ForConsole,
}

/// An encoder, with tables that it uses for block after block.
#[derive(Debug)]
pub struct Encoder {
    kind: Kind,
    /// The block in the making.
    room: Vec<u8>,
}

#[derive(Debug)]
enum Kind {
    Fast(Fast),
    Best {
        parser: Parser,
        window: Window,
        /// Places that are looked at for one match of a large block; nothing if the block is for the console.
        depth: Option<u16>,
        /// Made when a block is large.
        far: Option<Far>,
    },
}

impl Effort {
    /// The effort for a level from 1 to 12, with which no file is larger than with liblz4's level of the same number.
    #[must_use]
    pub fn of_level(level: u8) -> Self {
        match level {
            ..=1 => Self::Fast,
            2..=10 => Self::Depth(1 << level),
            _ => Self::Shortest,
        }
    }
}

impl Encoder {
    /// An encoder.
    #[must_use]
    pub fn new(effort: Effort) -> Self {
        let best = |depth, looks| Kind::Best {
            parser: Parser::new(),
            window: Window::new(looks),
            depth,
            far: None,
        };
        let kind = match effort {
            Effort::Fast => Kind::Fast(Fast::new()),
            Effort::Depth(depth) => best(Some(depth), LOOKS),
            Effort::Shortest => best(Some(u16::MAX), u16::MAX),
            Effort::ForConsole => best(None, u16::MAX),
        };
        let room = Vec::new();
        Self { kind, room }
    }

    /// Appends an LZ4 block for `text` to `out`. It may be larger than `text`, by a 255th and some bytes.
    ///
    /// If none is smaller than `text`, it may be any: a writer stores such a text as it is.
    ///
    /// The bytes depend on `text` and the effort alone, and not on earlier blocks.
    pub fn encode(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut put = Put::new(text, &mut self.room);
        match &mut self.kind {
            _ if text.len() < format::SMALLEST => {}
            Kind::Fast(fast) => fast.encode(text, &mut put),
            Kind::Best {
                parser,
                window,
                depth,
                ..
            } if text.len() <= AT_ONCE => match (window.fill(text), depth) {
                (false, _) => {}
                (true, Some(_)) => parser.encode(window, text.len(), &mut put),
                (true, None) => parser.encode(&ForConsole(window), text.len(), &mut put),
            },
            Kind::Best {
                parser, depth, far, ..
            } => {
                if let Some(depth) = *depth {
                    far.get_or_insert_with(|| Far::new(depth))
                        .encode(text, parser, &mut put);
                }
            }
        }
        out.extend_from_slice(put.finish());
    }
}
