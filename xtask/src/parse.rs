//! `xtask parse`: what it costs the console how an LZ4 encoder parses a block.
//!
//! Blocks of images are encoded by lz4's high-compression encoder and by `ziso`'s own, which knows what the decoder's
//! work is made of, for the same size and for a little more. The console's object decodes all of them.

mod console;
mod encode;
mod fit;
mod sample;
mod sequences;

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::{iop, paths};
use console::Console;
use encode::Encoder;
use sample::Sample;
use ziso::parse::cost;

/// Options of `parse`.
#[derive(clap::Args)]
pub struct Options {
    /// The images, whole numbers of sectors of 2048 bytes
    images: Vec<PathBuf>,
    /// Blocks of each image, spread over it
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u32).range(1..))]
    blocks: u32,
    /// Measure what the parts of a block cost the decoder, and show them as the table of the encoder
    #[arg(long)]
    fit: bool,
    /// Write the tables to a file, as Markdown
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

/// Does it all.
pub fn run(options: &Options) -> Result<()> {
    let built = std::fs::read(paths::object())?;
    let mut console = Console::new(&built);
    for path in &options.images {
        let sample = Sample::read(path, options.blocks)?;
        let hc = encode::all(&sample, Encoder::Hc(12));
        let hc10 = encode::all(&sample, Encoder::Hc(10));
        println!("{}: {} of {} blocks", sample.name, hc.blocks.len(), sample.blocks.len());
        if options.fit {
            let mut all = Vec::new();
            for encoder in [Encoder::Hc(12), Encoder::Hc(2), Encoder::Parse(4096), Encoder::Parse(20)] {
                all.extend(encode::all(&sample, encoder).blocks);
            }
            fit::fit(&mut console, &sample, &all)?;
        }
        console.show("hc12", &sample, &hc, &hc)?;
        console.show("hc10", &sample, &hc10, &hc)?;
        for rate in [4096, 60, 40] {
            let coded = encode::all(&sample, Encoder::Parse(rate));
            console.show(&format!("parse {rate}"), &sample, &coded, &hc)?;
        }
    }
    Ok(())
}
