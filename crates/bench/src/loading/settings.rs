//! `cargo xtask settings`: what a file's settings are worth: its size, and how long a level and a film then load.
//!
//! Besides thresholds, those that `ziso compress --for` finds are tried, and what its model promises is compared with
//! what is played.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use common::{MAX_SIZE, Original, ZsoFile, options_for};
use ziso::advise::replay::{StoredBlock, Stretch};
use ziso::backend::{BACKENDS, Backend};
use zso_write::lz4::cost::CONSOLE;

use super::play::{self, Played, Reader, Setup, Shares};
use super::trace::{Form, Scene, Trace};
use crate::table::grid;
use crate::{Build, DEVICE_FHI, OPL, OVERLAP, Objects, READER, save};

/// Thresholds, with all gaps that pay.
const THRESHOLDS: [u8; 6] = [100, 90, 80, 70, 60, 50];
/// Those of them that are also encoded for the console.
const FOR_CONSOLE: [u8; 2] = [100, 70];
/// What plays them.
const READERS: [Reader; 4] = [Reader::Iso, Reader::Ours, Reader::Opl, Reader::Overlap];
/// Those of them that are compared on the hard disk.
const OBJECTS: [Reader; 3] = [Reader::Ours, Reader::Opl, Reader::Overlap];
/// Part of what was played by which a promise may be off.
const PROMISED: f64 = 0.03;
/// A time of less than this part of another one is shorter.
const NEARLY: f64 = 0.99;
/// Sectors of a film that are read at a time.
const STREAM: u32 = 16;

const HEAD: &str = "\
# Settings

Made by `cargo xtask make-iso` and `cargo xtask settings --out docs/bench/settings.md target/run/system.iso`. Do not edit:
type that again.

For those who want to know what larger files are worth. Seconds that a level and a film of
[loading.md](loading.md) take from files of the same disc, in the faster one of `zso_opl.o` and `zso_opl_overlap.o`;
files with a threshold have all gaps that let plain runs begin at a sector.
";

const FILM: &str = "\
In the last two files the film, or the film and its sound track, are stored plain: as `--raw` does it, and as it is with
all films that do not compress.
";

const PLAIN: &str = "\
Where the time of the last file's film goes, in seconds. A plain ISO takes the processor no time here. The readers compare
index entries where they lie. A read over the end of a sector of the index is one request for the data; `zso.o` looks its
entries up one by one, and has memory for two sectors of the index, where the others have four.
";

const PROMISES: &str = "\
The level, from the devices that files are for. The command fails if a promise is off by more than 3 %, or if a file of
the first table that is for no device is both smaller and faster, by more than 1 %. Larger blocks are not tried: none of
the objects for loaders reads them.
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

/// What files are made of and played with.
struct Bench<'a> {
    objects: Objects,
    disc: Original,
    image: &'a Path,
}

/// A file, and what was played from it.
struct Tried {
    name: String,
    /// The device that it is for.
    device: Option<&'static Backend>,
    /// Bytes of the file for a hundred of the image.
    percent: f64,
    played: Played,
    /// What is read to the model.
    stretches: Vec<Stretch>,
}

/// Does it all, and shows the tables on the standard output.
pub fn run(options: &Options, build: Build) -> Result<()> {
    let bench = Bench {
        objects: build()?,
        disc: Original::open(&options.image)?,
        image: &options.image,
    };
    let plain = |threshold| ziso::Options {
        threshold,
        gaps: 1000,
        ..ziso::Options::default()
    };
    let mut levels = Vec::new();
    for threshold in THRESHOLDS {
        let name = format!("--threshold {threshold}");
        levels.push(bench.try_out(&name, Scene::Level, plain(threshold))?);
        let options = ziso::Options {
            for_console: true,
            ..plain(threshold)
        };
        if FOR_CONSOLE.contains(&threshold) {
            let name = format!("{name} --for-console");
            levels.push(bench.try_out(&name, Scene::Level, options)?);
        }
    }
    for device in &BACKENDS {
        levels.extend(bench.for_device(device)?);
    }
    let mut films = Vec::new();
    for threshold in [100, 60] {
        let name = format!("--threshold {threshold}");
        films.push(bench.try_out(&name, Scene::Film, plain(threshold))?);
    }
    bench.raw(&mut films, plain(100))?;
    let text = [
        HEAD.to_owned(),
        format!("## A level\n\n{}", times(&levels)),
        format!(
            "## A level from the hard disk, by each object\n\n{}",
            objects(&levels)
        ),
        format!("## A film\n\n{FILM}\n{}", times(&films)),
        format!(
            "## A plain film from the hard disk\n\n{PLAIN}\n{}",
            shares(films.last())
        ),
        format!(
            "## Promised and played\n\n{PROMISES}\n{}",
            promises(&levels)
        ),
    ]
    .join("\n");
    print!("{text}");
    save(options.out.as_deref(), &text)?;
    check(&levels)
}

