//! `libzso.a` and its like, for builds that link libraries by `-l`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::contract::Object;
use crate::{paths, process};

/// An archive that knows MIPS symbols; the host's `ar` does not.
const AR: &str = "mipsel-linux-gnu-ar";

/// Writes the archive of an object in `dir`. Without GNU binutils for MIPS there is none.
pub fn write(dir: &Path, object: &Object) -> Result<()> {
    let Some(archive) = object.archive.map(|name| dir.join(name)) else {
        return Ok(());
    };
    if !process::answers(AR) {
        eprintln!(
            "no {AR}, so no {}: link {} itself",
            paths::shown(&archive),
            object.name
        );
        return Ok(());
    }
    let made = archive.with_extension("a.new");
    // D: no dates, so that the same object gives the same archive.
    process::run(
        Command::new(AR)
            .arg("rcsD")
            .arg(&made)
            .arg(dir.join(object.name)),
    )?;
    Ok(fs::rename(made, archive)?)
}
