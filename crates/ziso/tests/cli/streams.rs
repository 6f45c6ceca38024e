//! Standard input and output.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use testkit::iso::Iso;

use crate::reader;
use crate::support::{Folder, image};

#[test]
fn image_through_pipes_is_the_image() {
    let folder = Folder::of_any_data();
    let original = Iso::of_game("G", "SLES_123.45")
        .file("DATA.BIN", image(300 << 10))
        .build();
    let made = folder.run_with_input("compress -", &original);
    assert_eq!((made.code, made.stderr.as_str()), (0, ""), "{made:?}");
    assert!(reader::read(&made.bytes) == original);
    let back = folder.run_with_input("decompress - -o -", &made.bytes);
    assert_eq!((back.code, back.stderr.as_str()), (0, ""));
    assert!(back.bytes == original);
    let sound = folder.run_with_input("verify -", &made.bytes);
    assert_eq!(sound.code, 0, "{sound:?}");
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn either_end_can_be_a_file() {
    let folder = Folder::of_any_data();
    let original = image(300 << 10);
    folder.write("in.iso", &original);
    let run = folder.run_with_input("compress - -o piped.zso", &original);
    assert_eq!(run.code, 0, "{run:?}");
    folder.ok("compress in.iso");
    assert!(folder.read("piped.zso") == folder.read("in.zso"));
    let run = folder.ok("decompress in.zso -o -");
    assert!(run.bytes == original);
    assert_eq!(folder.names(), ["in.iso", "in.zso", "piped.zso"]);
}

/// Reference script 17: it cannot read a pipe. A file in its place needs no copy, and must not be written to.
#[test]
fn redirected_file_is_read_in_place() {
    let folder = Folder::of_any_data();
    let iso = folder.write("in.iso", &image(300 << 10));
    let redirected = |args: &str| {
        let stdin = File::open(&iso).expect("opened");
        let status = folder.command(args).stdin(stdin).output().expect("runs");
        status.status.code()
    };
    assert_eq!(redirected("compress - -o out.zso"), Some(0));
    folder.ok("verify out.zso --against in.iso");
    assert_eq!(redirected("compress - -o in.iso --force"), Some(2));
    assert!(folder.read("in.iso") == image(300 << 10));
}

#[test]
fn errors_name_the_stream() {
    let folder = Folder::of_any_data();
    let run = folder.run_with_input("compress -", b"");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("\"-\" is empty"), "{run:?}");
    let run = folder.run_with_input("verify -", b"ZISO");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("\"-\" is damaged"), "{run:?}");
}

/// `ziso compress game.iso -o - | head`
#[test]
fn who_reads_only_the_start_is_no_error() {
    let folder = Folder::of_any_data();
    let disc = Iso::of_game("G", "SLES_123.45").file("DATA.BIN", image(2 << 20));
    folder.write("in.iso", &disc.build());
    folder.ok("compress in.iso");
    for args in ["compress in.iso -o -", "decompress in.zso -o -"] {
        let mut child = folder
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut start = [0; 10];
        let mut stdout = child.stdout.take().expect("a pipe");
        stdout.read_exact(&mut start).expect("read");
        drop(stdout);
        let output = child.wait_with_output().expect("ended");
        assert_eq!(output.status.code(), Some(0), "{args}: {output:?}");
        assert_eq!(output.stderr, b"", "{args}: {output:?}");
    }
}
