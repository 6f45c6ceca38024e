//! `cargo xtask bench`: how long games load, by every reader on every kind of device.
//!
//! | what | module |
//! |---|---|
//! | what games read | [`trace`] |
//! | readers: none, OPL's C reader, ours with two contracts | [`plain`], [`c_reader`], [`ours`] and [`opl`], each an [`event::Contender`] |
//! | what they do | [`event`] |
//! | devices | [`ziso::backend`]; [`ziso::drive`] for comparison |
//! | when who is busy | [`timeline`] |
//! | the least time that there could be | [`optimum`] |
//! | all of it | [`play`], [`goals`] |
//! | for people | [`table`], [`chart`] |
//! | other files of the same image | [`settings`] |

mod c_reader;
mod chart;
mod event;
mod goals;
mod layout;
mod opl;
mod optimum;
mod ours;
mod plain;
mod play;
pub mod settings;
mod table;
mod timeline;
mod trace;

#[cfg(test)]
mod golden;

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use common::{Original, ZsoFile, make_iso, paths};

use crate::{Build, DEVICE_FHI, OPL, OVERLAP, Objects, READER};
use play::{Played, Setup};

/// Options of `bench`.
#[derive(clap::Args)]
pub struct Options {
    /// Images; the first one is shown in full [default: one made of files of this machine]
    images: Vec<PathBuf>,
    /// Level of compression
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u8).range(1..=12))]
    level: u8,
    /// Write loading.md and its charts to a folder
    #[arg(long, value_name = "DIR")]
    docs: Option<PathBuf>,
}

/// An image, and what was played on it.
pub struct Measured {
    /// The image's file name.
    pub name: String,
    /// Its sectors.
    pub sectors: u32,
    /// Its SHA-256.
    pub sha256: String,
    /// Size of the compressed file, in bytes.
    pub zso_bytes: u64,
    /// How it was compressed: a level, or an option of `ziso compress`.
    pub compressed: String,
    /// The traces.
    pub played: Vec<Played>,
}

/// Does it all, and shows the tables on the standard output.
pub fn run(options: &Options, build: Build) -> Result<()> {
    let mut images = options.images.clone();
    if images.is_empty() {
        images.push(make_iso::of_system()?);
    }
    let objects = build()?;
    let measured = images
        .iter()
        .map(|image| measure(&objects, image, Some(options.level)))
        .collect::<Result<Vec<_>>>()?;
    let for_console = measure(&objects, &images[0], None)?;
    let document = table::markdown(&objects, &measured, &for_console);
    print!("{document}");
    match &options.docs {
        Some(dir) => write(dir, &document, &measured[0].played),
        None => Ok(()),
    }
}

/// Of an image that is compressed at a level, or for the console.
fn measure(objects: &Objects, path: &Path, level: Option<u8>) -> Result<Measured> {
    let disc = Original::open(path)?;
    let zso = match level {
        Some(level) => ZsoFile::make(&disc, path, level)?,
        None => ZsoFile::make_for_console(&disc, path)?,
    };
    let setup = Setup {
        disc: &disc,
        zso: &zso,
        object: &objects.get(READER)?.bytes,
        opl: &objects.get(OPL)?.bytes,
        overlap: &objects.get(OVERLAP)?.bytes,
        device_fhi: &objects.get(DEVICE_FHI)?.bytes,
    };
    // A trap of the object is a panic of the simulator's.
    let Ok(played) = panic::catch_unwind(AssertUnwindSafe(|| play::all(setup))) else {
        bail!("the console's object was stopped, see above");
    };
    Ok(Measured {
        name: disc.name.clone(),
        sectors: disc.sectors,
        sha256: disc.sha256()?,
        zso_bytes: zso.len,
        compressed: level.map_or("--for-console".to_owned(), |level| format!("level {level}")),
        played: played?,
    })
}

fn write(dir: &Path, document: &str, played: &[Played]) -> Result<()> {
    let cannot = || format!("cannot write to {}", paths::shown(dir));
    fs::create_dir_all(dir).with_context(cannot)?;
    fs::write(dir.join("loading.md"), document).with_context(cannot)?;
    for chart in chart::all(played)? {
        fs::write(dir.join(chart.file), chart.svg).with_context(cannot)?;
    }
    Ok(())
}
