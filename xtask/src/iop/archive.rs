//! `libzso.a`, for builds that link libraries by `-l`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::{paths, process};

/// An archive that knows MIPS symbols; the host's `ar` does not.
const AR: &str = "mipsel-linux-gnu-ar";

/// Writes an archive of one object. Without GNU binutils for MIPS there is none.
pub fn write(archive: &Path, object: &Path) -> Result<()> {
    if !process::answers(AR) {
        eprintln!(
            "no {AR}, so no {}: link zso.o itself",
            paths::shown(archive)
        );
        return Ok(());
    }
    let made = archive.with_extension("a.new");
    // D: no dates, so that the same object gives the same archive.
    process::run(Command::new(AR).arg("rcsD").arg(&made).arg(object))?;
    Ok(fs::rename(made, archive)?)
}
