//! Where things go in a file that is yet to be written: pure arithmetic.

use zso::format::{ENTRY_SIZE, HEADER_SIZE, Header};

use crate::options::{Form, MAX_ALIGN, OptionError, Options};

/// Where a file's blocks begin, and how its index counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// What the file is to be.
    pub form: Form,
    /// The file's header, as a ZSO file has it.
    pub header: Header,
    /// Where the first block begins, in bytes.
    pub data_start: u64,
}

impl Layout {
    /// The layout for an image of `total_bytes`; the options were checked.
    pub fn new(total_bytes: u64, options: &Options) -> Result<Self, OptionError> {
        let (form, block_size) = (options.form, options.block_size);
        let too_large = OptionError::TooLarge { total_bytes };
        // In CSO files the last block is whole.
        let stored = match form {
            Form::Zso => Some(total_bytes),
            Form::Cso => total_bytes.checked_next_multiple_of(block_size.into()),
        };
        let need = stored.and_then(|stored| smallest_align(stored, block_size));
        let align = options.align.max(need.ok_or(too_large)?);
        let header = Header::new(total_bytes, block_size, align).map_err(|_| too_large)?;
        let data_start = round_up(index_end(header.blocks().into()), align);
        Ok(Self {
            form,
            header,
            data_start,
        })
    }

    /// The file's first bytes.
    pub fn head(&self) -> [u8; HEADER_SIZE] {
        let mut head = self.header.emit();
        head.iter_mut()
            .zip(self.form.magic())
            .for_each(|(to, byte)| *to = byte);
        head
    }
}

/// The smallest `align` whose index reaches the end of any file that an image of `total_bytes` can
/// become (R5), padding included; `None` if no `align` up to [`MAX_ALIGN`] does.
///
/// It does not depend on how well the image compresses, and so is known before the first block is.
pub fn smallest_align(total_bytes: u64, block_size: u32) -> Option<u8> {
    let blocks = total_bytes.checked_div(block_size.into())?;
    let blocks = blocks + u64::from(!total_bytes.is_multiple_of(block_size.into()));
    (0..=MAX_ALIGN).find(|&align| {
        let end = largest_end(total_bytes, blocks, align);
        end.and_then(zso::format::smallest_align)
            .is_some_and(|need| need <= align)
    })
}

/// Where the last block can end at most: all blocks plain, and each begins at a multiple of
/// `1 << align`, which full blocks, whole sectors as they are, do by themselves.
fn largest_end(total_bytes: u64, blocks: u64, align: u8) -> Option<u64> {
    let end = round_up(index_end(blocks), align).checked_add(total_bytes)?;
    end.checked_next_multiple_of(1 << align)
}

/// Where the index ends, in bytes.
pub fn index_end(blocks: u64) -> u64 {
    HEADER_SIZE as u64 + ENTRY_SIZE as u64 * (blocks + 1)
}

/// `offset` rounded up to a multiple of `1 << align`.
pub fn round_up(offset: u64, align: u8) -> u64 {
    let mask = (1 << align) - 1;
    offset.saturating_add(mask) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    /// R5 by its definition.
    fn reaches(total_bytes: u64, block_size: u64, align: u8) -> bool {
        let blocks = total_bytes.div_ceil(block_size);
        let start = (24 + 4 * (blocks + 1)).next_multiple_of(1 << align);
        let end = start + total_bytes.next_multiple_of(1 << align);
        end >> align < 1 << 31
    }

    #[test]
    fn align_is_the_smallest_that_reaches_the_worst_case() {
        let edges = [2 * GIB, 4 * GIB, 8 * GIB, 16 * GIB, 1 << 40];
        let near = [0, 1, 23, 2048, 4096, 4_194_304, 8_400_000, 9_000_000];
        for (edge, by) in edges.iter().flat_map(|e| near.map(|by| (*e, by))) {
            for (total, block_size) in [(edge - by, 2048), (edge + by, 2048), (edge - by, 16384)] {
                let align = smallest_align(total, block_size).expect("far below 4 TiB");
                assert!(reaches(total, block_size.into(), align), "{total}");
                assert!(
                    align == 0 || !reaches(total, block_size.into(), align - 1),
                    "{total}"
                );
            }
        }
    }

    /// The reference script takes align 0 here, and its last 2047 blocks lose their bit 31.
    #[test]
    fn plain_image_just_below_2_gib_needs_align_1() {
        assert_eq!(smallest_align((1 << 31) - 2048, 2048), Some(1));
        // The last ~8.4 MB below 4 GiB: it takes align 1 where 2 is needed.
        assert_eq!(smallest_align((1 << 32) - 2048, 2048), Some(2));
        assert_eq!(smallest_align((1 << 32) - 8_000_000, 2048), Some(2));
        assert_eq!(smallest_align((1 << 32) - 8_500_000, 2048), Some(1));
    }

    #[test]
    fn disc_sizes() {
        assert_eq!(smallest_align(0, 2048), Some(0));
        assert_eq!(smallest_align(700 << 20, 2048), Some(0));
        assert_eq!(smallest_align(4_700_372_992, 2048), Some(2));
        assert_eq!(smallest_align(8_543_666_176, 2048), Some(2));
        assert_eq!(smallest_align(1 << 42, 2048), None);
        assert_eq!(smallest_align(u64::MAX, 2048), None);
        assert_eq!(smallest_align(2048, 0), None);
    }

    #[test]
    fn larger_align_is_honoured_and_a_smaller_one_replaced() {
        let aligned = |align| Options {
            align,
            ..Options::default()
        };
        let layout = Layout::new(4096, &aligned(4)).expect("small");
        assert_eq!((layout.header.align(), layout.data_start), (4, 48));
        let layout = Layout::new(5 * GIB, &aligned(1)).expect("small enough");
        assert_eq!(layout.header.align(), 2);
    }

    #[test]
    fn full_last_block_of_a_cso_file_is_reached() {
        // What is stored of it would end above 2 GiB.
        let of = |form| {
            let options = Options {
                form,
                block_size: 1 << 24,
                ..Options::default()
            };
            let layout = Layout::new((127 << 24) + 2048, &options).expect("small enough");
            (layout.header.align(), layout.head()[..4].to_vec())
        };
        assert_eq!(of(Form::Zso), (0, b"ZISO".to_vec()));
        assert_eq!(of(Form::Cso), (1, b"CISO".to_vec()));
    }
}