/// Whether all is as it is said to be.
fn check(levels: &[Tried]) -> Result<()> {
    for own in levels {
        if let Some(device) = own.device {
            let (name, off) = (&own.name, own.off(device));
            ensure!(off.abs() <= PROMISED, "{name}: off by {off:.3}");
            let better = own.better(device, levels).map(|better| &better.name);
            ensure!(better.is_none(), "{name}: {better:?} is smaller and faster");
        }
    }
    Ok(())
}

impl Bench<'_> {
    fn try_out(&self, name: &str, scene: Scene, options: ziso::Options) -> Result<Tried> {
        let zso = &ZsoFile::make_with(&self.disc, self.image, options)?;
        let setup = Setup {
            disc: &self.disc,
            zso,
            object: &self.objects.get(READER)?.bytes,
            opl: &self.objects.get(OPL)?.bytes,
            overlap: &self.objects.get(OVERLAP)?.bytes,
            device_fhi: &self.objects.get(DEVICE_FHI)?.bytes,
        };
        let wanted = |trace: &Trace| trace.scene == scene && trace.form != Some(Form::Overlapping);
        let played = play::some(setup, &READERS, wanted)?
            .pop()
            .context("nothing was played")?;
        Ok(Tried {
            name: name.to_owned(),
            device: None,
            percent: 100.0 * zso.len as f64 / self.disc.bytes() as f64,
            stretches: stretches(zso, &played.trace)?,
            played,
        })
    }

    /// The file for a device.
    fn for_device(&self, device: &'static Backend) -> Result<Option<Tried>> {
        let Some(options) = options_for(self.image, device)? else {
            return Ok(None);
        };
        let name = format!("--for {} --max-size {MAX_SIZE}", device.name.to_lowercase());
        let tried = self.try_out(&name, Scene::Level, options)?;
        Ok(Some(Tried {
            device: Some(device),
            ..tried
        }))
    }

    /// Files in which the film of those that were tried is plain.
    fn raw(&self, films: &mut Vec<Tried>, options: ziso::Options) -> Result<()> {
        let reads = films.first().context("no film")?.played.trace.reads.clone();
        let film = reads.first().map_or(0, |read| read.0);
        let is_film = |read: &&(u32, u32)| read.0.wrapping_sub(film) < reads.len() as u32 * STREAM;
        let bytes =
            |&(lsn, count): &(u32, u32)| u64::from(lsn) * 2048..u64::from(lsn + count) * 2048;
        let alone = reads.iter().filter(is_film).map(bytes).collect();
        let both = reads.iter().map(bytes).collect();
        for (name, raw) in [("film plain", alone), ("film and sound plain", both)] {
            let options = ziso::Options {
                raw,
                ..options.clone()
            };
            let tried = self.try_out(name, Scene::Film, options)?;
            ensure!(tried.played.trace.reads == reads, "another film is read");
            films.push(tried);
        }
        Ok(())
    }
}

/// What a trace reads, to the model: blocks that are read one after the other.
fn stretches(zso: &ZsoFile, trace: &Trace) -> Result<Vec<Stretch>> {
    let follow = |a: &(u32, u32), b: &(u32, u32)| a.0 + a.1 == b.0;
    let stretch = |reads: &[(u32, u32)]| {
        let blocks = reads.iter().flat_map(|&(lsn, count)| lsn..lsn + count);
        let stored = blocks.map(|block| {
            let bytes = zso.stored(block)?;
            let is_plain = zso.index()[block as usize].is_plain();
            Ok(StoredBlock {
                len: bytes.len(),
                decoding: (!is_plain).then(|| CONSOLE.cycles(&bytes)),
            })
        });
        let stored = stored.collect::<Result<Vec<_>>>()?;
        let first = zso.index()[reads[0].0 as usize].offset() << zso.header.align();
        Ok(Stretch::new(first as usize % zso::SECTOR_SIZE, &stored))
    };
    trace.reads.chunk_by(follow).map(stretch).collect()
}

