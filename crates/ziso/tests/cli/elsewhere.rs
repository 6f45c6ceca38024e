//! What people do with the program, with the one for any system: it writes the same bytes everywhere.
//!
//! On this system's own program these tests say little that others do not. `cargo xtask elsewhere windows-x86_64` runs
//! them with the program for Windows, under wine.

use std::fs;
use std::fs::File;
use std::process::Command;

use testkit::iso::Iso;

use crate::support::{Folder, image, noise};

/// Who builds the program needs Rust and a linker: on any system, no package of it and no build script asks for a C
/// compiler.
#[test]
fn nothing_of_it_is_compiled_by_a_c_compiler() {
    let args = "tree --package ziso --edges normal,build --target all --prefix none";
    let tree = Command::new(env!("CARGO")).args(args.split(' ')).output();
    let tree = String::from_utf8(tree.unwrap().stdout).unwrap();
    assert!(tree.starts_with("ziso "), "{tree}");
    for tool in ["cc ", "cmake ", "bindgen ", "pkg-config ", "vcpkg "] {
        assert!(!tree.lines().any(|line| line.starts_with(tool)), "{tool}");
    }
}

fn game(id: &str) -> Vec<u8> {
    let iso = Iso::of_game("GAME_A", id);
    iso.file("DATA.BIN", noise(200_000, 4))
        .file("LEVEL.BIN", image(100_000))
        .build()
}

fn folder() -> Folder {
    let folder = Folder::of_any_data();
    folder.write("a.iso", &game("SLES_123.45"));
    folder
}

#[test]
fn there_and_back() {
    let folder = folder();
    for args in [
        "",
        "--level fast",
        "--level best --align 4",
        "--block-size 16384",
        "--for-console",
        "--for-console --level fast",
    ] {
        let native = folder.native(&format!("compress a.iso -o n.zso {args}"), Some("n.zso"));
        folder.ok(&format!("compress a.iso --force {args}"));
        assert!(folder.read("a.zso") == native, "{args}");
        folder.ok("decompress a.zso -o b.iso --force");
        assert!(folder.read("b.iso") == folder.read("a.iso"), "{args}");
    }
    let said = folder.ok("verify a.zso --against a.iso").stdout;
    assert_eq!(
        said.as_bytes(),
        folder.native("verify a.zso --against a.iso", None)
    );
    folder.fails("compress a.iso", 2, "exists");
    assert_eq!(folder.names(), ["a.iso", "a.zso", "b.iso"]);
}

#[test]
fn the_scripts_form() {
    let folder = folder();
    let native = folder.native("-c 2 a.iso a.zso", Some("a.zso"));
    folder.ok("-c 2 a.iso a.zso");
    assert!(folder.read("a.zso") == native);
    folder.ok("-c 0 a.zso b.iso");
    assert!(folder.read("b.iso") == folder.read("a.iso"));
}

#[test]
fn names_in_japanese() {
    let folder = Folder::of_any_data();
    fs::create_dir(folder.path("遊戯")).expect("created");
    folder.write("遊戯/ゲーム・第１話.iso", &game("SLPS_250.01"));
    folder.ok("compress 遊戯");
    folder.ok("verify 遊戯/ゲーム・第１話.zso");
    let said = folder.ok("info --rename 遊戯/ゲーム・第１話.zso").stdout;
    let named = "SLPS_250.01.ゲーム・第１話.zso";
    assert!(said.contains(named), "{said}");
    assert!(folder.path("遊戯").join(named).exists(), "{said}");
}

