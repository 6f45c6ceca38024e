//! What the files look like.

use crate::reader::{fields, read};
use crate::support::{Folder, image, noise};

fn compress(image: &[u8], args: &str) -> Vec<u8> {
    let folder = Folder::of_any_data();
    folder.write("in.iso", image);
    folder.ok(&format!("compress in.iso {args}"));
    folder.read("in.zso")
}

/// Reference script 6: it ignores the align asked for.
#[test]
fn defect_16_align_is_honoured() {
    assert_eq!(fields(&compress(&image(5000), "")).align, 0);
    assert_eq!(fields(&compress(&image(5000), "--align 4")).align, 4);
}

/// Reference script 5: it rounds the end entry down, before the last block's end.
#[test]
fn end_entry_is_rounded_up() {
    for align in 0..=11 {
        for size in [2048, 10_000, 20_580] {
            let file = compress(&image(size), &format!("--align {align}"));
            let fields = fields(&file);
            let (end, plain) = fields.entry(fields.index.len() - 1);
            let (last, _) = fields.entry(fields.index.len() - 2);
            assert!(last < end && end <= file.len() && !plain);
            let filler = file[end..].first().copied().unwrap_or_default();
            assert!(file[end..].iter().all(|byte| *byte == filler));
        }
    }
}

/// Installers cut a file to whole sectors (R8).
#[test]
fn file_is_whole_sectors() {
    for size in [1, 2048, 20_580, 50_000] {
        for align in [0, 3, 11] {
            assert_eq!(
                compress(&image(size), &format!("--align {align}")).len() % 2048,
                0
            );
        }
    }
}

/// Readers on the console have room for one block, and for no more than that of it compressed.
#[test]
fn no_block_takes_more_than_it_holds() {
    for align in 0..=11 {
        let file = compress(&image(100_000), &format!("--align {align}"));
        let fields = fields(&file);
        for i in 1..fields.index.len() {
            assert!(fields.entry(i).0 - fields.entry(i - 1).0 <= 2048);
        }
    }
}

#[test]
fn threshold_decides_what_is_plain() {
    let mut block = noise(2048, 1);
    block[1800..].fill(0);
    let is_plain = |args| fields(&compress(&block, args)).entry(0).1;
    assert!(!is_plain(""));
    assert!(!is_plain("--threshold 95"));
    assert!(is_plain("--threshold 80"));
    assert!(is_plain("--threshold 0"));
    // Padded to 512 bytes it would take up all of the block.
    assert!(is_plain("--align 9"));
    assert!(!is_plain("--align 6"));
}

#[test]
fn plain_image_costs_only_header_index_and_padding() {
    let image = noise(100 * 2048, 5);
    let file = compress(&image, "");
    assert_eq!(
        file.len(),
        (24 + 4 * 101 + image.len()).next_multiple_of(2048)
    );
    assert!(read(&file) == image);
}
