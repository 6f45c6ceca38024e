//! Writes ZSO files: disc images in blocks that are compressed with LZ4, and an index of them; and CSO files, which
//! differ in their first four bytes and in deflate in place of LZ4.
//!
//! Nothing here uses threads, files or a terminal, so that it runs wherever Rust does. [`compress`] writes a whole file
//! from a stream. Who has several cores uses the parts that it is made of: runs of blocks come out of a [`Source`], any
//! number of [`Packer`]s work on them, each with an [`Encoder`] of its own, and a [`Writer`] takes the results in
//! order.
//!
//! # How it fits together
//! | module | what it does |
//! |---|---|
//! | `options` | what a caller can choose |
//! | `layout` | arithmetic: how large a file can become, and which `align` reaches its end |
//! | `source` | the image, piece by piece |
//! | `packer`, `raw` | blocks to what is stored of them |
//! | `plain` | which blocks had better be plain, where bytes and requests have prices |
//! | `encoder` | the encoder that a packer wants: deflate, or one of these |
//! | [`lz4`] | encoders: to the shortest block of all, or to the one that is cheapest for the console |
//! | `gaps` | which gaps let plain runs begin at a sector |
//! | `writer`, `index` | puts blocks, index and header where they belong, the header last |
//! | `compress` | all of it, in one thread |
//!
//! # Example
//! ```
//! use std::io::Cursor;
//! use std::ops::ControlFlow;
//!
//! let image = vec![7; 1 << 20];
//! let options = zso_write::Options { for_console: true, ..zso_write::Options::default() };
//! let mut file = Cursor::new(Vec::new());
//! let mut progress = |_done| ControlFlow::Continue(());
//! let written = zso_write::compress(&image[..], image.len() as u64, &mut file, &options, &mut progress)?;
//! assert!(written.file_bytes < 50_000 && file.into_inner().starts_with(b"ZISO"));
//! # Ok::<(), zso_write::Error>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)
)]

mod compress;
mod encoder;
mod gaps;
mod index;
mod layout;
#[allow(
    clippy::indexing_slicing,
    reason = "places are checked once: by arrays that are as large as their index can become, or by the text itself"
)]
pub mod lz4;
mod options;
mod packer;
mod plain;
mod raw;
mod source;
mod writer;

pub use compress::{Error, compress};
pub use encoder::Encoder;
pub use layout::{Layout, index_end, smallest_align};
pub use options::{Form, MAX_ALIGN, MAX_BLOCK_SIZE, OptionError, Options, Worth};
pub use packer::{Packed, Packer, Stored};
pub use source::{Run, Source, SourceError, run_len};
pub use writer::{Writer, Written};
