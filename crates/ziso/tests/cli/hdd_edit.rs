//! The console's disk itself: begun anew, looked at; games deleted, and titles changed.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};

use crate::hdd::{bytes_at, folder, game, state};
use crate::support::{Folder, noise};

/// A disk of 2 GB with two games.
fn two_games() -> Folder {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    folder.write("GAME_B.iso", &game("GAME_B", "SLUS_200.62").build());
    folder.ok("hdd install disk.img GAME_A.iso GAME_B.iso --yes");
    folder
}

/// Writes bytes into a file that is there.
fn put(folder: &Folder, name: &str, at: u64, bytes: &[u8]) {
    let path = folder.path(name);
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn a_deleted_game_is_gone_and_its_room_is_free() {
    let folder = two_games();
    let said = folder.ok("hdd delete disk.img game_a --yes").stdout;
    assert!(said.contains("deleted PP.SLES-12345..GAME_A"), "{said}");
    let list = folder.ok("hdd list disk.img").stdout;
    assert!(
        !list.contains("GAME_A") && list.contains("1 games, 1536 of"),
        "{list}"
    );
    folder.ok("hdd verify disk.img GAME_B --against GAME_B.iso");
    folder.fails("hdd delete disk.img GAME_A --yes", 2, "ziso hdd list");
    // Several at once, each only once.
    folder.ok("hdd install disk.img GAME_A.iso --yes");
    let run = folder.run("hdd delete disk.img GAME_A SLUS_200.62 --yes --json");
    assert_eq!((run.code, run.stdout.lines().count()), (0, 2), "{run:?}");
    assert!(folder.ok("hdd list disk.img").stdout.starts_with("0 games"));
}

#[test]
fn a_damaged_game_is_deleted_by_its_partition() {
    let folder = two_games();
    put(&folder, "disk.img", (128 << 20) + 0x10_1000, &[0; 8]);
    folder.fails("hdd delete disk.img GAME_A --yes", 2, "no game");
    let said = folder.ok("hdd delete disk.img PP.SLES-12345..GAME_A --yes");
    assert!(said.stdout.contains("no game header"), "{said:?}");
    folder.ok("hdd verify disk.img");
}

#[test]
fn nothing_is_deleted_or_begun_anew_without_consent() {
    const QUESTION: &str = "Type yes: ";
    let folder = two_games();
    let before = state(&folder);
    for command in [
        "hdd delete disk.img GAME_A",
        "hdd initialize disk.img --force",
    ] {
        let run = folder.run(command);
        assert!(
            run.code == 2 && run.stderr.contains("type --yes"),
            "{run:?}"
        );
        let shown = if command.contains("delete") {
            "GAME_A  [PP."
        } else {
            "table of the console with 2 games"
        };
        assert!(run.stdout.contains(shown), "{run:?}");
        for keys in ["y\n", "no\n", "\u{3}"] {
            let run = folder.on_terminal(command, QUESTION, keys.as_bytes());
            assert_eq!(run.code, 2, "{keys:?}: {run:?}");
        }
    }
    // One that is not there keeps all others.
    folder.fails("hdd delete disk.img GAME_A nothing --yes", 2, "no game");
    assert_eq!(state(&folder), before);
    let run = folder.on_terminal("hdd delete disk.img GAME_A", QUESTION, b"yes\n");
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn a_game_gets_another_title() {
    let folder = two_games();
    folder.ok("hdd rename disk.img GAME_A Another");
    let list = folder.ok("hdd list disk.img").stdout;
    assert!(list.contains("Another  [PP.SLES-12345..GAME_A]"), "{list}");
    folder.ok("hdd verify disk.img Another --against GAME_A.iso");
    let before = state(&folder);
    let rename = |title: &str| {
        let mut command = folder.command("hdd rename disk.img Another");
        command.arg(title).output().unwrap()
    };
    let empty = rename("  ");
    assert_eq!(empty.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&empty.stderr).contains("title is empty"));
    assert_eq!(state(&folder), before);
    let long = rename(&"Long".repeat(20));
    let said = String::from_utf8_lossy(&long.stderr).into_owned();
    assert!(said.contains("too long"), "{said}");
    let list = folder.ok("hdd list disk.img").stdout;
    assert!(
        list.contains(&format!("  {}  [", "Long".repeat(16))),
        "{list}"
    );
}

#[test]
fn a_disk_is_begun_anew_with_consent() {
    let folder = two_games();
    folder.fails(
        "hdd initialize disk.img --yes",
        2,
        "is not empty: there is a table of the console with 2 games on it",
    );
    folder.ok("hdd initialize disk.img --force --yes");
    let list = folder.ok("hdd list disk.img").stdout;
    assert!(list.starts_with("0 games, 1664 of 1907 MiB free"), "{list}");
    folder.ok("hdd install disk.img GAME_A.iso --yes");
    folder.ok("hdd verify disk.img --against GAME_A.iso GAME_A");
}

#[test]
fn disks_with_data_of_others_are_not_begun_anew() {
    let marks: [(u64, &[u8], &str); 6] = [
        (512, b"EFI PART", "GPT"),
        (510, b"\x55\xAA", "MBR"),
        (3, b"EXFAT   ", "exFAT"),
        (0x438, b"\x53\xEF", "ext"),
        (0, b"something", "not known"),
        (299_999_999, b"!", "not known"),
    ];
    for (at, mark, said) in marks {
        let folder = Folder::new();
        let disk = File::create_new(folder.path("disk.img")).unwrap();
        disk.set_len(300_000_256 / 512 * 512).unwrap();
        let at = at.min(300_000_256 / 512 * 512 - 1);
        put(&folder, "disk.img", at, mark);
        let before = state(&folder);
        folder.fails("hdd initialize disk.img --yes", 2, said);
        assert_eq!(state(&folder), before);
        folder.ok("hdd initialize disk.img --yes --force");
        folder.ok("hdd list disk.img");
        // What said that it is somebody else's is gone.
        if at < 1024 {
            assert_ne!(bytes_at(&folder, at, mark.len()), mark);
        }
    }
    let folder = Folder::new();
    folder.write("small.img", &[0; 1 << 20]);
    folder.fails("hdd initialize small.img --yes", 2, "too small");
    folder.write("text", &noise(300, 1));
    folder.fails("hdd initialize text --yes", 2, "text");
    folder.fails("hdd initialize . --yes", 2, "neither a disk nor a file");
}

#[test]
fn what_is_on_a_disk_is_shown() {
    let folder = two_games();
    folder.ok("hdd delete disk.img GAME_A --yes");
    let info = folder.ok("hdd info disk.img").stdout;
    for line in [
        "0x00000000     128 MiB  table      __mbr\n",
        "0x00040000     128 MiB  free       __empty\n",
        "0x00080000     128 MiB  game       PP.SLUS-20062..GAME_B\n",
        "  size       1907 MiB\n",
        "  free       1536 MiB\n",
    ] {
        assert!(info.contains(line), "{line}: {info}");
    }
    let json = folder.ok("hdd info disk.img --json").stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["partitions"][2]["kind"], 0x1337);
    assert_eq!(json["read_only"], serde_json::Value::Null);
    folder.fails("hdd info GAME_A.iso", 2, "no APA partition table");
}

/// Sector numbers have 32 bits.
#[test]
fn what_lies_above_2_tib_stays_unused_and_that_is_said() {
    let folder = Folder::new();
    let disk = File::create_new(folder.path("disk.img")).unwrap();
    disk.set_len(3 << 40).unwrap();
    let unused = "unused     1048576 MiB above 2 TiB";
    let said = folder.ok("hdd initialize disk.img --yes").stdout;
    assert!(said.contains(unused), "{said}");
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    let said = folder.ok("hdd install disk.img GAME_A.iso --yes").stdout;
    assert!(said.contains(unused), "{said}");
    let said = folder.ok("hdd info disk.img").stdout;
    assert!(said.contains(unused), "{said}");
    folder.ok("hdd verify disk.img");
}
