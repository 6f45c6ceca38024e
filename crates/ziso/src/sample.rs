//! What a disc in a file that has a name would become, by compressing some of its blocks.

use std::path::Path;

use discs::DiscReader;
pub use zso_report::sample::{Part, Sample, SampleError};

use crate::error::{At, Error};
use crate::progress::{Phase, Progress, Watch};

/// Takes a sample of the disc in the file at `path`, at the level that `ziso` compresses with.
///
/// # Errors
/// Those of the disc, and [`Error::Interrupted`].
pub fn sample(path: &Path, reader: &mut DiscReader<'_>, watch: Watch<'_>) -> Result<Sample, Error> {
    watched(watch, |watch| Sample::take(reader, watch)).at(path)
}

/// Does what takes a sample, and shows how far it has come.
pub(crate) fn watched<T>(
    watch: Watch<'_>,
    take: impl FnOnce(zso_report::sample::Watch<'_>) -> T,
) -> T {
    take(&mut |done, total| {
        let phase = Phase::Sample;
        watch(Progress { phase, done, total })
    })
}

impl<T> At<T> for Result<T, SampleError> {
    fn at(self, path: &Path) -> Result<T, Error> {
        match self {
            Ok(sample) => Ok(sample),
            Err(SampleError::Disc(error)) => Err(error).at(path),
            Err(SampleError::Interrupted) => Err(Error::Interrupted),
        }
    }
}
