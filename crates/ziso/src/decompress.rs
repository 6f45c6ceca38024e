//! A ZSO file to an image.

use std::io::Write;
use std::path::Path;

use crate::error::Error;
use crate::image::Zso;
use crate::progress::{Meter, Phase, Watch};
use crate::target::Target;

/// What [`decompress`] has made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Size of the image, in bytes.
    pub output_bytes: u64,
}

/// Decompresses the ZSO file `input` to the image `output`, which is replaced if `force` is set.
///
/// The image gets its name when it is complete.
///
/// # Errors
/// Any [`Error`]; `output` is then as it was.
pub fn decompress(
    input: &Path,
    output: &Path,
    force: bool,
    watch: Watch<'_>,
) -> Result<Summary, Error> {
    let zso = Zso::open(input)?;
    let mut target = Target::create(output, input, force)?;
    let mut meter = Meter::new(watch, Phase::Decompress, zso.total_bytes());
    zso.read_all(&mut |bytes| {
        let written = target.file().write_all(bytes);
        written.map_err(|error| target.failed(error))?;
        meter.add(bytes.len())
    })?;
    target.finish()?;
    Ok(Summary {
        output_bytes: zso.total_bytes(),
    })
}
