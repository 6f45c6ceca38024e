//! The decoder against `lz4_flex`: the same blocks are accepted, with the same bytes, and nothing outside is touched.

use testkit::encode::{Encoder, Match, put_sequence};
use testkit::module::Module;
use testkit::{Rng, code, data};
use zso::lz4::{DecodeError, decode_block};

/// Around every destination, and in it before it is written.
const CANARY: u8 = 0xC5;

/// What comes of `src` by the rules: the first sequences that fill `len` bytes count, and what follows does not.
///
/// `lz4_flex` wants exactly the block, and one that ends in literals; so it gets the sequences that count, with no
/// literals behind a match at the end.
fn oracle(src: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut decoded = vec![0; len];
    if len > 0 {
        let block = first_sequences(src, len)?;
        let written = lz4_flex::block::decompress_into(&block, &mut decoded).ok()?;
        if written != len {
            return None;
        }
    }
    Some(decoded)
}

fn first_sequences(src: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut at = 0;
    let mut written = 0;
    loop {
        let token = usize::from(*src.get(at)?);
        at += 1;
        let literals = run(src, &mut at, token >> 4)?;
        at += literals;
        written += literals;
        if written >= len {
            return Some(src.get(..at)?.to_vec());
        }
        at += 2;
        written += run(src, &mut at, token & 15)? + 4;
        if written >= len {
            // The feature's decoder is strict about the end (R9).
            let strict = cfg!(feature = "lz4_flex");
            return (!strict).then_some([src.get(..at)?, &[0]].concat());
        }
    }
}

fn run(src: &[u8], at: &mut usize, nibble: usize) -> Option<usize> {
    let mut len = nibble;
    let mut more = if nibble == 15 { 255 } else { 0 };
    while more == 255 {
        more = usize::from(*src.get(*at)?);
        *at += 1;
        len += more;
    }
    Some(len)
}

/// Decodes into the middle of a buffer, at an address of any alignment, and checks what is around.
fn decode(src: &[u8], len: usize, misalign: usize) -> Result<Vec<u8>, DecodeError> {
    // Of exactly this size on the heap, so that tools see what is read behind it.
    let src: Box<[u8]> = src.into();
    let place = 64 + misalign..64 + misalign + len;
    let mut buffer = vec![CANARY; len + 192];
    let result = decode_block(&src, &mut buffer[place.clone()]);
    let outside = buffer[..place.start].iter().chain(&buffer[place.end..]);
    assert!(
        outside.copied().all(|byte| byte == CANARY),
        "written outside: {src:02x?} to {len} bytes"
    );
    result.map(|()| buffer[place].to_vec())
}

fn assert_agree(src: &[u8], len: usize, misalign: usize) {
    let decoded = decode(src, len, misalign);
    let expected = oracle(src, len);
    assert_eq!(
        decoded.as_ref().ok(),
        expected.as_ref(),
        "{decoded:?}: {src:02x?} to {len} bytes"
    );
}

/// All kinds of content.
fn contents(seed: u64, len: usize) -> [Vec<u8>; 6] {
    [
        data::noise(seed, len),
        data::text(seed, len),
        data::records(seed, len),
        data::tiles(seed, len),
        data::mixture(seed, len),
        vec![seed as u8; len],
    ]
}

/// Changes some bytes, or takes some away at the end.
fn damage(block: &mut Vec<u8>, rng: &mut Rng) {
    if rng.chance(30) {
        block.truncate(rng.within(0..block.len()));
    }
    for _ in 0..rng.within(0..4).min(block.len()) {
        let place = rng.within(0..block.len());
        block[place] = *rng.pick(&[0, 0x0F, 0xF0, 0xFF, rng.clone().byte()]);
    }
}

#[test]
fn blocks_of_every_encoder_decode() {
    let levels = (1..=12).map(Encoder::Hc);
    for encoder in Encoder::ALL
        .into_iter()
        .chain(levels)
        .chain((2..8).map(Encoder::Mixed))
    {
        for (n, content) in [1, 13, 100, 2048, 9000]
            .into_iter()
            .flat_map(|len| contents(3, len))
            .enumerate()
        {
            let block = encoder.encode(&content);
            assert_eq!(
                decode(&block, content.len(), n % 4),
                Ok(content),
                "{encoder:?}"
            );
        }
    }
}

#[test]
fn what_follows_a_block_is_not_looked_at() {
    let mut rng = Rng::new(1);
    for (encoder, content) in Encoder::ALL
        .into_iter()
        .flat_map(|e| contents(4, 2048).map(|c| (e, c)))
    {
        let block = encoder.encode(&content);
        for garbage in [vec![0; 40], vec![0xFF; 40], rng.bytes(1), rng.bytes(300)] {
            assert_eq!(
                decode(&[&block[..], &garbage].concat(), 2048, 0),
                Ok(content.clone()),
                "{encoder:?}"
            );
        }
    }
}

#[test]
fn blocks_of_up_to_70_bytes_to_every_length_up_to_70() {
    for len in 1..=70 {
        for (seed, encoder) in (0..).zip([
            Encoder::Hc(9),
            Encoder::Fast,
            Encoder::ShortOffsets,
            Encoder::Mixed(3),
        ]) {
            for content in [
                data::text(seed, len),
                data::records(seed, len),
                vec![9; len],
            ] {
                let block = encoder.encode(&content);
                for dst_len in 0..=70 {
                    assert_agree(&block, dst_len, dst_len % 4);
                }
            }
        }
    }
}

