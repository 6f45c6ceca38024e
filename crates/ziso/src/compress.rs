//! An image to a ZSO or CSO file.

use std::io::{Read, Seek, Write};
use std::path::Path;

use zso_write::{Encoder, Layout, Options, Packer, Source, Writer, Written, run_len};

use crate::disc::{self, Disc};
use crate::error::{At, Error};
use crate::info::{Problem, problems};
use crate::input::Input;
pub use crate::input::Music;
use crate::pipeline::{self, Crew};
use crate::progress::{Meter, Phase, Watch};
use crate::target::{self, Target};
use crate::verify::compare;

/// What [`compress`] has made.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    /// Size of the image, in bytes.
    pub image_bytes: u64,
    /// Size of the file, in bytes.
    pub output_bytes: u64,
    /// Blocks of the image.
    pub blocks: u32,
    /// How many of them are stored plain.
    pub plain_blocks: u64,
    /// Left shift of the index entries.
    pub align: u8,
    /// Sectors of music after the image, which are left out.
    pub music_sectors: u64,
    /// Tracks of music beside the image, which are left out.
    pub music: Music,
    /// What is wrong with the disc.
    pub problems: Vec<Problem>,
}

/// Compresses the image in the file `input` to the ZSO or CSO file `output`; `-` is standard input or output.
///
/// The image is the file itself, or what is in it if it is a ZSO file or a track with sectors of 2352 bytes. It has a
/// volume, as discs have, unless [`any_data`](Options::any_data) says that it does not have to.
/// The new file gets its name when it is complete and, by default, was read back and compared with the
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
    let input = Input::open(input, &target::folder(output))?;
    let original = disc::original(input, options.any_data)?;
    let problems = problems(&original, None)?;
    let layout = Layout::new(original.bytes(), options)?;
    let mut target = Target::create(output, original.file(), options.force)?;
    let written = write(&original, &mut target, layout, options, watch)
        .map_err(|error| error.unless_changed(original.file()))?;
    if written.file_bytes > options.most_bytes {
        return Err(Error::TooLarge {
            output_bytes: written.file_bytes,
            most_bytes: options.most_bytes,
        });
    }
    if options.verify {
        let meter = Meter::new(watch, Phase::ReadBack, original.bytes());
        read_back(&mut target, &original, options, meter)?;
    }
    target.finish()?;
    Ok(Summary {
        image_bytes: original.bytes(),
        output_bytes: written.file_bytes,
        blocks: layout.header.blocks(),
        plain_blocks: written.plain_blocks,
        align: layout.header.align(),
        music_sectors: original.music(),
        music: original.file().music().clone(),
        problems,
    })
}

