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
//! | `pipeline` | reads, works on all cores, hands on in order |
//! | `original`, `track`, `cso`, `source` | the image, whatever file it is in, piece by piece |
//! | `packer`, `raw` | blocks to what is stored of them |
//! | `encoder`, [`parse`] | lz4's encoders, or the one that knows what its choices cost the console |
//! | `writer`, `index` | puts blocks, index and header where they belong, the header last |
//! | [`decompress`](mod@decompress), [`verify`](mod@verify) | a ZSO file to an image, or to a verdict |
//! | [`hashes`], `sidecar` | checksums of an image, and files that tell what they should be |
//! | `image`, `device`, `tail` | the reader on a file, in bounded memory |
//! | [`split`](mod@split), [`parts`], [`usbextreme`] | files in parts |
//! | [`label`] | what a loader's menu says of a game |
//! | [`disc`], [`iso9660`], [`game`] | what is on a disc, in whatever file it is |
//! | [`info`](mod@info), [`map`], [`dat`], [`rename`](mod@rename) | which game it is, what is wrong, what it is called |
//! | [`advise`](mod@advise), [`sample`] | whether it is worth compressing |
//! | [`pattern`] | which files are meant to be stored plain |
//! | [`backend`], [`drive`] | devices of the console, as far as time is concerned |
//! | [`chart`], [`picture`] | figures as SVG |
//! | [`hdd`] | games on the console's own hard disk |
//! | `input`, `target`, `stdio` | files to read, and files that appear when they are complete, or not at all |
//! | `writeback` | brings a file to the disk while it is written |
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

pub mod advise;
pub mod backend;
pub mod chart;
pub mod compress;
mod cso;
pub mod dat;
pub mod decompress;
mod device;
pub mod disc;
pub mod drive;
mod encoder;
mod error;
pub mod game;
pub mod hashes;
pub mod hdd;
mod image;
mod index;
pub mod info;
mod input;
pub mod iso9660;
pub mod label;
mod layout;
pub mod map;
pub mod name;
mod options;
mod original;
mod packer;
#[allow(
    clippy::indexing_slicing,
    reason = "the search goes over the places of a block, once each; bounds that are checked by hand halve its speed"
)]
pub mod parse;
pub mod parts;
pub mod pattern;
pub mod picture;
mod pipeline;
mod progress;
mod raw;
pub mod rename;
pub mod sample;
mod sidecar;
mod source;
pub mod split;
mod stdio;
mod tail;
mod target;
mod track;
pub mod usbextreme;
pub mod verify;
mod writeback;
mod writer;

pub use compress::compress;
pub use cso::CsoFault;
pub use decompress::{Unpacking, decompress};
pub use error::Error;
pub use hashes::Hashes;
pub use image::ImageFault;
pub use layout::smallest_align;
pub use options::{MAX_ALIGN, MAX_BLOCK_SIZE, OptionError, Options};
pub use original::Foreign;
pub use progress::{Phase, Progress, Watch, unwatched};
pub use sidecar::SidecarFault;
pub use track::TrackFault;
pub use verify::{Checks, verify};
