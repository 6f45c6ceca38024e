//! Images as large as a disc of two layers, where offsets leave 32 bits, and the file's 31: right to the last byte, in
//! 64 MiB of memory.
//!
//! They take some minutes, and one of them 17 GB of disk:
//! `cargo test --release --package ziso --test dual_layer -- --include-ignored`

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use testkit::iso::Iso;

/// Bytes of the largest disc.
const LEN: u64 = 8_543_666_176;
/// Bytes before its second layer.
const LAYER: u64 = LEN / 4096 * 2048;
/// The most memory that the program may have, in KiB. Each core more than these takes some for itself.
const MEMORY: u64 = 64 << 10;
const JOBS: &str = "--jobs 2";
/// Where a volume's descriptor is, in bytes.
const DESCRIPTOR: usize = 16 * 2048;
/// Where it has something other than zeros, besides its volumes: beside powers of 2, and at its end.
const PLACES: [u64; 5] = [
    (1 << 31) - 5000,
    (1 << 32) - 5000,
    6 << 30,
    (1 << 33) - 65_536 * 1024,
    LEN - ISLAND as u64,
];
/// Bytes in each of these places.
const ISLAND: usize = 20_000;

/// Bytes that do not compress, others in each place.
fn noise(at: u64) -> Vec<u8> {
    let mut state = at + 1;
    let step = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    std::iter::repeat_with(step).take(ISLAND).collect()
}

/// A volume of `bytes`, without the zeros after its files.
fn volume(iso: &Iso, bytes: u64) -> Vec<u8> {
    let mut image = iso.build();
    let sectors = (bytes / 2048) as u32;
    image[DESCRIPTOR + 80..][..4].copy_from_slice(&sectors.to_le_bytes());
    image[DESCRIPTOR + 84..][..4].copy_from_slice(&sectors.to_be_bytes());
    image
}

/// All of the image that is not zeros, and where it is.
fn islands() -> Vec<(u64, Vec<u8>)> {
    let first = volume(&Iso::of_game("ONE", "SLES_123.45"), LAYER);
    let second = volume(&Iso::new("TWO"), LEN - LAYER + DESCRIPTOR as u64);
    let volumes = [(0, first), (LAYER, second[DESCRIPTOR..].to_vec())];
    let noise = PLACES.map(|at| (at, noise(at)));
    let mut islands = [&volumes[..], &noise].concat();
    islands.sort();
    islands
}

/// The image, most of which takes no place on the disk.
fn make(path: &Path) {
    let mut file = File::create(path).expect("created");
    file.set_len(LEN).expect("long enough");
    for (at, bytes) in islands() {
        file.seek(SeekFrom::Start(at)).expect("sought");
        file.write_all(&bytes).expect("written");
    }
}

/// Makes sure that a stream is the image.
fn check(mut stream: impl Read) {
    let mut zeros = vec![0; 1 << 20];
    let mut position = 0;
    for (at, bytes) in islands() {
        expect_zeros(&mut stream, at - position, &mut zeros);
        let mut found = vec![0; bytes.len()];
        stream.read_exact(&mut found).expect("as long");
        assert!(found == bytes, "at {at}");
        position = at + bytes.len() as u64;
    }
    assert_eq!(position, LEN);
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

/// Runs the program, which must succeed in the memory that it may have.
fn ziso(folder: &Path, args: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ziso"));
    let words = format!("{args} --quiet {JOBS}");
    command.current_dir(folder).args(words.split_whitespace());
    let mut child = command.stdout(Stdio::null()).spawn().expect("runs");
    let mut peak = None;
    let status = loop {
        match child.try_wait().expect("asked") {
            Some(status) => break status,
            // The kernel keeps the most that there was, for as long as the program runs.
            None => peak = memory(&child).or(peak),
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{args}");
    println!("{peak:?} KiB: {args}");
    assert!(
        peak.is_none_or(|peak| peak <= MEMORY),
        "{peak:?} KiB: {args}"
    );
}

/// The most memory that a program has had so far, in KiB, where that can be known.
fn memory(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.split_whitespace().next()?.parse().ok()
}

fn round_trip(args: &str, align: u8) {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    make(&folder.join("in.iso"));
    ziso(folder, &format!("compress in.iso {args}"));
    let mut header = [0; 24];
    let mut file = File::open(folder.join("in.zso")).expect("made");
    file.read_exact(&mut header).expect("a header");
    // Some tools take larger blocks for images of 2 GiB and more, which many readers on the console do not take.
    assert_eq!(header[16..20], 2048_u32.to_le_bytes());
    assert_eq!(header[21], align);

    ziso(folder, "verify in.zso --against in.iso");
    ziso(folder, "decompress in.zso -o out.iso");
    check(File::open(folder.join("out.iso")).expect("made"));

    let output = Command::new(env!("CARGO_BIN_EXE_ziso"))
        .current_dir(folder)
        .args(["info", "--json", "in.zso"])
        .output();
    let found = String::from_utf8(output.expect("runs").stdout).expect("text");
    let second = LAYER / 2048 - 16;
    let wanted = format!("\"second_layer\":{second},");
    assert!(found.contains(&wanted), "{found}");
}

#[test]
#[ignore = "some minutes, and 9 GB of disk"]
fn compressed() {
    round_trip("--level best", 2);
}

#[test]
#[ignore = "some minutes, and 17 GB of disk"]
fn plain() {
    round_trip("--threshold 0 --level fast", 2);
}
