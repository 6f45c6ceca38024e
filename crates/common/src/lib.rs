//! What building (`xtask`), measuring (`bench`) and booting (`boot`) share.
//!
//! | module | what |
//! |---|---|
//! | [`paths`] | where things are in the workspace |
//! | [`process`] | how foreign programs are started, and why that needs care |
//! | [`progress`], [`hash`] | a progress bar; SHA-256 as text |
//! | [`make_iso`] | disc images of files, which need not be invented |
//! | [`Original`], [`ZsoFile`], [`device`] | an image as it is, the same compressed, and that file as a reader's device |
#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]

pub mod device;
pub mod hash;
pub mod make_iso;
mod original;
pub mod paths;
pub mod process;
pub mod progress;
mod zso_file;

pub use original::Original;
pub use zso_file::{MAX_SIZE, ZsoFile, options_for};
