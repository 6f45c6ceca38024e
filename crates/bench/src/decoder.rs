//! `cargo xtask decoder`: the console's decoder against two others on very many blocks, and how far it is from the best
//! that its processor allows.

mod compare;
mod histogram;
mod limit;
mod measure;
mod sample;
mod statistics;
mod table;

use std::path::PathBuf;

use anyhow::Result;

use crate::{Build, READER, images, save};
use sample::Sample;

/// Levels of compression that are measured: what `ziso` takes unless told otherwise, and the highest.
const LEVELS: [u8; 2] = [10, 12];

#[derive(clap::Args)]
pub struct Options {
    /// Images whose blocks are measured [default: one made of files of this machine]
    images: Vec<PathBuf>,
    /// Blocks on which the decoders are compared, half of them damaged
    #[arg(long, default_value_t = 20_000)]
    blocks: u64,
    /// Write the tables to a file, as Markdown
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

/// Does it all, and shows the tables on the standard output.
pub fn run(options: &Options, build: Build) -> Result<()> {
    let objects = build()?;
    let object = &objects.get(READER)?.bytes;
    let compared = compare::all(object, options.blocks)?;
    let mut samples = Vec::new();
    for image in images(&options.images)? {
        for level in LEVELS {
            let sample = Sample::take(&image, level)?;
            samples.push(measure::all(object, sample)?);
        }
    }
    let tables = table::markdown(&objects, &compared, &samples)?;
    print!("{tables}");
    save(options.table.as_deref(), &tables)
}
