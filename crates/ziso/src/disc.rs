//! Discs in files that have names.

use std::path::Path;

use discs::{Foreign, Form, ReadAt, track};
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

/// Makes sure that the file at `path` has a disc, as what converts it does.
///
/// # Errors
/// Those of opening; [`Error::Empty`], [`Error::Foreign`], [`Error::NoVolume`], [`Error::Track`]; those of damaged files.
pub fn check(path: &Path) -> Result<(), Error> {
    original(Input::open(path, &target::folder(path))?, false).map(drop)
}

/// A disc that is to be converted: one that has bytes, all of which can be read, and a volume. With `any_data` it may
/// have none; what is known to be something else is then taken as it is.
///
/// # Errors
/// [`Error::Empty`], as no disc is; [`Error::Foreign`]; [`Error::NoVolume`]; [`Error::Track`]; those of damaged ZSO and
/// CSO files.
pub(crate) fn original(input: Input, any_data: bool) -> Result<Disc, Error> {
    let path = input.path().to_owned();
    let start = input.start(track::SYNC.len()).at(&path)?;
    if any_data && Foreign::of(&start).is_some() {
        return Ok(Disc::from(Form::Plain(input)));
    }
    let disc = readable(input)?;
    if !any_data {
        disc.check_volume().at(&path)?;
    }
    Ok(disc)
}

/// A file that is to be compared with others, which has bytes, all of which can be read.
pub(crate) fn readable(input: Input) -> Result<Disc, Error> {
    let path = input.path().to_owned();
    Disc::new(input).and_then(Disc::whole).at(&path)
}

/// A disc that is to be read to its end, also one without bytes in a ZSO file. What is nothing else is taken for a ZSO
/// file.
pub(crate) fn any(input: Input) -> Result<Disc, Error> {
    let path = input.path().to_owned();
    let disc = Disc::new(input).at(&path)?;
    match disc.into_form() {
        Form::Plain(file) if !track::has_volume(&file, SECTOR_SIZE, 0).at(&path)? => {
            let zso = Zso::new(file).at(&path)?;
            Ok(Disc::from(Form::Zso(zso)))
        }
        Form::Zso(zso) => Ok(Disc::from(Form::Zso(zso))),
        form => Disc::from(form).whole().at(&path),
    }
}
