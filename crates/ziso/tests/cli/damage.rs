//! Damaged, cut and hostile ZSO files.

use std::fs;

use ziso::{Checks, Error, unwatched};

use crate::reader;
use crate::support::{Folder, flip, image, noise};

/// A ZSO file of a few blocks, plain ones and compressed ones, and a partial last one.
fn small(folder: &Folder, args: &str) -> (Vec<u8>, Vec<u8>) {
    let mut image = image(9 * 2048);
    image.extend(noise(700, 4));
    image.extend([9; 200]);
    folder.write("in.iso", &image);
    folder.ok(&format!("compress in.iso --force {args}"));
    (image, folder.read("in.zso"))
}

/// Whether a file is called damaged, or taken for another kind, which may be a bit away: JISO for ZISO.
fn is_refused(error: &Error) -> bool {
    error.is_damage() || matches!(error, Error::Foreign { .. })
}

/// What the library makes of `file`: whether it passes, and if so whether the image is the right one.
///
/// Without a checksum in the format, a wrong one can pass; it must then fail the comparison.
fn passes(folder: &Folder, file: &[u8]) -> bool {
    let zso = folder.write("probe.zso", file);
    let iso = folder.path("in.iso");
    let alone = ziso::verify(&zso, &Checks::default(), &mut unwatched);
    let against = Checks {
        against: Some(&iso),
        ..Checks::default()
    };
    let compared = ziso::verify(&zso, &against, &mut unwatched);
    match (alone, compared) {
        (Ok(report), Ok(same)) => {
            assert_eq!(report, same);
            true
        }
        (Ok(_), Err(Error::Differs { .. } | Error::LengthDiffers { .. })) => false,
        (Err(alone), Err(compared)) => {
            assert!(
                is_refused(&alone) && is_refused(&compared),
                "{alone:?} {compared:?}"
            );
            false
        }
        (Err(alone), Ok(_)) => panic!("passes only in comparison: {alone:?}"),
        (Ok(_), Err(compared)) => panic!("{compared:?}"),
    }
}

