//! Power that is lost while files are written on FAT and exFAT: with Linux's own drivers, in a machine of QEMU's.
//!
//! The machine's disk keeps a log of its writes and flushes. A second machine gets the disk as it is after each of the
//! writes: with all that came before, and with nothing of what came after the last flush but this one write. It mounts
//! that, and looks at what is there.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::process::Command;

use ziso::split::{Splitting, split};
use ziso::{Options, Unpacking, compress, decompress, unwatched};

use crate::kills::{SIZES, State, image, is_nothing_lost, options, state};

/// What the machine is to do, as the kernel hands on what it does not know itself: write or look, on which file system,
/// and the first and the end of [`WORKS`].
const TASK: &str = "ZISO_TASK";
const SYSTEM: &str = "ZISO_SYSTEM";
const FIRST: &str = "ZISO_FIRST";
const END: &str = "ZISO_END";
/// Bytes of the disk, and of the file system, which leaves room for marks.
const DISK: usize = (8 << 20) + MARK;
const FILES: usize = 8 << 20;
/// A write that is none of the file system's.
const MARK: usize = 4096;
/// Other files: before the old ones, so that these are in more than one page of the kernel's, but no entry of theirs in
/// two; and after them, so that new ones are in other sectors.
const OTHERS: (Range<usize>, Range<usize>) = (0..34, 34..84);
/// A sector of the log.
const SECTOR: usize = 512;
/// `O_DIRECT`: past the kernel's cache, which would else be written as well.
const DIRECT: i32 = 0o40_000;

/// What the second machine prints when all is well.
const SEEN: &str = "states seen: ";

/// What power is lost in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Work {
    /// Parts of one image are replaced by those of another.
    Split((usize, usize)),
    /// A file is written, in place of another one or where none is.
    Compress {
        force: bool,
    },
    Decompress {
        force: bool,
    },
}

const WORKS: [Work; 6] = [
    Work::Split(SIZES[0]),
    Work::Split(SIZES[1]),
    Work::Compress { force: false },
    Work::Compress { force: true },
    Work::Decompress { force: false },
    Work::Decompress { force: true },
];
const SPLITS: Range<usize> = 0..2;
const FILES_WRITTEN: Range<usize> = 2..6;

#[test]
fn power_that_is_lost_on_fat_leaves_old_parts_or_new_ones_or_none_that_are_taken_for_a_file() {
    lose_power("vfat", SPLITS);
}

#[test]
fn power_that_is_lost_on_exfat_leaves_old_parts_or_new_ones_or_none_that_are_taken_for_a_file() {
    lose_power("exfat", SPLITS);
}

#[test]
fn power_that_is_lost_on_fat_leaves_the_old_file_or_the_new_one() {
    lose_power("vfat", FILES_WRITTEN);
}

#[test]
fn power_that_is_lost_on_exfat_leaves_the_old_file_or_the_new_one() {
    lose_power("exfat", FILES_WRITTEN);
}

/// Writes each once, and looks at what each loss of power leaves of it. Each has disks of its own, and all of them one
/// machine: to start it takes longer than what it does.
fn lose_power(system: &str, works: Range<usize>) {
    let machine = Machine::new(system);
    let (mut logged, mut looked_at) = (Vec::new(), Vec::new());
    for work in works.clone() {
        let [disk, log, empty] = ["disk", "log", "empty"].map(|name| format!("{name}{work}"));
        let (disk, log) = (machine.file(&disk, FILES), machine.file(&log, 32 << 20));
        let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin";
        let [mut fat, mut exfat] = ["mkfs.fat", "mkfs.exfat"].map(Command::new);
        let mkfs = match system {
            "vfat" => fat.args(["-F", "32", "-s", "1"]),
            _ => exfat.args(["-c", "32768"]),
        };
        let made = mkfs.env("PATH", path).arg(&disk).output();
        let made = made.expect("mkfs.fat, mkfs.exfat; type scripts/setup to install them");
        assert!(made.status.success(), "{made:?}");
        let resized = File::options().write(true).open(&disk);
        resized
            .and_then(|disk| disk.set_len(DISK as u64))
            .expect("room");
        let empty = machine.file(&empty, 0);
        fs::copy(&disk, &empty).expect("room");
        logged.push(format!(
            "driver=blklogwrites,file.driver=file,file.filename={disk},log.driver=file,log.filename={log}"
        ));
        looked_at.extend([empty, log].map(|path| format!("driver=file,filename={path}")));
    }
    machine.run("record", &works, &logged);
    let said = machine.run("check", &works, &looked_at);
    let seen: Vec<_> = said.split(SEEN).skip(1).collect();
    assert_eq!(seen.len(), works.len(), "{said}");
    for (work, seen) in works.zip(seen) {
        let seen = seen.lines().next().unwrap_or_default();
        println!("{system}, {:?}: {seen}", WORKS[work]);
    }
}