#[test]
fn every_source_of_two_bytes() {
    for src in 0..=u16::MAX {
        for dst_len in [0, 1, 2, 15] {
            assert_agree(&src.to_le_bytes(), dst_len, 0);
        }
    }
}

#[test]
fn sources_of_telling_bytes() {
    const BYTES: [u8; 8] = [0x00, 0x01, 0x03, 0x0F, 0x10, 0x1F, 0xF0, 0xFF];
    for number in 0..8_usize.pow(5) {
        let src: Vec<_> = (0..5)
            .map(|digit| BYTES[number >> (3 * digit) & 7])
            .collect();
        for dst_len in [1, 4, 5, 6, 21, 40] {
            // As it is, and with something to copy from and to go on with.
            assert_agree(&src, dst_len, 0);
            assert_agree(
                &[b"\x30abc\x01\0", &src[..], b"some more"].concat(),
                dst_len + 7,
                1,
            );
        }
    }
}

#[test]
fn damaged_blocks_fail_or_decode_to_the_same() {
    let mut rng = Rng::new(7);
    for round in 0..12_000 {
        let len = rng.within(1..if round % 8 == 0 { 2048 } else { 200 });
        let content = rng.pick(&contents(round, len)).clone();
        let mut block = rng.pick(&Encoder::ALL).encode(&content);
        damage(&mut block, &mut rng);
        let dst_len = if rng.chance(80) {
            len
        } else {
            rng.within(0..2 * len)
        };
        assert_agree(&block, dst_len, rng.within(0..4));
    }
}

/// The errors, too: the one is the other in assembly. `lz4_flex` names them its own way.
#[test]
#[cfg(not(feature = "lz4_flex"))]
fn the_console_s_decoder_does_the_same() {
    let mut module = Module::load();
    let mut rng = Rng::new(8);
    for round in 0..1500 {
        let len = rng.within(1..if round % 8 == 0 { 2048 } else { 200 });
        let content = rng.pick(&contents(round, len)).clone();
        let mut block = rng.pick(&Encoder::ALL).encode(&content);
        if rng.chance(75) {
            damage(&mut block, &mut rng);
        }
        // The guard is exact to the byte at both ends.
        let decoded = decode(&block, len, 0).map_err(code::of_decode);
        assert_eq!(
            module.decode_block(&block, len),
            decoded,
            "{block:02x?} to {len} bytes"
        );
    }
    for dst_len in 0..=70 {
        let block = Encoder::Hc(9).encode(&data::records(1, 70));
        assert_eq!(
            module.decode_block(&block, dst_len),
            decode(&block, dst_len, 0).map_err(code::of_decode)
        );
    }
}

#[test]
fn r9_the_end_may_be_as_tight_as_it_can_be() {
    // The last match starts 12 bytes before the end, and the last 5 bytes are literals.
    let mut block = Vec::new();
    put_sequence(&mut block, b"abcdefg", Some(Match { offset: 7, len: 7 }));
    put_sequence(&mut block, b"vwxyz", None);
    assert_eq!(decode(&block, 19, 0), Ok(b"abcdefgabcdefgvwxyz".to_vec()));
}

#[test]
#[cfg(not(feature = "lz4_flex"))]
fn r9_a_block_may_break_the_end_rules() {
    let mut block = Vec::new();
    put_sequence(&mut block, b"ab", Some(Match { offset: 2, len: 6 }));
    assert_eq!(decode(&block, 8, 0), Ok(b"abababab".to_vec()));
    // Fewer last literals than five, and none.
    put_sequence(&mut block, b"c", None);
    assert_eq!(decode(&block, 9, 0), Ok(b"ababababc".to_vec()));
}

#[test]
fn each_error_has_its_name() {
    let cases: [(&[u8], usize, DecodeError); 9] = [
        (b"", 1, DecodeError::InputEnd),
        (b"\x20a", 8, DecodeError::InputEnd),
        (b"\x20ab", 8, DecodeError::InputEnd),
        (b"\x20ab\x01", 8, DecodeError::InputEnd),
        (b"\x2Fab\x01\0\xFF", 800, DecodeError::InputEnd),
        (b"\x20ab\x00\0\x50vwxyz", 11, DecodeError::Offset),
        (b"\x20ab\x03\0\x50vwxyz", 11, DecodeError::Offset),
        (b"\x30abc\x50vwxyz", 2, DecodeError::Overrun),
        (b"\x20ab\x01\0\x50vwxyz", 5, DecodeError::Overrun),
    ];
    let mut module = Module::load();
    for (src, dst_len, error) in cases {
        assert_eq!(decode(src, dst_len, 0), Err(error), "{src:02x?}");
        assert_eq!(
            module.decode_block(src, dst_len),
            Err(code::of_decode(error)),
            "{src:02x?}"
        );
    }
}

#[test]
fn endless_lengths_end() {
    for (start, len) in [(b"\xF0".as_slice(), 2048), (b"\x1Fa\x01\0", 2048)] {
        let src = [start, &[0xFF; 70_000]].concat();
        assert!(decode(&src, len, 0).is_err());
        assert!(Module::load().decode_block(&src, len).is_err());
    }
}
