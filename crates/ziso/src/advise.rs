//! Whether a disc in a file that has a name is worth compressing.

mod chart;

use std::path::Path;

pub use chart::chart;
pub use zso_report::advise::*;

use crate::disc;
use crate::error::{At, Error};
use crate::progress::Watch;
use crate::sample::watched;

/// Looks at a disc, samples it, and works out what to do.
///
/// # Errors
/// [`Error::Empty`], those of the disc, and [`Error::Interrupted`].
pub fn advise(path: &Path, watch: Watch<'_>) -> Result<Advice, Error> {
    let disc = disc::not_empty(disc::open(path)?)?;
    let (advice, _) = watched(watch, |watch| Advice::of(&disc, path, watch)).at(path)?;
    Ok(advice)
}
