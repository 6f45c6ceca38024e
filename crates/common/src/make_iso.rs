//! Disc images of real files: what any Debian machine has (programs, libraries, texts, fonts, pictures), or the data
//! of games from Debian's archive.
//!
//! Not made-up data: how well blocks compress, and into how long matches, decides what the decoder does. The same
//! machine gives the same image, and the same packages do.

mod games;
mod gather;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{paths, process};
pub use gather::Entry;

/// What a disc is at least, in bytes.
const SMALLEST: u64 = 64 << 20;
/// Dates in the image: 2000-03-04, when the console was first sold.
const DATE: &str = "2000030400000000";
/// The same day as xorriso wants it for what has no option of its own.
const EPOCH: &str = "952128000";

/// The image that is made when none is given: target/run/system.iso, of files that this machine has.
pub fn of_system() -> Result<PathBuf> {
    let path = paths::system_iso();
    make(&path)?;
    Ok(path)
}

/// Makes an image of files that this machine has.
pub fn make(out: &Path) -> Result<()> {
    write(out, &gather::entries())
}

/// Makes an image of games' data, which is downloaded unless it is there; a large one is of more games.
pub fn make_of_games(out: &Path, large: bool) -> Result<()> {
    let folders = games::folders(&paths::games(), large)?;
    write(out, &gather::entries_of(&folders))
}

fn write(out: &Path, entries: &[Entry]) -> Result<()> {
    let len = master(out, entries)?;
    ensure!(
        len >= SMALLEST,
        "only {len} bytes of files here; give `run` an image of yours"
    );
    eprintln!(
        "{}: {} files, {len} bytes",
        paths::shown(out),
        entries.len()
    );
    Ok(())
}

/// Makes an image of files, each in one piece, and returns its bytes.
pub fn master(out: &Path, entries: &[Entry]) -> Result<u64> {
    ensure!(
        process::answers("xorriso"),
        "no xorriso here; type `scripts/setup` to install it, or give `run` an image of yours"
    );
    if let Some(dir) = out.parent() {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {}", paths::shown(dir)))?;
    }
    let list = out.with_extension("files");
    fs::write(&list, listing(entries))
        .with_context(|| format!("cannot write {}", paths::shown(&list)))?;
    let made = out.with_extension("iso.new");
    fs::remove_file(&made).ok();
    process::output_of(&mut xorriso(&list, &made))?;
    let len = fs::metadata(&made)
        .with_context(|| format!("cannot read {}", paths::shown(&made)))?
        .len();
    fs::rename(&made, out).with_context(|| format!("cannot write {}", paths::shown(out)))?;
    Ok(len)
}

fn listing(entries: &[Entry]) -> String {
    entries
        .iter()
        .map(|entry| format!("{}={}\n", entry.name, entry.source.display()))
        .collect()
}

fn xorriso(list: &Path, out: &Path) -> Command {
    let mut xorriso = Command::new("xorriso");
    xorriso
        // A user's own start-up file could change anything.
        .args([
            "-no_rc",
            "-as",
            "mkisofs",
            "-quiet",
            "-iso-level",
            "2",
            "-V",
            "ZSO_TEST",
            "-graft-points",
        ])
        .arg(format!("--modification-date={DATE}"))
        .args(["--set_all_file_dates", DATE, "-path-list"])
        .arg(list)
        .arg("-o")
        .arg(out)
        .env("SOURCE_DATE_EPOCH", EPOCH)
        .env("TZ", "UTC");
    xorriso
}
