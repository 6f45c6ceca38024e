//! Images that are no ISO files: to be compressed anew, tracks, and what is refused.

use std::io::Write;

use testkit::image::{Builder, Tail};
use testkit::tracks::track;

use crate::reader::{fields, read};
use crate::support::{Folder, image, noise};

#[test]
fn zso_files_are_compressed_anew() {
    let folder = Folder::of_any_data();
    let original = image(100_000);
    folder.write("in.iso", &original);
    folder.ok("compress in.iso --level fast -o fast.zso --align 5 --block-size 8192");
    folder.ok("compress fast.zso --level best -o best.zso");
    folder.ok("compress in.iso --level best -o direct.zso");
    assert!(folder.read("best.zso") == folder.read("direct.zso"));
    // Beside itself it cannot be.
    folder.fails("compress fast.zso --force", 2, "input itself");
    folder.ok("compress fast.zso --output-dir new");
    assert!(read(&folder.read("new/fast.zso")) == original);
    folder.ok("verify direct.zso --against fast.zso");
}

#[test]
fn damaged_zso_files_are_not_compressed_anew() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(100_000, 3));
    folder.ok("compress in.iso");
    let file = folder.read("in.zso");
    for len in [file.len() / 2, file.len() - 2048, 20] {
        folder.write("cut.zso", &file[..len]);
        folder.fails("compress cut.zso -o out.zso", 1, "cut.zso");
    }
    assert_eq!(folder.names(), ["cut.zso", "in.iso", "in.zso"]);
}

/// Reference script 1: of a track it loses the end, and keeps what is none of the image.
#[test]
fn data_of_tracks_are_compressed() {
    let folder = Folder::of_any_data();
    let original = image(300 * 2048);
    for mode in [1, 2] {
        let track = track(&original, mode, 0);
        folder.write("track.bin", &track);
        folder.ok("compress track.bin --force");
        assert!(read(&folder.read("track.zso")) == original, "mode {mode}");
        folder.write("track.bin", &track[..track.len() - 1]);
        folder.fails("compress track.bin --force", 2, "2352");
    }
}

#[test]
fn other_tracks_are_refused() {
    let folder = Folder::of_any_data();
    let mut track = track(&[1; 2048], 2, 0);
    track[18] |= 0x20;
    folder.write("film.bin", &track);
    folder.fails("compress film.bin", 2, "sector 0 has form 2");
    assert_eq!(folder.names(), ["film.bin"]);
}

/// A CSO file of version 1 or 2: plain blocks, and blocks by deflate and, in version 2, by LZ4, in turns.
fn cso(image: &[u8], version: u8, align: u8) -> Vec<u8> {
    cso_of_blocks(image, version, align, 2048)
}

/// The same with blocks of this size, the last one filled up with zeros.
fn cso_of_blocks(image: &[u8], version: u8, align: u8, size: usize) -> Vec<u8> {
    let mut header = b"CISO\x18\0\0\0".to_vec();
    header.extend((image.len() as u64).to_le_bytes());
    header.extend((size as u32).to_le_bytes());
    header.extend([version, align, 0xCC, 0xCC]);
    let count = image.len().div_ceil(size);
    let unit = 1 << align;
    let start = (24 + 4 * (count + 1)).next_multiple_of(unit);
    let mut data = Vec::new();
    for (i, block) in image.chunks(size).enumerate() {
        let mut block = block.to_vec();
        block.resize(size, 0);
        let block = &block;
        let entry = ((start + data.len()) >> align) as u32;
        let mut deflated =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        deflated.write_all(block).expect("deflated");
        let deflated = deflated.finish().expect("deflated");
        let (stored, flag) = match i % 3 {
            0 => (block.to_vec(), version < 2),
            1 if version == 2 => (lz4(block), true),
            _ => (deflated, false),
        };
        header.extend((entry | u32::from(flag) << 31).to_le_bytes());
        data.extend(stored);
        data.resize(data.len().next_multiple_of(unit), 0xAA);
    }
    header.extend((((start + data.len()) >> align) as u32).to_le_bytes());
    header.resize(start, 0);
    [header, data].concat()
}

fn lz4(block: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    lzzzz::lz4::compress_to_vec(block, &mut compressed, lzzzz::lz4::ACC_LEVEL_DEFAULT)
        .expect("compressed");
    compressed
}

/// Of a kind that compresses, so that only what is meant to be is plain; whole sectors, as discs have.
fn soft(sectors: usize) -> Vec<u8> {
    (0..sectors * 2048)
        .map(|i| (i / 40) as u8 ^ (i >> 9) as u8)
        .collect()
}

