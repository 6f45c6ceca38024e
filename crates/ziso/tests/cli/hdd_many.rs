//! Many games onto a disk at once, and what is doubtful of them.

use std::fs;

use testkit::iso::Iso;

use crate::hdd::{bytes_at, folder, game, state};
use crate::support::{Folder, noise};

/// A disk, and a folder with three games in it, one of them compressed, and two files that are none.
fn games() -> Folder {
    let folder = folder();
    fs::create_dir_all(folder.path("games/more")).unwrap();
    folder.write("games/GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    folder.write("games/GAME_B.iso", &game("GAME_B", "SLUS_200.62").build());
    folder.write(
        "games/more/GAME_C.iso",
        &game("GAME_C", "SLPM_650.03").build(),
    );
    folder.ok("compress games/more/GAME_C.iso");
    fs::remove_file(folder.path("games/more/GAME_C.iso")).unwrap();
    folder.write("games/noise.iso", &noise(100_000, 3));
    folder.write("games/readme.txt", b"not for the console");
    folder
}

#[test]
fn a_folder_is_installed_after_one_consent_and_one_bad_file_keeps_nothing_back() {
    const QUESTION: &str = "Type yes: ";
    let folder = games();
    let run = folder.on_terminal("hdd install disk.img games", QUESTION, b"yes\n");
    assert_eq!(run.code, 2, "{run:?}");
    let (plan, done) = run.stdout.split_once(QUESTION).unwrap();
    // All of it is shown before, each game after the room of the one before.
    for line in [
        "takes      128 MiB at sector 0x40000",
        "takes      128 MiB at sector 0x80000",
        "takes      128 MiB at sector 0xc0000",
        "\"games/noise.iso\"",
    ] {
        assert!(plan.contains(line), "{line}: {plan}");
    }
    assert!(!done.contains(QUESTION), "{done}");
    for line in [
        "  installed      \"games/GAME_A.iso\": GAME_A",
        "  installed      \"games/more/GAME_C.zso\": GAME_C",
        "  not installed  \"games/noise.iso\": ",
    ] {
        assert!(done.contains(line), "{line}: {done}");
    }
    let list = folder.ok("hdd list disk.img").stdout;
    assert!(list.contains("3 games"), "{list}");
    folder.ok("hdd verify disk.img");
}

#[test]
fn what_is_there_already_is_left_out() {
    let folder = games();
    fs::remove_file(folder.path("games/noise.iso")).unwrap();
    folder.ok("hdd install disk.img games/GAME_A.iso --yes");
    let before = state(&folder);
    let run = folder.run("hdd install disk.img games --dry-run");
    assert!(
        run.code == 2 && run.stderr.contains("type --skip-existing"),
        "{run:?}"
    );
    assert_eq!(state(&folder), before);
    let said = folder
        .ok("hdd install disk.img games --skip-existing --yes")
        .stdout;
    assert!(
        said.contains("GAME_A.iso\" is on the disk already"),
        "{said}"
    );
    assert!(
        said.contains("  there already  \"games/GAME_A.iso\""),
        "{said}"
    );
    assert!(folder.ok("hdd list disk.img").stdout.contains("3 games"));
    // The same disc in another form is the same game.
    folder.ok("compress games/GAME_A.iso -o GAME_A.zso");
    let before = state(&folder);
    let said = folder.ok("hdd install disk.img GAME_A.zso --title GAME_A --skip-existing --yes");
    assert!(said.stdout.contains("already"), "{said:?}");
    // Another disc of that title and number is not.
    let other = Iso::of_game("GAME_A", "SLES_123.45").file("DATA.BIN", noise(200_000, 6));
    folder.write("other.iso", &other.build());
    folder.fails(
        "hdd install disk.img other.iso --title GAME_A --skip-existing --yes",
        1,
        "with another image; type --title",
    );
    assert_eq!(state(&folder), before);
    folder.ok("hdd install disk.img other.iso --title Mod --yes");
}

#[test]
fn titles_come_from_a_list() {
    let folder = games();
    folder.write(
        "titles.csv",
        b"number;title\nSLES-12345;Game One\nGAME_C.iso;Game Three\n",
    );
    let run = folder.run("hdd install disk.img games --titles titles.csv --yes");
    assert_eq!(run.code, 2, "{run:?}");
    let list = folder.ok("hdd list disk.img").stdout;
    for title in ["Game One", "GAME_B", "Game Three"] {
        assert!(list.contains(title), "{title}: {list}");
    }
    folder.write("bad.csv", b"nothing\n");
    folder.fails(
        "hdd install disk.img games --titles bad.csv --yes",
        2,
        "no list of titles",
    );
    let sha1 = folder.ok("verify games/GAME_B.iso").stdout;
    let sha1 = sha1.split_once("sha1  ").unwrap().1.trim();
    let dat = format!("<datafile><game name=\"Known\"><rom sha1=\"{sha1}\"/></game></datafile>");
    folder.write("list.dat", dat.as_bytes());
    folder.ok("hdd install disk.img games/GAME_B.iso --titles list.dat --yes");
    assert!(folder.ok("hdd list disk.img").stdout.contains("  Known  ["));
}

/// Xenosaga's discs have one number, and their titles begin alike.
#[test]
fn discs_of_one_game_get_partitions_of_their_own() {
    let folder = folder();
    for (disc, seed) in [(1, 3), (2, 4), (3, 5)] {
        let iso = Iso::of_game("LONG", "SLES_123.45").file("DATA.BIN", noise(9000, seed));
        let name = format!("SLES_123.45.A Very Long Title (Disc {disc}).iso");
        folder.write(&name.replace(' ', "_"), &iso.build());
    }
    folder.ok("hdd install disk.img . --yes");
    let list = folder.ok("hdd list disk.img").stdout;
    for line in [
        "A_Very_Long_Title_(Disc_1)  [PP.SLES-12345..A_VERY_LONG_TITL]",
        "A_Very_Long_Title_(Disc_2)  [PP.SLES-12345..A_VERY_LONG_TI_2]",
        "A_Very_Long_Title_(Disc_3)  [PP.SLES-12345..A_VERY_LONG_TI_3]",
    ] {
        assert!(list.contains(line), "{line}: {list}");
    }
    folder.ok("hdd verify disk.img");
}

#[test]
fn what_info_says_of_a_disc_is_in_the_plan() {
    let folder = folder();
    let install = "hdd install disk.img --yes";
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    folder.ok("compress GAME_A.iso --block-size 16384 -o large.zso");
    let run = folder.ok(&format!("{install} large.zso --title Large"));
    for said in [
        "blocks of 16384 bytes",
        "ziso compress \"large.zso\" -o NEW.zso --block-size 2048",
    ] {
        assert!(run.stderr.contains(said), "{run:?}");
    }
    // A disc whose program is not there.
    folder.ok(&format!(
        "{install} GAME_A.iso --title NoProgram --startup SLES_999.99"
    ));
    // A file whose end is cut off.
    folder.ok("compress GAME_A.iso");
    let zso = folder.read("GAME_A.zso");
    folder.write("cut.zso", &zso[..zso.len() / 2]);
    let before = state(&folder);
    folder.fails(
        &format!("{install} cut.zso --title Cut"),
        1,
        "is damaged, and was not installed",
    );
    assert_eq!(state(&folder), before);
    let run = folder.ok(&format!("{install} cut.zso --title Cut --force"));
    assert!(run.stderr.contains("cut off"), "{run:?}");
    folder.fails("hdd verify disk.img Cut", 1, "is damaged");
}

#[test]
fn titles_that_say_nothing_are_refused_and_long_ones_cut_with_a_word() {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    let before = state(&folder);
    for title in ["", "   "] {
        let mut command = folder.command("hdd install disk.img GAME_A.iso --yes --title");
        let output = command.arg(title).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(2) && said.contains("is empty, and menus"),
            "{said}"
        );
    }
    assert_eq!(state(&folder), before);
    let long = "Long".repeat(17);
    let run = folder.ok(&format!(
        "hdd install disk.img GAME_A.iso --yes --title {long}"
    ));
    assert!(run.stderr.contains("too long"), "{run:?}");
    let kept = "Long".repeat(16);
    assert!(
        run.stdout.contains(&format!("title      {kept}\n")),
        "{run:?}"
    );
    folder.fails(
        &format!("hdd install disk.img GAME_A.iso --yes --title {long}"),
        2,
        "already",
    );
}

