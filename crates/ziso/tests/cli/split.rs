//! Files in parts. Those of a GiB are too much for here: what is split is a part itself; the library's own tests have
//! more.

use std::fs;
use std::process::Stdio;

use testkit::iso::{Iso, dual_layer};

use crate::support::{Folder, noise};

fn folder() -> Folder {
    let folder = Folder::new();
    let game = Iso::of_game("GAME_A", "SLES_123.45").file("DATA.BIN", noise(100_000, 4));
    folder.write("a.iso", &game.build());
    folder.ok("compress a.iso");
    folder
}

#[test]
fn every_command_reads_parts_as_the_whole_file() {
    let folder = folder();
    let said = folder.ok("split a.zso --output-dir .").stdout;
    assert!(said.contains("a.zso.00"), "{said}");
    assert!(folder.read("a.zso.00") == folder.read("a.zso"));
    // Other parts of the same file, as if the first one were full.
    let whole = folder.read("a.zso");
    for (number, part) in whole.chunks(40_960).enumerate() {
        folder.write(&format!("b.zso.{number:02x}"), part);
    }
    assert!(folder.names().len() > 5);
    folder.ok("verify b.zso.00 --against a.iso");
    folder.ok("decompress b.zso.00");
    assert!(folder.read("b.iso") == folder.read("a.iso"));
    let info = folder.ok("info b.zso.00").stdout;
    assert!(info.contains("SLES_123.45"), "{info}");
    std::fs::remove_file(folder.path("b.zso.02")).unwrap();
    folder.fails("verify b.zso.00", 1, "b.zso.00");
}

#[test]
fn parts_of_an_image_become_the_image_again() {
    let folder = folder();
    folder.ok("split a.iso --output-dir .");
    folder.ok("split --usbextreme a.iso --title Game");
    let names = folder.names();
    for part in names.iter().filter(|name| name.ends_with(".00")) {
        folder.ok(&format!("decompress {part} -o back.iso --force"));
        assert!(folder.read("back.iso") == folder.read("a.iso"), "{part}");
    }
    assert_eq!(names.iter().filter(|name| name.ends_with(".00")).count(), 2);
}

#[test]
fn what_would_be_split_is_told_and_nothing_is_done() {
    let folder = folder();
    let said = folder.ok("split --dry-run a.zso --output-dir parts").stdout;
    assert!(
        said.contains("a.zso.00") && said.contains("would become"),
        "{said}"
    );
    let said = folder.ok("split --usbextreme -n a.zso --json").stdout;
    assert!(
        said.contains("SLES_123.45.00") && said.contains("\"exists\":false"),
        "{said}"
    );
    assert_eq!(folder.names(), ["a.iso", "a.zso"]);
    folder.ok("split a.zso --output-dir .");
    let said = folder.ok("split -n a.zso").stdout;
    assert!(said.contains("type --force"), "{said}");
    let said = folder.ok("split -n a.zso --force").stdout;
    assert!(said.contains("in place of"), "{said}");
    assert_eq!(folder.names(), ["a.iso", "a.zso", "a.zso.00"]);
}

#[test]
fn a_game_is_split_and_listed_as_usbextreme_does() {
    let folder = folder();
    folder.ok("split --usbextreme a.zso --title Some~Game");
    let names = folder.names();
    let part = names
        .iter()
        .find(|name| name.starts_with("ul.") && name.ends_with(".SLES_123.45.00"));
    let part = part.expect("a part");
    assert!(folder.read(part) == folder.read("a.zso"));
    let list = folder.read("ul.cfg");
    assert_eq!(list.len(), 64);
    assert_eq!(&list[..10], b"Some~Game\0");
    assert_eq!(&list[32..47], b"ul.SLES_123.45\0");
    assert_eq!(list[47..54], [1, 0x14, 0, 0, 0, 0, 8]);
    folder.ok(&format!("verify {part} --against a.iso"));

    folder.fails("split -u a.zso --title Some~Game", 2, "type --force");
    folder.ok("split -u a.zso --title Some~Game --force --media cd");
    assert_eq!(folder.read("ul.cfg").len(), 64);
    assert_eq!(folder.read("ul.cfg")[48], 0x12);
    folder.ok("split -u a.iso");
    assert_eq!(folder.read("ul.cfg").len(), 128);
    assert_eq!(&folder.read("ul.cfg")[64..66], b"a\0");
}

#[test]
fn what_cannot_be_split_leaves_nothing_behind() {
    let folder = folder();
    folder.write("empty", b"");
    folder.fails("split empty", 2, "is empty");
    folder.write("noise", &noise(5000, 1));
    folder.fails("split -u noise", 2, "it has no ISO 9660 volume");
    folder.fails("split noise", 2, "type --any-data");
    folder.fails(
        "split -u a.zso --title=",
        2,
        "the title of \"a.zso\" is empty",
    );
    assert_eq!(folder.names(), ["a.iso", "a.zso", "empty", "noise"]);
    folder.ok("split noise --any-data");
    assert!(folder.read("noise.00") == folder.read("noise"));
}

