//! Compressed blocks as bytes, on their way from the worker that made them to the one that writes the file.

use zso_write::{Packed, Stored};

/// Bytes of a number.
const NUMBER: usize = 4;

/// Numbers first: blocks, bytes of the image, and of each block twice its length, plus one if it is plain. Then
/// what is stored of them.
pub(crate) fn to_bytes(packed: &Packed, out: &mut Vec<u8>) {
    let counts = [packed.blocks.len(), packed.image_bytes];
    let blocks = packed.blocks.iter();
    let blocks = blocks.map(|block| block.len << 1 | usize::from(block.plain));
    out.clear();
    out.extend(
        counts
            .into_iter()
            .chain(blocks)
            .flat_map(|number| (number as u32).to_le_bytes()),
    );
    out.extend_from_slice(&packed.bytes);
}

/// The same the other way; nothing if the bytes are none of [`to_bytes`].
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Packed> {
    let mut rest = bytes;
    let mut number = || {
        let (number, after) = rest.split_first_chunk::<NUMBER>()?;
        rest = after;
        Some(u32::from_le_bytes(*number))
    };
    let (blocks, image_bytes) = (number()?, number()?);
    let stored = |number: u32| Stored {
        len: (number >> 1) as usize,
        plain: number & 1 != 0,
    };
    let blocks = (0..blocks).map(|_| number().map(stored));
    let blocks = blocks.collect::<Option<Vec<_>>>()?;
    Some(Packed {
        bytes: rest.to_vec(),
        blocks,
        image_bytes: image_bytes as usize,
    })
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
        let mut bytes = vec![1];
        to_bytes(&packed, &mut bytes);
        let back = from_bytes(&bytes).unwrap();
        assert_eq!(back.bytes, packed.bytes);
        assert_eq!(back.blocks, packed.blocks);
        assert_eq!(back.image_bytes, 4096);
        for len in [7, 15] {
            assert!(from_bytes(&bytes[..len]).is_none());
        }
    }
}
