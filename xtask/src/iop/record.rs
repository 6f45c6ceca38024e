//! `zso.txt`: what the objects were made with, for whoever wants to make the same ones.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::Attempt;
use super::compile::TARGET;
use super::link::Linker;
use crate::check::Looked;
use crate::{hash, paths};

/// Writes the record that belongs to `objects`.
pub fn write(
    path: &Path,
    attempt: &Attempt<'_>,
    linker: &Linker,
    objects: &[Looked],
) -> Result<()> {
    let mut text = format!(
        "zso {}\n\n{}\ntarget: {TARGET}\nflags: {}\nlinker: {}\n",
        env!("CARGO_PKG_VERSION"),
        attempt.toolchain.description(),
        attempt.flags.join(" "),
        linker.version()?,
    );
    for object in objects {
        let hash = hash::hex(Sha256::new_with_prefix(&object.bytes));
        text += &format!("\n{}SHA-256 {hash}\n", object.sizes());
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", paths::shown(path)))
}