#[test]
fn cso_files_are_compressed_anew() {
    for (version, align) in [(0, 0), (1, 0), (1, 3), (2, 0), (2, 4)] {
        let folder = Folder::of_any_data();
        let original = soft(302);
        folder.write("game.iso", &original);
        folder.write("game.cso", &cso(&original, version, align));
        let run = folder.ok("compress game.cso");
        assert_eq!(run.stderr.lines().count(), 1, "version {version}: {run:?}");
        assert!(run.stderr.contains("no ISO 9660 volume"), "{run:?}");
        assert!(
            read(&folder.read("game.zso")) == original,
            "version {version}"
        );
        folder.ok("verify game.zso --against game.cso");
        let run = folder.ok("info game.cso");
        assert!(run.stdout.contains("a CSO file, which loaders"), "{run:?}");
        folder.ok("decompress game.cso -o back.iso");
        assert!(folder.read("back.iso") == original);
        folder.ok("verify game.cso --against game.iso");
    }
}

#[test]
fn a_last_block_of_a_cso_file_that_is_filled_up_is_read() {
    let folder = Folder::of_any_data();
    // The last block is one of LZ4.
    let original = soft(9);
    folder.write("game.cso", &cso_of_blocks(&original, 2, 0, 4096));
    folder.ok("compress game.cso");
    assert!(read(&folder.read("game.zso")) == original);
}

#[test]
fn folders_of_cso_files_are_compressed() {
    let folder = Folder::of_any_data();
    std::fs::create_dir(folder.path("games")).expect("created");
    folder.write("games/a.cso", &cso(&soft(5), 1, 0));
    folder.ok("compress games --output-dir out");
    assert!(read(&folder.read("out/a.zso")) == soft(5));
}

#[test]
fn damaged_cso_files_are_not_compressed_anew() {
    let folder = Folder::of_any_data();
    let original = soft(100);
    for version in [1, 2] {
        let file = cso(&original, version, 0);
        let damage = |at: usize, bytes: &[u8]| {
            let mut file = file.clone();
            file[at..at + bytes.len()].copy_from_slice(bytes);
            file
        };
        for (says, bad) in [
            ("cut off", file[..file.len() - 2048].to_vec()),
            ("cut off", file[..200].to_vec()),
            ("too few for a ZSO header", file[..20].to_vec()),
            ("block 0: damaged index", damage(24, &[0xFF; 3])),
            ("block size 0", damage(16, &[0; 4])),
            ("1 TiB", damage(8, &[0xFF; 8])),
            ("align 12", damage(21, &[12])),
            ("version 3", damage(20, &[3])),
            ("block 2: damaged data", {
                // The first bits say what kind of deflate it is; this is none.
                let at = u32::from_le_bytes(file[32..36].try_into().expect("four")) as usize;
                damage(at, &[0xFF; 4])
            }),
        ] {
            folder.write("bad.cso", &bad);
            folder.fails("compress bad.cso -o out.zso", 1, says);
        }
    }
    // Nothing comes of huge numbers but an error.
    let mut hostile = cso(&original, 1, 0);
    hostile[8..16].copy_from_slice(&((1_u64 << 40) - 2048).to_le_bytes());
    hostile[16..20].copy_from_slice(&(16_u32 << 20).to_le_bytes());
    folder.write("bad.cso", &hostile);
    folder.fails("compress bad.cso -o out.zso", 1, "block 0");
    assert_eq!(folder.names(), ["bad.cso"]);
}

#[test]
fn packed_images_are_refused() {
    let folder = Folder::new();
    for (start, says) in [
        (&b"MComprHD"[..], "damaged header"),
        (b"PK\x03\x04", "damaged"),
        (b"7z\xBC\xAF\x27\x1C", "damaged"),
        (b"Rar!\x1A\x07", "RAR"),
        (b"\x1F\x8B\x08", "gzip"),
    ] {
        folder.write("packed.iso", &[start, &[0; 5000]].concat());
        folder.fails("compress packed.iso", 2, says);
    }
    assert_eq!(folder.names(), ["packed.iso"]);
}

/// maxcso fills the last block with zeros to full size, where blocks have more than a sector.
#[test]
fn last_blocks_that_are_filled_up_are_read() {
    let folder = Folder::of_any_data();
    let original = image(100_000);
    folder.write("in.iso", &original);
    for tail in [Tail::Pad, Tail::AsIs] {
        let builder = Builder {
            block_size: 16_384,
            last_block: Some(16_384),
            tail,
            ..Builder::default()
        };
        folder.write("game.zso", &builder.build(&original).bytes);
        folder.ok("verify game.zso --against in.iso");
        folder.ok("decompress game.zso --force");
        assert!(folder.read("game.iso") == original);
        folder.ok("compress game.zso -o anew.zso --force");
        assert!(read(&folder.read("anew.zso")) == original);
        assert!(!folder.ok("info game.zso").stdout.contains("damage"));
    }
}

/// Installers cut off part of a sector; without padding there is one.
#[test]
fn padding_of_the_file_can_be_left_out() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(20_480));
    folder.ok("compress in.iso --no-pad");
    let file = folder.read("in.zso");
    let fields = fields(&file);
    assert_eq!(fields.entry(fields.index.len() - 1).0, file.len());
    assert_ne!(file.len() % 2048, 0);
    folder.ok("verify in.zso --against in.iso");
}
