//! A ZSO file, or any other with a disc in it, to an image.

use std::io::{self, Stdout, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use discs::Form;

use crate::decode::read_disc;
use crate::disc::{self, Disc};
use crate::error::Error;
use crate::info::Problem;
use crate::input::Input;
use crate::name;
use crate::progress::{Meter, Phase, Watch};
use crate::target::{self, Target};

/// How an image is to be made of a file.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Unpacking {
    /// Whether an existing output file is replaced. Default no.
    pub force: bool,
    /// Threads that decode; `None`, the default, for one on each core.
    pub threads: Option<NonZeroUsize>,
}

/// What [`decompress`] has made.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    /// Size of the file, in bytes.
    pub input_bytes: u64,
    /// Size of the image, in bytes.
    pub image_bytes: u64,
    /// What the file does not have of the image, although its header counts it.
    pub never_stored: Option<Problem>,
}

/// Makes the image `output` of the disc in the file `input`; `-` is standard input or output.
///
/// The image gets its name when it is complete, and takes no room for zeros where the file system can do that. To
/// standard output it goes block by block.
///
/// # Errors
/// Any [`Error`]; `output` is then as it was.
pub fn decompress(
    input: &Path,
    output: &Path,
    unpacking: &Unpacking,
    watch: Watch<'_>,
) -> Result<Summary, Error> {
    let disc = disc::any(Input::open(input, &target::folder(output))?)?;
    if let Form::Plain(file) = disc.form()
        && file.is_image()
    {
        let path = input.to_owned();
        return Err(Error::NotZso { path });
    }
    let mut output = Output::create(output, &disc, unpacking.force)?;
    let mut meter = Meter::new(watch, Phase::Decompress, disc.bytes());
    read_disc(&disc, unpacking.threads, &mut |bytes| {
        output.write(bytes)?;
        meter.add(bytes.len())
    })
    .map_err(|error| error.unless_changed(disc.file()))?;
    output.finish()?;
    Ok(Summary {
        input_bytes: disc.file_bytes(),
        image_bytes: disc.bytes(),
        never_stored: Problem::never_stored(&disc),
    })
}

/// Where an image goes, which is written from its first byte to its last.
enum Output {
    File(Target),
    /// Standard output: what has been written is gone, even if the next block is damaged.
    Stream(Stdout),
}

impl Output {
    fn create(path: &Path, disc: &Disc, force: bool) -> Result<Self, Error> {
        match name::is_stdio(path) {
            true => Ok(Self::Stream(io::stdout())),
            false => Target::create(path, disc.file(), force).map(Self::File),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::File(target) => target.write_sparse(bytes),
            Self::Stream(stdout) => stdout.write_all(bytes).map_err(stream_failed),
        }
    }

    fn finish(self) -> Result<(), Error> {
        match self {
            Self::File(mut target) => {
                target.end()?;
                target.finish()
            }
            Self::Stream(mut stdout) => stdout.flush().map_err(stream_failed),
        }
    }
}

fn stream_failed(error: io::Error) -> Error {
    Error::write(Path::new(name::STDIO), error)
}