/// What Windows moves from name to name is a file as any other, unless somebody takes care.
#[test]
fn a_file_that_is_renamed_stays_read_only() {
    let folder = Folder::new();
    let protect = |name: &str| {
        let path = folder.write(name, &game("SLES_123.45"));
        let mut permissions = fs::metadata(&path).expect("there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).expect("set");
    };
    let is_protected = |name: &str| {
        let meta = fs::metadata(folder.path(name)).expect("there");
        meta.permissions().readonly()
    };
    protect("a.iso");
    folder.ok("info --rename a.iso");
    assert!(is_protected("SLES_123.45.a.iso"));
    folder.write("SLES_123.45.b.iso", b"another");
    protect("b.iso");
    folder.fails_with_output("info --rename b.iso", 2, "exists");
    assert!(is_protected("b.iso"));
}

#[test]
fn what_is_told_of_a_disc() {
    let folder = folder();
    folder.ok("compress a.iso");
    for args in ["info a.zso", "info --json --map a.zso", "advise a.iso"] {
        let native = folder.native(args, None);
        let told = folder.ok(args).stdout;
        // How long it took is another matter.
        if !args.contains("json") && !args.contains("advise") {
            assert_eq!(told.as_bytes(), native, "{args}");
        }
        assert!(told.contains("a.zso") || told.contains("a.iso"), "{told}");
    }
}

#[test]
fn folders_keep_their_shape() {
    let folder = Folder::of_any_data();
    fs::create_dir_all(folder.path("games/more")).expect("created");
    folder.write("games/one.ISO", &image(10_000));
    folder.write("games/more/two.iso", &image(20_000));
    folder.ok("compress games --output-dir out/deep");
    folder.ok("decompress out/deep --output-dir back");
    assert!(folder.read("back/one.iso") == image(10_000));
    assert!(folder.read("back/more/two.iso") == image(20_000));
}

#[test]
fn split_files_are_read_as_one() {
    let folder = folder();
    folder.ok("compress a.iso");
    fs::create_dir(folder.path("out")).expect("created");
    folder.ok("split --usbextreme a.zso --title Game --output-dir out");
    let names = fs::read_dir(folder.path("out")).expect("listed").count();
    assert_eq!(names, 2, "a part, and the list");
    folder.ok("split a.zso --output-dir .");
    folder.ok("verify a.zso.00 --against a.iso");
}

#[test]
fn games_on_the_consoles_disk() {
    let folder = folder();
    File::create_new(folder.path("disk.img"))
        .and_then(|file| file.set_len(2_000_000_000))
        .expect("made");
    folder.ok("hdd initialize disk.img --yes");
    folder.ok("compress a.iso");
    folder.ok("hdd install disk.img a.zso --title GAME_A --yes");
    let list = folder.ok("hdd list disk.img").stdout;
    assert!(list.contains("ZSO DVD  GAME_A"), "{list}");
    folder.ok("hdd verify disk.img");
    folder.ok("hdd extract disk.img GAME_A -o b.zso");
    assert!(folder.read("b.zso") == folder.read("a.zso"));
    // Which disks there are is this machine's matter.
    folder.ok("hdd disks");
    folder.ok("hdd disks --json");
    folder.ok("hdd rename disk.img GAME_A Other");
    folder.ok("hdd delete disk.img Other --yes");
    let info = folder.ok("hdd info disk.img").stdout;
    assert!(info.contains("free       1664 MiB"), "{info}");
}

#[test]
fn ctrl_c_ends_a_run_and_leaves_nothing() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &noise(1 << 20, 3).repeat(64));
    let run = folder.on_terminal("compress in.iso", "compressing", b"\x03");
    assert_eq!(run.code, 2, "{run:?}");
    // Wine writes letter by letter, and moves over spaces.
    let said = console::strip_ansi_codes(&run.stdout).replace(' ', "");
    let says = "interrupted;nothingwaswritten";
    assert!(said.contains(says), "{run:?}");
    assert_eq!(folder.names(), ["in.iso"]);
}

#[test]
fn damage_and_trouble_have_their_exit_codes() {
    let folder = folder();
    folder.write("bad.zso", b"ZISO and then nothing");
    folder.fails("verify bad.zso", 1, "bad.zso");
    folder.fails("compress none.iso", 2, "none.iso");
    folder.fails("compress a.iso --level 99", 2, "99");
}
