//! The decoder against `lz4_flex`: the same blocks are accepted, with the same bytes, and nothing outside is touched.

#[cfg(not(feature = "lz4_flex"))]
use testkit::blocks::Case;
use testkit::blocks::{contents, damage};
use testkit::encode::{Encoder, Match, put_sequence};
use testkit::module::Module;
use testkit::oracle::{self, End};
use testkit::{Rng, code, data};
use zso::lz4::{DecodeError, decode_block};

/// Around every destination, and in it before it is written.
const CANARY: u8 = 0xC5;

/// How a block may end: the feature's decoder is strict about it (R9).
const END: End = if cfg!(feature = "lz4_flex") {
    End::Literals
} else {
    End::Any
};

/// Decodes into the middle of a buffer, at an address of any alignment, and checks what is around.
fn decode(src: &[u8], len: usize, misalign: usize) -> Result<Vec<u8>, DecodeError> {
    // Of exactly this size on the heap, so that tools see what is read after it.
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
    let expected = oracle::decode(src, len, END);
    assert_eq!(
        decoded.as_ref().ok(),
        expected.as_ref(),
        "{decoded:?}: {src:02x?} to {len} bytes"
    );
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
#[cfg(not(feature = "lz4_flex"))]
fn assert_console_agrees(module: &mut Module, case: &Case) {
    let Case { src, len, .. } = case;
    assert_agree(src, *len, 0);
    // The guard is exact to the byte at both ends.
    assert_eq!(
        module.decode_block_at(src, case.src_misalign, *len, case.dst_misalign),
        decode(src, *len, 0).map_err(code::of_decode),
        "{case:02x?}"
    );
}

#[test]
#[cfg(not(feature = "lz4_flex"))]
fn the_console_s_decoder_does_the_same() {
    let mut module = Module::load();
    for seed in 0..3000 {
        assert_console_agrees(&mut module, &Case::new(seed));
    }
}

/// Places of source and destination in their words: all pairs.
#[cfg(not(feature = "lz4_flex"))]
fn alignments() -> impl Iterator<Item = (u32, u32)> {
    (0..16).map(|both| (both % 4, both / 4))
}

/// A run of each length near which the console's copies take another turn, as literals and as a match from each of the
/// shortest offsets; after each, one more run that begins where it has ended.
#[test]
#[cfg(not(feature = "lz4_flex"))]
fn the_console_copies_runs_of_every_length() {
    let mut module = Module::load();
    for len in (4..24).chain(268..278).chain([523, 524, 529]) {
        for (src_misalign, dst_misalign) in alignments() {
            let mut src = Vec::new();
            for offset in 1..=16 {
                let found = Match { offset, len };
                put_sequence(&mut src, &data::noise(1, 16), Some(found));
            }
            put_sequence(&mut src, &data::noise(2, len), None);
            let case = Case {
                src,
                len: 16 * (16 + len) + len,
                src_misalign,
                dst_misalign,
            };
            assert_console_agrees(&mut module, &case);
        }
    }
}

/// Every number of literals that its token can hold and some more, before a match of every such length, from every
/// place in a word to every other.
#[test]
#[cfg(not(feature = "lz4_flex"))]
fn the_console_goes_from_literals_to_matches_at_every_place() {
    let mut module = Module::load();
    for literals in (0..=20).chain(267..=272) {
        for (src_misalign, dst_misalign) in alignments() {
            let mut src = Vec::new();
            let mut len = 24;
            put_sequence(
                &mut src,
                &data::noise(1, 20),
                Some(Match { offset: 20, len: 4 }),
            );
            for matched in 4..=22 {
                for offset in [4, 7, 8, 9, 10, 11, 13, 24] {
                    let found = Match {
                        offset,
                        len: matched,
                    };
                    put_sequence(&mut src, &data::noise(offset as u64, literals), Some(found));
                    len += literals + matched;
                }
            }
            let case = Case {
                src,
                len,
                src_misalign,
                dst_misalign,
            };
            assert_console_agrees(&mut module, &case);
        }
    }
}

/// Blocks that end in every length of literals, or in a match of every length, with nothing after them.
#[test]
#[cfg(not(feature = "lz4_flex"))]
fn the_console_ends_in_runs_of_every_length() {
    let mut module = Module::load();
    for len in (4..=45).chain([270, 277, 600]) {
        for (src_misalign, dst_misalign) in alignments() {
            for offset in [1, 2, 3, 4, 6, 8, 9, 12, 19] {
                let mut src = Vec::new();
                let found = Match { offset, len };
                put_sequence(&mut src, &data::noise(3, 19), Some(found));
                let mut case = Case {
                    src,
                    len: 19 + len,
                    src_misalign,
                    dst_misalign,
                };
                assert_console_agrees(&mut module, &case);
                put_sequence(&mut case.src, &data::noise(5, len - 4), None);
                case.len += len - 4;
                assert_console_agrees(&mut module, &case);
            }
        }
    }
}

/// Whatever comes first in a block, and after some bytes of output.
#[test]
#[cfg(not(feature = "lz4_flex"))]
fn the_console_s_decoder_on_telling_bytes() {
    const BYTES: [u8; 8] = [0x00, 0x01, 0x03, 0x0F, 0x10, 0x1F, 0xF0, 0xFF];
    let mut module = Module::load();
    for number in 0..8_usize.pow(4) {
        let bytes: Vec<_> = (0..4)
            .map(|digit| BYTES[number >> (3 * digit) & 7])
            .collect();
        let at = |src: Vec<u8>, len| Case {
            src,
            len,
            src_misalign: number as u32 % 4,
            dst_misalign: number as u32 / 4 % 4,
        };
        assert_console_agrees(&mut module, &at(bytes.clone(), 21));
        let more = data::noise(6, 64);
        let long = [b"\x90abcdefghi\x04\0", &bytes[..], &more[..]].concat();
        assert_console_agrees(&mut module, &at(long, 90));
    }
}

/// It is an entry to the decoder's copy.
#[test]
fn the_console_s_memcpy_copies_what_it_is_told_to_copy() {
    let mut module = Module::load();
    for len in (0..40).chain([2048]) {
        let bytes = data::noise(4, len);
        for alignments in 0..16 {
            let copied = module.copy(&bytes, alignments % 4, alignments / 4);
            assert_eq!(copied, bytes, "alignments {alignments}");
        }
    }
}

/// Both ends of both buffers at every distance from what they cut, at all alignments.
#[test]
#[cfg(not(feature = "lz4_flex"))]
fn the_console_s_decoder_at_every_end() {
    const SHORT: [(usize, usize, usize); 5] =
        [(9, 5, 4), (0, 2, 7), (1, 12, 11), (3, 1, 20), (2, 16, 5)];
    const LONG: [(usize, usize, usize); 4] = [(30, 9, 40), (1, 8, 19), (16, 20, 24), (0, 1, 21)];
    let mut module = Module::load();
    for sequences in [&SHORT[..], &LONG] {
        let mut src = Vec::new();
        let mut len = 5;
        for &(literals, offset, matched) in sequences {
            let found = Match {
                offset,
                len: matched,
            };
            put_sequence(&mut src, &data::noise(3, literals), Some(found));
            len += literals + matched;
        }
        put_sequence(&mut src, b"vwxyz", None);
        for (src_misalign, dst_misalign) in alignments() {
            for cut in 0..=64 {
                let [less, more] = [len.saturating_sub(cut), len + cut];
                let short = &src[..src.len().saturating_sub(cut)];
                for (src, len) in [(short, len), (short, less), (&src[..], less), (&src, more)] {
                    let case = Case {
                        src: src.to_vec(),
                        len,
                        src_misalign,
                        dst_misalign,
                    };
                    assert_console_agrees(&mut module, &case);
                }
            }
        }
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
