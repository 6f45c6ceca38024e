//! Images that are no ISO files: to be compressed anew, tracks, and what is refused.

use crate::reader::{fields, read};
use crate::support::{Folder, image, noise};

#[test]
fn zso_files_are_compressed_anew() {
    let folder = Folder::new();
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
    let folder = Folder::new();
    folder.write("in.iso", &noise(100_000, 3));
    folder.ok("compress in.iso");
    let file = folder.read("in.zso");
    for len in [file.len() / 2, file.len() - 2048, 20] {
        folder.write("cut.zso", &file[..len]);
        folder.fails("compress cut.zso -o out.zso", 1, "cut.zso");
    }
    assert_eq!(folder.names(), ["cut.zso", "in.iso", "in.zso"]);
}

/// A sector as it is on a CD, of mode 1 or of mode 2, form 1.
fn raw(mode: u8, data: &[u8]) -> Vec<u8> {
    let mut raw = vec![0xFF; 12];
    (raw[0], raw[11]) = (0, 0);
    raw.extend([0, 2, 0, mode]);
    if mode == 2 {
        raw.extend([0, 0, 8, 0].repeat(2));
    }
    raw.extend(data);
    raw.resize(2352, 0xEC);
    raw
}

/// Reference script 1: of a track it loses the end, and keeps what is none of the image.
#[test]
fn data_of_tracks_are_compressed() {
    let folder = Folder::new();
    let original = image(300 * 2048);
    for mode in [1, 2] {
        let track: Vec<u8> = original
            .chunks(2048)
            .flat_map(|data| raw(mode, data))
            .collect();
        folder.write("track.bin", &track);
        folder.ok("compress track.bin --force");
        assert!(read(&folder.read("track.zso")) == original, "mode {mode}");
        folder.write("track.bin", &track[..track.len() - 1]);
        folder.fails("compress track.bin --force", 2, "2352");
    }
}

#[test]
fn other_tracks_are_refused() {
    let folder = Folder::new();
    let mut track = raw(1, &[1; 2048]);
    track.extend(noise(2352, 1));
    folder.write("music.bin", &track);
    folder.fails("compress music.bin", 2, "sector 1 is none of data");
    let mut track = raw(2, &[1; 2048]);
    track[18] |= 0x20;
    folder.write("film.bin", &track);
    folder.fails("compress film.bin", 2, "sector 0 has form 2");
    assert_eq!(folder.names(), ["film.bin", "music.bin"]);
}

#[test]
fn packed_images_are_refused() {
    let folder = Folder::new();
    for (start, says) in [
        (&b"CISO"[..], "CSO"),
        (b"MComprHD", "CHD"),
        (b"PK\x03\x04", "Zip"),
        (b"7z\xBC\xAF\x27\x1C", "7z"),
    ] {
        folder.write("packed.iso", &[start, &[0; 5000]].concat());
        folder.fails("compress packed.iso", 2, says);
    }
    assert_eq!(folder.names(), ["packed.iso"]);
}

/// Installers cut off part of a sector; without padding there is one.
#[test]
fn padding_of_the_file_can_be_left_out() {
    let folder = Folder::new();
    folder.write("in.iso", &image(20_480));
    folder.ok("compress in.iso --no-pad");
    let file = folder.read("in.zso");
    let fields = fields(&file);
    assert_eq!(fields.entry(fields.index.len() - 1).0, file.len());
    assert_ne!(file.len() % 2048, 0);
    folder.ok("verify in.zso --against in.iso");
}
