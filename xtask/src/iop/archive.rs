//! `libzso.a` and its like, for builds that link libraries by `-l`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::contract::OBJECTS;
use crate::{paths, process};

/// An archive that knows MIPS symbols; the host's `ar` does not.
const AR: &str = "mipsel-linux-gnu-ar";

/// Writes all archives of the contract in `dir`, from the objects there. Without GNU binutils for MIPS there are none.
pub fn write_all(dir: &Path) -> Result<()> {
    if !process::answers(AR) {
        eprintln!(
            "no {AR}, so no archives in {}: link the objects themselves",
            paths::shown(dir)
        );
        return Ok(());
    }
    let mut names: Vec<_> = OBJECTS.iter().map(|object| object.archive).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().try_for_each(|name| write(dir, name))
}

fn write(dir: &Path, name: &str) -> Result<()> {
    let archive = dir.join(name);
    let made = archive.with_extension("a.new");
    fs::remove_file(&made).ok();
    let members = OBJECTS.iter().filter(|object| object.archive == name);
    // D: no dates, so that the same objects give the same archive.
    process::run(
        Command::new(AR)
            .arg("rcsD")
            .arg(&made)
            .args(members.map(|object| dir.join(object.name))),
    )?;
    Ok(fs::rename(made, archive)?)
}
