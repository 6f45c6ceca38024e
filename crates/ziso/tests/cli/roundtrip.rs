//! What goes in comes out.

use proptest::prelude::*;

use crate::reader;
use crate::support::{Folder, image, noise};

/// Compresses with these arguments, and reads the file back in every way there is.
fn round_trip(image: &[u8], args: &str) -> Vec<u8> {
    let folder = Folder::of_any_data();
    folder.write("in.iso", image);
    folder.ok(&format!("compress in.iso {args}"));
    let file = folder.read("in.zso");
    assert!(
        reader::read(&file) == image,
        "{} bytes, {args}",
        image.len()
    );
    folder.ok("decompress in.zso -o out.iso");
    assert!(
        folder.read("out.iso") == image,
        "{} bytes, {args}",
        image.len()
    );
    folder.ok("verify in.zso --against in.iso");
    file
}

#[test]
fn defect_16_images_of_any_size_come_back_to_their_last_byte() {
    // 20,580 bytes: reference script 1 loses the last 100 of them.
    let sizes = [
        1, 4, 12, 13, 102, 2047, 2048, 2049, 4096, 4097, 20_480, 20_580, 300_000,
    ];
    for size in sizes {
        let file = round_trip(&image(size), "");
        assert_eq!(reader::fields(&file).total, size);
        round_trip(&noise(size, 1), "");
        round_trip(&vec![0; size], "--align 5");
    }
}

#[test]
fn levels() {
    let image = image(100_000);
    let sizes: Vec<_> = (1..=12)
        .map(|level| round_trip(&image, &format!("--level {level}")).len())
        .collect();
    assert!(sizes[11] <= sizes[8] && sizes[8] <= sizes[1], "{sizes:?}");
}

#[test]
fn for_the_console() {
    for size in [1, 12, 13, 2047, 2049, 20_580, 300_000] {
        round_trip(&image(size), "--for-console");
        round_trip(&noise(size, 1), "--for-console --align 5");
        round_trip(&vec![0; size], "--for-console");
    }
    for block_size in [4096, 16384] {
        let args = format!("--for-console --block-size {block_size}");
        round_trip(&image(100_000), &args);
    }
}

#[test]
fn block_sizes() {
    for block_size in [2048, 4096, 6144, 8192, 16384, 65536, 1 << 20] {
        for size in [1, 2048, 65_535, 65_536, 65_537, 200_000] {
            let args = format!("--block-size {block_size} --level 4");
            let file = round_trip(&image(size), &args);
            assert_eq!(reader::fields(&file).block_size, block_size);
        }
    }
}

#[test]
fn aligns() {
    for align in 0..=11 {
        for size in [100, 2048, 20_580] {
            round_trip(&image(size), &format!("--align {align}"));
        }
        round_trip(
            &image(20_580),
            &format!("--align {align} --block-size 8192 --threshold 80"),
        );
    }
}

/// Reference script 8: a valid file of this kind is unpacked forever.
#[test]
fn barely_compressible_image() {
    let mut image = noise(299 * 2048, 8);
    image.extend(noise(1500, 9));
    image.extend([0; 548]);
    round_trip(&image, "");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_image_with_any_options(
        pieces in prop::collection::vec((0..4000_usize, any::<u64>(), any::<u8>()), 1..12),
        level in 1..=12,
        blocks in 1..5,
        align in 0..=11,
        threshold in 0..=100,
    ) {
        let piece = |(len, seed, mask): (usize, u64, u8)| noise(len + 1, seed).into_iter().map(move |byte| byte & mask);
        let image: Vec<u8> = pieces.into_iter().flat_map(piece).collect();
        let block_size = blocks * 2048;
        round_trip(&image, &format!(
            "--level {level} --block-size {block_size} --align {align} --threshold {threshold}"
        ));
    }
}

/// Discs are padded with zeros: they take no room on the disk.
#[cfg(target_os = "linux")]
#[test]
fn zeros_of_an_image_take_no_room() {
    use std::os::unix::fs::MetadataExt;
    let folder = Folder::new();
    let zeros = vec![0; 5 << 20];
    for (name, end) in [("zeros", &zeros[..]), ("data", &noise(70_000, 9))] {
        let data = [&noise(300_000, 1)[..], &zeros, &noise(100_000, 2), end].concat();
        let disc = [
            &testkit::iso::Iso::of_game("G", "SLES_123.45").build()[..],
            &data,
        ]
        .concat();
        let disc = &disc[..disc.len() / 2048 * 2048];
        folder.write("in.iso", disc);
        folder.ok(&format!("compress in.iso -o {name}.zso"));
        folder.ok(&format!("decompress {name}.zso"));
        assert!(folder.read(&format!("{name}.iso")) == disc);
        let meta = std::fs::metadata(folder.path(&format!("{name}.iso"))).expect("there");
        assert!(
            meta.blocks() * 512 < meta.len() / 2,
            "{} of {}",
            meta.blocks() * 512,
            meta.len()
        );
    }
}

/// What is smaller has more to decode, which counts where the device is fast.
#[test]
fn settings_for_a_device_keep_to_the_size() {
    let folder = Folder::of_any_data();
    let original = [image(200 * 2048), noise(40 * 2048, 1), image(60 * 2048)].concat();
    folder.write("in.iso", &original);
    folder.ok("compress in.iso -o smallest.zso");
    let smallest = folder.read("smallest.zso").len();
    let size = |args: &str| {
        folder.ok(&format!("compress {args} in.iso -f -o out.zso"));
        folder.ok("verify out.zso --against in.iso");
        folder.read("out.zso").len()
    };
    let tight = smallest * 100 / original.len() + 3;
    for percent in [95, tight] {
        let most = original.len() * percent / 100;
        let hdd = size(&format!("--for hdd --max-size {percent}"));
        assert!((smallest..=most).contains(&hdd), "{hdd} of {most} bytes");
    }
    let usb = size("--for usb");
    assert!(usb < size("--for hdd --max-size 95"));
    assert!(usb < smallest + smallest / 20);
}
