//! Inputs that would take all memory, or that never end: what a list, a sidecar, an archive and an image may take.

use std::process::{Command, Stdio};

use testkit::iso::Iso;
use zip::CompressionMethod;

use crate::containers;
use crate::support::{Folder, Run, noise};

/// KiB of memory that are promised, whatever the input, but for blocks that are larger than 32 KiB: then it is this.
const PROMISED: u64 = 64 << 10;
const OF_LARGE_BLOCKS: u64 = 200 << 10;

/// Runs the program; returns also how many KiB it took at most, as the system counts them.
fn measured(folder: &Folder, args: &str) -> (Run, u64) {
    const MEASURE: &str = "import resource, subprocess, sys\n\
        code = subprocess.run(sys.argv[1:]).returncode\n\
        print('\\nKIB', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n\
        sys.exit(code)";
    let program = folder.command(args);
    let mut python = Command::new("python3");
    python
        .args(["-c", MEASURE])
        .arg(program.get_program())
        .args(program.get_args())
        .current_dir(folder.path(""));
    let run = Run::from(python.output().expect("python3"));
    let kib = run
        .stdout
        .rsplit("KIB ")
        .next()
        .and_then(|kib| kib.trim().parse().ok());
    (run, kib.expect("a number"))
}

fn stays_below(folder: &Folder, args: &str, code: i32, says: &str) {
    takes_at_most(PROMISED, folder, args, code, says);
}

fn takes_at_most(most: u64, folder: &Folder, args: &str, code: i32, says: &str) {
    let (run, kib) = measured(folder, args);
    assert_eq!(run.code, code, "{args}: {run:?}");
    assert!(
        format!("{}{}", run.stdout, run.stderr).contains(says),
        "{args}: {run:?}"
    );
    assert!(kib <= most, "{args}: {kib} KiB");
}

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    containers::zipped(&[(name, bytes)], CompressionMethod::Deflated)
}

#[test]
fn lists_take_no_more_memory_than_is_promised() {
    let folder = Folder::new();
    folder.write("a.iso", &Iso::of_game("G", "SLES_123.45").build());
    // A name that every rom has; as many roms as there can be; nothing but a name; a file that is nothing else.
    let name = "N".repeat(1 << 20);
    let named = format!(
        "<d><game name=\"{name}\">{}</game></d>",
        "<rom crc=\"1\"/>".repeat(100_000)
    );
    let rom = format!(
        "<rom name=\"{}\" crc=\"1\" sha1=\"{}\"/>",
        "N".repeat(60),
        "a".repeat(40)
    );
    let many = format!("<d><game name=\"G\">{}</game></d>", rom.repeat(200_000));
    let more = format!(
        "<d><game name=\"G\">{}</game></d>",
        "<rom crc=\"1\"/>".repeat(200_001)
    );
    let long = format!("<d a=\"{}\"/>", "N".repeat(33 << 20));
    for (list, code, says) in [
        (named, 1, "game  not in"),
        (many, 1, "lists 200000 discs"),
        (more, 2, "more than 200000 discs"),
        (long, 2, "more than 32 MiB"),
    ] {
        folder.write("list.dat", list.as_bytes());
        folder.write("list.zip", &zipped("a.dat", list.as_bytes()));
        for name in ["list.dat", "list.zip"] {
            stays_below(&folder, &format!("verify a.iso --dat {name}"), code, says);
        }
    }
}

#[test]
fn sidecars_and_lists_of_games_have_a_limit() {
    let folder = Folder::new();
    folder.write("a.iso", &Iso::of_game("G", "SLES_123.45").build());
    folder.write("sums", &[b'0'; (4 << 20) + 1]);
    stays_below(
        &folder,
        "verify a.iso --sidecar sums",
        2,
        "more than the 4194304 bytes",
    );
    folder.write("ul.cfg", &[0; (1 << 20) + 64]);
    stays_below(&folder, "split -u a.iso", 2, "more than the 1048576 bytes");
    folder.write("a.cue", &[b' '; (256 << 10) + 1]);
    stays_below(&folder, "compress a.cue", 2, "more than the 262144 bytes");
}

#[test]
fn images_in_all_forms_take_no_more_memory_than_is_promised() {
    let folder = Folder::new();
    let image = |zeros| {
        let data = [noise(1 << 20, 1), vec![0; zeros]].concat();
        Iso::of_game("G", "SLES_123.45").file("A.BIN", data).build()
    };
    // Those who make the last two take their time.
    let (long, short) = (image(40 << 20), image(1 << 20));
    folder.write("a.iso", &long);
    folder.write("b.zip", &zipped("b.iso", &long));
    folder.write("c.7z", &containers::seven_zipped(&[("c.iso", &short)]));
    folder.write("d.chd", &testkit::tracks::chd(&short));
    for input in ["c.7z", "d.chd", "b.zip", "a.iso"] {
        stays_below(
            &folder,
            &format!("compress {input} --level 1 --force -o a.zso"),
            0,
            "a.zso",
        );
        stays_below(&folder, &format!("verify {input}"), 0, "sha1");
    }
    stays_below(&folder, "verify a.zso --against a.iso", 0, "sha1");
    stays_below(&folder, "decompress a.zso -o back.iso", 0, "back.iso");
    stays_below(&folder, "split a.zso -o parts", 0, "parts");
    stays_below(&folder, "advise a.iso", 0, "a.iso");
}

#[test]
fn images_in_blocks_of_any_size_take_no_more_memory_than_is_promised() {
    let folder = Folder::new();
    let data = [noise(20 << 20, 1), vec![0; 40 << 20]].concat();
    let image = Iso::of_game("G", "SLES_123.45").file("A.BIN", data);
    folder.write("a.iso", &image.build());
    for (size, most) in [(32 << 10, PROMISED), (16 << 20, OF_LARGE_BLOCKS)] {
        for args in [
            &format!("compress a.iso --level 1 --block-size {size} --force"),
            "verify a.zso",
            "decompress a.zso -o back.iso --force",
            "compress a.zso --level 1 --force -o anew.zso",
        ] {
            takes_at_most(most, &folder, args, 0, "");
        }
    }
}

/// Who opens a pipe waits for the other end, and Ctrl-C cannot end that.
#[test]
fn pipes_and_devices_are_not_waited_for() {
    let folder = Folder::new();
    folder.write("a.iso", &Iso::of_game("G", "SLES_123.45").build());
    for name in ["pipe.iso", "pipe.cue", "ul.cfg"] {
        let made = Command::new("mkfifo")
            .arg(folder.path(name))
            .status()
            .expect("mkfifo");
        assert!(made.success());
    }
    for args in [
        "compress pipe.iso",
        "compress pipe.cue",
        "info pipe.iso",
        "verify a.iso --against pipe.iso",
        "verify a.iso --sidecar pipe.iso",
        "verify a.iso --dat pipe.iso",
        "split -u a.iso",
        "compress /dev/zero -o a.zso",
    ] {
        let mut command = folder.command(args);
        let run = Run::from(command.stdin(Stdio::null()).output().expect("runs"));
        assert_eq!(run.code, 2, "{args}: {run:?}");
        assert!(
            run.stderr.contains("not an ordinary file"),
            "{args}: {run:?}"
        );
    }
}
