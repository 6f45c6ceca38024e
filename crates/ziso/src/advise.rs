//! Whether a disc in a file that has a name is worth compressing.

mod chart;

use std::path::Path;

pub use chart::chart;
pub use zso_report::advise::*;
use zso_report::backend::Backend;
use zso_write::Options;

use fastest::Setting;

use crate::disc;
use crate::error::{At, Error};
use crate::progress::Watch;
use crate::sample::watched;

/// Looks at a disc, samples it, and works out what to do.
///
/// # Errors
/// [`Error::Empty`], those of the disc, and [`Error::Interrupted`].
pub fn advise(path: &Path, watch: Watch<'_>) -> Result<Advice, Error> {
    let disc = disc::open(path)?.not_empty().at(path)?;
    let (advice, _) = watched(watch, |watch| Advice::of(&disc, path, watch)).at(path)?;
    Ok(advice)
}

/// The settings with which the disc at `path` loads fastest from a device, the fastest first.
///
/// # Errors
/// [`Error::Empty`], those of the disc, and [`Error::Interrupted`].
pub fn fastest(
    path: &Path,
    options: &Options,
    backend: &Backend,
    watch: Watch<'_>,
) -> Result<Vec<Setting>, Error> {
    let disc = disc::open(path)?.not_empty().at(path)?;
    let mut memory = disc.memory();
    let mut reader = disc.reader(&mut memory).at(path)?;
    watched(watch, |watch| {
        Setting::all(&mut reader, options, backend, watch)
    })
    .at(path)
}
