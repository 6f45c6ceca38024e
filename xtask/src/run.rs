//! `xtask run`: an image, compressed, and all of it read by the console's object in the simulator.
//!
//! Every byte that the object delivers is compared with the image. On the way its work is counted: device requests,
//! instructions, cycles. Memory is bounded, whatever the size of the image. At the end, an emulated console reads it all.

pub(crate) mod bar;
mod decoder;
pub(crate) mod device;
pub(crate) mod disc;
pub(crate) mod figures;
mod json;
mod loads;
mod measure;
mod play;
pub(crate) mod table;
pub(crate) mod zso_file;

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{boot, iop, make_iso, paths};
use disc::Disc;
use zso_file::ZsoFile;

/// Options of `run`.
#[derive(clap::Args)]
pub struct Options {
    /// The image, a whole number of sectors of 2048 bytes [default: one made of files of this machine]
    image: Option<PathBuf>,
    /// Level of compression
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=12))]
    level: u8,
    /// Reads of each access pattern; one of them always reads the whole image
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    reads: u32,
    /// Write the figures to a file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the tables to a file, as Markdown
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

/// Does it all, and shows the tables on the standard output.
pub fn run(options: &Options) -> Result<()> {
    let path = match &options.image {
        Some(path) => path.clone(),
        None => make_system_iso()?,
    };
    let disc = Disc::open(&path)?;
    let built = iop::build()?;
    let zso = ZsoFile::make(&disc, &path, options.level)?;

    // A trap of the object is a panic of the simulator's.
    let measured = panic::catch_unwind(AssertUnwindSafe(|| {
        measure::all(&built, &disc, &zso, options.reads)
    }));
    let Ok(figures) = measured else {
        bail!("the console's object was stopped, see above");
    };
    let figures = figures?;
    let tables = table::markdown(&figures);
    print!("{tables}");
    save(options.table.as_deref(), &tables)?;
    save(
        options.json.as_deref(),
        &format!("{:#}\n", json::of(&figures)),
    )?;
    println!(
        "all {} sectors delivered as they are in the image",
        figures.image.sectors
    );
    println!("\nthe same on a whole console, in PCSX2:");
    boot::boot_image(&zso.path)
}

pub(crate) fn make_system_iso() -> Result<PathBuf> {
    let path = paths::system_iso();
    make_iso::make(&path)?;
    Ok(path)
}

/// Writes a file, if one is wanted, and the folder that it is in.
pub(crate) fn save(path: Option<&Path>, text: &str) -> Result<()> {
    let Some(path) = path else {
        return Ok(());
    };
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
