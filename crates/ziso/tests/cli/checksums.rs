//! What `verify` compares with, besides an image.

use discs::Hashes;
use discs::hashes::hex;

use testkit::tracks::{chd, chd_of_cd, track};

use crate::containers::{game, music};
use crate::support::{Folder, flip, image};

const NAMES: [&str; 3] = ["crc32", "md5", "sha1"];

/// A ZSO file, and the three checksums of the image in it, as they are printed.
fn verified() -> (Folder, Vec<String>) {
    let folder = Folder::of_any_data();
    folder.write("Game.iso", &image(20_480));
    folder.ok("compress Game.iso");
    let run = folder.ok("verify Game.zso");
    let find = |name: &str| {
        let line = run
            .stdout
            .lines()
            .find(|line| line.trim().starts_with(name));
        line.expect("a checksum")
            .rsplit(' ')
            .next()
            .expect("a word")
            .to_owned()
    };
    let sums = NAMES.map(find).to_vec();
    (folder, sums)
}

#[test]
fn sidecars_of_all_kinds() {
    let (folder, sums) = verified();
    for text in [
        format!("{}  Game.iso\n", sums[1]),
        format!("{} *Game.iso\n{} *Other.iso\n", sums[2], "0".repeat(40)),
        format!("SHA1 (Game.iso) = {}\n", sums[2]),
        format!(
            "; made by a tool\r\nGame.iso {}\r\n",
            sums[0].to_uppercase()
        ),
        format!("{}\n", sums[1]),
    ] {
        folder.write("sums", text.as_bytes());
        folder.ok("verify Game.zso --sidecar sums");
    }
}

#[test]
fn a_list_for_the_console_has_a_checksum_of_each_whole_sector() {
    let folder = Folder::of_any_data();
    let game = image(3 * 2048 + 700);
    folder.write("Game.iso", &game);
    folder.ok("compress Game.iso");
    folder.ok("verify Game.zso --crc-list game.crc");
    let sectors = game.chunks_exact(2048);
    let sums = sectors.flat_map(|sector| crc32fast::hash(sector).to_le_bytes());
    let wanted: Vec<u8> = (b"ZCRC\x03\0\0\0".iter().copied()).chain(sums).collect();
    assert_eq!(folder.read("game.crc"), wanted);
    folder.fails("verify Game.zso --crc-list game.crc", 2, "exists");
    folder.ok("verify Game.zso --crc-list game.crc --force");
    folder.fails("verify Game.zso Game.zso --crc-list a", 2, "one file");
}

#[test]
fn a_damaged_image_has_no_list() {
    let (folder, _) = verified();
    let mut zso = folder.read("Game.zso");
    let end = zso.len() - 3000;
    zso[end..].fill(0xFF);
    folder.write("Game.zso", &zso);
    folder.fails("verify Game.zso --crc-list game.crc", 1, "damaged");
    assert!(!folder.path("game.crc").exists());
}

#[test]
fn other_checksums_are_a_difference() {
    let (folder, sums) = verified();
    for sum in &sums {
        let other = sum.replace(&sum[..1], if sum.starts_with('0') { "1" } else { "0" });
        folder.write("sums", format!("{other}  Game.iso\n").as_bytes());
        folder.fails("verify Game.zso --sidecar sums", 1, &other);
    }
}

#[test]
fn sidecars_of_no_use() {
    let (folder, sums) = verified();
    folder.write("sums", b"Game.iso\n");
    folder.fails("verify Game.zso --sidecar sums", 2, "no line");
    let others = format!("{0}  One.iso\n{0}  Two.iso\n", sums[1]);
    folder.write("sums", others.as_bytes());
    folder.fails("verify Game.zso --sidecar sums", 2, "none of its 2");
    folder.fails("verify Game.zso --sidecar missing", 2, "missing");
}

/// A list with these files of one game.
fn list(files: &[&[u8]]) -> String {
    let rom = |file: &&[u8]| {
        let Hashes { crc32, sha1, .. } = Hashes::of(file);
        let (size, sha1) = (file.len(), hex(sha1));
        format!("<rom name=\"x\" size=\"{size}\" crc=\"{crc32:08x}\" sha1=\"{sha1}\"/>")
    };
    let roms: String = files.iter().map(rom).collect();
    format!("<datafile><game name=\"Some Game\">{roms}</game></datafile>")
}

#[test]
fn a_disc_in_any_form_is_found_in_the_list() {
    let folder = Folder::new();
    let disc = game();
    folder.write("list.dat", list(&[&disc]).as_bytes());
    folder.write("game.iso", &disc);
    folder.ok("compress game.iso");
    folder.ok("compress game.iso --to cso");
    folder.write("game.chd", &chd(&disc));
    folder.write("data.bin", &track(&disc, 2, 0));
    for name in ["game.iso", "game.zso", "game.cso", "game.chd", "data.bin"] {
        let run = folder.ok(&format!("verify {name} --dat list.dat"));
        assert!(run.stdout.contains("game  Some Game"), "{name}: {run:?}");
    }
    flip(&folder.path("game.iso"), 8 * 200_000);
    let run = folder.run("verify game.iso --dat list.dat");
    assert!(run.code == 1 && run.stdout.contains("not in"), "{run:?}");
}

