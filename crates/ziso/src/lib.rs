//! Makes, unpacks and verifies ZSO disc images: the functions behind the `ziso` command.
//!
//! Images are read by the same [`zso`] reader that runs on the console, so that what passes here
//! is known to work there. Rule numbers (R1 to R9) are those of `docs/format.md`.
//!
//! # How it fits together
//! | module | what it does |
//! |---|---|
//! | [`compress`](mod@compress) | an image to a ZSO file: options, files, check afterwards |
//! | `layout` | arithmetic: how large a file can become, and which `align` reaches its end |
//! | `pipeline`, `packer`, `source` | reads, compresses on all cores, hands on in order |
//! | `encoder`, [`parse`] | lz4's encoder, or the one that knows what its choices cost the console |
//! | `writer`, `index` | puts blocks, index and header where they belong, the header last |
//! | [`decompress`](mod@decompress), [`verify`](mod@verify) | a ZSO file to an image, or to a verdict |
//! | `image`, `device`, `tail` | the reader on a file, in bounded memory |
//! | `input`, `target` | files to read, and files that appear when they are complete, or not at all |
//!
//! # Example
//! ```no_run
//! use std::ops::ControlFlow;
//! use std::path::Path;
//!
//! let options = ziso::Options::default();
//! let summary = ziso::compress(Path::new("a.iso"), Path::new("a.zso"), &options, &mut |progress| {
//!     eprintln!("{} of {}", progress.done, progress.total);
//!     ControlFlow::Continue(())
//! })?;
//! println!("{} bytes", summary.output_bytes);
//! # Ok::<(), ziso::Error>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)
)]

pub mod backend;
pub mod chart;
pub mod compress;
pub mod dat;
pub mod decompress;
mod device;
pub mod disc;
mod encoder;
mod error;
pub mod game;
pub mod hashes;
mod image;
mod index;
pub mod info;
mod input;
pub mod iso9660;
mod layout;
pub mod map;
pub mod name;
mod options;
mod packer;
#[allow(
    clippy::indexing_slicing,
    reason = "the search goes over the places of a block, once each; bounds that are checked by hand halve its speed"
)]
pub mod parse;
pub mod pattern;
mod pipeline;
mod progress;
mod source;
mod tail;
mod target;
pub mod verify;
mod writer;

pub use compress::compress;
pub use decompress::decompress;
pub use error::Error;
pub use hashes::Hashes;
pub use image::ImageFault;
pub use layout::smallest_align;
pub use options::{MAX_ALIGN, MAX_BLOCK_SIZE, OptionError, Options};
pub use progress::{Phase, Progress, Watch, unwatched};
pub use verify::verify;
