//! Blocks to what is stored of them.

use std::borrow::Cow;

use crate::encoder::Encoder;
use crate::layout::round_up;
use crate::options::{Form, Options, Worth};
use crate::plain::{self, Prices};
use crate::raw::Raw;
use crate::source::Run;

/// Compresses blocks, and decides which of them are worth it.
#[derive(Clone, Debug)]
pub struct Packer {
    /// What the file is to be, with the `align` that came of that.
    pub(crate) options: Options,
    /// Parts of the image that are stored plain.
    raw: Raw,
}

/// What is stored of one block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stored {
    /// Bytes, without what fills up the space after them in the file: the writer adds that.
    pub len: usize,
    /// Whether they are the block itself.
    pub plain: bool,
}

/// What is stored of a run of blocks.
#[derive(Default, Debug)]
pub struct Packed {
    /// All of it.
    pub bytes: Vec<u8>,
    /// Block by block.
    pub blocks: Vec<Stored>,
    /// Uncompressed bytes of the run.
    pub image_bytes: usize,
}

impl Packer {
    /// A packer for these options, and the `align` that came of them.
    pub fn new(options: &Options, align: u8) -> Self {
        Self {
            raw: Raw::new(&options.raw),
            options: Options {
                align,
                ..options.clone()
            },
        }
    }

    /// Packs a run of blocks, of which the image's last one may be partial (R7); `encoder` is one for this packer.
    pub fn pack(&self, run: &Run, encoder: &mut Encoder) -> Packed {
        let mut packed = Packed::default();
        self.add(run, encoder, &mut packed);
        packed
    }

    /// The same, after what is `packed` already.
    pub fn add(&self, run: &Run, encoder: &mut Encoder, packed: &mut Packed) {
        packed.bytes.reserve(run.bytes.len());
        packed.image_bytes += run.bytes.len();
        if let Some(worth) = self.options.worth {
            return self.pack_by_worth(run, worth, encoder, packed);
        }
        for (at, block) in self.blocks(run) {
            let block = &*self.filled(block);
            match self.raw.touches(at, block.len() as u64) {
                true => packed.push(block, true),
                false => {
                    let encoded = encoder.encode(block);
                    let plain = self.is_plain(block.len(), self.padded(encoded.len()));
                    packed.push(if plain { block } else { encoded }, plain);
                }
            }
        }
    }

    /// Blocks of a run, and where they are in the image.
    fn blocks<'r>(&self, run: &'r Run) -> impl Iterator<Item = (u64, &'r [u8])> {
        let block_size = self.options.block_size as usize;
        let starts = (run.at..).step_by(block_size);
        starts.zip(run.bytes.chunks(block_size))
    }

    /// The same, with those blocks plain that load faster so.
    fn pack_by_worth(&self, run: &Run, worth: Worth, encoder: &mut Encoder, packed: &mut Packed) {
        let encode = |(at, block): (u64, &[u8])| {
            let encoded = encoder.encode(block).to_vec();
            let is_smaller = self.padded(encoded.len()) < block.len();
            let may_be = is_smaller && !self.raw.touches(at, block.len() as u64);
            may_be.then_some(encoded)
        };
        let encoded: Vec<_> = self.blocks(run).map(encode).collect();
        let prices = |((_, block), encoded): ((u64, &[u8]), &Option<Vec<u8>>)| {
            let len = |encoded: &Vec<u8>| self.padded(encoded.len());
            let compressed = encoded.as_ref().map(|encoded| (len(encoded), &encoded[..]));
            Prices::of(block.len(), compressed, worth)
        };
        let prices: Vec<_> = self.blocks(run).zip(&encoded).map(prices).collect();
        let plain = plain::cheapest(&prices, worth);
        for (((_, block), encoded), plain) in self.blocks(run).zip(&encoded).zip(plain) {
            match encoded {
                Some(encoded) if !plain => packed.push(encoded, false),
                _ => packed.push(block, true),
            }
        }
    }

    /// The block as it is stored: in CSO files the last one is filled up, and some readers take no other.
    fn filled<'b>(&self, block: &'b [u8]) -> Cow<'b, [u8]> {
        let missing = self.options.block_size as usize - block.len();
        match self.options.form {
            Form::Cso if missing > 0 => Cow::Owned([block, &vec![0; missing]].concat()),
            _ => Cow::Borrowed(block),
        }
    }

    /// R6; below the threshold means below the block's own size, too.
    fn is_plain(&self, block_len: usize, padded: usize) -> bool {
        padded as u64 * 100 >= block_len as u64 * u64::from(self.options.threshold)
    }

    /// Bytes of the file that so many take up, with what fills up the space after them.
    pub fn padded(&self, len: usize) -> usize {
        round_up(len as u64, self.options.align) as usize
    }
}

