//! Compressed blocks as bytes, on their way from the worker that made them to the one that writes the file.

use zso_write::{Packed, Stored};

/// Bytes of a number.
const NUMBER: usize = 4;

/// What is stored of the blocks, and then numbers: of each block twice its length, plus one if it is plain; blocks; and
/// bytes of the image. They are at the end so that nothing has to be moved.
pub(crate) fn to_bytes(packed: Packed) -> Vec<u8> {
    let counts = [packed.blocks.len(), packed.image_bytes];
    let blocks = packed.blocks.iter();
    let blocks = blocks.map(|block| block.len << 1 | usize::from(block.plain));
    let numbers = blocks.chain(counts);
    let mut bytes = packed.bytes;
    bytes.extend(numbers.flat_map(|number| (number as u32).to_le_bytes()));
    bytes
}

/// The same the other way; nothing if the bytes are none of [`to_bytes`].
pub(crate) fn from_bytes(mut bytes: Vec<u8>) -> Option<Packed> {
    let (rest, counts) = bytes.split_last_chunk::<{ 2 * NUMBER }>()?;
    let [blocks, image_bytes] = [&counts[..NUMBER], &counts[NUMBER..]].map(number);
    let len = rest.len().checked_sub(blocks.checked_mul(NUMBER)?)?;
    let blocks = rest.get(len..)?.chunks(NUMBER).map(number);
    let blocks = blocks.map(|number| Stored {
        len: number >> 1,
        plain: number & 1 != 0,
    });
    let blocks = blocks.collect();
    bytes.truncate(len);
    Some(Packed {
        bytes,
        blocks,
        image_bytes,
    })
}

fn number(bytes: &[u8]) -> usize {
    let bytes = bytes.first_chunk().unwrap_or(&[0; NUMBER]);
    u32::from_le_bytes(*bytes) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let stored = |len, plain| Stored { len, plain };
        let packed = Packed {
            bytes: vec![7; 2148],
            blocks: vec![stored(100, false), stored(2048, true)],
            image_bytes: 4096,
        };
        let blocks = packed.blocks.clone();
        let bytes = to_bytes(packed);
        for from in [bytes.len() - 7, bytes.len() - 15] {
            assert!(from_bytes(bytes[from..].to_vec()).is_none());
        }
        let back = from_bytes(bytes).unwrap();
        assert_eq!(back.bytes, vec![7; 2148]);
        assert_eq!(back.blocks, blocks);
        assert_eq!(back.image_bytes, 4096);
    }
}
