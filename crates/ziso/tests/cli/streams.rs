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

/// Runs the program with a file as its standard input, and returns its exit code.
fn redirected(folder: &Folder, args: &str, file: &str) -> Option<i32> {
    let stdin = File::open(folder.path(file)).expect("opened");
    let output = folder.command(args).stdin(stdin).output().expect("runs");
    output.status.code()
}

/// Reference script 17: it cannot read a pipe. A file in its place needs no copy.
#[test]
fn redirected_file_is_read_in_place() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(300 << 10));
    let args = "compress - -o out.zso";
    assert_eq!(redirected(&folder, args, "in.iso"), Some(0));
    folder.ok("verify out.zso --against in.iso");
}

#[test]
fn redirected_file_is_not_written_to() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(300 << 10));
    let args = "compress - -o in.iso --force";
    assert_eq!(redirected(&folder, args, "in.iso"), Some(2));
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
