//! `cargo xtask boot`: images on a disc, read by the console's object on a whole console, which is PCSX2.
//!
//! `xtask` compiles the ROM's program and hands it over as [`Rom`].
//!
//! | module | what it does |
//! |---|---|
//! | [`rom`] | makes a ROM of the program in `crates/bootrom` |
//! | [`disc`], [`images`], [`own`] | the disc: any, the test disc, one around an image of the user's |
//! | [`pcsx2`] | finds the emulator or makes a root for it, starts it, follows its log |
//! | [`simulator`] | the same ROM and disc on the simulated processor, which is stricter |
//! | [`zso_disc`] | ZSO files in the drive of PCSX2, which opens them by its own reader |
//! | [`log`], [`verdict`], [`transcript`] | what was said, what that comes to, what was expected |
//! | [`broken`] | proves that each kind of failure is noticed |

#![forbid(unsafe_code)]
#![allow(missing_docs, reason = "a name that says it all has no comment")]

mod broken;
mod disc;
mod images;
mod log;
mod own;
mod pcsx2;
mod rom;
mod simulator;
mod transcript;
mod verdict;
mod zso_disc;

use std::env;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::ProgressBar;

use common::paths;
use common::progress::bar;
use disc::Disc;
use log::Line;
use pcsx2::{Pcsx2, Unavailable, Version};
use verdict::{Fault, Record};

pub use rom::Rom;

/// How long a ROM may say nothing.
const PATIENCE: Duration = Duration::from_secs(60);
/// Says that tests without the emulator do not count.
const REQUIRED: &str = "ZSO_REQUIRE_PCSX2";
/// How the line begins that says so where they do.
pub const SKIPPED: &str = "SKIPPED: ";

#[derive(clap::Args)]
pub struct Options {
    /// The image, plain or ZSO [default: a disc of all kinds of images, good and damaged]
    image: Option<PathBuf>,
    /// How many times, which must all say the same
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    times: u32,
    /// Boot broken ROMs and discs instead, and fail unless each is told for what it is
    #[arg(long, conflicts_with = "image")]
    broken: bool,
    /// Put ZSO files into the drive of PCSX2 2, which reads them itself, and compare the disc with the image (takes
    /// minutes)
    #[arg(long, conflicts_with_all = ["image", "broken", "simulator"])]
    zso_disc: bool,
    /// Boot in the simulator only
    #[arg(long)]
    simulator: bool,
    /// Where no emulator can be had, say so and go on
    #[arg(long)]
    or_skip: bool,
}

pub fn run(options: &Options, rom: &Rom) -> Result<()> {
    if options.zso_disc {
        return match find_pcsx2(options.or_skip, Version::Two)? {
            Some(pcsx2) => zso_disc::prove(rom, &pcsx2),
            None => Ok(()),
        };
    }
    let pcsx2 = if options.simulator {
        None
    } else {
        find_pcsx2(options.or_skip, Version::One)?
    };
    if let Some(image) = &options.image {
        return boot_own(options, rom, image, pcsx2.as_ref());
    }
    let disc = images::test_disc()?;
    if options.broken {
        return broken::prove(rom, &disc, pcsx2.as_ref());
    }
    boot_test_disc(options, rom, &disc, pcsx2.as_ref())
}

/// Boots an image in the emulator, unless there is none here.
pub fn boot_image(rom: &Rom, image: &Path) -> Result<()> {
    let options = Options {
        image: Some(image.to_owned()),
        times: 1,
        broken: false,
        zso_disc: false,
        simulator: false,
        or_skip: true,
    };
    run(&options, rom)
}

/// Takes what the ROM says in the simulator for what it has to say.
pub fn bless(rom: &Rom) -> Result<()> {
    let record = in_simulator(rom, &images::test_disc()?, Lines::Hidden)?;
    transcript::bless(&record.transcript)
}

/// The emulator, of this version unless the user has one; nothing if there is none, and that is no failure.
fn find_pcsx2(or_skip: bool, version: Version) -> Result<Option<Pcsx2>> {
    let may_skip = or_skip && env::var_os(REQUIRED).is_none();
    or_skipped(Pcsx2::find(version), may_skip)
}

