//! Another tool's files are read, and it reads ours: Python's binding of liblz4, by `tests/peer/zso.py`. And a
//! reader after the rules of the emulator's, by `tests/peer/emulator.py`.

use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::iso::Iso;

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

/// Runs the other tool.
pub fn peer(folder: &Folder, args: &str) {
    run(folder, "zso.py", args);
}

fn run(folder: &Folder, script: &str, args: &str) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer");
    let script: PathBuf = scripts.join(script);
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
        let folder = Folder::of_any_data();
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
        let folder = Folder::of_any_data();
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
    let folder = Folder::of_any_data();
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
        let folder = Folder::of_any_data();
        folder.write("in.iso", &original);
        match args.starts_with("-c") {
            true => folder.ok(&format!("{args} in.iso ours.zso")),
            false => folder.ok(&format!("{args} in.iso")),
        };
        peer(&folder, "-c 0 ours.zso out.iso");
        assert!(folder.read("out.iso") == original, "{args}");
    }
}

/// Gaps let films begin at a sector; they are divided among the blocks before them, which become longer than their
/// data.
#[test]
fn it_reads_files_with_gaps() {
    for args in [
        "",
        "--threshold 60",
        "--align 2 --threshold 50",
        "--for-console",
    ] {
        let folder = Folder::of_any_data();
        let scenes = (0..40).map(|i| [image((3 + i % 9) * 2048), noise((4 + i) * 2048, i as u64)]);
        let original = scenes.flatten().flatten().collect::<Vec<u8>>();
        folder.write("in.iso", &original);
        folder.ok(&format!("compress {args} in.iso -o ours.zso"));
        peer(&folder, "-c 0 ours.zso out.iso");
        assert!(folder.read("out.iso") == original, "{args}");
        let info = folder.ok("info ours.zso");
        assert_eq!(info.stderr, "", "{args}");
    }
}

#[test]
fn files_are_as_small_as_its() {
    let folder = Folder::of_any_data();
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

/// Every CSO file, whatever was asked for, is one by the rules of the readers that people have.
#[test]
fn readers_of_cso_files_read_ours() {
    let all = [
        ("", 220 * 2048),
        ("--level fast --align 2", 220 * 2048),
        ("--level best --threshold 80", 220 * 2048),
        // The last block is not full, and readers want it to be.
        ("--block-size 16384", 221 * 2048),
        ("--block-size 16384 --align 11 --raw A.BIN --no-pad", 0),
        ("--block-size 8192", 77 * 2048 + 1),
    ];
    for (args, len) in all {
        let folder = Folder::of_any_data();
        let original = match len {
            0 => Iso::of_game("GAME_A", "SLES_123.45")
                .file("A.BIN", image(60_000))
                .build(),
            len => [image(len / 2), noise(3000, 4), image(len - len / 2 - 3000)].concat(),
        };
        folder.write("in.iso", &original);
        folder.ok(&format!("compress --to cso in.iso {args}"));
        run(&folder, "emulator.py", "in.cso out.iso");
        assert!(folder.read("out.iso") == original, "{args}");
        folder.ok("verify in.cso --against in.iso");
        folder.ok("decompress in.cso -o back.iso");
        assert!(folder.read("back.iso") == original, "{args}");
    }
}

/// `scripts/boot --zso-disc` has the emulator itself read such files.
#[test]
fn emulators_read_our_zso_files() {
    let all = [
        "",
        "--for-console",
        "--block-size 16384",
        "--align 2",
        "--raw A.BIN --threshold 80 --align 11",
        "--no-pad --level fast",
    ];
    for args in all {
        let folder = Folder::new();
        let iso = Iso::of_game("GAME_A", "SLES_123.45").file("A.BIN", image(60_000));
        let original = iso.file("B.BIN", image(300_000)).build();
        folder.write("in.iso", &original);
        folder.ok(&format!("compress in.iso {args}"));
        run(&folder, "emulator.py", "in.zso out.iso");
        assert!(folder.read("out.iso") == original, "{args}");
    }
}

#[test]
fn cso_files_are_made_of_all_that_zso_files_are() {
    let folder = Folder::of_any_data();
    let original = image(200 * 2048);
    folder.write("in.iso", &original);
    folder.ok("compress in.iso");
    folder.ok("compress --to cso in.zso");
    let (zso, cso) = (folder.read("in.zso").len(), folder.read("in.cso").len());
    assert!(cso < zso, "{cso} bytes, and {zso} as ZSO");
    folder.ok("compress in.cso -o again.zso");
    assert!(folder.read("again.zso") == folder.read("in.zso"));
    folder.fails("compress --to cso in.cso", 2, "in.cso");
    folder.fails("compress --to cso in.iso", 2, "exists");
    folder.fails(
        "compress --to cso -f --for-console in.iso",
        2,
        "leave out one",
    );
    folder.fails(
        "compress --to cso -f --block-size 6144 in.iso",
        2,
        "--block-size 2048",
    );
    folder.fails("compress --to chd in.iso", 2, "--to cso");
    let said = folder.ok("compress --to cso -f in.iso --json").stdout;
    assert!(said.contains("\"output\":\"in.cso\""), "{said}");
    // To a stream, with nothing beside it.
    let piped = folder.run_with_input("compress --to cso - -o -", &original);
    assert!(piped.bytes == folder.read("in.cso"), "{piped:?}");
    assert_eq!(folder.names(), ["again.zso", "in.cso", "in.iso", "in.zso"]);
}
