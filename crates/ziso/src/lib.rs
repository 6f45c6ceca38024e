//! Makes, unpacks and verifies ZSO disc images: the functions that the `ziso` command calls.
//!
//! Images are read by the same [`zso`] reader that runs on the console, so that what passes here
//! is known to work there. Rule numbers (R1 to R9) are those of `docs/format.md`.
//!
//! # How it fits together
//! | module | what it does |
//! |---|---|
//! | [`compress`](mod@compress) | an image to a ZSO file: options, files, check afterwards |
//! | `pipeline` | reads, works on all cores, hands on in order |
//! | [`decompress`](mod@decompress), [`verify`](mod@verify), `decode` | a ZSO file to an image, or to a verdict |
//! | [`disc`], [`identify`](mod@identify) | what is on a disc in a file, and which game of a list it is |
//! | [`split`](mod@split), [`parts`] | files in parts |
//! | [`label`], [`titles`] | what a loader's menu says of a game; titles from a list |
//! | [`info`](mod@info), [`map`], [`rename`](mod@rename) | which game it is, what is wrong, what it is called |
//! | [`advise`](mod@advise), [`sample`] | whether it is worth compressing |
//! | [`backend`], [`drive`] | devices of the console, as far as time is concerned |
//! | [`chart`], [`picture`] | figures as SVG |
//! | [`opl_cfg`] | Open PS2 Loader's settings of a game |
//! | [`hdd`] | games on the console's own hard disk |
//! | `input`, `target`, `stdio` | files to read, and files that appear when they are complete, or not at all |
//! | `naming`, `lock` | how files get names without taking another one's, and folders for one run at a time |
//! | `writeback` | brings a file to the disk while it is written |
//!
//! What discs and their files are is in [`discs`], what is known of one in [`zso_report`], and how a ZSO file is
//! written in [`zso_write`].
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
#![allow(missing_docs, reason = "a name that says it all has no comment")]
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)
)]

pub mod advise;
mod archive;
pub mod chart;
pub mod compress;
mod crc_list;
mod decode;
pub mod decompress;
pub mod disc;
mod error;
pub mod hdd;
pub mod identify;
pub mod info;
mod input;
pub mod label;
mod lock;
pub mod name;
mod naming;
pub mod opl_cfg;
pub mod parts;
pub mod picture;
mod pipeline;
mod progress;
pub mod rename;
pub mod sample;
pub mod split;
mod stdio;
mod target;
pub mod titles;
pub mod verify;
mod writeback;

pub use archive::ArchiveFault;
pub use compress::compress;
pub use decompress::{Unpacking, decompress};
pub use error::{At, Error};
pub use input::tracks;
pub use progress::{Phase, Progress, Watch, unwatched};
pub use verify::{Checks, verify};
pub use zso_report::{backend, drive, map};
pub use zso_write::{Form, Options};

// What is written can be read.
const _: () = assert!(zso_write::MAX_BLOCK_SIZE <= discs::image::MAX_BLOCK_SIZE);
