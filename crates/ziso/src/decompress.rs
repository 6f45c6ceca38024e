//! A ZSO file to an image.

use std::io::{self, Stdout, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use discs::ReadAt;

use crate::decode::read_all;
use crate::disc::{self, Zso};
use crate::error::Error;
use crate::progress::{Meter, Phase, Watch};
use crate::stdio;
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
/// The image gets its name when it is complete. To standard output it goes block by block.
///
/// # Errors
/// Any [`Error`]; `output` is then as it was.
pub fn decompress(
    input: &Path,
    output: &Path,
    unpacking: &Unpacking,
    watch: Watch<'_>,
) -> Result<Summary, Error> {
    let zso = disc::open_zso(input, &target::folder(output))?;
    let mut output = Output::create(output, &zso, unpacking.force)?;
    let mut meter = Meter::new(watch, Phase::Decompress, zso.total_bytes());
    read_all(&zso, unpacking.threads, &mut |bytes| {
        output.write(bytes)?;
        meter.add(bytes.len())
    })?;
    output.finish()?;
    Ok(Summary {
        input_bytes: zso.file().len(),
        image_bytes: zso.total_bytes(),
    })
}

/// Where an image goes, which is written from its first byte to its last.
enum Output {
    File(Target),
    /// Standard output: what has been written is gone, even if the next block is damaged.
    Stream(Stdout),
}

impl Output {
    fn create(path: &Path, zso: &Zso, force: bool) -> Result<Self, Error> {
        match stdio::is_meant(path) {
            true => Ok(Self::Stream(io::stdout())),
            false => Target::create(path, zso.file(), force).map(Self::File),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::File(target) => target.write(bytes),
            Self::Stream(stdout) => stdout.write_all(bytes).map_err(stream_failed),
        }
    }

    fn finish(self) -> Result<(), Error> {
        match self {
            Self::File(target) => target.finish(),
            Self::Stream(mut stdout) => stdout.flush().map_err(stream_failed),
        }
    }
}

fn stream_failed(error: io::Error) -> Error {
    Error::write(Path::new(stdio::NAME), error)
}