/// Reference scripts 14 and 15.
#[test]
fn any_flipped_bit_is_noticed_or_found_by_comparison() {
    for args in ["", "--align 3"] {
        let folder = Folder::of_any_data();
        let (image, mut file) = small(&folder, args);
        let fields = reader::fields(&file);
        let (end, _) = fields.entry(fields.index.len() - 1);
        let index_end = 24 + 4 * fields.index.len();
        // All of header and index, and a sample of the data.
        let data = (index_end * 8..end * 8).step_by(41);
        let bits = (0..index_end * 8).chain(data);
        for bit in bits {
            file[bit / 8] ^= 1 << (bit % 8);
            passes(&folder, &file);
            file[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(passes(&folder, &file));
        assert!(reader::read(&file) == image);
    }
}

#[test]
fn flipped_bit_never_unpacks_to_something_else_in_silence() {
    let folder = Folder::of_any_data();
    let (image, file) = small(&folder, "");
    for bit in (0..file.len() * 8).step_by(1009) {
        let zso = folder.write("probe.zso", &file);
        flip(&zso, bit);
        let run = folder.run("decompress probe.zso -o out.iso --force");
        let compared = folder.run("verify probe.zso --against in.iso");
        let right = run.code == 0 && folder.read("out.iso") == image;
        assert_eq!(compared.code, i32::from(!right), "bit {bit}: {compared:?}");
        assert!(matches!(run.code, 0 | 1), "bit {bit}: {run:?}");
    }
}

/// Reference script 16, and the half file that another tool unpacks to its full size.
#[test]
fn cut_file_passes_only_if_padding_is_all_it_lost() {
    for args in [
        "",
        "--align 4",
        "--level 1 --block-size 8192",
        "--threshold 0",
        "--threshold 0 --align 8",
    ] {
        let folder = Folder::of_any_data();
        let (_, file) = small(&folder, args);
        // What fills up the space after the last block is bytes of one kind, and not like its last one.
        let filler = file.last();
        let data_end = file.len()
            - file
                .iter()
                .rev()
                .take_while(|byte| Some(*byte) == filler)
                .count();
        // Every length near the ends of sectors and of the data, a sample of the others.
        let near =
            |len: usize| len % 2048 < 20 || len % 2048 > 2028 || len.abs_diff(data_end) < 600;
        for len in (0..file.len()).filter(|len| near(*len) || len % 61 == 0) {
            let zso = folder.write("probe.zso", &file[..len]);
            let passed = ziso::verify(&zso, &Checks::default(), &mut unwatched).is_ok();
            assert_eq!(
                passed,
                len >= data_end,
                "{args}: {len} of {} bytes",
                file.len()
            );
        }
    }
}

#[test]
fn files_of_other_kinds_are_refused() {
    let folder = Folder::of_any_data();
    for (name, bytes, says) in [
        ("empty", &b""[..], "0 bytes are too few"),
        ("short", b"ZISO", "4 bytes are too few"),
        ("other", b"GIF89a, and more than a header has", "not a ZSO"),
        (
            "server",
            b"ZSO\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\x01\0\0\0",
            "private variant",
        ),
    ] {
        folder.write(name, bytes);
        folder.fails(&format!("verify {name}"), 1, says);
        folder.fails(&format!("decompress {name} -o out.iso"), 1, says);
    }
    assert!(!folder.path("out.iso").exists());
}

/// A header and nothing after it.
fn header(total: u64, block_size: u32, align: u8) -> Vec<u8> {
    let mut file = b"ZISO\x18\0\0\0".to_vec();
    file.extend(total.to_le_bytes());
    file.extend(block_size.to_le_bytes());
    file.extend([1, align, 0, 0]);
    file
}

#[test]
fn hostile_headers_cost_no_memory() {
    let folder = Folder::of_any_data();
    let largest = (1_u64 << 40) - 2048;
    for (total, block_size, align, says) in [
        (largest, 256 << 20, 0, "only blocks up to 16777216 bytes"),
        (
            largest,
            (16 << 20) + 2048,
            0,
            "only blocks up to 16777216 bytes",
        ),
        (largest, 16 << 20, 0, "block 0"),
        (largest, 2048, 0, "block 0"),
        (largest, 2048, 11, "block 0"),
        (u64::MAX, 2048, 0, "1 TiB"),
        (1 << 20, 0, 0, "block size 0"),
        (1 << 20, 2047, 0, "block size 2047"),
        (1 << 20, 2048, 12, "align 12"),
    ] {
        let mut file = header(total, block_size, align);
        folder.write("bare.zso", &file);
        folder.fails("verify bare.zso", 1, "");
        file.resize(10_000, 0);
        folder.write("bad.zso", &file);
        folder.fails("verify bad.zso", 1, says);
        folder.fails("decompress bad.zso -o out.iso", 1, says);
    }
    assert_eq!(folder.names(), ["bad.zso", "bare.zso"]);
}

/// A file of 5 GiB, most of which takes no place on the disk, with an index of 2 GiB; and no memory for it.
#[cfg(target_os = "linux")]
#[test]
fn hostile_index_costs_neither_memory_nor_time() {
    let folder = Folder::of_any_data();
    let mut file = header((1 << 40) - 2048, 2048, 9);
    // A few blocks that are sound, and then offsets that decrease.
    let start = (1 << 31) + 4096;
    file.extend((0..100_u32).flat_map(|i| ((start + i * 2048) >> 9 | 1 << 31).to_le_bytes()));
    let path = folder.write("bad.zso", &file);
    let sparse = fs::File::options().write(true).open(path).expect("opened");
    sparse.set_len(5 << 30).expect("long enough");
    for args in [
        "verify bad.zso",
        "decompress bad.zso",
        "compress bad.zso -o out.zso",
    ] {
        // Addresses, that is: threads have some of their own, which they do not use.
        let run = folder.run_limited("ulimit -v 1000000", args);
        assert_eq!(run.code, 1, "{args}: {run:?}");
        assert!(run.stderr.contains("block 99"), "{args}: {run:?}");
    }
    assert_eq!(folder.names(), ["bad.zso"]);
}

/// What other writers leave.
#[test]
fn header_size_0_and_version_0_are_read() {
    let folder = Folder::of_any_data();
    let (image, mut file) = small(&folder, "");
    file[4] = 0;
    file[20] = 0;
    folder.write("odd.zso", &file);
    folder.ok("verify odd.zso --against in.iso");
    folder.ok("decompress odd.zso");
    assert!(folder.read("odd.iso") == image);
}

#[test]
fn image_without_blocks_is_read() {
    let folder = Folder::of_any_data();
    let mut file = header(0, 2048, 0);
    file.extend(28_u32.to_le_bytes());
    folder.write("none.zso", &file);
    let run = folder.ok("verify none.zso");
    assert!(run.stdout.starts_with("\"none.zso\": 0 bytes\n"), "{run:?}");
    folder.ok("decompress none.zso");
    assert_eq!(folder.read("none.iso"), b"");
}

#[test]
fn differences_are_found_where_they_are() {
    let folder = Folder::of_any_data();
    let (mut image, _) = small(&folder, "");
    image[12_345] ^= 1;
    folder.write("other.iso", &image);
    folder.fails("verify in.zso --against other.iso", 1, "from byte 12345 on");
    image.pop();
    folder.write("other.iso", &image);
    folder.fails("verify in.zso --against other.iso", 1, "19332 bytes");
    folder.fails("verify in.zso --against missing.iso", 2, "missing.iso");
    fs::create_dir(folder.path("dir")).expect("created");
    folder.fails("verify in.zso --against dir", 2, "dir");
}