/// A kernel, and what it starts.
struct Machine {
    folder: tempfile::TempDir,
    system: String,
}

impl Machine {
    fn new(system: &str) -> Self {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/kernel");
        assert!(tools.is_dir(), "no {}: type scripts/setup", tools.display());
        let folder = tempfile::tempdir().expect("a folder");
        let this = env::current_exe().expect("this program");
        let script = r#"
            set -e
            mkdir -p root/bin root/mnt root/proc root/dev root/tmp
            cp "$1"/modules "$1"/*.ko root/
            cp "$1"/vmlinuz .
            cp "$(command -v busybox)" root/bin/busybox
            cp "$2" root/ziso-test
            for library in $(ldd "$2" | grep -o '/[^ ]*'); do cp --parents -L "$library" root; done
            cat >root/init <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t devtmpfs none /dev
for module in $(cat /modules); do insmod /$module.ko; done
/ziso-test --exact power::machine --ignored --nocapture
poweroff -f
END
            chmod +x root/init
            cd root
            find . | busybox cpio -o -H newc >../initrd 2>/dev/null
        "#;
        let made = Command::new("sh")
            .current_dir(folder.path())
            .args(["-c", script, "sh"])
            .args([&tools.canonicalize().expect("it is there"), &this])
            .output()
            .expect("a shell");
        assert!(made.status.success(), "{made:?}; type scripts/setup");
        let system = system.to_owned();
        Self { folder, system }
    }

    /// A file for a disk.
    fn file(&self, name: &str, bytes: usize) -> String {
        let path = self.folder.path().join(name);
        let file = File::create(&path).expect("room");
        file.set_len(bytes as u64).expect("room");
        path.display().to_string()
    }

    /// What the machine says, which has these disks.
    fn run(&self, task: &str, works: &Range<usize>, disks: &[String]) -> String {
        let mut qemu = Command::new("timeout");
        qemu.current_dir(self.folder.path())
            .args(["900", "qemu-system-x86_64"])
            .args(["-accel", "tcg", "-m", "512", "-no-reboot", "-nodefaults"])
            .args([
                "-display", "none", "-serial", "stdio", "-kernel", "vmlinuz", "-initrd", "initrd",
            ])
            .arg("-append")
            .arg(format!(
                "console=ttyS0 quiet panic=-1 no_timer_check {TASK}={task} {SYSTEM}={} {FIRST}={} {END}={}",
                self.system, works.start, works.end
            ));
        for (at, disk) in disks.iter().enumerate() {
            qemu.arg("-blockdev")
                .arg(format!("node-name=disk{at},{disk}"))
                .arg("-device")
                .arg(format!("virtio-blk-pci,drive=disk{at},write-cache=on"));
        }
        let output = qemu.output();
        let output = output.unwrap_or_else(|error| panic!("qemu: {error}; type scripts/setup"));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("test result: ok. 1 passed"), "{said}{errors}");
        said
    }
}

/// What runs in the machine.
#[test]
#[ignore = "the machine starts it"]
fn machine() {
    let [first, end] = [FIRST, END].map(|name| of(name).parse::<usize>().expect("a number"));
    let mut disks = ('a'..='z').map(|letter| format!("/dev/vd{letter}"));
    let mut disk = || disks.next().expect("there are fewer");
    for &work in &WORKS[first..end] {
        make_images(work);
        match of(TASK).as_str() {
            "record" => record(work, &disk()),
            _ => check(work, &disk(), &disk()),
        }
    }
}

/// The old image and the new one, and files of them.
fn make_images(work: Work) {
    let (old, new) = match work {
        Work::Split(sizes) => sizes,
        _ => (30_000, 60_000),
    };
    for (name, bytes) in [("old", image(1, old)), ("new", image(2, new))] {
        let [iso, zso] = ["iso", "zso"].map(|ending| format!("/tmp/{name}.{ending}"));
        fs::write(&iso, bytes).expect("written");
        write(Work::Compress { force: true }, &iso, &zso);
    }
}

fn of(name: &str) -> String {
    env::var(name).expect("given to the machine")
}

/// What there is before, and then what power is lost in.
fn record(work: Work, disk: &str) {
    mount(disk, "rw");
    make_others(OTHERS.0);
    fs::write("/mnt/ul.cfg", [7; 64]).expect("written");
    match work {
        Work::Split(_) => write(work, "/tmp/old.iso", ""),
        Work::Compress { force: true } => write(work, "/tmp/old.iso", WRITTEN),
        Work::Decompress { force: true } => write(work, "/tmp/old.zso", WRITTEN),
        Work::Compress { force: false } | Work::Decompress { force: false } => {}
    }
    make_others(OTHERS.1);
    unmount();
    mark(disk);
    mount(disk, "rw");
    match work {
        Work::Decompress { .. } => write(work, "/tmp/new.zso", WRITTEN),
        _ => write(work, "/tmp/new.iso", WRITTEN),
    }
    mark(disk);
    unmount();
}

/// Files that are none of what is written.
fn make_others(some: Range<usize>) {
    for number in some {
        File::create(format!("/mnt/{number}")).expect("made");
    }
}

/// The one file, if there are no parts.
const WRITTEN: &str = "/mnt/A game with a long name";

fn write(work: Work, from: &str, to: &str) {
    let (from, to) = (Path::new(from), Path::new(to));
    match work {
        Work::Split(_) => {
            let options = Splitting {
                folder: Some("/mnt".into()),
                ..options()
            };
            split(from, &options, &mut unwatched).map(drop)
        }
        Work::Compress { force } => {
            let options = Options {
                force,
                ..Options::default()
            };
            compress(from, to, &options, &mut unwatched).map(drop)
        }
        Work::Decompress { force } => {
            let options = Unpacking {
                force,
                ..Unpacking::default()
            };
            decompress(from, to, &options, &mut unwatched).map(drop)
        }
    }
    .expect("written");
}

fn mark(disk: &str) {
    let disk = File::options()
        .write(true)
        .custom_flags(DIRECT)
        .open(disk)
        .expect("the disk");
    let bytes = vec![0xFF; 2 * MARK];
    let aligned = bytes.as_ptr().align_offset(MARK);
    disk.write_all_at(&bytes[aligned..][..MARK], FILES as u64)
        .expect("written");
}

fn mount(disk: &str, how: &str) {
    busybox(&["mount", "-t", &of(SYSTEM), "-o", how, disk, "/mnt"]);
}

fn unmount() {
    busybox(&["umount", "/mnt"]);
}

fn busybox(args: &[&str]) {
    let status = Command::new("/bin/busybox").args(args).status();
    assert!(status.expect("busybox").success(), "{args:?}");
}

/// What the disk was told.
enum Entry {
    Write(usize, Vec<u8>),
    /// All before it is on the medium.
    Flush,
    Mark,
}

/// The log, as Linux's dm-log-writes and QEMU's blklogwrites have it.
fn entries(log: &str) -> Vec<Entry> {
    let log = fs::read(log).expect("the log");
    let number = |at: usize| u64::from_le_bytes(log[at..][..8].try_into().expect("eight")) as usize;
    let (mut at, mut entries) = (SECTOR, Vec::new());
    for _ in 0..number(16) {
        let (sector, sectors, flags) = (number(at), number(at + 8), number(at + 16));
        at += SECTOR;
        let bytes = &log[at..][..sectors * SECTOR];
        at += bytes.len();
        if flags & 1 != 0 {
            entries.push(Entry::Flush);
        }
        match (sector * SECTOR, bytes.len()) {
            (_, 0) => {}
            (FILES, _) => entries.push(Entry::Mark),
            (place, _) => entries.push(Entry::Write(place, bytes.to_vec())),
        }
    }
    entries
}

/// Looks at the disk as each loss of power would leave it.
fn check(work: Work, disk: &str, log: &str) {
    let mut entries = entries(log).into_iter();
    // As it is with all writes, and without those that no flush has followed.
    let mut written = fs::read(disk).expect("the disk");
    for entry in entries.by_ref() {
        match entry {
            Entry::Write(at, bytes) => written[at..][..bytes.len()].copy_from_slice(&bytes),
            Entry::Flush => {}
            Entry::Mark => break,
        }
    }
    let (mut flushed, mut alone) = (written.clone(), written.clone());
    let mut there = fs::read(disk).expect("the disk");
    write_changes(disk, &written, &mut there, (0..DISK).step_by(MARK));
    let (mut seen, mut done) = ([0; 3], false);
    // Where any write has been: the machine is slow, and the disk is large.
    let mut places = BTreeSet::new();
    let mut look = |bytes: &[u8], places: &BTreeSet<usize>, done: bool| {
        write_changes(disk, bytes, &mut there, places.iter().copied());
        let found = look(work, disk);
        assert!(!done || found == Found::New, "{found:?} at the end");
        seen[found as usize] += 1;
    };
    for entry in entries {
        match entry {
            Entry::Write(at, bytes) => {
                places.extend((at / MARK * MARK..at + bytes.len()).step_by(MARK));
                alone.clone_from(&flushed);
                for all in [&mut written, &mut alone] {
                    all[at..][..bytes.len()].copy_from_slice(&bytes);
                    look(all, &places, done);
                }
            }
            Entry::Flush => flushed.clone_from(&written),
            Entry::Mark => {
                done = true;
                look(&flushed, &places, done);
            }
        }
    }
    assert!(done && seen[0] > 0 && seen[1] > 0, "{seen:?}");
    let [old, new, neither] = seen;
    println!("{SEEN}the old {old}, the new {new}, neither {neither}");
}

/// Makes the disk's bytes at these places what they are to be; `there` is what it has.
fn write_changes(
    disk: &str,
    bytes: &[u8],
    there: &mut [u8],
    places: impl IntoIterator<Item = usize>,
) {
    let disk = File::options().write(true).open(disk).expect("there");
    for at in places {
        let (new, old) = (&bytes[at..][..MARK], &mut there[at..][..MARK]);
        if old != new {
            disk.write_all_at(new, at as u64).expect("written");
            old.copy_from_slice(new);
        }
    }
}

/// What is on the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Found {
    /// What was there before: of a file that replaces none, no such file.
    Old,
    New,
    /// Nothing that is taken for a file, and all bytes by another name.
    Neither,
}

fn look(work: Work, disk: &str) -> Found {
    mount(disk, "ro");
    let (folder, images) = (Path::new("/mnt"), Path::new("/tmp"));
    let found = match work {
        Work::Split(_) => {
            assert!(
                is_nothing_lost(folder, images),
                "lost; there is {}",
                names()
            );
            let mut lists = ["ul.cfg", ".ziso-ul.cfg"].iter();
            let is_listed = lists.any(|list| {
                fs::read(folder.join(list)).is_ok_and(|list| list.starts_with(&[7; 64]))
            });
            assert!(is_listed, "no list; there is {}", names());
            match state(folder, images) {
                State::Whole("old.iso") => Found::Old,
                State::Whole(_) => Found::New,
                State::Refused => Found::Neither,
            }
        }
        Work::Compress { force } => look_at("zso", force),
        Work::Decompress { force } => look_at("iso", force),
    };
    unmount();
    found
}

/// All files, and how many bytes of each can be read.
fn names() -> String {
    let files = fs::read_dir("/mnt").expect("read").map_while(Result::ok);
    let told = files.map(|file| {
        let bytes = fs::read(file.path()).map(|bytes| bytes.len());
        format!("{:?}: {bytes:?}", file.file_name())
    });
    let told: Vec<_> = told.filter(|told| !told.ends_with("Ok(0)")).collect();
    told.join(", ")
}

/// The same of one file: it is the old one or the new one.
fn look_at(ending: &str, force: bool) -> Found {
    let of = |name: &str| fs::read(format!("/tmp/{name}.{ending}")).expect("there");
    let file = Path::new(WRITTEN);
    match fs::read(file) {
        Ok(bytes) if bytes == of("new") => Found::New,
        Ok(bytes) => {
            assert!(force && bytes == of("old"), "there is {}", names());
            Found::Old
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NotFound, "there is {}", names());
            if !force {
                return Found::Old;
            }
            let mut files = fs::read_dir("/mnt").expect("read").map_while(Result::ok);
            let is_there =
                files.any(|file| fs::read(file.path()).is_ok_and(|read| read == of("new")));
            assert!(is_there, "lost; there is {}", names());
            Found::Neither
        }
    }
}
