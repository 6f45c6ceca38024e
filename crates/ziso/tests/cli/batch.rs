//! Many files and whole folders.

use std::fs;

use crate::support::{Folder, Run, image};

/// A folder `games` with two images, one of them in a folder of its own, and things that are none.
fn library() -> Folder {
    let folder = Folder::of_any_data();
    fs::create_dir_all(folder.path("games/more")).expect("created");
    folder.write("games/One.ISO", &image(10_000));
    folder.write("games/more/two.iso", &image(20_000));
    folder.write("games/._One.ISO", b"not an image at all");
    folder.write("games/cover.png", b"nor this");
    folder
}

fn lines(run: &Run) -> Vec<serde_json::Value> {
    let lines = run.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

#[test]
fn folders_are_converted_there_and_back() {
    let folder = library();
    let run = folder.ok("compress games --output-dir out/deep");
    assert_eq!(run.stdout.lines().count(), 2, "{run:?}");
    assert!(folder.path("out/deep/One.zso").exists());
    folder.ok("verify out");
    folder.ok("decompress out/deep --output-dir back");
    assert!(folder.read("back/One.iso") == image(10_000));
    assert!(folder.read("back/more/two.iso") == image(20_000));
    assert_eq!(folder.names(), ["back", "games", "out"]);
}

#[test]
fn without_a_folder_for_them_files_go_beside_their_inputs() {
    let folder = library();
    folder.ok("compress games/more games/One.ISO");
    assert!(folder.path("games/One.zso").exists());
    assert!(folder.path("games/more/two.zso").exists());
}

#[test]
fn what_is_there_is_kept_or_skipped() {
    let folder = library();
    folder.write("games/One.zso", b"precious");
    folder.fails_with_output("compress games", 2, "exists");
    assert!(
        folder.path("games/more/two.zso").exists(),
        "the others are made"
    );
    assert_eq!(folder.read("games/One.zso"), b"precious");
    let run = folder.ok("compress games --skip-existing");
    assert_eq!(run.stdout.matches("skipped").count(), 2, "{run:?}");
    assert_eq!(folder.read("games/One.zso"), b"precious");
    folder.fails(
        "compress games --skip-existing --force",
        2,
        "cannot be used",
    );
}

#[test]
fn worst_file_decides_the_exit_code_and_none_stops_the_others() {
    let folder = library();
    folder.ok("compress games --output-dir out");
    let mut damaged = folder.read("out/One.zso");
    damaged.truncate(3000);
    folder.write("out/One.zso", &damaged);
    folder.fails_with_output("verify out", 1, "One.zso");
    folder.fails_with_output("verify missing.zso out", 2, "missing.zso");
    folder.fails_with_output("decompress out --output-dir back", 1, "One.zso");
    assert!(folder.read("back/more/two.iso") == image(20_000));
    assert!(!folder.path("back/One.iso").exists());
}

#[test]
fn two_files_never_become_one() {
    let folder = library();
    folder.write("two.iso", &image(100));
    folder.fails(
        "compress games/more two.iso --output-dir out --force",
        2,
        "both",
    );
    folder.fails("compress games -o out.zso", 2, "--output-dir");
    assert_eq!(folder.names(), ["games", "two.iso"]);
}

#[test]
fn folder_without_images_is_told() {
    let folder = Folder::of_any_data();
    fs::create_dir(folder.path("none")).expect("created");
    folder.fails("compress none", 2, "none");
}

#[test]
fn results_as_json() {
    let folder = library();
    let run = folder.ok("compress games --json --align 3");
    let made = lines(&run);
    assert_eq!(made.len(), 2);
    let path = |name: &str| made[0][name].as_str().map(|path| path.replace('\\', "/"));
    assert_eq!(path("input").as_deref(), Some("games/One.ISO"));
    assert_eq!(path("output").as_deref(), Some("games/One.zso"));
    assert_eq!(made[0]["image_bytes"], 10_000);
    assert_eq!(made[0]["blocks"], 5);
    assert_eq!(made[0]["align"], 3);
    assert_eq!(made[0]["exit"], 0);
    let size = fs::metadata(folder.path("games/One.zso"))
        .expect("there")
        .len();
    assert_eq!(made[0]["output_bytes"], size);

    let verified = lines(&folder.ok("verify games/One.zso --json --quiet"));
    assert_eq!(verified[0]["crc32"].as_str().map(str::len), Some(8));
    let run = folder.run("verify missing.zso --json");
    assert_eq!(run.code, 2);
    let failed = lines(&run);
    assert_eq!(failed[0]["exit"], 2);
    assert!(
        failed[0]["error"]
            .as_str()
            .is_some_and(|error| error.contains("missing.zso"))
    );
}

#[test]
fn number_of_jobs_changes_no_byte() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(3_000_000));
    folder.ok("compress in.iso -j 1 -o one.zso");
    folder.ok("compress in.iso --jobs 4 -o four.zso");
    assert!(folder.read("one.zso") == folder.read("four.zso"));
    folder.ok("decompress one.zso -j 1");
    assert!(folder.read("one.iso") == image(3_000_000));
    folder.fails("compress in.iso -j 0", 2, "--jobs");
}