/// Writes all of the new file.
fn write(
    original: &Disc,
    target: &mut Target,
    layout: Layout,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Written, Error> {
    let run = run_len(options.block_size);
    let source = Source::new(
        original.stream().at(original.file().path())?,
        original.bytes(),
        run,
    );
    let image = original.file().path();
    let meter = Meter::new(watch, Phase::Compress, original.bytes());
    let path = target.path().to_owned();
    let written = write_zso(
        (source, image),
        (target.file(), &path),
        layout,
        options,
        meter,
    )?;
    original.check().at(image)?;
    Ok(written)
}

/// Writes a whole file; errors call it and the image by the paths beside them.
fn write_zso<R: Read + Send, W: Write + Seek>(
    (source, image): (Source<R>, &Path),
    (file, path): (&mut W, &Path),
    layout: Layout,
    options: &Options,
    mut meter: Meter<'_>,
) -> Result<Written, Error> {
    let failed = |error| Error::write(path, error);
    let packer = Packer::new(options, layout.header.align());
    let worker = || {
        let mut encoder = Encoder::new(&packer);
        let packer = &packer;
        move |run| Ok(packer.pack(&run, &mut encoder))
    };
    let source = source.map(|run| run.map_err(|error| Error::of_source(image, error)));
    let crew = Crew::new(options.threads, run_len(options.block_size));
    let mut writer = Writer::new(file, layout, options).map_err(failed)?;
    pipeline::run(source, worker, crew, &mut |packed| {
        writer.write(&packed).map_err(failed)?;
        meter.add(packed.image_bytes)
    })?;
    writer.finish().map_err(failed)
}

/// Reads what was written, and compares it with the image.
fn read_back(
    target: &mut Target,
    original: &Disc,
    options: &Options,
    meter: Meter<'_>,
) -> Result<(), Error> {
    let checked = reopen(target).and_then(|zso| compare(&zso, original, options.threads, meter));
    checked.map_err(|error| match error.unless_changed(original.file()) {
        error @ (Error::Interrupted | Error::Modified { .. }) => error,
        error => Error::Unverified {
            source: Box::new(error),
        },
    })
}

/// The new file, to be read.
fn reopen(target: &mut Target) -> Result<Disc, Error> {
    let path = target.path().to_owned();
    Disc::new(target.reopen()?).at(&path)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, SeekFrom};
    use std::num::NonZeroUsize;

    use zso::format::Entry;

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

    fn source(image: &[u8]) -> (Source<&[u8]>, &Path) {
        let source = Source::new(image, image.len() as u64, 256 << 10);
        (source, Path::new("in.iso"))
    }

    /// Writes a file in as many writes; returns what is in it then.
    fn write(image: &[u8], writes: usize) -> (Result<Written, Error>, Vec<u8>) {
        let mut file = Filling {
            file: Cursor::default(),
            writes,
        };
        let layout = Layout::new(image.len() as u64, &Options::default()).expect("small");
        let mut unwatched = unwatched;
        let meter = Meter::new(&mut unwatched, Phase::Compress, image.len() as u64);
        let to = (&mut file, Path::new("out.zso"));
        let written = write_zso(source(image), to, layout, &Options::default(), meter);
        (written, file.file.into_inner())
    }

    #[test]
    fn torn_file_is_no_zso() {
        let image = testkit::data::noise(1, 20_000_000);
        let mut writes = 0;
        let file = loop {
            match write(&image, writes) {
                (Ok(_), file) => break file,
                (Err(Error::Write { path, source }), file) => {
                    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
                    assert_eq!(path, Path::new("out.zso"));
                    assert!(
                        file.iter().take(24).all(|byte| *byte == 0),
                        "after {writes} writes"
                    );
                }
                (Err(error), _) => panic!("{error:?}"),
            }
            writes += 1;
        };
        // Many pieces of blocks, what fills up the last sector, the index, and the header.
        assert!(writes > 20, "{writes}");
        assert_eq!(file[..4], *b"ZISO");
        assert_eq!(file.len() % 2048, 0);
    }

    #[test]
    fn number_of_threads_changes_no_byte() {
        let image: Vec<u8> = (0..2_000_000_u32)
            .map(|i| (i.wrapping_mul(i) >> 13) as u8)
            .collect();
        let make = |threads| {
            let options = Options {
                align: 2,
                threads: NonZeroUsize::new(threads),
                ..Options::default()
            };
            let layout = Layout::new(image.len() as u64, &options).expect("small");
            let mut file = Cursor::new(Vec::new());
            let mut unwatched = unwatched;
            let meter = Meter::new(&mut unwatched, Phase::Compress, 0);
            let to = (&mut file, Path::new("out.zso"));
            write_zso(source(&image), to, layout, &options, meter).expect("nothing fails");
            file.into_inner()
        };
        assert!(make(1) == make(5));
    }

    /// A file of which only header and index are kept.
    #[derive(Default)]
    struct Start {
        start: Vec<u8>,
        position: u64,
    }

    impl Write for Start {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.position < DATA_START {
                let at = self.position as usize;
                self.start.resize(self.start.len().max(at + bytes.len()), 0);
                self.start[at..at + bytes.len()].copy_from_slice(bytes);
            }
            self.position += bytes.len() as u64;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Start {
        fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
            let SeekFrom::Start(position) = target else {
                return Err(io::ErrorKind::Unsupported.into());
            };
            self.position = position;
            Ok(position)
        }
    }

    /// The same byte without end, sooner than [`io::repeat`] in a build for tests.
    struct Sevens;

    impl Read for Sevens {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            buf.fill(7);
            Ok(buf.len())
        }
    }

    /// An image just below 2 GiB, in blocks that are large for the sake of time.
    const BELOW_2_GIB: u64 = (1 << 31) - LARGE_BLOCK;
    const LARGE_BLOCK: u64 = 0x4000;
    /// Where its data begin in the file.
    const DATA_START: u64 = (24 + 4 * (BELOW_2_GIB / LARGE_BLOCK + 1)).next_multiple_of(2);

    /// Reference scripts 3 and 4: of such an image they write the last blocks at offsets without their highest bit,
    /// or give up at its end if the last block is smaller.
    #[test]
    fn plain_image_just_below_2_gib_has_all_its_offsets() {
        let image = Sevens.take(BELOW_2_GIB);
        let source = Source::new(image, BELOW_2_GIB, 256 << 10);
        let source = (source, Path::new("in.iso"));
        let options = Options {
            block_size: LARGE_BLOCK as u32,
            raw: vec![0..1 << 30, 1 << 30..BELOW_2_GIB - LARGE_BLOCK],
            ..Options::default()
        };
        let layout = Layout::new(BELOW_2_GIB, &options).expect("small enough");
        assert_eq!((layout.header.align(), layout.data_start), (1, DATA_START));
        let mut file = Start::default();
        let mut unwatched = unwatched;
        let meter = Meter::new(&mut unwatched, Phase::Compress, 0);
        let to = (&mut file, Path::new("out.zso"));
        write_zso(source, to, layout, &options, meter).expect("written");

        let (entries, _) = file.start[24..DATA_START as usize].as_chunks();
        let (blocks, end) = entries.split_at((BELOW_2_GIB / LARGE_BLOCK) as usize);
        for (i, entry) in (0..).zip(blocks) {
            let entry = Entry(u32::from_le_bytes(*entry));
            assert_eq!(u64::from(entry.offset()) << 1, DATA_START + i * LARGE_BLOCK);
            assert_eq!(entry.is_plain(), i != BELOW_2_GIB / LARGE_BLOCK - 1);
        }
        assert!(u32::from_le_bytes(end[0]) > 1 << 30);
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
