//! Which files are touched, and which never.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::support::{Folder, Run, image, noise};

/// Reference script 10: it destroys an input that is also the output.
#[test]
fn output_that_is_the_input_is_refused() {
    let folder = Folder::of_any_data();
    let original = image(10_000);
    let iso = folder.write("in.iso", &original);
    fs::hard_link(&iso, folder.path("hard.zso")).expect("linked");
    folder.ok("compress in.iso -o sound.zso");
    let sound = folder.read("sound.zso");
    for force in ["", "--force"] {
        folder.fails(
            &format!("compress in.iso -o in.iso {force}"),
            2,
            "input itself",
        );
        folder.fails(
            &format!("compress in.iso -o ./in.iso {force}"),
            2,
            "input itself",
        );
        folder.fails(
            &format!("compress in.iso -o hard.zso {force}"),
            2,
            "input itself",
        );
        folder.fails(
            &format!("decompress sound.zso -o sound.zso {force}"),
            2,
            "input itself",
        );
    }
    assert!(folder.read("in.iso") == original);
    assert!(folder.read("sound.zso") == sound);
}

#[cfg(unix)]
#[test]
fn output_that_leads_to_the_input_is_refused() {
    let folder = Folder::of_any_data();
    let original = image(10_000);
    folder.write("in.iso", &original);
    std::os::unix::fs::symlink("in.iso", folder.path("soft.zso")).expect("linked");
    folder.fails("compress in.iso -o soft.zso", 2, "input itself");
    folder.fails("compress in.iso -o soft.zso --force", 2, "input itself");
    folder.fails("compress soft.zso -o in.iso --force", 2, "input itself");
    assert!(folder.read("in.iso") == original);
}

#[cfg(unix)]
#[test]
fn link_stays_and_its_file_is_replaced() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(10_000));
    fs::create_dir(folder.path("far")).expect("created");
    folder.write("far/real.zso", b"old");
    std::os::unix::fs::symlink("far/real.zso", folder.path("soft.zso")).expect("linked");
    std::os::unix::fs::symlink("nowhere.zso", folder.path("dangling.zso")).expect("linked");
    folder.ok("compress in.iso -o soft.zso --force");
    assert!(folder.path("soft.zso").is_symlink());
    assert_eq!(folder.read("far/real.zso")[..4], *b"ZISO");
    folder.fails("compress in.iso -o dangling.zso", 2, "--force");
}

#[test]
fn existing_output_is_kept_unless_forced() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(10_000));
    folder.write("in.zso", b"precious");
    folder.fails("compress in.iso", 2, "--force");
    assert_eq!(folder.read("in.zso"), b"precious");
    folder.ok("compress in.iso --force");
    assert_eq!(folder.read("in.zso")[..4], *b"ZISO");

    folder.write("in.iso", b"precious");
    folder.fails("decompress in.zso", 2, "--force");
    assert_eq!(folder.read("in.iso"), b"precious");
    folder.ok("decompress in.zso --force");
    assert!(folder.read("in.iso") == image(10_000));
    assert_eq!(folder.names(), ["in.iso", "in.zso"]);
}

/// Reference script 11: it empties an existing output, and exits with 0.
#[test]
fn failure_keeps_an_existing_output() {
    let folder = Folder::of_any_data();
    folder.write("not.zso", &image(10_000));
    folder.write("out.iso", b"precious");
    folder.fails("decompress not.zso -o out.iso --force", 1, "not a ZSO");
    assert_eq!(folder.read("out.iso"), b"precious");
    assert_eq!(folder.names(), ["not.zso", "out.iso"]);
}

#[test]
fn damage_leaves_nothing_behind() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(100_000));
    folder.ok("compress in.iso");
    let file = folder.read("in.zso");
    folder.write("in.zso", &file[..file.len() / 2]);
    folder.fails("decompress in.zso -o out.iso", 1, "file ends");
    assert_eq!(folder.names(), ["in.iso", "in.zso"]);
}

#[test]
fn folders_and_missing_files_are_named() {
    let folder = Folder::of_any_data();
    fs::create_dir(folder.path("dir.iso")).expect("created");
    folder.write("in.iso", &image(5000));
    folder.fails("compress dir.iso", 2, "\"dir.iso\"");
    folder.fails("compress in.iso -o dir.iso --force", 2, "\"dir.iso\"");
    folder.fails(
        "compress in.iso -o no/such/out.zso",
        2,
        "\"no/such/out.zso\"",
    );
    folder.fails("compress missing.iso", 2, "\"missing.iso\"");
    folder.fails("decompress missing.zso", 2, "\"missing.zso\"");
    folder.fails("decompress dir.iso", 2, "\"dir.iso\"");
    folder.fails("verify missing.zso", 2, "\"missing.zso\"");
    assert_eq!(folder.names(), ["dir.iso", "in.iso"]);
}

/// Reference script 2: it divides by zero, and leaves a file.
#[test]
fn empty_image_is_refused() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", b"");
    folder.fails("compress in.iso", 2, "empty");
    assert_eq!(folder.names(), ["in.iso"]);
}

#[cfg(unix)]
#[test]
fn new_file_has_ordinary_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::of_any_data();
    let iso = folder.write("in.iso", &image(5000));
    folder.ok("compress in.iso");
    let mode = |path| fs::metadata(path).expect("there").permissions().mode();
    assert_eq!(mode(folder.path("in.zso")), mode(iso));
}

/// A folder with an image that takes a while, and the program at work on it.
fn at_work() -> (Folder, std::process::Child) {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(1 << 20, 3).repeat(64));
    let mut command = folder.command("compress in.iso --level 12");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let growing = |name: &String| {
        name.ends_with(".part") && fs::metadata(folder.path(name)).is_ok_and(|meta| meta.len() > 0)
    };
    while !folder.names().iter().any(growing) {
        let ended = child.try_wait().expect("asked");
        assert_eq!(ended, None, "it ended too early");
        sleep(Duration::from_millis(1));
    }
    (folder, child)
}

/// Reference script 9: it leaves a file with a valid header and an index of zeros.
#[test]
fn defect_16_kill_leaves_nothing_that_looks_like_a_zso() {
    let (folder, mut child) = at_work();
    child.kill().expect("killed");
    child.wait().expect("ended");
    let left = folder.names();
    assert!(!left.contains(&"in.zso".to_owned()), "{left:?}");
    for name in left {
        assert!(!name.ends_with(".zso"));
        assert_ne!(folder.read(&name)[..4], *b"ZISO", "{name}");
    }
}

#[cfg(unix)]
#[test]
fn interrupted_run_cleans_up() {
    let (folder, child) = at_work();
    let id = child.id().to_string();
    let signal = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status()
        .expect("runs");
    assert!(signal.success());
    let run = Run::from(child.wait_with_output().expect("ended"));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    assert_eq!(run.stderr, "ziso: interrupted; nothing was written\n");
    assert_eq!(folder.names(), ["in.iso"]);
}
