//! An image from a disk to a file, as it was installed.

use std::path::{Path, PathBuf};

use ps2_apa::{Disk, Game};

use super::error::Error;
use super::install::open;
use super::list::find;
use super::stored::Stored;
use crate::input::Input;
use crate::progress::{Meter, Phase, Watch};
use crate::target::{Target, folder};
use discs::game::{GameId, opl_name};

/// What was extracted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Extracted {
    /// The game.
    pub game: Game,
    /// The file.
    pub output: PathBuf,
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
    let mut opened = open(disk)?;
    let game = find(&mut opened, disk, name)?;
    let output = match output {
        Some(output) => output.to_owned(),
        None => default_name(&mut opened, &game).map_err(Error::disk(disk))?,
    };
    let input = Input::open(disk, &folder(&output))?;
    let mut target = Target::create(&output, &input, force)?;
    let mut meter = Meter::new(watch, Phase::Copy, game.header.bytes());
    let copied = Stored::new(&mut opened, &game).file(&mut |bytes| {
        target.write(bytes)?;
        meter.add(bytes.len()).map_err(Error::of_watch)
    });
    copied.map_err(|fault| fault.into_error(disk, &game))?;
    target.finish()?;
    Ok(Extracted { game, output })
}

/// `SLES_123.45.Title.zso`
fn default_name(disk: &mut impl Disk, game: &Game) -> Result<PathBuf, ps2_apa::Error> {
    let ending = match Stored::new(disk, game).is_compressed()? {
        true => "zso",
        false => "iso",
    };
    let title = &game.header.title;
    Ok(match GameId::parse(&game.header.startup) {
        Some(id) => opl_name(&id, title, ending).into(),
        None => format!("{}.{ending}", title.replace(['/', '\\', '\0'], "-")).into(),
    })
}
