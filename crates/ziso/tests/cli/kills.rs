//! Files in parts when a run is killed, or a call of the system fails, at any point: the old parts are there, or the
//! new ones, or none that anybody takes for a file, and nothing is lost.
//!
//! `strace` kills and fails: in each of the calls that change a folder, one run after the other. The parts are small,
//! so the library is asked for them: by this program itself, which runs the test `child` alone.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use testkit::iso::Iso;
use walkdir::WalkDir;
use ziso::label::Corrections;
use ziso::split::{Splitting, split};
use ziso::{Checks, unwatched, verify};

use crate::support::{Folder, noise};

/// Names what `child` splits.
const VARIABLE: &str = "ZISO_TEST_SPLITS";
/// Calls that change what is in a folder, or bring it to the disk.
const CALLS: [&str; 12] = [
    "write",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "rmdir",
    "fsync",
    "fdatasync",
];
/// Bytes of a part.
const PART: u64 = 40_960;
/// What is in the folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// The parts of this image, and a list that says so.
    Whole(&'static str),
    /// No first part: every reader refuses the others.
    Refused,
}

/// Splits the image that the environment names, in place of what there is.
#[test]
#[ignore = "the other tests start it"]
fn child() {
    let image = PathBuf::from(env::var_os(VARIABLE).expect("started by the others"));
    split(&image, &options(), &mut unwatched).expect("split");
}

pub fn options() -> Splitting {
    Splitting {
        usbextreme: Some(Corrections {
            title: Some("Game".to_owned()),
            ..Corrections::default()
        }),
        force: true,
        part_bytes: PART,
        ..Splitting::default()
    }
}

pub fn image(seed: u64, bytes: usize) -> Vec<u8> {
    let game = Iso::of_game("GAME", "SLES_123.45");
    game.file("DATA.BIN", noise(bytes, seed)).build()
}

/// A folder with two images, the parts of the old one, and the list that has another game, too.
fn folder((old, new): (usize, usize)) -> Folder {
    let folder = Folder::new();
    folder.write("old.iso", &image(1, old));
    folder.write("new.iso", &image(2, new));
    folder.write("ul.cfg", &[7; 64]);
    split(&folder.path("old.iso"), &options(), &mut unwatched).expect("split");
    folder
}

/// What is in `folder`: parts of one of the two images in `images`, or none that anybody takes for a file.
pub fn state(folder: &Path, images: &Path) -> State {
    let entry = discs::usbextreme::Entry::new("Game", "SLES_123.45", 0, 0);
    let first = folder.join(format!("{}.00", entry.file_name()));
    let is = |image: &str| {
        let against = images.join(image);
        let checks = Checks {
            against: Some(&against),
            ..Checks::default()
        };
        verify(&first, &checks, &mut unwatched).is_ok()
    };
    if !first.exists() {
        let error = verify(&first, &Checks::default(), &mut unwatched).expect_err("no first part");
        let said = error.to_string();
        assert!(said.contains(".00\""), "{said}");
        return State::Refused;
    }
    let found: Vec<_> = ["old.iso", "new.iso"]
        .into_iter()
        .filter(|image| is(image))
        .collect();
    let [image] = found.as_slice() else {
        panic!("the parts are those of {found:?}");
    };
    let list = fs::read(folder.join("ul.cfg")).expect("a list");
    let bytes = fs::metadata(images.join(image)).expect("there").len();
    assert_eq!(list.len(), 128);
    assert_eq!(list[..64], [7; 64]);
    assert_eq!(
        u64::from(list[64 + 47]),
        bytes.div_ceil(PART),
        "parts in the list"
    );
    State::Whole(image)
}

/// Whether the new parts are there, or all bytes of the old ones are somewhere in the folder.
pub fn is_nothing_lost(folder: &Path, images: &Path) -> bool {
    let files = WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let files = files.filter(|file| file.file_type().is_file());
    // What was never finished may be unreadable.
    let files: Vec<_> = files
        .filter_map(|file| fs::read(file.path()).ok())
        .collect();
    let old = fs::read(images.join("old.iso")).expect("read");
    let mut parts = old.chunks(PART as usize);
    state(folder, images) == State::Whole("new.iso")
        || parts.all(|part| files.iter().any(|file| file == part))
}

fn state_of(folder: &Folder) -> State {
    state(&folder.path(""), &folder.path(""))
}

/// Splits the new image in another process, to which `strace` does this.
fn strace(folder: &Folder, args: &[&str]) -> ExitStatus {
    let mut command = Command::new("strace");
    command
        // Stops at these calls only, not at each one.
        .args(["-f", "--seccomp-bpf", "-qq", "-o"])
        .arg(folder.path("calls"))
        .args(args)
        .arg(env::current_exe().expect("this program"))
        .args([
            "--exact",
            "kills::child",
            "--ignored",
            "--test-threads",
            "1",
        ])
        .env(VARIABLE, folder.path("new.iso"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
        .status()
        .expect("strace; type scripts/setup to install it")
}

/// Every call that a run makes: its name, and its number among those of that name.
fn calls(sizes: (usize, usize)) -> Vec<(&'static str, usize)> {
    let folder = folder(sizes);
    let traced = format!("trace={}", CALLS.join(","));
    assert!(strace(&folder, &["-e", &traced]).success());
    let trace = String::from_utf8_lossy(&folder.read("calls")).into_owned();
    let made = |call: &str| trace.matches(&format!(" {call}(")).count();
    let calls = CALLS
        .iter()
        .flat_map(|call| (1..=made(call)).map(move |number| (*call, number)));
    let calls: Vec<_> = calls.collect();
    assert!(calls.len() > 20, "{trace}");
    calls
}

/// Runs with `inject` at each call in turn, and has `check` look at what is left.
fn at_each_call(sizes: (usize, usize), inject: &str, check: impl Fn(&Folder)) {
    for (call, number) in calls(sizes) {
        let folder = folder(sizes);
        let inject = inject.replace('N', &number.to_string());
        let ended = strace(
            &folder,
            &[
                "-e",
                &format!("trace={call}"),
                "-e",
                &format!("inject={call}:{inject}"),
            ],
        );
        match ended.success() {
            true => assert_eq!(
                state_of(&folder),
                State::Whole("new.iso"),
                "{call} {number}"
            ),
            false => check(&folder),
        }
    }
}

/// Three parts that become two, and two that become three.
pub const SIZES: [(usize, usize); 2] = [(50_000, 10_000), (10_000, 50_000)];

#[test]
fn a_run_that_is_killed_leaves_old_parts_or_new_ones_or_none_that_are_taken_for_a_file() {
    for sizes in SIZES {
        at_each_call(sizes, "signal=KILL:when=N", |folder| {
            assert!(is_nothing_lost(&folder.path(""), &folder.path("")));
            // And the same command completes it.
            split(&folder.path("new.iso"), &options(), &mut unwatched).expect("split");
            assert_eq!(state_of(folder), State::Whole("new.iso"));
        });
    }
}

#[test]
fn a_call_that_fails_leaves_all_old_parts_or_all_new_ones() {
    for sizes in SIZES {
        at_each_call(sizes, "error=EIO:when=N", |folder| {
            assert_ne!(state_of(folder), State::Refused);
        });
    }
}

/// As on a disk that goes away.
#[test]
fn calls_that_fail_from_then_on_lose_nothing() {
    at_each_call(SIZES[0], "error=EIO:when=N+", |folder| {
        assert!(is_nothing_lost(&folder.path(""), &folder.path("")))
    });
}
