//! What is between blocks: padding, and gaps before plain runs: where they are, how many there are, and that nothing
//! else changes.

use std::io::Cursor;

use proptest::prelude::*;
use zso::format::{Entry, Header, SHORTEST_RUN};
use zso_write::{Layout, Options, Packed, Stored, Writer};

/// What is stored of a block: its bytes, and whether they are plain.
type Block = (Vec<u8>, bool);

/// Writes a file of these blocks, so many of them at a time.
fn write(blocks: &[Block], at_a_time: usize, options: &Options) -> Vec<u8> {
    let layout = Layout::new(blocks.len() as u64 * 2048, options).expect("small");
    let mut file = Cursor::new(Vec::new());
    let mut writer = Writer::new(&mut file, layout, options).expect("memory");
    for run in blocks.chunks(at_a_time) {
        let stored = |block: &Block| Stored {
            len: block.0.len(),
            plain: block.1,
        };
        let packed = Packed {
            bytes: run.iter().flat_map(|block| block.0.clone()).collect(),
            blocks: run.iter().map(stored).collect(),
            image_bytes: run.len() * 2048,
        };
        writer.write(&packed).expect("memory");
    }
    writer.finish().expect("memory");
    file.into_inner()
}

/// Where each block begins, and where the last one ends; with the plain ones marked.
fn index(file: &[u8]) -> Vec<(usize, bool)> {
    let header = Header::parse(file).expect("valid");
    let entries = file[24..]
        .as_chunks()
        .0
        .iter()
        .take(header.blocks() as usize + 1);
    let entries = entries.map(|&word| Entry(u32::from_le_bytes(word)));
    entries
        .map(|entry| {
            (
                (entry.offset() as usize) << header.align(),
                entry.is_plain(),
            )
        })
        .collect()
}

/// Blocks as discs have them: runs of plain ones between runs of compressed ones.
fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let run = (any::<bool>(), 1..40_usize, 1..2048_usize, any::<u8>());
    prop::collection::vec(run, 1..60).prop_map(|runs| {
        let blocks = runs.into_iter().flat_map(|(plain, count, len, byte)| {
            let len = if plain { 2048 } else { len };
            vec![(vec![byte; len], plain); count]
        });
        blocks.collect()
    })
}

/// Where runs begin that are worth a gap.
fn runs(blocks: &[Block]) -> Vec<usize> {
    let is_plain = |i: usize| blocks.get(i).is_some_and(|block| block.1);
    let begins = |&i: &usize| {
        let is_long = (i..i + SHORTEST_RUN as usize).all(is_plain);
        is_long && !(i > 0 && is_plain(i - 1))
    };
    (0..blocks.len()).filter(begins).collect()
}

fn case() -> impl Strategy<Value = (Vec<Block>, Options, usize)> {
    let gaps = prop_oneof![Just(0), Just(3), Just(1000), 0..100_u16];
    (0..4_u8, gaps, 1..700_usize, any::<u8>()).prop_flat_map(|(align, gaps, at_a_time, padding)| {
        let options = Options {
            align,
            gaps,
            padding,
            ..Options::default()
        };
        blocks().prop_map(move |blocks| (blocks, options.clone(), at_a_time))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn other_readers_take_every_gap((blocks, options, at_a_time) in case()) {
        let file = write(&blocks, at_a_time, &options);
        let index = index(&file);
        let mut gaps = 0;
        for (i, (stored, plain)) in blocks.iter().enumerate() {
            let ((start, is_plain), (end, _)) = (index[i], index[i + 1]);
            prop_assert_eq!(is_plain, *plain);
            prop_assert!(&file[start..][..stored.len()] == stored);
            let padded = stored.len().next_multiple_of(1 << options.align);
            // OPL's C reader has no room for more, and none at all after a plain block.
            let gap = end - start - padded;
            prop_assert!(gap == 0 || !plain && end - start <= 2048, "block {}: {}", i, gap);
            // The last block's is all that fills up the file.
            let end = if i + 1 == blocks.len() { file.len() } else { end };
            // The script takes bytes like the last one away.
            let filled = &file[start + stored.len()..end];
            prop_assert!(filled.iter().all(|byte| *byte == filled[0] && *byte != stored[stored.len() - 1]));
            gaps += gap;
        }
        prop_assert!(gaps * 1000 <= usize::from(options.gaps) * file.len());
    }

    #[test]
    fn runs_begin_at_sectors_where_gaps_are_free((blocks, options, at_a_time) in case()) {
        let file = write(&blocks, at_a_time, &Options { gaps: 1000, ..options.clone() });
        let index = index(&file);
        for run in runs(&blocks) {
            let before = blocks[..run].iter().rev().take(16).take_while(|block| !block.1);
            let padded = |block: &Block| block.0.len().next_multiple_of(1 << options.align);
            let room: usize = before.map(|block| 2048 - padded(block)).sum();
            let at_sector = index[run].0.is_multiple_of(2048);
            prop_assert!(at_sector || room < 2047, "block {}", run);
        }
    }

    #[test]
    fn the_file_is_the_same_however_it_comes((blocks, options, at_a_time) in case()) {
        // Runs longer than what is looked at are cheap enough as it is; so only whether they are seen whole may differ.
        let options = Options { gaps: if options.gaps < 1000 { 0 } else { 1000 }, ..options };
        prop_assert!(write(&blocks, at_a_time, &options) == write(&blocks, 128, &options));
    }
}

#[test]
fn a_film_begins_at_a_sector_by_default() {
    let compressed = vec![(vec![7; 1000], false); 300];
    let film = vec![(vec![9; 2048], true); 2000];
    let blocks = [compressed.clone(), film, compressed].concat();
    let file = write(&blocks, 128, &Options::default());
    let index = index(&file);
    assert!(index[300].0.is_multiple_of(2048));
    // Other sizes do not change with it: no gap is longer than a sector.
    let without = write(
        &blocks,
        128,
        &Options {
            gaps: 0,
            ..Options::default()
        },
    );
    assert!(file.len() <= without.len() + 2048);
}