impl Tried {
    /// By the faster one of OPL's objects.
    fn seconds(&self, backend: &Backend) -> f64 {
        let seconds = |reader| self.played.seconds(reader, backend);
        seconds(Reader::Opl).min(seconds(Reader::Overlap))
    }

    fn promised(&self, backend: &Backend) -> f64 {
        self.stretches
            .iter()
            .map(|stretch| stretch.seconds(backend))
            .sum()
    }

    /// By how much the promise is off.
    fn off(&self, backend: &Backend) -> f64 {
        self.promised(backend) / self.seconds(backend) - 1.0
    }

    /// A file that is both smaller and faster, and was not made for any device.
    fn better<'t>(&self, backend: &Backend, tried: &'t [Self]) -> Option<&'t Self> {
        let is_better = |other: &&Self| {
            let is_smaller = other.device.is_none() && other.percent < self.percent;
            is_smaller && other.seconds(backend) < NEARLY * self.seconds(backend)
        };
        tried.iter().find(is_better)
    }
}

/// A row of a table: its name, the file's size, and seconds for each column.
fn row(name: &str, percent: f64, seconds: impl Iterator<Item = f64>) -> Vec<String> {
    let mut row = vec![name.to_owned(), format!("{percent:.1} %")];
    row.extend(seconds.map(|seconds| format!("{seconds:.2}")));
    row
}

/// The times on each device.
fn times(tried: &[Tried]) -> String {
    let iso = tried.iter().take(1).map(|tried| {
        let iso = |backend| tried.played.seconds(Reader::Iso, backend);
        row("ISO", 100.0, BACKENDS.iter().map(iso))
    });
    let zso = tried.iter().map(|tried| {
        let seconds = BACKENDS.iter().map(|backend| tried.seconds(backend));
        row(&tried.name, tried.percent, seconds)
    });
    let mut head = vec!["settings", "size"];
    head.extend(BACKENDS.iter().map(|backend| backend.name));
    grid(&head, &iso.chain(zso).collect::<Vec<_>>())
}

/// The times from the hard disk, by each object.
fn objects(tried: &[Tried]) -> String {
    let rows = tried.iter().map(|tried| {
        let hdd = BACKENDS.iter().filter(|backend| backend.spins);
        let seconds = hdd.flat_map(|hdd| OBJECTS.map(|reader| tried.played.seconds(reader, hdd)));
        row(&tried.name, tried.percent, seconds)
    });
    let mut head = vec!["settings", "size"];
    head.extend(OBJECTS.map(Reader::name));
    grid(&head, &rows.collect::<Vec<_>>())
}

/// What a film from the hard disk takes, by each reader.
fn shares(film: Option<&Tried>) -> String {
    let hdd = BACKENDS.iter().filter(|backend| backend.spins);
    let rows = hdd.zip(film).flat_map(|(hdd, film)| {
        READERS.map(|reader| {
            let Shares {
                index,
                data,
                processor,
            } = film.played.shares(reader, hdd);
            let mut row = vec![reader.name().to_owned()];
            let all = [index + data + processor, index, data, processor];
            row.extend(all.map(|seconds| format!("{seconds:.3}")));
            row
        })
    });
    let head = ["reader", "all", "index", "data", "processor"];
    grid(&head, &rows.collect::<Vec<_>>())
}

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
        let better = own.better(device, tried);
        Some([
            own.name.clone(),
            format!("{:.2}", own.promised(device)),
            format!("{:.2}", own.seconds(device)),
            format!("{:+.1} %", 100.0 * own.off(device)),
            better.map_or("none".to_owned(), |other| other.name.clone()),
        ])
    });
    grid(&head, &rows.collect::<Vec<_>>())
}
