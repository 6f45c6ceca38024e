//! ZSO files and blocks, from the format's rules and from nothing of the reader.

const SECTOR: usize = 2048;
const PLAIN: u32 = 1 << 31;

/// What the sectors of a made-up disc hold.
#[derive(Clone, Copy)]
pub enum Content {
    /// Zeros: one run of a byte.
    Zeros,
    /// A pattern of this many bytes, over and over.
    Pattern(usize),
    /// Numbers in words.
    Text,
    /// Bytes without any order, which no block stores compressed.
    Noise,
}

impl Content {
    pub const ALL: [Self; 7] = [
        Self::Zeros,
        Self::Text,
        Self::Noise,
        Self::Pattern(1),
        Self::Pattern(2),
        Self::Pattern(3),
        Self::Pattern(7),
    ];

    /// `len` bytes, others for every `seed`.
    pub fn bytes(self, seed: u32, len: usize) -> Vec<u8> {
        match self {
            Self::Zeros => vec![0; len],
            Self::Pattern(period) => noise(seed).take(period).collect::<Vec<u8>>().repeat(len),
            Self::Text => (seed..)
                .take(len)
                .flat_map(|i| format!("item {} of {}, ", i * i, i % 11).into_bytes())
                .collect(),
            Self::Noise => noise(seed).take(len).collect(),
        }
        .into_iter()
        .take(len)
        .collect()
    }
}

fn noise(seed: u32) -> impl Iterator<Item = u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    })
}

/// A disc of `len` bytes whose sectors take turns, the last one of noise: it stays as long as it is.
pub fn mixed_disc(len: usize) -> Vec<u8> {
    let last = len.div_ceil(SECTOR) - 1;
    let sector = |i: usize| {
        let content = if i == last {
            Content::Noise
        } else {
            Content::ALL[i % Content::ALL.len()]
        };
        content.bytes(i as u32 + 1, SECTOR.min(len - i * SECTOR))
    };
    (0..=last).flat_map(sector).collect()
}

/// A raw LZ4 block.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut block = vec![0; lz4_flex::block::get_maximum_output_size(bytes.len())];
    let len =
        lz4_flex::block::compress_into(bytes, &mut block).expect("there is room for the worst");
    block.truncate(len);
    block
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    pub block_size: usize,
    pub align: u8,
}

impl Writer {
    /// The ZSO file of a disc: header, index, and blocks, of which those that do not shrink are plain (R6).
    pub fn file(self, disc: &[u8]) -> Vec<u8> {
        let blocks = disc.len().div_ceil(self.block_size);
        let mut file = self.header(disc.len());
        let index = file.len();
        file.resize(index + 4 * (blocks + 1), 0);
        for (i, bytes) in disc.chunks(self.block_size).enumerate() {
            let compressed = compress(bytes);
            let plain = compressed.len() >= bytes.len() * 95 / 100;
            self.enter(&mut file, index + 4 * i, plain);
            file.extend_from_slice(if plain { bytes } else { &compressed });
        }
        self.enter(&mut file, index + 4 * blocks, false);
        file
    }

    fn header(self, total_bytes: usize) -> Vec<u8> {
        let mut header = b"ZISO".to_vec();
        header.extend_from_slice(&24_u32.to_le_bytes());
        header.extend_from_slice(&(total_bytes as u64).to_le_bytes());
        header.extend_from_slice(&(self.block_size as u32).to_le_bytes());
        header.extend_from_slice(&[1, self.align, 0, 0]);
        header
    }

    /// Pads the file to where a block can start, and puts that place into the index (R2). The padding looks like
    /// anything (R3).
    fn enter(self, file: &mut Vec<u8>, at: usize, plain: bool) {
        file.resize(file.len().next_multiple_of(1 << self.align), 0xA7);
        let flag = if plain { PLAIN } else { 0 };
        let entry = (file.len() >> self.align) as u32 | flag;
        file[at..at + 4].copy_from_slice(&entry.to_le_bytes());
    }
}