/// Today's OPL reads them from a file, older releases and other loaders from the game's header.
#[test]
fn compatibility_modes_are_in_the_header() {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    let run = folder.ok("hdd install disk.img GAME_A.iso --yes --mode 1,3");
    assert!(run.stdout.contains("modes      1, 3\n"), "{run:?}");
    let header = bytes_at(&folder, (128 << 20) + 0x10_1000, 1024);
    assert_eq!(header[0xA9], 0b101);
    fs::create_dir_all(folder.path("usb/DVD")).unwrap();
    folder.write("usb/DVD/a.iso", &folder.read("GAME_A.iso"));
    let cfg = || String::from_utf8(folder.read("usb/CFG/SLES_123.45.cfg")).unwrap();
    let said = folder.ok("info usb/DVD/a.iso --cfg 1,3").stdout;
    assert!(said.contains("usb/CFG/SLES_123.45.cfg"), "{said}");
    assert_eq!(cfg(), "$Compatibility=5\r\n");
    folder.write(
        "usb/CFG/SLES_123.45.cfg",
        b"$VMC_0=card\r\n$Compatibility=5\r\n",
    );
    folder.ok("info usb/DVD --cfg 0");
    assert_eq!(cfg(), "$VMC_0=card\r\n");
    folder.write("noise.iso", &noise(100_000, 1));
    folder.fails_with_output("info noise.iso --cfg 1", 2, "no game with a number");
}
