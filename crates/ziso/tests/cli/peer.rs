//! Another tool's files are read, and it reads ours: Python's binding of liblz4, by `tests/peer/zso.py`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Folder, image, noise};

/// A Python that has the binding; Debian's is in /usr/bin, whatever else is called python3.
fn python() -> Command {
    let has_binding = |python: &&str| {
        let import = Command::new(python)
            .args(["-c", "import lz4.block"])
            .output();
        import.is_ok_and(|output| output.status.success())
    };
    let python = ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(has_binding);
    Command::new(python.expect("no Python with lz4 here; type scripts/setup to install it"))
}

fn peer(folder: &Folder, args: &str) {
    let script: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/zso.py");
    let mut command = python();
    command
        .arg(script)
        .args(args.split_whitespace())
        .current_dir(folder.path(""));
    let output = command.output().expect("runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args}: {stderr}");
}

/// Images whose last blocks are zeros, as discs have it, and one whose last is plain.
fn images() -> impl Iterator<Item = Vec<u8>> {
    let end = |i| {
        if i % 3 == 2 {
            noise(2048, 5)
        } else {
            vec![0; 20 * 2048]
        }
    };
    (0..).map(move |i| [image(200 * 2048), end(i)].concat())
}

#[test]
fn its_files_are_read() {
    // Reference script 5: it rounds the end entry down.
    let all = [
        "-c 1",
        "-c 2 -m",
        "-c 12 -a 2 --floor-end",
        "-c 9 -a 6",
        "-c 9 -b 8192 -t 100",
    ];
    for (args, original) in all.into_iter().zip(images()) {
        let folder = Folder::new();
        folder.write("in.iso", &original);
        peer(&folder, &format!("{args} in.iso its.zso"));
        folder.ok("verify its.zso --against in.iso");
        folder.ok("-c 0 its.zso out.iso");
        assert!(folder.read("out.iso") == original, "{args}");
    }
}

/// It says the whole size, and stores no block that is not full.
#[test]
fn what_it_never_stored_is_told_and_the_rest_is_read() {
    let all = [
        ("-c 2", 2048, 1),
        ("-c 9", 2048, 2047),
        ("-c 9 -a 2 --floor-end", 2048, 700),
        ("-c 12 -b 8192", 8192, 3 * 2048),
    ];
    for (args, block, missing) in all {
        let folder = Folder::new();
        let original = image(200 * block + missing);
        let stored = &original[..200 * block];
        folder.write("in.iso", &original);
        folder.write("stored.iso", stored);
        peer(&folder, &format!("{args} --whole-blocks in.iso its.zso"));
        let says = format!("never stored the last {missing} bytes");
        let verified = folder.run("verify its.zso --against stored.iso");
        assert_eq!(verified.code, 1, "{args}: {verified:?}");
        assert!(verified.stderr.contains(&says), "{args}: {verified:?}");
        assert!(verified.stdout.contains("sha1"), "{args}: {verified:?}");
        // All that it has is right.
        folder.fails_with_output("verify its.zso --against in.iso", 1, &says);
        let mut other = original.clone();
        other[100 * block] ^= 1;
        folder.write("other.iso", &other);
        folder.fails("verify its.zso --against other.iso", 1, "differ");
        let json = folder.run("verify its.zso --json").stdout;
        let told = format!("\"bytes\":{missing},\"code\":\"never-stored\"");
        assert!(json.contains(&told), "{json}");

        let run = folder.ok("decompress its.zso -o out.iso");
        assert!(run.stderr.contains(&says), "{args}: {run:?}");
        assert!(folder.read("out.iso") == stored, "{args}");
        let run = folder.ok("compress its.zso -o new.zso");
        assert!(run.stderr.contains(&says), "{args}: {run:?}");
        folder.ok("verify new.zso --against stored.iso");
        let info = folder.run("info its.zso");
        assert_eq!(info.code, 1, "{args}: {info:?}");
        assert!(info.stdout.contains(&says), "{args}: {info:?}");
        assert!(!info.stdout.contains("inside the index"), "{info:?}");
        folder.fails("split -u its.zso", 2, "ziso compress");
    }
}

/// Of images of whole blocks it has always stored everything.
#[test]
fn whole_blocks_are_all_there() {
    let folder = Folder::new();
    let original = image(200 * 2048);
    folder.write("in.iso", &original);
    peer(&folder, "-c 2 --whole-blocks in.iso its.zso");
    let verified = folder.ok("verify its.zso --against in.iso");
    assert_eq!(verified.stderr, "");
}

#[test]
fn it_reads_our_files() {
    let all = [
        "-c 2",
        "-c 12 -m",
        "-c 9 -a 6",
        "-c 9 -a 11 -t 100",
        "-c 9 -b 8192",
        "compress -o ours.zso",
        "compress -o ours.zso --align 4 --no-pad",
        "compress -o ours.zso --for-console --align 7",
    ];
    for (args, original) in all.into_iter().zip(images()) {
        let folder = Folder::new();
        folder.write("in.iso", &original);
        match args.starts_with("-c") {
            true => folder.ok(&format!("{args} in.iso ours.zso")),
            false => folder.ok(&format!("{args} in.iso")),
        };
        peer(&folder, "-c 0 ours.zso out.iso");
        assert!(folder.read("out.iso") == original, "{args}");
    }
}

#[test]
fn files_are_as_small_as_its() {
    let folder = Folder::new();
    folder.write("in.iso", &image(400 * 2048));
    for level in [1, 2, 9, 12] {
        peer(&folder, &format!("-c {level} in.iso its.zso"));
        folder.ok(&format!("-c {level} in.iso ours.zso"));
        let its = folder.read("its.zso").len().next_multiple_of(2048);
        // Where the fast encoder finds its matches depends on the state that it begins with.
        let its = if level == 1 { its + its / 100 } else { its };
        let ours = folder.read("ours.zso").len();
        assert!(ours <= its, "level {level}: {ours} bytes instead of {its}");
    }
}
