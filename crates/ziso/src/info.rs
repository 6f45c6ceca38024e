//! What is known of a file that has a name.

use std::path::Path;

pub use zso_report::info::*;

use crate::disc::{self, Disc};
use crate::error::{At, Error};

/// Looks into the file at `path`. A `title` that is known is taken as it is.
///
/// # Errors
/// [`Error::Empty`]; [`Error::Image`] if it is a ZSO file whose header cannot be read; those of files. Anything else that
/// is wrong with it is among the [`problems`](Info::problems).
pub fn info(path: &Path, title: Option<Title>) -> Result<Info, Error> {
    let disc = disc::not_empty(disc::open(path)?)?;
    Info::of(&disc, path, title).at(path)
}

/// Where a disc with files has its descriptor.
const DESCRIPTOR: u64 = 16;

/// What is wrong with a disc that is to be converted, split or installed, as [`info`] tells it.
///
/// # Errors
/// Those of the disc.
pub(crate) fn problems(disc: &Disc) -> Result<Vec<Problem>, Error> {
    let path = disc.file().path();
    let mut problems = Info::of(disc, path, None).at(path)?.problems;
    problems.retain(Problem::is_of_disc);
    // Nobody takes a few sectors for a disc.
    if disc.sectors() <= DESCRIPTOR {
        problems.retain(|problem| *problem != Problem::NoVolume);
    }
    Ok(problems)
}
