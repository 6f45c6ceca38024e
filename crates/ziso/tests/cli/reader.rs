//! A reader written from the format alone, on another LZ4 decoder, to check the project's own.

/// The numbers at the start of a ZSO file.
pub struct Fields {
    pub total: usize,
    pub block_size: usize,
    pub align: u32,
    /// Index entries as they stand there.
    pub index: Vec<u32>,
}

pub fn word(file: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"))
}

pub fn fields(file: &[u8]) -> Fields {
    assert_eq!(file[..4], *b"ZISO");
    assert_eq!(word(file, 4), 24);
    assert_eq!(file[20], 1);
    assert_eq!(file[22..24], [0, 0]);
    let total = word(file, 8) as usize | (word(file, 12) as usize) << 32;
    let block_size = word(file, 16) as usize;
    let blocks = total.div_ceil(block_size);
    let index = (0..=blocks).map(|i| word(file, 24 + 4 * i)).collect();
    Fields {
        total,
        block_size,
        align: file[21].into(),
        index,
    }
}

impl Fields {
    /// Where block `i` begins, and whether it is plain.
    pub fn entry(&self, i: usize) -> (usize, bool) {
        let entry = self.index[i];
        (
            ((entry & 0x7FFF_FFFF) as usize) << self.align,
            entry >> 31 != 0,
        )
    }
}

/// The image in a file that this project wrote.
pub fn read(file: &[u8]) -> Vec<u8> {
    let fields = fields(file);
    let mut image = Vec::new();
    for i in 0..fields.index.len() - 1 {
        let (start, plain) = fields.entry(i);
        let (end, _) = fields.entry(i + 1);
        let len = fields.block_size.min(fields.total - image.len());
        let stored = &file[start..end];
        assert!(
            stored.len() <= len.next_multiple_of(1 << fields.align),
            "block {i} takes more than it holds"
        );
        match plain {
            true => image.extend(&stored[..len]),
            false => image.extend(decode(stored, len, 1 << fields.align)),
        }
    }
    image
}

/// Decodes a block with less than `align` bytes of padding; the decoder tolerates none.
///
/// Some readers take padding away byte by byte, so it is made of one byte that the block does not end with.
fn decode(stored: &[u8], len: usize, align: usize) -> Vec<u8> {
    let attempt = |padding| {
        let (block, padding) = stored.split_at(stored.len() - padding);
        let mut decoded = vec![0; len];
        let decoded_len = lz4_flex::block::decompress_into(block, &mut decoded).ok()?;
        let is_padding = |byte| matches!(byte, 0 | 0xFF) && Some(byte) != block.last().copied();
        (decoded_len == len && padding.iter().all(|byte| is_padding(*byte))).then_some(decoded)
    };
    (0..align.min(stored.len()))
        .find_map(attempt)
        .expect("a block with padding")
}
