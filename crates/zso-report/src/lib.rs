//! What is known of a PlayStation 2 disc image, without a file system, threads or a terminal: for programs and for
//! pages.
//!
//! | module | what it tells |
//! |---|---|
//! | [`info`] | which game it is, how it is stored, and what a console's reader would stumble over |
//! | [`map`] | where the disc becomes smaller |
//! | [`advise`], [`sample`] | whether it is worth compressing, by compressing some of it |
//! | [`backend`], [`drive`] | devices of the console, as far as time is concerned |
//! | [`shown`](fn@shown), [`plain`], [`lines`] | paths and other texts in messages |
//!
//! # Example
//! ```
//! use std::path::Path;
//!
//! let disc = discs::Disc::new(vec![0_u8; 40 * 2048])?;
//! let info = zso_report::Info::of(&disc, Path::new("zeros.iso"), None)?;
//! assert!(matches!(info.problems[..], [zso_report::Problem::NoVolume { .. }]));
//! # Ok::<(), discs::Error>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)
)]

pub mod advise;
pub mod backend;
pub mod drive;
pub mod info;
pub mod map;
pub mod sample;
mod shown;

pub use advise::Advice;
pub use info::{Info, Problem, Title, TitleSource};
pub use shown::{json_lines, lines, plain, shown};
