//! An image from a disk to a file, as it was installed.

use std::io;
use std::path::{Path, PathBuf};

use discs::game::{GameId, LONGEST_TITLE, opl_name};
use discs::name::part_of_title;
use discs::{Disc, ReadAt as _};
use ps2_apa::Game;
use zso_report::info::Problem;

use super::error::Error;
use super::stored::Stored;
use crate::input::Input;
use crate::progress::{Meter, Phase, Watch};
use crate::target::{Target, folder};

/// Bytes that are copied at a time.
const RUN: usize = 1 << 20;

/// What was extracted.
#[derive(Clone, PartialEq, Debug)]
pub struct Extracted {
    pub game: Game,
    pub output: PathBuf,
    /// What the file does not have of the image, although its header counts it.
    pub never_stored: Option<Problem>,
}

/// Copies the image of the game `name` from the disk at `disk` to `output`, or to a file named after the game.
///
/// The file has whole sectors: of one that had not, the last sector is filled up with zeros.
///
/// # Errors
/// Any [`Error`]; `output` is then as it was.
pub fn extract(
    disk: &Path,
    name: &str,
    output: Option<&Path>,
    force: bool,
    watch: Watch<'_>,
) -> Result<Extracted, Error> {
    let stored = Stored::open(disk, name)?;
    let game = stored.game().clone();
    let fault = |error| Error::of_stream(disk, &game.header.title, error);
    let output = match output {
        Some(output) => output.to_owned(),
        None => default_name(&stored).map_err(fault)?,
    };
    let input = Input::open(disk, &folder(&output))?;
    let mut target = Target::create(&output, &input, force)?;
    let mut meter = Meter::new(watch, Phase::Copy, stored.len());
    let (mut run, mut at) = (vec![0; RUN], 0);
    loop {
        let read = stored.read_at(&mut run, at).map_err(fault)?;
        let Some(bytes) = run.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        target.write(bytes)?;
        meter.add(read).map_err(Error::of_watch)?;
        at += read as u64;
    }
    target.finish()?;
    // Whatever is in it, damaged or not, is what was installed.
    let disc = Disc::new(stored).ok();
    Ok(Extracted {
        game,
        output,
        never_stored: disc.as_ref().and_then(Problem::never_stored),
    })
}

/// `SLES_123.45.Title.zso`
fn default_name(stored: &Stored) -> io::Result<PathBuf> {
    let ending = match stored.is_compressed()? {
        true => "zso",
        false => "iso",
    };
    let header = &stored.game().header;
    Ok(match GameId::parse(&header.startup) {
        Some(id) => opl_name(&id, &header.title, ending).into(),
        None => format!("{}.{ending}", part_of_title(&header.title, LONGEST_TITLE)).into(),
    })
}
