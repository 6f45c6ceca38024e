//! What is known of a file that has a name.

use std::path::Path;

use discs::iso9660::Listing;
pub use zso_report::info::*;

use crate::disc::{self, Disc};
use crate::error::{At, Error};

/// Looks into the file at `path`. A `title` that is known is taken as it is.
///
/// # Errors
/// [`Error::Empty`]; [`Error::Image`] if it is a ZSO file whose header cannot be read; those of files. Anything else
/// that is wrong with it is among the [`problems`](Info::problems).
pub fn info(path: &Path, title: Option<Title>) -> Result<Info, Error> {
    let disc = disc::open(path)?.not_empty().at(path)?;
    Info::of(&disc, path, title).at(path)
}

/// What is wrong with a disc that is to be converted or split, as [`info`] tells it. A program that is to start in
/// place of the disc's own is looked at in its place.
pub(crate) fn problems(disc: &Disc, startup: Option<&str>) -> Result<Vec<Problem>, Error> {
    let info = Info::of_disc(disc, disc.file().path()).at(disc.file().path())?;
    let mut problems = of_startup(info, disc, startup);
    problems.retain(Problem::is_of_disc);
    Ok(problems)
}

/// The same, and what is wrong with the file that the disc is in.
pub(crate) fn all_problems(disc: &Disc, startup: Option<&str>) -> Result<Vec<Problem>, Error> {
    let info = Info::of(disc, disc.file().path(), None).at(disc.file().path())?;
    Ok(of_startup(info, disc, startup))
}

/// The problems of a disc of which this program is to start, or its own.
fn of_startup(info: Info, disc: &Disc, startup: Option<&str>) -> Vec<Problem> {
    let Info {
        mut problems,
        files,
        ..
    } = info;
    if let Some(startup) = startup {
        problems.retain(|problem| !problem.is_of_program() && *problem != Problem::NoGame);
        let is_complete = true;
        let listing = Listing { files, is_complete };
        problems.extend(Problem::of_program(&listing, startup, disc.sectors()));
    }
    problems
}
