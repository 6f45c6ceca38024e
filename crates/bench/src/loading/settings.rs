//! `cargo xtask settings`: what a file's settings are worth: its size, and how long a level and a film then load.

use std::path::PathBuf;

use anyhow::Result;

use common::{Original, ZsoFile};
use ziso::backend::{BACKENDS, Backend};

use super::play::{self, Played, Reader, Setup};
use super::trace::{Form, Scene, Trace};
use crate::table::grid;
use crate::{Build, OPL, OVERLAP, Objects, READER, save};

/// Options of `settings`.
#[derive(clap::Args)]
pub struct Options {
    /// The image
    image: PathBuf,
    /// Write the tables to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A file, and what was played from it.
struct Tried {
    name: String,
    /// Bytes of the file for one of the image.
    size: f64,
    level: Played,
    film: Played,
}

/// Does it all, and shows the tables on the standard output.
pub fn run(options: &Options, build: Build) -> Result<()> {
    let objects = build()?;
    let disc = Original::open(&options.image)?;
    let thresholds = [100, 80, 60, 50].map(|threshold| {
        let options = ziso::Options {
            threshold,
            // All gaps that make a level load faster.
            gaps: 1000,
            ..ziso::Options::default()
        };
        (format!("--threshold {threshold}"), options)
    });
    let tried = thresholds.into_iter().map(|(name, settings)| {
        let zso = ZsoFile::make_with(&disc, &options.image, settings)?;
        try_one(&objects, &disc, name, &zso)
    });
    let tried = tried.collect::<Result<Vec<_>>>()?;
    let text = [Scene::Level, Scene::Film]
        .map(|scene| table(&tried, scene))
        .join("\n");
    print!("{text}");
    save(options.out.as_deref(), &text)
}

fn try_one(objects: &Objects, disc: &Original, name: String, zso: &ZsoFile) -> Result<Tried> {
    let setup = Setup {
        disc,
        zso,
        object: &objects.get(READER)?.bytes,
        opl: &objects.get(OPL)?.bytes,
        overlap: &objects.get(OVERLAP)?.bytes,
    };
    let wanted = |trace: &Trace| match trace.scene {
        Scene::Level => trace.form == Some(Form::Aligned),
        scene => scene == Scene::Film,
    };
    let mut played = play::some(setup, wanted)?;
    // invariant: there is one of each, the level first.
    let film = played.pop().expect("the film");
    let level = played.pop().expect("the level");
    Ok(Tried {
        name,
        size: zso.len as f64 / disc.bytes() as f64,
        level,
        film,
    })
}

/// Seconds of each object, and from the image.
fn table(tried: &[Tried], scene: Scene) -> String {
    let mut rows = Vec::new();
    for tried in tried {
        let played = match scene {
            Scene::Level => &tried.level,
            _ => &tried.film,
        };
        for backend in &BACKENDS {
            rows.push(row(tried, played, backend));
        }
    }
    let mut head = vec!["settings", "size", "device"];
    head.extend(Reader::ALL.map(Reader::name));
    grid(&head, &rows)
}

fn row(tried: &Tried, played: &Played, backend: &Backend) -> Vec<String> {
    let mut row = vec![
        tried.name.clone(),
        format!("{:.1} %", 100.0 * tried.size),
        backend.name.to_owned(),
    ];
    row.extend(Reader::ALL.map(|reader| format!("{:.2}", played.seconds(reader, backend))));
    row
}
