//! `cargo xtask run`: an image, compressed, and all of it read by the console's object in the simulator.
//!
//! Every byte that the object delivers is compared with the image. On the way its work is counted: device requests,
//! instructions, cycles. Memory is bounded, whatever the size of the image.

mod decoder;
mod figures;
mod loads;
mod measure;
mod play;
mod table;

use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{Build, save};
use common::{Original, ZsoFile, make_iso};

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
    /// Write the tables to a file, as Markdown
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

/// Does it all, shows the tables on the standard output, and returns the compressed file.
pub fn run(options: &Options, build: Build) -> Result<PathBuf> {
    let path = match &options.image {
        Some(path) => path.clone(),
        None => make_iso::of_system()?,
    };
    let disc = Original::open(&path)?;
    let built = build()?;
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
    println!(
        "all {} sectors delivered as they are in the image",
        disc.sectors
    );
    Ok(zso.path)
}
