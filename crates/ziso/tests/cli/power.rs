//! Power that is lost while parts are replaced on FAT: with Linux's own driver, in a machine of QEMU's.
//!
//! The machine's disk keeps a log of its writes and flushes. A second machine gets the disk as it is after each of the
//! writes: with all that came before, and with nothing of what came after the last flush but this one write. It mounts
//! that, and looks at the folder as `kills` does.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::process::Command;

use ziso::split::{Splitting, split};
use ziso::unwatched;

use crate::kills::{SIZES, State, image, is_nothing_lost, options, state};

/// What the machine is to do, and which of [`SIZES`] it is about: the kernel hands on what it does not know itself.
const TASK: &str = "ZISO_TASK";
const NUMBER: &str = "ZISO_SIZES";
/// Bytes of the disk, and of the file system, which leaves room for marks.
const DISK: usize = (8 << 20) + MARK;
const FILES: usize = 8 << 20;
/// A write that is none of the file system's.
const MARK: usize = 4096;
/// A sector of the log.
const SECTOR: usize = 512;
/// `O_DIRECT`: past the kernel's cache, which would else be written as well.
const DIRECT: i32 = 0o40_000;

/// What the second machine prints when all is well.
const SEEN: &str = "states seen: ";

#[test]
fn power_that_is_lost_leaves_old_parts_or_new_ones_or_none_that_are_taken_for_a_file() {
    let machine = Machine::new();
    for number in 0..SIZES.len() {
        let (disk, log) = (machine.file("disk", FILES), machine.file("log", 32 << 20));
        let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin";
        let mut mkfs = Command::new("mkfs.fat");
        let made = mkfs
            .env("PATH", path)
            .args(["-F", "32", "-s", "1", &disk])
            .output();
        let made = made.expect("mkfs.fat; type scripts/setup to install it");
        assert!(made.status.success(), "{made:?}");
        let resized = File::options().write(true).open(&disk);
        resized
            .and_then(|disk| disk.set_len(DISK as u64))
            .expect("room");
        let empty = machine.file("empty", 0);
        fs::copy(&disk, &empty).expect("room");
        let logged = format!(
            "driver=blklogwrites,file.driver=file,file.filename={disk},log.driver=file,log.filename={log}"
        );
        machine.run("record", number, &[logged]);
        let disks = [empty, log].map(|path| format!("driver=file,filename={path}"));
        let said = machine.run("check", number, &disks);
        let seen = said.split_once(SEEN).expect("it says what it saw").1;
        println!("{}", seen.lines().next().unwrap_or_default());
    }
}

/// A kernel, and what it starts.
struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
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
        Self { folder }
    }

    /// A file for a disk.
    fn file(&self, name: &str, bytes: usize) -> String {
        let path = self.folder.path().join(name);
        let file = File::create(&path).expect("room");
        file.set_len(bytes as u64).expect("room");
        path.display().to_string()
    }

    /// What the machine says, which has these disks.
    fn run(&self, task: &str, number: usize, disks: &[String]) -> String {
        let mut qemu = Command::new("timeout");
        qemu.current_dir(self.folder.path())
            .args(["900", "qemu-system-x86_64"])
            .args(["-accel", "tcg", "-m", "512", "-no-reboot", "-nodefaults"])
            .args([
                "-display", "none", "-serial", "stdio", "-kernel", "vmlinuz", "-initrd", "initrd",
            ])
            .arg("-append")
            .arg(format!(
                "console=ttyS0 quiet panic=-1 no_timer_check {TASK}={task} {NUMBER}={number}"
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
    let of = |name| env::var(name).expect("given to the machine");
    let (old, new) = SIZES[of(NUMBER).parse::<usize>().expect("a number")];
    fs::write("/tmp/old.iso", image(1, old)).expect("written");
    fs::write("/tmp/new.iso", image(2, new)).expect("written");
    match of(TASK).as_str() {
        "record" => record(),
        _ => check(),
    }
}

/// Puts the old parts there, and then the new ones in their place.
fn record() {
    let split = |image: &str| {
        let options = Splitting {
            folder: Some("/mnt".into()),
            ..options()
        };
        split(Path::new(image), &options, &mut unwatched).expect("split");
    };
    mount("rw");
    fs::write("/mnt/ul.cfg", [7; 64]).expect("written");
    split("/tmp/old.iso");
    unmount();
    mark();
    mount("rw");
    split("/tmp/new.iso");
    mark();
}

fn mark() {
    let disk = File::options()
        .write(true)
        .custom_flags(DIRECT)
        .open("/dev/vda")
        .expect("the disk");
    let bytes = vec![0xFF; 2 * MARK];
    let aligned = bytes.as_ptr().align_offset(MARK);
    disk.write_all_at(&bytes[aligned..][..MARK], FILES as u64)
        .expect("written");
}

fn mount(how: &str) {
    busybox(&["mount", "-t", "vfat", "-o", how, "/dev/vda", "/mnt"]);
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
fn log() -> Vec<Entry> {
    let log = fs::read("/dev/vdb").expect("the log");
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
fn check() {
    let mut entries = log().into_iter();
    // As it is with all writes, and without those that no flush has followed.
    let mut written = fs::read("/dev/vda").expect("the disk");
    for entry in entries.by_ref() {
        match entry {
            Entry::Write(at, bytes) => written[at..][..bytes.len()].copy_from_slice(&bytes),
            Entry::Flush => {}
            Entry::Mark => break,
        }
    }
    let mut flushed = written.clone();
    let mut there = fs::read("/dev/vda").expect("the disk");
    let (mut seen, mut done) = ([0; 3], false);
    let mut look = |disk: &[u8], done: bool| {
        write_changes(disk, &mut there);
        let found = look();
        assert!(
            !done || found == State::Whole("new.iso"),
            "{found:?} at the end"
        );
        seen[match found {
            State::Whole("old.iso") => 0,
            State::Whole(_) => 1,
            State::Refused => 2,
        }] += 1;
    };
    for entry in entries {
        match entry {
            Entry::Write(at, bytes) => {
                let mut alone = flushed.clone();
                for disk in [&mut written, &mut alone] {
                    disk[at..][..bytes.len()].copy_from_slice(&bytes);
                    look(disk, done);
                }
            }
            Entry::Flush => flushed.clone_from(&written),
            Entry::Mark => {
                done = true;
                look(&flushed, done);
            }
        }
    }
    assert!(done && seen[0] > 0 && seen[1] > 0, "{seen:?}");
    let [old, new, refused] = seen;
    println!("{SEEN}old parts {old}, new ones {new}, none to be taken for a file {refused}");
}

/// Makes the disk's bytes these; `there` is what it has.
fn write_changes(bytes: &[u8], there: &mut [u8]) {
    let disk = File::options().write(true).open("/dev/vda").expect("there");
    let places = (0..).step_by(MARK);
    for ((at, new), old) in places.zip(bytes.chunks(MARK)).zip(there.chunks_mut(MARK)) {
        if old != new {
            disk.write_all_at(new, at).expect("written");
            old.copy_from_slice(new);
        }
    }
}

/// What is on the disk.
fn look() -> State {
    mount("ro");
    let (folder, images) = (Path::new("/mnt"), Path::new("/tmp"));
    assert!(is_nothing_lost(folder, images), "lost");
    let found = state(folder, images);
    unmount();
    found
}
