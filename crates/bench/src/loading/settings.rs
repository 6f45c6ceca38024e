//! `cargo xtask settings`: what a file's settings are worth: its size, and how long a level and a film then load.
//!
//! Besides thresholds, those that `ziso compress --for` finds are tried, and what its model promises is compared with
//! what is played.

use std::path::PathBuf;

use anyhow::{Context, Result};

use common::{Original, ZsoFile};
use ziso::advise::model::{Load, StoredBlock};
use ziso::backend::{BACKENDS, Backend};
use zso_write::lz4::cost::CONSOLE;

use super::play::{self, Played, Reader, Setup};
use super::trace::{Form, Scene, Trace};
use crate::table::grid;
use crate::{Build, OPL, OVERLAP, Objects, READER, save};

/// Devices for which settings are looked for.
const DEVICES: [&str; 2] = ["USB", "HDD"];
/// Percentages of the disc that their files may have.
const SIZES: [u64; 1] = [75];
/// Thresholds, with all gaps that pay.
const THRESHOLDS: [u8; 2] = [100, 60];

const HEAD: &str = "\
# Settings

Made by `cargo xtask make-iso` and `cargo xtask settings --out docs/bench/settings.md target/run/system.iso`. Do not edit:
type that again.

For those who want to know what larger files are worth. Seconds that a level and a film of
[loading.md](loading.md) take from files of the same disc, in the faster one of `zso_opl.o` and `zso_opl_overlap.o`;
files with a threshold have all gaps that let plain runs begin at a sector.
";

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
    /// The device that it is for.
    device: Option<&'static Backend>,
    /// Bytes of the file for a hundred of the image.
    percent: f64,
    level: Played,
    film: Played,
    /// What the level is to the model.
    load: Load,
}

/// Does it all, and shows the tables on the standard output.
pub fn run(options: &Options, build: Build) -> Result<()> {
    let objects = build()?;
    let disc = Original::open(&options.image)?;
    let mut tried = Vec::new();
    for threshold in THRESHOLDS {
        let settings = ziso::Options {
            threshold,
            gaps: 1000,
            ..ziso::Options::default()
        };
        let name = format!("--threshold {threshold}");
        let zso = ZsoFile::make_with(&disc, &options.image, settings)?;
        tried.push(Tried::new(&objects, &disc, (name, None), &zso)?);
    }
    for device in DEVICES {
        let device = BACKENDS.iter().find(|backend| backend.name == device);
        let device = device.context("no such device")?;
        let watch = &mut |_| std::ops::ControlFlow::Continue(());
        let plain = ziso::Options::default();
        let settings = ziso::advise::fastest(&options.image, &plain, device, watch)?;
        for size in SIZES {
            let fits = |setting: &&ziso::advise::fastest::Setting| {
                setting.file_bytes * 100 <= setting.disc_bytes * size
            };
            let Some(setting) = settings.iter().find(fits) else {
                continue;
            };
            let name = format!("--for {} --max-size {size}", device.name.to_lowercase());
            let zso = ZsoFile::make_with(&disc, &options.image, setting.options.clone())?;
            tried.push(Tried::new(&objects, &disc, (name, Some(device)), &zso)?);
        }
    }
    let text = [
        HEAD.to_owned(),
        format!("## A level\n\n{}", times(&tried, |tried| &tried.level)),
        format!("## A film\n\n{}", times(&tried, |tried| &tried.film)),
        format!("## Promised and played\n\n{}", promises(&tried)),
    ]
    .join("\n");
    print!("{text}");
    save(options.out.as_deref(), &text)
}

impl Tried {
    fn new(
        objects: &Objects,
        disc: &Original,
        (name, device): (String, Option<&'static Backend>),
        zso: &ZsoFile,
    ) -> Result<Self> {
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
        let film = played.pop().context("the film")?;
        let level = played.pop().context("the level")?;
        Ok(Self {
            name,
            device,
            percent: 100.0 * zso.len as f64 / disc.bytes() as f64,
            load: load(zso, &level.trace)?,
            level,
            film,
        })
    }
}

/// What the blocks of a trace are to the model.
fn load(zso: &ZsoFile, trace: &Trace) -> Result<Load> {
    let blocks = trace
        .reads
        .iter()
        .flat_map(|&(lsn, count)| lsn..lsn + count);
    let blocks = blocks.map(|block| {
        let bytes = zso.stored(block)?;
        let is_plain = zso.index()[block as usize].is_plain();
        Ok(StoredBlock {
            len: bytes.len(),
            decoding: (!is_plain).then(|| CONSOLE.cycles(&bytes)),
        })
    });
    Ok(Load::of_blocks(blocks.collect::<Result<Vec<_>>>()?))
}

/// By the faster one of OPL's objects.
fn seconds(played: &Played, backend: &Backend) -> f64 {
    let seconds = |reader| played.seconds(reader, backend);
    seconds(Reader::Opl).min(seconds(Reader::Overlap))
}

fn times(tried: &[Tried], played: fn(&Tried) -> &Played) -> String {
    let row = |name: &str, size: String, seconds: &dyn Fn(&Backend) -> f64| {
        let mut row = vec![name.to_owned(), size];
        row.extend(
            BACKENDS
                .iter()
                .map(|backend| format!("{:.2}", seconds(backend))),
        );
        row
    };
    let iso = tried.first().map(|tried| {
        let played = played(tried);
        row("ISO", "100.0 %".to_owned(), &|backend| {
            played.seconds(Reader::Iso, backend)
        })
    });
    let others = tried.iter().map(|tried| {
        let size = format!("{:.1} %", tried.percent);
        row(&tried.name, size, &|backend| {
            seconds(played(tried), backend)
        })
    });
    let rows: Vec<_> = iso.into_iter().chain(others).collect();
    let mut head = vec!["settings", "size"];
    head.extend(BACKENDS.iter().map(|backend| backend.name));
    grid(&head, &rows)
}

/// The level from the devices that files are for; and whether a threshold's file is both smaller and faster.
fn promises(tried: &[Tried]) -> String {
    let head = [
        "settings",
        "promised, s",
        "played, s",
        "off by",
        "smaller and faster",
    ];
    let rows = tried.iter().filter_map(|own| {
        let device = own.device?;
        let (promised, played) = (own.load.best_seconds(device), seconds(&own.level, device));
        let is_better = |other: &&Tried| {
            other.device.is_none()
                && other.percent < own.percent
                && seconds(&other.level, device) < played
        };
        let better = tried.iter().find(is_better);
        Some([
            own.name.clone(),
            format!("{promised:.2}"),
            format!("{played:.2}"),
            format!("{:+.1} %", 100.0 * (promised / played - 1.0)),
            better.map_or("none".to_owned(), |other| other.name.clone()),
        ])
    });
    grid(&head, &rows.collect::<Vec<_>>())
}
