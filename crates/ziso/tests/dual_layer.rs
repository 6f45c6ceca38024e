//! Images as large as a disc of two layers, where offsets leave 32 bits, and the file's 31: right to the last byte.
//!
//! They take a minute, and one of them 9 GB of disk:
//! `cargo test --release --package ziso --test dual_layer -- --include-ignored`

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Bytes of the largest disc.
const LEN: u64 = 8_543_666_176;
/// Where it has something other than zeros: beside powers of 2, between its layers, at its end.
const PLACES: [u64; 7] = [
    0,
    (1 << 31) - 5000,
    LEN / 4096 * 2048,
    (1 << 32) - 5000,
    6 << 30,
    (1 << 33) - 65_536 * 1024,
    LEN - ISLAND as u64,
];
/// Bytes in each of these places.
const ISLAND: usize = 20_000;

/// Bytes that do not compress, others in each place.
fn island(at: u64) -> Vec<u8> {
    let mut state = at + 1;
    let step = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    std::iter::repeat_with(step).take(ISLAND).collect()
}

/// The image, most of which takes no place on the disk.
fn make(path: &Path) {
    let mut file = File::create(path).expect("created");
    file.set_len(LEN).expect("long enough");
    for at in PLACES {
        file.seek(SeekFrom::Start(at)).expect("sought");
        file.write_all(&island(at)).expect("written");
    }
}

/// Makes sure that a stream is the image.
fn check(mut stream: impl Read) {
    let mut zeros = vec![0; 1 << 20];
    let mut position = 0;
    for at in PLACES {
        expect_zeros(&mut stream, at - position, &mut zeros);
        let mut found = vec![0; ISLAND];
        stream.read_exact(&mut found).expect("as long");
        assert!(found == island(at), "at {at}");
        position = at + ISLAND as u64;
    }
    assert_eq!(stream.read(&mut [0]).expect("read"), 0, "an end");
}

fn expect_zeros(stream: &mut impl Read, mut left: u64, buffer: &mut [u8]) {
    while left > 0 {
        let len = left.min(buffer.len() as u64) as usize;
        stream.read_exact(&mut buffer[..len]).expect("as long");
        assert!(buffer[..len].iter().all(|byte| *byte == 0));
        left -= len as u64;
    }
}

fn ziso(folder: &Path, args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ziso"));
    command.current_dir(folder).args(args.split_whitespace());
    command
}

fn round_trip(args: &str, align: u8) {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    make(&folder.join("in.iso"));
    let compress = format!("compress in.iso --quiet --no-verify {args}");
    assert!(ziso(folder, &compress).status().expect("runs").success());
    let mut header = [0; 24];
    let mut file = File::open(folder.join("in.zso")).expect("made");
    file.read_exact(&mut header).expect("a header");
    assert_eq!(header[21], align);

    let mut child = ziso(folder, "decompress in.zso -o -")
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    check(child.stdout.take().expect("a pipe"));
    assert!(child.wait().expect("ends").success());
    let verify = ziso(folder, "verify in.zso --quiet --against in.iso").status();
    assert!(verify.expect("runs").success());
}

#[test]
#[ignore = "half a minute"]
fn compressed() {
    round_trip("--level fast", 2);
}

#[test]
#[ignore = "half a minute, and 9 GB of disk"]
fn plain() {
    round_trip("--threshold 0 --level fast", 2);
}