/// What was found; nothing, and loudly, if it may be skipped where it cannot be had.
fn or_skipped<T>(found: Result<T, Unavailable>, may_skip: bool) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if may_skip && !error.is_users() => {
            println!("{SKIPPED}nothing was booted in PCSX2: {error}");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn boot_test_disc(options: &Options, rom: &Rom, disc: &Disc, pcsx2: Option<&Pcsx2>) -> Result<()> {
    // The same on every machine, so the stricter one's is taken.
    let record = in_simulator(rom, disc, Lines::Shown)?;
    transcript::check(&record.transcript)??;
    let Some(pcsx2) = pcsx2 else {
        return Ok(());
    };
    again_and_again(options.times, |lines| {
        let record = in_pcsx2(pcsx2, rom, disc, lines)?;
        transcript::check(&record.transcript)??;
        Ok(record)
    })
}

fn boot_own(options: &Options, rom: &Rom, image: &Path, pcsx2: Option<&Pcsx2>) -> Result<()> {
    if pcsx2.is_none() && !options.simulator {
        return Ok(());
    }
    let disc = own::disc(image)?;
    again_and_again(options.times, |lines| match pcsx2 {
        Some(pcsx2) => in_pcsx2(pcsx2, rom, &disc, lines),
        None => in_simulator(rom, &disc, lines),
    })
}

/// Whether the ROM's lines are shown; how far it is always is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Shown,
    Hidden,
}

/// Boots so many times, and fails unless all say the same; shows what that is once.
fn again_and_again(times: u32, boot: impl Fn(Lines) -> Result<Record>) -> Result<()> {
    let first = boot(Lines::Shown)?;
    for _ in 1..times {
        let record = boot(Lines::Hidden)?;
        transcript::compare(&first.transcript, &record.transcript)?;
    }
    if times > 1 {
        println!("{times} boots said the same, byte by byte, but for times");
    }
    Ok(())
}

fn in_simulator(rom: &Rom, disc: &Disc, lines: Lines) -> Result<Record> {
    passed("simulator", lines, |watch| {
        simulator::boot(&rom.bytes, disc, watch)
    })
}

fn in_pcsx2(pcsx2: &Pcsx2, rom: &Rom, disc: &Disc, lines: Lines) -> Result<Record> {
    let record = passed("PCSX2", lines, |watch| {
        pcsx2.boot(&rom.bytes, disc, PATIENCE, watch)
    });
    record.with_context(|| {
        format!(
            "the boot failed; the emulator's log is {}",
            paths::shown(&pcsx2::failed_log())
        )
    })
}

type Watch<'w> = dyn FnMut(&Line<'_>) + 'w;

/// Boots, and fails if the boot does.
fn passed(
    machine: &str,
    lines: Lines,
    boot: impl FnOnce(&mut Watch<'_>) -> Result<(Record, Result<(), Fault>)>,
) -> Result<Record> {
    let start = Instant::now();
    let progress = bar(machine, 0);
    let (record, verdict) = boot(&mut |line| show(line, lines, &progress))?;
    progress.finish_and_clear();
    verdict?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{machine}: passed, {seconds:.1} s");
    if lines == Lines::Shown {
        println!();
    }
    Ok(record)
}

fn show(line: &Line<'_>, lines: Lines, progress: &ProgressBar) {
    match *line {
        Line::Transcript(_) | Line::Time(_) if lines == Lines::Hidden => {}
        Line::Transcript(text) | Line::Time(text) => progress.suspend(|| println!("{text}")),
        Line::Progress(done, all) => {
            progress.set_length(all);
            progress.set_position(done);
        }
        Line::End { .. } | Line::Trouble(_) | Line::Noise => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_machine_lacks_may_be_skipped() {
        let no_root = || Err::<(), _>(Unavailable::Root("no network".into()));
        let wrong_path = || Err::<(), _>(Unavailable::Own("pcsx2".into()));
        assert!(or_skipped(Ok(()), false).unwrap().is_some());
        assert!(or_skipped(no_root(), true).unwrap().is_none());
        assert!(or_skipped(no_root(), false).is_err());
        assert!(or_skipped(wrong_path(), true).is_err());
    }
}