#[test]
fn a_folder_is_verified_whatever_kinds_are_in_it_and_each_disc_once() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("games")).expect("created");
    let disc = game();
    folder.write("games/a.iso", &disc);
    folder.ok("compress games/a.iso");
    folder.ok("compress games/a.iso --to cso");
    folder.write("games/a.chd", &chd(&disc));
    folder.write("games/a.bin", &track(&disc, 2, 0));
    folder.write("games/b 1.bin", &track(&disc, 2, 0));
    folder.write("games/b 2.bin", &music(80));
    let cue = "FILE \"b 1.bin\" BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\nFILE \"b 2.bin\" BINARY\n\
        TRACK 02 AUDIO\nINDEX 01 00:00:00\n";
    folder.write("games/b.cue", cue.as_bytes());
    folder.write("games/card.bin", b"Sony PS2 Memory Card Format ");
    let run = folder.ok("verify games");
    let sha1 = format!("  sha1  {}\n", hex(Hashes::of(&disc).sha1));
    assert_eq!(run.stdout.matches(&sha1).count(), 6, "{run:?}");
    assert!(run.stderr.contains("1 files were left out"), "{run:?}");
    assert!(run.stderr.contains("card.bin"), "{run:?}");
    // But not what only lost its beginning.
    folder.write("games/a.zso", b"\0\0\0\0");
    folder.fails_with_output("verify games", 1, "a.zso");
}

#[test]
fn all_tracks_of_a_chd_file_are_looked_up() {
    let (data, song) = (track(&game(), 2, 0), music(81));
    let folder = Folder::new();
    folder.write("list.dat", list(&[&data, &song]).as_bytes());
    folder.write("one.chd", &chd_of_cd(&[("MODE2_RAW", &data)]));
    let tracks = [("MODE2_RAW", &data[..]), ("AUDIO", &song)];
    folder.write("two.chd", &chd_of_cd(&tracks));
    for name in ["one.chd", "two.chd"] {
        let run = folder.ok(&format!("verify {name} --dat list.dat"));
        assert!(run.stdout.contains("game  Some Game"), "{name}: {run:?}");
    }
    let other = [("MODE2_RAW", &data[..]), ("AUDIO", &music(82))];
    folder.write("other.chd", &chd_of_cd(&other));
    let run = folder.run("verify other.chd --dat list.dat");
    assert!(run.code == 1 && run.stdout.contains("track 2, "), "{run:?}");
    // There is no telling what a sector was of which only the data are there.
    let frames = game()
        .chunks(2048)
        .flat_map(|data| [data, &[0; 304]].concat())
        .collect::<Vec<_>>();
    folder.write("data.chd", &chd_of_cd(&[("MODE1", &frames)]));
    let run = folder.ok("verify data.chd");
    assert!(!run.stdout.contains("track 1, "), "{run:?}");
}

/// Lists have each track of a CD with all its 2352 bytes a sector, music too.
#[test]
fn all_tracks_of_a_cd_are_looked_up() {
    let (data, first, second) = (track(&game(), 2, 0), music(80), music(90));
    let folder = Folder::new();
    folder.write("list.dat", list(&[&data, &first, &second]).as_bytes());
    folder.write("data.bin", &data);
    let run = folder.ok("verify data.bin --dat list.dat");
    assert!(run.stdout.contains("game  Some Game"), "{run:?}");

    let time = |sectors: usize| {
        format!(
            "{:02}:{:02}:{:02}",
            sectors / 4500,
            sectors / 75 % 60,
            sectors % 75
        )
    };
    let (start, next) = (data.len() / 2352, data.len() / 2352 + 80);
    let cue = format!(
        "FILE \"all.bin\" BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 {}\nINDEX 01 {}\n\
         TRACK 03 AUDIO\nINDEX 01 {}\n",
        time(start),
        time(start + 30),
        time(next)
    );
    folder.write("one.cue", cue.as_bytes());
    folder.write("all.bin", &[&data[..], &first, &second].concat());
    let cue = "FILE \"data.bin\" BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\nFILE \"2.bin\" BINARY\nTRACK 02 AUDIO\n\
        INDEX 00 00:00:00\nINDEX 01 00:00:30\nFILE \"3.bin\" BINARY\nTRACK 03 AUDIO\nINDEX 01 00:00:00\n";
    folder.write("several.cue", cue.as_bytes());
    folder.write("2.bin", &first);
    folder.write("3.bin", &second);
    for cue in ["one.cue", "several.cue"] {
        let run = folder.ok(&format!("verify {cue} --dat list.dat"));
        assert!(run.stdout.contains("game  Some Game"), "{cue}: {run:?}");
        assert!(
            run.stdout.contains(&hex(Hashes::of(&second).sha1)),
            "{cue}: {run:?}"
        );
    }
    // Damage in the music alone.
    flip(&folder.path("all.bin"), 8 * (data.len() + 5000));
    flip(&folder.path("2.bin"), 8 * 5000);
    for cue in ["one.cue", "several.cue"] {
        let run = folder.run(&format!("verify {cue} --dat list.dat"));
        assert_eq!(run.code, 1, "{cue}: {run:?}");
        assert!(run.stdout.contains("track 2, "), "{cue}: {run:?}");
        assert!(run.stdout.contains("is not listed"), "{cue}: {run:?}");
        assert!(!run.stdout.contains("Some Game"), "{cue}: {run:?}");
    }
}
