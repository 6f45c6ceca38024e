//! `xtask boot`: images on a disc, read by the console's object on a whole console, which is PCSX2.

mod disc;
mod images;
mod log;
mod pcsx2;
mod rom;
mod simulator;
mod transcript;
mod verdict;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use log::Line;
use pcsx2::Pcsx2;

/// How long a ROM may say nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// Options of `boot`.
#[derive(clap::Args)]
pub struct Options {
    /// The image, plain or ZSO [default: a disc of all kinds of images]
    image: Option<PathBuf>,
    /// Take what the ROM says for what it has to say
    #[arg(long)]
    bless: bool,
    /// How many times
    #[arg(long, default_value_t = 1)]
    times: u32,
}

/// Does it all.
pub fn run(options: &Options) -> Result<()> {
    let rom = rom::build()?;
    let disc = images::test_disc()?;
    let start = Instant::now();
    let mut watch = |line: &Line| match line {
        Line::Transcript(text) | Line::Time(text) => println!("{text}"),
        _ => {}
    };
    let (record, verdict) = simulator::boot(&rom.bytes, &disc, &mut watch)?;
    println!("{:?} {:.2}", verdict, start.elapsed().as_secs_f64());
    transcript::compare(&record.transcript)??;
    let pcsx2 = Pcsx2::find()?;
    for _ in 0..options.times {
        let start = Instant::now();
        let (record, verdict) = pcsx2.boot(&rom.bytes, &disc, PATIENCE, &mut watch)?;
        if options.bless {
            transcript::bless(&record.transcript)?;
        }
        println!("{:?} {:.2}", verdict, start.elapsed().as_secs_f64());
        if let Err(fault) = verdict {
            bail!("{fault}");
        }
        transcript::compare(&record.transcript)??;
    }
    Ok(())
}
