//! Measurements of the console's objects in the simulator. Each makes one page of docs/bench.
//!
//! | module | command | what it measures | page |
//! |---|---|---|---|
//! | [`reader`] | `cargo xtask run` | device requests, instructions and cycles of each access pattern | reader.md |
//! | [`loading`] | `cargo xtask bench` | how long games load, on models of devices | loading.md |
//! | [`loading::settings`] | `cargo xtask settings` | the same from files with other settings | settings.md |
//! | [`decoder`] | `cargo xtask decoder` | the decoder against two others, and against the best possible | decoder.md |
//! | [`mod@parse`] | `cargo xtask parse` | what an encoder's choice of matches costs the decoder | parse.md |
//!
//! Objects are built by `xtask`, which hands them over as [`Objects`]. Images are from the package `common`.
#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]

pub mod decoder;
pub mod loading;
mod objects;
pub mod parse;
pub mod reader;
mod sample;
mod table;
mod work;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use common::make_iso;

pub use objects::{Build, DEVICE_FHI, OPL, OVERLAP, Object, Objects, READER};

/// The images that were named, or else one made of files of this machine.
fn images(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    match named {
        [] => Ok(vec![make_iso::of_system()?]),
        named => Ok(named.to_vec()),
    }
}

/// Writes a file, if one is wanted, and the folder that it is in.
fn save(path: Option<&Path>, text: &str) -> Result<()> {
    let Some(path) = path else {
        return Ok(());
    };
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
