//! `cargo xtask parse`: what it costs the console how an LZ4 encoder parses a block.
//!
//! Blocks of images are encoded by lz4's high-compression encoder and by `ziso`'s own: to the shortest block, and to
//! the one that is cheapest for the console. The console's object decodes all of them in the simulator, and every block
//! is compared.

mod compare;
mod console;
mod encode;
mod fit;
mod least_squares;
mod speed;
mod table;

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::sample::Sample;
use crate::{Build, READER, images, save};
use console::Console;

#[derive(clap::Args)]
pub struct Options {
    /// The images, whole numbers of sectors of 2048 bytes [default: one made of files of this machine]
    images: Vec<PathBuf>,
    /// Blocks of each image, spread over it
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u32).range(1..))]
    blocks: u32,
    /// Only measure what the parts of a block cost the decoder, and show that as the encoder's table
    #[arg(long)]
    fit: bool,
    /// Write the tables to a file, as Markdown
    #[arg(long, value_name = "FILE", conflicts_with = "fit")]
    table: Option<PathBuf>,
}

/// Does it all, and shows the tables on the standard output.
pub fn run(options: &Options, build: Build) -> Result<()> {
    let images = images(&options.images)?;
    let read = |image: &PathBuf| Sample::read(image, options.blocks);
    let samples = images.iter().map(read).collect::<Result<Vec<_>>>()?;
    let objects = build()?;
    let mut console = Console::new(&objects.get(READER)?.bytes);
    if options.fit {
        let fit = fit::measure(&mut console, &samples)?;
        print!("{}", fit);
        return Ok(());
    }
    ensure!(
        !cfg!(debug_assertions),
        "encoders of this build are slow; type `cargo run --release -p xtask -- parse`"
    );
    let fit = fit::measure(&mut console, &samples)?;
    let compared = samples
        .iter()
        .map(|sample| compare::all(&mut console, sample));
    let compared = compared.collect::<Result<Vec<_>>>()?;
    let tables = table::markdown(&objects.compiler, &fit, &compared, &speed::worst());
    print!("{tables}");
    save(options.table.as_deref(), &tables)
}
