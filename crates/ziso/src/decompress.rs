//! A ZSO file to an image.

use std::num::NonZeroUsize;
use std::path::Path;

use crate::error::Error;
use crate::image::Zso;
use crate::progress::{Meter, Phase, Watch};
use crate::target::{self, Target};

/// How an image is to be made of a ZSO file.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Unpacking {
    /// Whether an existing output file is replaced. Default no.
    pub force: bool,
    /// Threads that decode; `None`, the default, for one on each core.
    pub threads: Option<NonZeroUsize>,
}

/// What [`decompress`] has made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Size of the ZSO file, in bytes.
    pub input_bytes: u64,
    /// Size of the image, in bytes.
    pub image_bytes: u64,
}

/// Decompresses the ZSO file `input` to the image `output`; `-` is standard input or output.
///
/// The image gets its name when it is complete.
///
/// # Errors
/// Any [`Error`]; `output` is then as it was.
pub fn decompress(
    input: &Path,
    output: &Path,
    unpacking: &Unpacking,
    watch: Watch<'_>,
) -> Result<Summary, Error> {
    let zso = Zso::open(input, &target::folder(output))?;
    let mut target = Target::create(output, zso.input(), unpacking.force)?;
    let mut meter = Meter::new(watch, Phase::Decompress, zso.total_bytes());
    zso.read_all(unpacking.threads, &mut |bytes| {
        target.write(bytes)?;
        meter.add(bytes.len())
    })?;
    target.finish()?;
    Ok(Summary {
        input_bytes: zso.input().len(),
        image_bytes: zso.total_bytes(),
    })
}
