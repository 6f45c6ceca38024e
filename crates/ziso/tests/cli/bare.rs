//! Files without a subcommand, and nothing at all.

use std::fs;

use crate::support::{Folder, image, is_for_windows};

fn folder() -> Folder {
    let folder = Folder::of_any_data();
    folder.write("a.iso", &image(20_480));
    folder
}

#[test]
fn images_become_zso_files_and_zso_files_images() {
    let folder = folder();
    let said = folder.ok("a.iso").stdout;
    assert!(said.starts_with("\"a.zso\": 20480 -> "), "{said}");
    fs::rename(folder.path("a.zso"), folder.path("b.zso")).expect("renamed");
    folder.ok("b.zso");
    assert!(folder.read("b.iso") == folder.read("a.iso"));
}

#[test]
fn several_files_and_folders() {
    let folder = folder();
    fs::create_dir_all(folder.path("games/more")).expect("created");
    folder.write("games/more/b.iso", &image(10_240));
    folder.write("games/cover.png", b"no image");
    folder.ok("compress a.iso -o c.zso");
    let said = folder.ok("games c.zso a.iso").stdout;
    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(folder.path("games/more/b.zso").exists());
    assert!(folder.read("c.iso") == folder.read("a.iso"));
    assert!(folder.read("a.zso") == folder.read("c.zso"));
}

#[test]
fn options_do_as_well() {
    let folder = folder();
    folder.write("a.zso", b"precious");
    folder.fails("a.iso", 2, "exists");
    folder.fails("missing.iso", 2, "cannot open \"missing.iso\"");
    assert_eq!(folder.read("a.zso"), b"precious");
    folder.ok("--quiet a.iso --force");
    folder.ok("a.iso --output-dir out");
    assert!(folder.read("out/a.zso") == folder.read("a.zso"));
}

#[test]
fn a_word_that_is_no_file_is_taken_for_a_subcommand() {
    let folder = folder();
    folder.fails("compres a.iso", 2, "compress");
}

#[test]
fn nothing_shows_what_to_type() {
    let said = Folder::of_any_data().ok("").stdout;
    assert!(said.contains("ziso game.iso"), "{said}");
    assert!(said.lines().all(|line| line.len() <= 100), "{said}");
}

#[test]
fn a_dry_run_says_what_would_be_done() {
    let folder = folder();
    folder.write("b.zso", b"precious");
    let said = folder.ok("compress a.iso --dry-run --quiet").stdout;
    assert_eq!(said, "\"a.iso\" would become \"a.zso\"\n");
    let said = folder.ok("compress a.iso -n --output-dir out").stdout;
    assert!(said.contains("out"), "{said}");
    let said = folder.ok("compress a.iso -o b.zso -n").stdout;
    assert!(said.contains("exists; type --force"), "{said}");
    assert_eq!(folder.names(), ["a.iso", "b.zso"]);
    assert_eq!(folder.read("b.zso"), b"precious");
}

/// Its shells leave patterns to programs.
#[test]
fn patterns_are_files_on_windows() {
    let folder = folder();
    folder.write("b.iso", &image(10_240));
    match is_for_windows() {
        true => {
            folder.ok("compress *.iso");
            assert_eq!(folder.names(), ["a.iso", "a.zso", "b.iso", "b.zso"]);
        }
        false => folder.fails("compress *.iso", 2, "cannot open \"*.iso\""),
    }
}

/// A window that was opened for the program closes with it, unread.
#[test]
fn the_windows_own_window_waits_for_a_key() {
    const QUESTION: &str = "Press a key to close this window.";
    let folder = folder();
    let (question, keys) = match is_for_windows() {
        true => (QUESTION, "x"),
        false => ("", ""),
    };
    let run = folder.on_terminal("a.iso", question, keys.as_bytes());
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout.contains("a key"), is_for_windows(), "{run:?}");
    assert!(folder.path("a.zso").exists());
}
