//! The settings with which a game loads fastest from a device: what becomes of a disc if a byte of the device is worth
//! more cycles, or fewer.
//!
//! Places of the disc are compressed with each of some worths, as the whole of it would be. The more a byte is worth,
//! the smaller the file, and the more the console's processor has to do.

use discs::DiscReader;
use zso::SECTOR_SIZE;
use zso_write::lz4::cost::CONSOLE;
use zso_write::{Encoder, Layout, Options, Packed, Packer, Run, Worth, run_len};

use super::LOAD;
use super::replay::{StoredBlock, Stretch};
use crate::backend::{Backend, CLOCK};
use crate::sample::{SampleError, Watch};

/// What a byte may be worth, in cycles. Nobody decodes for less than the first; with the last one, size is all.
const WORTHS: [u32; 18] = [
    1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 25, 32, 49, 100, 4096,
];
/// Places of the disc that are looked at: as many runs of blocks.
const PLACES: u64 = 24;
/// Bytes of a thousand that gaps may take up: all that pay.
const GAPS: u16 = 1000;

/// What comes of settings.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// The options to compress with.
    pub options: Options,
    /// Bytes of the disc.
    pub disc_bytes: u64,
    /// Bytes of the ZSO file, as places of the disc have it.
    pub file_bytes: u64,
    /// Seconds of loading 32 MiB that are like the disc.
    pub seconds: f64,
}

impl Setting {
    /// Tries settings for a device on a disc, those of `options` that have nothing to do with it as they are; the
    /// fastest first, and of equal ones the smallest.
    ///
    /// # Errors
    /// [`SampleError`].
    pub fn all(
        reader: &mut DiscReader<'_>,
        options: &Options,
        backend: &Backend,
        watch: Watch<'_>,
    ) -> Result<Vec<Self>, SampleError> {
        let disc_bytes = reader.bytes();
        let runs = places(reader, run_len(options.block_size))?;
        let mut all = Vec::new();
        for (done, byte) in (1..).zip(WORTHS) {
            let worth = Worth {
                byte,
                request: (backend.overhead() * CLOCK) as u32,
            };
            let options = Options {
                worth: Some(worth),
                gaps: GAPS,
                ..options.clone()
            };
            all.extend(Self::of(&runs, disc_bytes, options, backend));
            if watch(done, WORTHS.len() as u64).is_break() {
                return Err(SampleError::Interrupted);
            }
        }
        all.sort_by(|a, b| {
            let seconds = a.seconds.total_cmp(&b.seconds);
            seconds.then(a.file_bytes.cmp(&b.file_bytes))
        });
        Ok(all)
    }

    /// Nothing for a disc that is too large for any file.
    fn of(runs: &[Run], disc_bytes: u64, options: Options, backend: &Backend) -> Option<Self> {
        let layout = Layout::new(disc_bytes, &options).ok()?;
        let packer = Packer::new(&options, layout.header.align());
        let mut encoder = Encoder::new(&packer);
        let mut blocks = Vec::new();
        for run in runs {
            blocks.extend(stored(&packer, &packer.pack(run, &mut encoder)));
        }
        let stretch = Stretch::new(0, &blocks);
        let bytes = (stretch.blocks().max(1) * SECTOR_SIZE) as f64;
        let ratio = stretch.bytes as f64 / bytes;
        Some(Self {
            options,
            disc_bytes,
            file_bytes: layout.data_start + (disc_bytes as f64 * ratio) as u64,
            seconds: stretch.seconds(backend) * LOAD / bytes,
        })
    }
}

/// Runs of blocks, as far apart from each other as can be.
fn places(reader: &mut DiscReader<'_>, len: u64) -> Result<Vec<Run>, SampleError> {
    let runs = reader.bytes().div_ceil(len);
    let taken = PLACES.min(runs);
    let mut all = Vec::new();
    for number in 0..taken {
        // The middle one of each part.
        let at = (2 * number + 1) * runs / (2 * taken) * len;
        let mut bytes = vec![0; len as usize];
        let read = reader.read_at(at, &mut bytes)?;
        bytes.truncate(read);
        all.push(Run { at, bytes });
    }
    Ok(all)
}

/// What was stored, block by block.
fn stored(packer: &Packer, packed: &Packed) -> impl Iterator<Item = StoredBlock> {
    let mut rest = &packed.bytes[..];
    packed.blocks.iter().map(move |block| {
        let (bytes, after) = rest.split_at(block.len.min(rest.len()));
        rest = after;
        StoredBlock {
            len: packer.padded(bytes.len()),
            decoding: (!block.plain).then(|| CONSOLE.cycles(bytes)),
        }
    })
}
