//! `zso.txt`: what the object was made with, for whoever wants to make the same one.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::Attempt;
use super::compile::TARGET;
use super::link::Linker;
use crate::check::Looked;
use crate::{hash, paths};

/// Writes the record that belongs to `object`.
pub fn write(path: &Path, attempt: &Attempt<'_>, linker: &Linker, object: &Looked) -> Result<()> {
    let text = format!(
        "zso.o {}\nSHA-256 {}\n\n{}\ntarget: {TARGET}\nflags: {}\nlinker: {}\n\n{}",
        env!("CARGO_PKG_VERSION"),
        hash::hex(Sha256::new_with_prefix(&object.bytes)),
        attempt.toolchain.description(),
        attempt.flags.join(" "),
        linker.version()?,
        object.sizes(),
    );
    fs::write(path, text).with_context(|| format!("cannot write {}", paths::shown(path)))
}
