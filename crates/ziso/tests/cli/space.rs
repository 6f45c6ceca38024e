//! Full disks, and folders that cannot be written to.

#![cfg(unix)]

use crate::support::{Folder, Run, noise};

/// Runs the program where no file can have more than 300 KiB, as on a disk that is full.
fn run_on_full_disk(folder: &Folder, args: &str) -> Run {
    folder.run_limited("trap '' XFSZ; ulimit -f 600", args)
}

#[test]
fn full_disk_is_told_and_nothing_is_left() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(1 << 20, 1));
    folder.ok("compress in.iso -o sound.zso");
    for args in [
        "compress in.iso",
        "-c 2 in.iso in.zso",
        "decompress sound.zso",
        "compress sound.zso -o new.zso",
        "compress in.iso -o -",
    ] {
        let run = run_on_full_disk(&folder, args);
        assert_eq!(run.code, 2, "{args}: {run:?}");
        assert!(
            run.stderr.starts_with("ziso: cannot write"),
            "{args}: {run:?}"
        );
        assert_eq!(folder.names(), ["in.iso", "sound.zso"], "{args}");
    }
}

#[test]
fn full_disk_keeps_what_would_have_been_replaced() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(1 << 20, 1));
    folder.write("in.zso", b"precious");
    let run = run_on_full_disk(&folder, "compress in.iso --force");
    assert_eq!(run.code, 2, "{run:?}");
    assert_eq!(folder.read("in.zso"), b"precious");
}

/// As an optical disc is, or a folder of another user.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_told_with_the_way_out() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(5000, 1));
    let says = "the folder \"/sys\"; type -o or --output-dir with another one";
    for args in [
        "compress in.iso -o /sys/in.zso",
        "compress in.iso --output-dir /sys",
    ] {
        folder.fails(args, 2, says);
        let run = folder.run(args);
        assert!(!run.stderr.contains(".part"), "{run:?}");
    }
}

/// Devices are not replaced by files.
#[test]
fn devices_are_no_outputs() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(5000, 1));
    folder.fails(
        "compress in.iso -o /dev/null --force",
        2,
        "not an ordinary file",
    );
    folder.fails("-c 2 in.iso /dev/null", 2, "not an ordinary file");
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_nobody_takes_is_told() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(5000, 1));
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("opened");
    let output = folder
        .command("compress in.iso -o -")
        .stdout(full)
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
}

/// Also for root, who can write to any other folder.
#[cfg(target_os = "linux")]
#[test]
fn folder_that_cannot_be_written_to_is_named() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(5000, 1));
    folder.fails(
        "compress in.iso -o /proc/out.zso",
        2,
        "cannot write \"/proc/out.zso\"",
    );
    folder.fails("compress in.iso --output-dir /proc/out", 2, "\"/proc/out\"");
}
