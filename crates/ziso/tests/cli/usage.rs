//! Arguments, messages, exit codes, and what is printed where.

use std::process::Stdio;

use crate::support::{Folder, image};

/// Reference scripts 12 and 13: tracebacks, exit codes that say nothing, options that are ignored.
#[test]
fn defect_16_wrong_usage_exits_with_2_and_touches_nothing() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(5000));
    for (args, says) in [
        ("--quiet", "Usage"),
        ("frobnicate", "unrecognized subcommand"),
        ("compress", "required"),
        ("compress in.iso other.iso -o out.zso", "--output-dir"),
        ("compress in.iso --level abc", "--level fast"),
        ("compress in.iso --level 0", "--level 10"),
        ("compress in.iso --level 99", "--level 10"),
        ("compress in.iso --block-size 0", "--block-size 2048"),
        ("compress in.iso --block-size -2048", "unexpected argument"),
        ("compress in.iso --block-size 3000", "--block-size 2048"),
        ("compress in.iso --block-size 33554432", "--block-size 2048"),
        ("compress in.iso --align 12", "--align 11"),
        ("compress in.iso --threshold 101", "--threshold 100"),
        (
            "compress in.iso --for-console --block-size 65536",
            "--block-size 2048",
        ),
        ("compress in.iso --for floppy", "type usb"),
        ("compress in.iso --max-size 80", "--for"),
        ("compress in.iso --for hdd --max-size 0", "1..=100"),
        (
            "compress in.iso --for hdd --max-size 1",
            "a larger --max-size",
        ),
        ("compress in.iso --for hdd -o -", "name files"),
        ("compress in.iso --frobnicate", "unexpected argument"),
        ("verify in.iso --force", "--crc-list"),
    ] {
        folder.fails(args, 2, says);
    }
    assert_eq!(folder.names(), ["in.iso"]);
}

#[test]
fn help_and_version_are_results() {
    let folder = Folder::of_any_data();
    for args in [
        "--help",
        "-h",
        "--version",
        "help",
        "compress --help",
        "verify --help",
    ] {
        let run = folder.ok(args);
        assert!(!run.stdout.is_empty() && run.stderr.is_empty(), "{run:?}");
    }
    assert!(folder.ok("--help").stdout.contains("Exit codes"));
}

#[test]
fn results_go_to_stdout_and_nothing_else_does() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &vec![0; 8192]);
    let run = folder.ok("compress in.iso");
    assert_eq!(run.stdout, "\"in.zso\": 8192 -> 2048 bytes (25.0%)\n");
    let doubt = "ziso: warning: \"in.iso\": no ISO 9660 volume";
    assert!(run.stderr.starts_with(doubt), "{run:?}");
    let run = folder.ok("decompress in.zso -o out.iso");
    assert_eq!(run.stdout, "\"out.iso\": 2048 -> 8192 bytes (400.0%)\n");
    assert_eq!(run.stderr, "");
    let run = folder.ok("verify in.zso");
    // As other programs find them.
    let hashes = "  crc32 d8f49994\n  md5   0829f71740aab1ab98b33eae21dee122\n  sha1  0631457264ff7f8d5fb1edc2c0211992a67c73e6\n";
    assert_eq!(run.stdout, format!("\"in.zso\": 8192 bytes\n{hashes}"));
    assert_eq!(run.stderr, "");
    let disc = testkit::iso::Iso::of_game("GAME", "SLES_123.45");
    folder.write("in.iso", &disc.build());
    for args in [
        "compress -q --force in.iso",
        "--quiet decompress in.zso --force",
    ] {
        let run = folder.ok(args);
        assert_eq!(
            (run.stdout.as_str(), run.stderr.as_str()),
            ("", ""),
            "{args}"
        );
    }
}

#[test]
fn what_old_readers_cannot_read_is_told() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(20_580));
    let run = folder.ok("compress in.iso --block-size 4096");
    assert!(run.stderr.contains("blocks of 2048 bytes only"), "{run:?}");
    assert!(run.stderr.contains("100 bytes of a sector"), "{run:?}");
}

#[test]
fn check_of_the_new_file_can_be_skipped() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(20_480));
    folder.ok("compress in.iso -o a.zso");
    folder.ok("compress in.iso -o b.zso --no-verify");
    assert!(folder.read("a.zso") == folder.read("b.zso"));
}

#[test]
fn reader_of_results_that_left_is_no_error() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(20_480));
    folder.ok("compress in.iso");
    let mut child = folder
        .command("verify in.zso")
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    drop(child.stdout.take());
    assert!(child.wait().expect("ends").success());
}