#[test]
fn a_second_layer_that_loaders_do_not_find_is_told() {
    let folder = folder();
    let first = Iso::of_game("TWO", "SLES_123.46");
    folder.write("two.iso", &dual_layer(&first, &Iso::new("SECOND")));
    folder.ok("compress two.iso");
    let run = folder.ok("split -u two.zso");
    assert!(run.stderr.contains("second layer"), "{run:?}");
    let run = folder.ok("split -u two.iso --title other");
    assert_eq!(run.stderr, "");
}

#[test]
fn the_folder_for_parts_is_made() {
    let folder = folder();
    folder.ok("split a.zso --output-dir new/parts");
    assert!(folder.read("new/parts/a.zso.00") == folder.read("a.zso"));
    folder.write("file", b"");
    folder.fails(
        "split a.zso --output-dir file/parts",
        2,
        "cannot make the folder",
    );
}

#[test]
fn a_list_that_was_damaged_keeps_its_whole_entries() {
    let folder = folder();
    folder.ok("split -u a.iso --title One");
    folder.ok("split -u a.iso --title Two");
    let list = folder.read("ul.cfg");
    folder.write("ul.cfg", &list[..100]);
    let said = folder.ok("split -u a.iso --title Three").stderr;
    assert!(said.contains("ul.cfg.damaged\" now"), "{said}");
    assert!(folder.read("ul.cfg.damaged") == list[..100]);
    let new = folder.read("ul.cfg");
    assert!(new.len() == 128 && new[..64] == list[..64] && new[64..].starts_with(b"Three\0"));
}

/// Loaders take 32 letters, with nothing after them.
#[test]
fn a_title_that_the_list_has_no_room_for_is_told() {
    let folder = folder();
    let title = "Thirty-two_letters_are_the_most!";
    assert_eq!(
        folder.ok(&format!("split -u a.iso --title {title}")).stderr,
        ""
    );
    let said = folder
        .ok(&format!("split -u a.iso --title {title}_And_more --force"))
        .stderr;
    assert!(
        said.contains(&format!("the list has the title as {title:?}")),
        "{said}"
    );
    let said = folder.ok("split -u a.iso --title Pok\u{e9}mon").stderr;
    assert!(said.contains("\"Pok_mon\""), "{said}");
}

/// The list says how many parts there are.
#[test]
fn a_part_that_the_list_counts_and_is_not_there_is_named() {
    let folder = folder();
    folder.ok("split -u a.iso --title One");
    let part = folder
        .names()
        .into_iter()
        .find(|name| name.starts_with("ul.") && name.ends_with(".00"));
    let part = part.expect("a part");
    folder.ok(&format!("verify {part} --against a.iso"));
    let mut list = folder.read("ul.cfg");
    list[47] = 3;
    folder.write("ul.cfg", &list);
    folder.fails(&format!("compress {part}"), 2, ".01\" is missing");
}

/// What one run adds to the list, another one does not take away; and that one run reads the list while another one
/// replaces it, which Windows refuses, stops none.
#[test]
fn games_that_are_split_at_once_are_all_listed() {
    const GAMES: usize = 16;
    let folder = folder();
    let runs: Vec<_> = (0..GAMES)
        .map(|game| {
            let mut command =
                folder.command(&format!("split -u a.iso -o drive --title G{game:02}"));
            command.stdout(Stdio::null()).spawn().expect("runs")
        })
        .collect();
    for mut run in runs {
        assert!(run.wait().expect("ended").success());
    }
    let list = folder.read("drive/ul.cfg");
    let mut titles: Vec<_> = list.chunks(64).map(|entry| entry[..3].to_vec()).collect();
    titles.sort();
    let all: Vec<_> = (0..GAMES)
        .map(|game| format!("G{game:02}").into_bytes())
        .collect();
    assert_eq!(titles, all);
    let left = fs::read_dir(folder.path("drive")).expect("listed").count();
    assert_eq!(left, GAMES + 1, "parts, the list, and nothing else");
}

/// Two runs that want the same names: one gets all of them.
#[test]
fn of_two_runs_with_the_same_parts_one_wins() {
    let folder = folder();
    for _ in 0..5 {
        let start = || {
            folder
                .command("split a.zso -q -o drive")
                .stderr(Stdio::piped())
                .spawn()
                .expect("runs")
        };
        let runs = [start(), start()].map(|run| run.wait_with_output().expect("ended"));
        let won = runs.iter().filter(|run| run.status.success()).count();
        let said: String = runs
            .iter()
            .map(|run| String::from_utf8_lossy(&run.stderr).into_owned())
            .collect();
        assert_eq!(won, 1, "{said}");
        assert!(said.contains("a.zso.00\" exists"), "{said}");
        assert!(folder.read("drive/a.zso.00") == folder.read("a.zso"));
        fs::remove_dir_all(folder.path("drive")).expect("removed");
    }
}
