//! Discs in files that have names.

use std::path::Path;

use discs::{Foreign, Form, ReadAt, TrackFault, track};
use zso::SECTOR_SIZE;

use crate::error::{At, Error};
use crate::input::Input;
use crate::target;

/// A disc in a file, told by its first bytes and never by its name.
pub type Disc = discs::Disc<Input>;
/// A ZSO file that is open.
pub(crate) type Zso = discs::image::Zso<Input>;

/// Opens the disc in the file at `path`; `-` is standard input.
///
/// # Errors
/// Those of opening; [`Error::Image`] for a ZSO or CSO file whose header cannot be read; [`Error::Foreign`].
pub fn open(path: &Path) -> Result<Disc, Error> {
    Disc::new(Input::open(path, &target::folder(path))?).at(path)
}

/// A disc that is to be converted: one that has bytes, all of which can be read.
///
/// # Errors
/// [`Error::Empty`], as no disc is; [`Error::Foreign`]; [`Error::Track`]; those of damaged ZSO and CSO files.
pub(crate) fn original(input: Input) -> Result<Disc, Error> {
    let path = input.path().to_owned();
    whole(Disc::new(input).at(&path)?)
}

/// Makes sure that all of a disc can be read.
fn whole(disc: Disc) -> Result<Disc, Error> {
    let disc = not_empty(disc)?;
    let path = disc.file().path().to_owned();
    match disc.form() {
        Form::Plain(file) if track::begins(&file.start(track::SYNC.len()).at(&path)?) => {
            let source = TrackFault::Length { len: file.len() };
            Err(Error::Track { path, source })
        }
        Form::Plain(file) if is_music(file).at(&path)? => {
            let format = Foreign::Music;
            Err(Error::Foreign { path, format })
        }
        _ => Ok(disc),
    }
}

/// A disc that is to be read to its end, also one without bytes in a ZSO file. What is nothing else is taken for a ZSO file.
///
/// # Errors
/// As of [`original`], and [`Error::NotZso`].
pub(crate) fn any(input: Input) -> Result<Disc, Error> {
    let path = input.path().to_owned();
    let disc = Disc::new(input).at(&path)?;
    match disc.into_form() {
        Form::Plain(file) if !track::has_volume(&file, SECTOR_SIZE, 0).at(&path)? => {
            let zso = Zso::new(file).at(&path)?;
            Ok(Disc::from(Form::Zso(zso)))
        }
        Form::Zso(zso) => Ok(Disc::from(Form::Zso(zso))),
        form => whole(Disc::from(form)),
    }
}

/// Whether a file is a track of music: whole sectors of a CD, but not of an image, and nothing that looks like a disc.
fn is_music(file: &Input) -> std::io::Result<bool> {
    let len = file.len();
    let is_whole = |unit: usize| len.is_multiple_of(unit as u64);
    Ok(is_whole(track::RAW) && !is_whole(SECTOR_SIZE) && !track::has_volume(file, SECTOR_SIZE, 0)?)
}

/// Makes sure that there is anything to say of a disc.
///
/// # Errors
/// [`Error::Empty`].
pub(crate) fn not_empty(disc: Disc) -> Result<Disc, Error> {
    match disc.bytes() {
        0 => Err(Error::Empty {
            path: disc.file().path().to_owned(),
        }),
        _ => Ok(disc),
    }
}
