//! Blocks to what is stored of them.

use crate::encoder::Encoder;
use crate::layout::round_up;

/// Compresses blocks, and decides which of them are worth it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packer {
    /// Level of lz4's encoder.
    pub(crate) level: u8,
    /// Whether blocks are encoded for the console instead.
    pub(crate) for_console: bool,
    /// Uncompressed bytes per block.
    pub(crate) block_size: u32,
    /// What is stored of a block is padded to a multiple of `1 << align`.
    pub(crate) align: u8,
    /// A block that takes up this percentage of its size or more is stored plain.
    pub(crate) threshold: u8,
}

/// What is stored of one block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stored {
    /// Bytes in the file, padding included.
    pub(crate) len: usize,
    /// Whether they are the block itself.
    pub(crate) plain: bool,
}

/// What is stored of a run of blocks.
#[derive(Default, Debug)]
pub(crate) struct Packed {
    /// All of it, padding included.
    pub(crate) bytes: Vec<u8>,
    /// Block by block.
    pub(crate) blocks: Vec<Stored>,
    /// Uncompressed bytes of the run.
    pub(crate) image_bytes: usize,
}

impl Packer {
    /// Packs a run of blocks, of which the image's last one may be partial (R7).
    pub(crate) fn pack(&self, run: &[u8]) -> Result<Packed, lzzzz::Error> {
        let mut packed = Packed {
            image_bytes: run.len(),
            ..Packed::default()
        };
        let mut encoder = Encoder::new(self);
        for block in run.chunks(self.block_size as usize) {
            packed.push(block, encoder.encode(block)?, self);
        }
        Ok(packed)
    }

    /// R6; below the threshold means below the block's own size, too.
    fn is_plain(&self, block_len: usize, padded: usize) -> bool {
        padded as u64 * 100 >= block_len as u64 * u64::from(self.threshold)
    }

    fn padded(&self, len: usize) -> usize {
        round_up(len as u64, self.align) as usize
    }
}

impl Packed {
    fn push(&mut self, block: &[u8], compressed: &[u8], packer: &Packer) {
        let plain = packer.is_plain(block.len(), packer.padded(compressed.len()));
        let stored = if plain { block } else { compressed };
        let len = packer.padded(stored.len());
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(stored);
        self.bytes.resize(end, 0);
        self.blocks.push(Stored { len, plain });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKER: Packer = Packer {
        level: 10,
        for_console: false,
        block_size: 2048,
        align: 0,
        threshold: 100,
    };

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
        let packed = PACKER.pack(&run).expect("packs");
        assert_eq!(packed.bytes, run);
        let lens: Vec<_> = packed
            .blocks
            .iter()
            .map(|block| (block.len, block.plain))
            .collect();
        assert_eq!(lens, [(2048, true), (2048, true), (100, true)]);
    }

    #[test]
    fn padding_is_zeros_and_counts_against_the_threshold() {
        let mut run = noise(2048);
        run[2000..].fill(7);
        let stored = |align| Packer { align, ..PACKER }.pack(&run).expect("packs").blocks[0];
        assert!(!stored(0).plain && !stored(3).plain);
        assert_eq!(stored(3).len % 8, 0);
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
        let packer = Packer {
            threshold: 95,
            ..PACKER
        };
        assert!(packer.is_plain(2000, 1900));
        assert!(!packer.is_plain(2000, 1899));
        assert!(PACKER.is_plain(2048, 2048));
        assert!(!PACKER.is_plain(2048, 2047));
        assert!(
            Packer {
                threshold: 0,
                ..PACKER
            }
            .is_plain(2048, 1)
        );
    }

    #[test]
    fn encoder_for_the_console_keeps_to_the_same_rules() {
        let packer = Packer {
            for_console: true,
            ..PACKER
        };
        let mut run = noise(4 * 2048 + 100);
        run[2048..4000].fill(7);
        run.copy_within(2048..4096, 4096);
        let packed = packer.pack(&run).expect("packs");
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
    fn state_that_stays_changes_no_byte() {
        let text: Vec<u8> = (0..64 * 2048)
            .map(|i: u32| (i / 7 % 251 * (i >> 9)) as u8)
            .collect();
        let once = PACKER.pack(&text).expect("packs");
        for level in 1..=12 {
            PACKER.pack(&noise(5000)).expect("packs");
            Packer { level, ..PACKER }.pack(&text).expect("packs");
        }
        assert_eq!(PACKER.pack(&text).expect("packs").bytes, once.bytes);
    }
}
