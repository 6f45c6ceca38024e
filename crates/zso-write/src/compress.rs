//! An image to a ZSO file, in one thread.

use std::io::{self, Read, Seek, Write};
use std::ops::ControlFlow;

use crate::encoder::Encoder;
use crate::layout::Layout;
use crate::options::{OptionError, Options};
use crate::packer::Packer;
use crate::source::{Source, SourceError, run_len};
use crate::writer::{Writer, Written};

/// Why no file was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An option makes no sense.
    #[error(transparent)]
    Options(#[from] OptionError),
    /// The image cannot be read, or is not as long as was said.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The file cannot be written.
    #[error("the file cannot be written")]
    Write(#[source] io::Error),
    /// The caller ended the run.
    #[error("interrupted")]
    Interrupted,
}

/// Compresses an image of `image_bytes` to the empty file `file`. `progress` is called with the bytes that are done.
///
/// The header is written last: what was begun and not completed is no ZSO file. [`Options::threads`],
/// [`Options::verify`] and [`Options::force`] do not matter here.
///
/// # Errors
/// Any [`Error`]; then the file begins with zeros.
pub fn compress<R: Read, W: Write + Seek>(
    image: R,
    image_bytes: u64,
    file: &mut W,
    options: &Options,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Written, Error> {
    options.check()?;
    let layout = Layout::new(image_bytes, options)?;
    let packer = Packer::new(options, layout.header.align());
    let mut encoder = Encoder::new(&packer);
    let mut writer = Writer::new(file, layout, options).map_err(Error::Write)?;
    for run in Source::new(image, image_bytes, run_len(options.block_size)) {
        let run = run?;
        writer
            .write(&packer.pack(&run, &mut encoder))
            .map_err(Error::Write)?;
        if progress(run.at + run.bytes.len() as u64).is_break() {
            return Err(Error::Interrupted);
        }
    }
    writer.finish().map_err(Error::Write)
}
