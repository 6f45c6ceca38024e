//! An image to a ZSO file.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;

use crate::error::Error;
use crate::image::Zso;
use crate::input;
use crate::layout::Layout;
use crate::options::Options;
use crate::packer::Packer;
use crate::pipeline::{self, Fault};
use crate::progress::{Meter, Phase, Watch};
use crate::source::Source;
use crate::target::Target;
use crate::verify::compare;
use crate::writer::{Writer, Written};

/// What [`compress`] has made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Size of the image, in bytes.
    pub input_bytes: u64,
    /// Size of the ZSO file, in bytes.
    pub output_bytes: u64,
    /// Blocks of the image.
    pub blocks: u32,
    /// How many of them are stored plain.
    pub plain_blocks: u64,
    /// Left shift of the index entries.
    pub align: u8,
}

/// Compresses the image `input` to the ZSO file `output`.
///
/// The file gets its name when it is complete and, by default, was read back and compared with the
/// image. Images that are no whole number of sectors are kept byte for byte (R7). An empty one is
/// refused: no disc is empty, and a ZSO file without blocks would only move the surprise to the
/// console.
///
/// # Errors
/// Any [`Error`]; `output` is then as it was.
pub fn compress(
    input: &Path,
    output: &Path,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Summary, Error> {
    options.check()?;
    let (image, input_bytes) = input::open(input)?;
    if input_bytes == 0 {
        return Err(Error::Empty {
            path: input.to_owned(),
        });
    }
    let layout = Layout::new(input_bytes, options.block_size, options.align)?;
    let mut target = Target::create(output, input, options.force)?;

    let source = Source::new(&image, input_bytes);
    let meter = Meter::new(watch, Phase::Compress, input_bytes);
    let written = write_zso(source, target.file(), layout, options, meter)
        .map_err(|fault| explain(fault, input, &target))?;
    if options.verify {
        let meter = Meter::new(watch, Phase::Verify, input_bytes);
        read_back(&target, output, &image, input, meter)?;
    }
    target.finish()?;
    Ok(Summary {
        input_bytes,
        output_bytes: written.file_bytes,
        blocks: layout.header.blocks(),
        plain_blocks: written.plain_blocks,
        align: layout.header.align(),
    })
}

/// Writes a whole ZSO file.
fn write_zso<R: Read + Send, W: Write + Seek>(
    source: Source<R>,
    file: &mut W,
    layout: Layout,
    options: &Options,
    mut meter: Meter<'_>,
) -> Result<Written, Fault> {
    let packer = Packer {
        level: options.level,
        for_console: options.for_console,
        block_size: options.block_size,
        align: layout.header.align(),
        threshold: options.threshold,
    };
    let mut writer = Writer::new(file, layout).map_err(Fault::Write)?;
    pipeline::run(source, packer, threads(options), &mut |run| {
        writer.write(&run).map_err(Fault::Write)?;
        meter.add(run.image_bytes).map_err(Fault::Other)
    })?;
    writer.finish().map_err(Fault::Write)
}

fn threads(options: &Options) -> usize {
    let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    options.threads.unwrap_or_else(cores).get()
}

/// Reads what was written, and compares it with the image.
fn read_back(
    target: &Target,
    output: &Path,
    image: &File,
    input: &Path,
    meter: Meter<'_>,
) -> Result<(), Error> {
    let checked =
        Zso::new(target.reopen()?, output).and_then(|zso| compare(&zso, input, image, meter));
    checked.map_err(|error| match error {
        Error::Interrupted => error,
        error => Error::Unverified {
            source: Box::new(error),
        },
    })
}

/// A fault with the names of the files.
fn explain(fault: Fault, input: &Path, target: &Target) -> Error {
    let path = input.to_owned();
    let encode = |reason: String| Error::Encode {
        path: input.to_owned(),
        reason,
    };
    match fault {
        Fault::Read(error) => Error::read(input, error),
        Fault::Changed { expected, found } => Error::Changed {
            path,
            expected,
            found,
        },
        Fault::Encode(error) => encode(error.to_string()),
        Fault::Thread(error) => encode(error.to_string()),
        Fault::Write(error) => target.failed(error),
        Fault::Other(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, SeekFrom};

    use super::*;
    use crate::progress::unwatched;

    /// A file on a disk that is full after so many writes.
    struct Filling {
        file: Cursor<Vec<u8>>,
        writes: usize,
    }

    impl Write for Filling {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.writes = self
                .writes
                .checked_sub(1)
                .ok_or(io::ErrorKind::StorageFull)?;
            self.file.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Filling {
        fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
            self.file.seek(target)
        }
    }

    /// Writes a file in as many writes; returns what is in it then.
    fn write(image: &[u8], writes: usize) -> (Result<Written, Fault>, Vec<u8>) {
        let mut file = Filling {
            file: Cursor::default(),
            writes,
        };
        let layout = Layout::new(image.len() as u64, 2048, None).expect("small");
        let source = Source::new(image, image.len() as u64);
        let mut unwatched = unwatched;
        let meter = Meter::new(&mut unwatched, Phase::Compress, image.len() as u64);
        let written = write_zso(source, &mut file, layout, &Options::default(), meter);
        (written, file.file.into_inner())
    }

    #[test]
    fn torn_file_is_no_zso() {
        let image: Vec<u8> = (0..3_000_000_u32).map(|i| (i >> 5) as u8).collect();
        let mut writes = 0;
        let file = loop {
            match write(&image, writes) {
                (Ok(_), file) => break file,
                (Err(Fault::Write(error)), file) => {
                    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
                    assert!(
                        file.iter().take(24).all(|byte| *byte == 0),
                        "after {writes} writes"
                    );
                }
                (Err(fault), _) => panic!("{fault:?}"),
            }
            writes += 1;
        };
        assert!(writes > 10);
        assert_eq!(file[..4], *b"ZISO");
        assert_eq!(file.len() % 2048, 0);
    }

    #[test]
    fn number_of_threads_changes_no_byte() {
        let image: Vec<u8> = (0..2_000_000_u32)
            .map(|i| (i.wrapping_mul(i) >> 13) as u8)
            .collect();
        let make = |threads| {
            let layout = Layout::new(image.len() as u64, 2048, Some(2)).expect("small");
            let options = Options {
                threads: NonZeroUsize::new(threads),
                ..Options::default()
            };
            let mut file = Cursor::new(Vec::new());
            let mut unwatched = unwatched;
            let meter = Meter::new(&mut unwatched, Phase::Compress, 0);
            let source = Source::new(&image[..], image.len() as u64);
            write_zso(source, &mut file, layout, &options, meter).expect("nothing fails");
            file.into_inner()
        };
        assert!(make(1) == make(5));
    }

    #[test]
    fn index_is_written_in_windows() {
        // 40,000 entries: more than two windows of 16,384.
        let image = vec![3; 40_000 * 2048];
        let (written, file) = write(&image, usize::MAX);
        assert_eq!(written.expect("written").file_bytes, file.len() as u64);
        let words: Vec<_> = file[24..][..4 * 40_001]
            .as_chunks()
            .0
            .iter()
            .map(|raw| u32::from_le_bytes(*raw))
            .collect();
        assert!(
            words
                .windows(2)
                .all(|pair| pair[0] < pair[1] && pair[1] - pair[0] < 50)
        );
        assert_eq!(words[0], 24 + 4 * 40_001);
    }
}