impl Packed {
    fn push(&mut self, stored: &[u8], plain: bool) {
        self.bytes.extend_from_slice(stored);
        let len = stored.len();
        self.blocks.push(Stored { len, plain });
    }
}

#[cfg(test)]
mod tests {
    use flate2::{FlushDecompress, Status};

    use super::*;

    fn packer() -> Packer {
        packer_of(Options::default())
    }

    fn packer_of(options: Options) -> Packer {
        Packer::new(&options, options.align)
    }

    fn pack(packer: &Packer, bytes: &[u8]) -> Packed {
        let run = Run {
            at: 0,
            bytes: bytes.to_vec(),
        };
        packer.pack(&run, &mut Encoder::new(packer))
    }

    /// Bytes that do not compress.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let step = |state: &mut u64| {
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (*state >> 56) as u8
        };
        std::iter::repeat_with(|| step(&mut state))
            .take(len)
            .collect()
    }

    #[test]
    fn plain_blocks_are_the_blocks_themselves() {
        let run = noise(2 * 2048 + 100);
        let packed = pack(&packer(), &run);
        assert_eq!(packed.bytes, run);
        let lens: Vec<_> = packed
            .blocks
            .iter()
            .map(|block| (block.len, block.plain))
            .collect();
        assert_eq!(lens, [(2048, true), (2048, true), (100, true)]);
    }

    #[test]
    fn padding_counts_against_the_threshold() {
        let mut run = noise(2048);
        run[2000..].fill(7);
        let stored = |align| {
            pack(
                &packer_of(Options {
                    align,
                    ..Options::default()
                }),
                &run,
            )
            .blocks[0]
        };
        assert!(!stored(0).plain && !stored(3).plain);
        assert_eq!(
            stored(7),
            Stored {
                len: 2048,
                plain: true
            }
        );
    }

    #[test]
    fn threshold_is_where_plain_begins() {
        let with = |threshold| {
            packer_of(Options {
                threshold,
                ..Options::default()
            })
        };
        assert!(with(95).is_plain(2000, 1900));
        assert!(!with(95).is_plain(2000, 1899));
        assert!(with(100).is_plain(2048, 2048));
        assert!(!with(100).is_plain(2048, 2047));
        assert!(with(0).is_plain(2048, 1));
    }

    #[test]
    fn raw_parts_are_plain_whatever_they_would_compress_to() {
        let packer = packer_of(Options {
            raw: vec![10_000..10_001, 100_000 + 2048..100_000 + 4096],
            ..Options::default()
        });
        let mut encoder = Encoder::new(&packer);
        let mut plain = |at| {
            let bytes = vec![0; 4 * 2048];
            let packed = packer.pack(&Run { at, bytes }, &mut encoder);
            packed
                .blocks
                .iter()
                .map(|block| block.plain)
                .collect::<Vec<_>>()
        };
        assert_eq!(plain(0), [false; 4]);
        assert_eq!(plain(8192), [true, false, false, false]);
        assert_eq!(plain(100_000), [false, true, false, false]);
    }

    #[test]
    fn encoder_for_the_console_keeps_to_the_same_rules() {
        let packer = packer_of(Options {
            for_console: true,
            ..Options::default()
        });
        let mut run = noise(4 * 2048 + 100);
        run[2048..4000].fill(7);
        run.copy_within(2048..4096, 4096);
        let packed = pack(&packer, &run);
        let plain: Vec<_> = packed.blocks.iter().map(|block| block.plain).collect();
        assert_eq!(plain, [true, false, false, true, true]);
        let len = packed.blocks[1].len;
        for stored in packed.bytes[2048..].chunks(len).take(2) {
            let mut block = [0; 2048];
            zso::lz4::decode_block(stored, &mut block).expect("decodes");
            assert_eq!(block[..], run[2048..4096]);
        }
    }

    #[test]
    fn blocks_of_cso_files_are_whole_streams_of_deflate() {
        let packer = packer_of(Options {
            form: Form::Cso,
            block_size: 4096,
            ..Options::default()
        });
        let mut run = noise(3 * 4096 + 100);
        run[4096..8000].fill(7);
        let packed = pack(&packer, &run);
        let plain: Vec<_> = packed.blocks.iter().map(|block| block.plain).collect();
        assert_eq!(plain, [true, false, true, false]);
        assert_eq!(packed.image_bytes, run.len());
        // The image's last block is stored as a full one.
        run.resize(4 * 4096, 0);
        let mut stored = &packed.bytes[..];
        for (block, Stored { len, plain }) in run.chunks(4096).zip(packed.blocks) {
            let bytes = stored.split_off(..len).expect("all there");
            let mut inflated = Vec::with_capacity(4096);
            if !plain {
                let mut inflate = flate2::Decompress::new(false);
                let done = inflate.decompress_vec(bytes, &mut inflated, FlushDecompress::Finish);
                assert_eq!(done.expect("inflates"), Status::StreamEnd);
            }
            assert!(if plain { bytes } else { &inflated[..] } == block);
        }
    }

    /// Discs have films, which do not shrink at all.
    #[test]
    fn blocks_of_cso_files_that_do_not_shrink_are_plain_however_many_there_are() {
        for level in 1..=12 {
            let packer = packer_of(Options {
                form: Form::Cso,
                level,
                ..Options::default()
            });
            let mut run = noise(200 * 2048);
            run[100 * 2048..101 * 2048].fill(7);
            let packed = pack(&packer, &run);
            let smaller = packed.blocks.iter().filter(|block| !block.plain).count();
            assert_eq!(smaller, 1, "level {level}");
            assert!(packed.bytes[50 * 2048..][..2048] == run[50 * 2048..][..2048]);
        }
    }

    /// Discs are padded with equal blocks, and encoders keep the last one.
    #[test]
    fn equal_blocks_become_the_same() {
        let mut other = noise(2048);
        other[100..1900].fill(7);
        let blocks = [
            &[0; 2048][..],
            &[0; 2048],
            &other,
            &other,
            &[0; 2048],
            &[0; 99],
            &[0; 99],
        ];
        for (level, for_console) in [(1, false), (3, false), (12, false), (10, true)] {
            let packer = packer_of(Options {
                level,
                for_console,
                ..Options::default()
            });
            let mut kept = Encoder::new(&packer);
            for block in blocks {
                let alone = Encoder::new(&packer).encode(block).to_vec();
                assert!(kept.encode(block) == alone, "level {level}");
                let mut decoded = vec![0; block.len()];
                zso::lz4::decode_block(&alone, &mut decoded).expect("decodes");
                assert!(decoded == block);
            }
        }
    }

    #[test]
    fn state_that_stays_changes_no_byte() {
        let text: Vec<u8> = (0..64 * 2048)
            .map(|i: u32| (i / 7 % 251 * (i >> 9)) as u8)
            .collect();
        let once = pack(&packer(), &text);
        for level in 1..=12 {
            pack(&packer(), &noise(5000));
            pack(
                &packer_of(Options {
                    level,
                    ..Options::default()
                }),
                &text,
            );
        }
        assert_eq!(pack(&packer(), &text).bytes, once.bytes);
    }
}
