//! What the program finds on discs: `info`, `advise`, `--raw`, `--dat`.

use serde_json::Value;
use testkit::data::game_like;
use testkit::iso::{Iso, dual_layer};

use crate::reader::fields;
use crate::support::{Folder, image, noise};

/// A disc of a game with films on it.
fn game() -> Vec<u8> {
    Iso::of_game("SOME_GAME", "SLES_123.45")
        .file("DATA/LEVEL.BIN", image(100_000))
        .file("MOVIE/A.PSS", image(40_000))
        .file("MOVIE/B.PSS", image(20_001))
        .build()
}

/// A folder with that disc, also as a ZSO.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("Game (Europe).iso", &game());
    folder.write("game.iso", &game());
    folder.ok("compress game.iso");
    folder
}

fn json(text: &str) -> Vec<Value> {
    let line = |line| serde_json::from_str(line).expect("a line of JSON");
    text.lines().map(line).collect()
}

#[test]
fn info_tells_which_game_it_is() {
    let folder = folder();
    for name in ["game.iso", "game.zso"] {
        let run = folder.ok(&format!("info {name}"));
        assert!(run.stdout.starts_with(&format!("{name:?}\n")), "{run:?}");
        assert!(
            run.stdout.contains("SLES_123.45 (SLES-12345), PS2"),
            "{run:?}"
        );
        assert!(
            run.stdout.contains("OPL name  SLES_123.45.game."),
            "{run:?}"
        );
        assert!(run.stdout.contains("USB, MX4SIO"), "{run:?}");
    }
    let quiet = folder.ok("info --quiet game.zso");
    assert!(quiet.stdout.contains("stored plain"), "{quiet:?}");
}

#[test]
fn info_of_a_folder_as_json() {
    let folder = folder();
    let run = folder.ok("info --json --map .");
    let infos = json(&run.stdout);
    assert_eq!(infos.len(), 3);
    for info in &infos {
        assert_eq!(info["game"]["id"], "SLES_123.45");
        assert_eq!(info["volume"]["files"], 5);
        assert_eq!(info["exit"], 0);
        let columns = info["map"].as_array().expect("columns");
        let bytes: u64 = columns
            .iter()
            .filter_map(|column| column["image"].as_u64())
            .sum();
        assert_eq!(bytes, game().len() as u64);
    }
    assert_eq!(infos[0]["zso"], Value::Null);
    assert_eq!(infos[2]["zso"]["block_size"], 2048);
    assert_eq!(infos[2]["starts"][0]["core"], "OPL");
}

#[test]
fn info_of_a_damaged_file_ends_with_1() {
    let folder = folder();
    let zso = folder.read("game.zso");
    folder.write("cut.zso", &zso[..zso.len() / 2]);
    let run = folder.run("info cut.zso");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("damage    the file has "), "{run:?}");
    let run = folder.run("info --json cut.zso game.zso");
    assert_eq!(run.code, 1);
    let infos = json(&run.stdout);
    assert_eq!(
        (&infos[0]["exit"], &infos[1]["exit"]),
        (&1.into(), &0.into())
    );
    assert_eq!(infos[0]["problems"][0]["code"], "cut");
    folder.write("bad.zso", b"ZISO and nothing else that makes sense");
    folder.fails("info bad.zso", 1, "is damaged, or of a kind");
    folder.write("other.chd", b"MComprHD................");
    folder.fails("info other.chd", 2, "damaged header");
    folder.write("empty.iso", b"");
    folder.fails("info empty.iso", 2, "is empty");
    folder.fails("advise empty.iso", 2, "is empty");
}

/// A line of bars, and a picture that is not replaced by accident, least of all the disc by its picture.
#[test]
fn maps() {
    let folder = folder();
    let run = folder.ok("info --map --svg map.svg game.zso");
    let line = run.stdout.lines().find(|line| line.starts_with("  map"));
    let bars = line.expect("a map").trim_start_matches("  map").trim();
    assert_eq!(bars.chars().count(), 64);
    assert!(bars.contains('█') && bars.contains('▁'), "{bars}");
    let svg = String::from_utf8(folder.read("map.svg")).expect("text");
    assert!(svg.starts_with("<svg") && svg.contains("DATA/LEVEL.BIN"));
    folder.fails("info --svg map.svg game.zso", 2, "exists");
    folder.fails(
        "info --svg game.zso --force game.zso",
        2,
        "is the input itself",
    );
    folder.ok("info --svg map.svg --force game.iso");
    folder.fails(
        "info --svg map.svg --force game.iso game.zso",
        2,
        "for one file",
    );
}

#[test]
fn files_are_renamed_for_opl() {
    let folder = folder();
    let before = folder.read("game.zso");
    let run = folder.ok("info --rename game.zso");
    assert!(
        run.stdout.contains("renamed   SLES_123.45.game.zso"),
        "{run:?}"
    );
    assert_eq!(folder.read("SLES_123.45.game.zso"), before);
    // It has its name already.
    folder.ok("info --rename SLES_123.45.game.zso");
    std::fs::create_dir(folder.path("b")).expect("made");
    folder.write("b/game.iso", &game());
    folder.ok("info --rename b/game.iso");
    assert_eq!(folder.read("b/SLES_123.45.game.iso"), game());

    let run = folder
        .command("info --rename game.iso --title")
        .arg("Another: One")
        .output()
        .expect("runs");
    assert!(run.status.success());
    assert_eq!(folder.read("SLES_123.45.Another- One.iso"), game());
    folder.write("game.zso", &before);
    folder.fails("info --rename game.zso", 2, "exists");
    assert_eq!(folder.read("game.zso"), before);
    folder.write("none.iso", &Iso::new("X").build());
    folder.fails("info --rename none.iso", 2, "with a number such as");
}

#[test]
fn two_layers_and_discs_that_none_starts() {
    let folder = Folder::new();
    let first = Iso::of_game("ONE", "SLES_123.45");
    folder.write("two.iso", &dual_layer(&first, &Iso::new("TWO")));
    let run = folder.ok("info two.iso");
    assert!(
        run.stdout
            .contains("two, the second one's volume from sector"),
        "{run:?}"
    );
    folder.write("film.iso", &image(9000));
    let run = folder.ok("info film.iso");
    assert!(
        run.stdout.contains("warning   no ISO 9660 volume"),
        "{run:?}"
    );
}

#[test]
fn films_are_stored_plain() {
    let folder = folder();
    folder.ok("compress --raw *.pss game.iso --force");
    let file = folder.read("game.zso");
    let fields = fields(&file);
    let disc = game();
    let place = |start: &[u8]| {
        let sectors: Vec<_> = disc.chunks(2048).collect();
        sectors
            .iter()
            .rposition(|sector| sector.starts_with(start))
            .expect("there")
    };
    // Both films are the last files on the disc, with the same start.
    let last = place(&image(40_000)[..64]);
    let first = last - 40_000_usize.div_ceil(2048);
    for block in first..fields.index.len() - 1 {
        assert!(fields.entry(block).1, "block {block}");
    }
    let plain = (0..first).filter(|&block| fields.entry(block).1).count();
    assert!(plain < first / 2);
    folder.ok("verify game.zso --against game.iso");

    // From a ZSO as well; paths; several patterns; nothing that matches.
    folder.ok("compress --raw MOVIE/B.* --raw nothing game.zso -o again.zso");
    let again = folder.read("again.zso");
    assert!(again.len() < file.len());
    folder.ok("verify again.zso --against game.iso");
    let run = folder.ok("compress --raw *.BIK game.iso -o none.zso");
    assert!(
        run.stderr
            .contains("no file in \"game.iso\" is one of --raw"),
        "{run:?}"
    );
    folder.fails("compress --raw [ game.iso -o x.zso", 2, "no pattern");
    folder.fails(
        "compress --raw *.PSS - -o x.zso",
        2,
        "--raw has to look for files",
    );
}

/// A list of discs with this one.
fn dat(folder: &Folder) {
    let run = folder.ok("verify --json game.zso");
    let Value::Object(sums) = &json(&run.stdout)[0] else {
        panic!("{run:?}");
    };
    let sum = |name: &str| sums[name].as_str().expect("a checksum").to_owned();
    let (crc, md5, sha1) = (sum("crc32"), sum("md5"), sum("sha1"));
    let size = game().len();
    folder.write(
        "list.dat",
        format!(
            "<?xml version=\"1.0\"?><datafile><header><name>Discs</name></header><game name=\"Some Game (Europe) (En,Fr)\">\
             <rom name=\"a.iso\" size=\"{size}\" crc=\"{crc}\" md5=\"{md5}\" sha1=\"{sha1}\"/></game></datafile>"
        )
        .as_bytes(),
    );
}

#[test]
fn known_discs_are_named() {
    let folder = folder();
    dat(&folder);
    let run = folder.ok("verify game.zso --dat list.dat");
    assert!(
        run.stdout.contains("  game  Some Game (Europe) (En,Fr)\n"),
        "{run:?}"
    );
    let run = folder.ok("info game.iso --dat list.dat --rename");
    assert!(run.stdout.contains("(by its checksums)"), "{run:?}");
    assert_eq!(
        folder.read("SLES_123.45.Some Game (Europe) (En,Fr).iso"),
        game()
    );

    folder.write("other.iso", &image(5000));
    folder.ok("compress --any-data other.iso");
    let run = folder.run("verify --json other.zso game.zso --dat list.dat");
    assert_eq!(run.code, 1);
    let verdicts = json(&run.stdout);
    assert_eq!(
        (&verdicts[0]["game"], &verdicts[0]["exit"]),
        (&Value::Null, &1.into())
    );
    assert_eq!(verdicts[1]["game"], "Some Game (Europe) (En,Fr)");
    let run = folder.run("verify other.zso --dat list.dat");
    let says = "not in \"Discs\", which lists 1 discs by CRC-32, MD5, SHA-1\n";
    assert!(run.stdout.contains(says), "{run:?}");
    let md5 = "<datafile><header><name>Old</name></header><game name=\"It\"><rom md5=\"00112233445566778899aabbccddeeff\"/></game></datafile>";
    folder.write("md5.dat", md5.as_bytes());
    let run = folder.ok("info game.zso --dat md5.dat");
    let says = "not in \"Old\", which lists 1 discs by MD5\n";
    assert!(run.stderr.contains(says), "{run:?}");
    folder.fails("verify game.zso --dat other.iso", 2, "other.iso");
    folder.fails("verify game.zso --dat gone.dat", 2, "cannot open");
}

/// Each command that is told makes a file as small as was told.
#[test]
fn what_a_larger_file_is_worth() {
    let folder = Folder::new();
    let iso = Iso::of_game("G", "SLES_123.45").file("DATA.BIN", game_like(1, 900_000));
    let image = iso.build();
    folder.write("game.iso", &image);
    let run = folder.ok("advise --json --for hdd game.iso --svg curve.svg");
    let curve = &json(&run.stdout)[0]["curve"];
    assert_eq!(curve["device"], "HDD");
    let points = curve["points"].as_array().expect("some");
    assert!(points.len() > 3, "{curve}");
    assert!(points.is_sorted_by_key(|point| point["seconds"].as_f64().map(f64::to_bits)));
    let svg = String::from_utf8(folder.read("curve.svg")).expect("text");
    let told = folder.ok("advise --for hdd game.iso").stdout;
    for point in points {
        let size = &point["max_size"];
        let command = format!("compress --for hdd --max-size {size}");
        assert!(
            told.contains(&format!("ziso {command} \"game.iso\"\n")),
            "{told}"
        );
        assert!(svg.contains(&format!("\n{size}\n")), "{svg}");
        folder.ok(&format!("{command} game.iso --force"));
        let made = folder.read("game.zso").len() as u64 * 100;
        assert!(made <= size.as_u64().expect("a number") * image.len() as u64);
    }
}

#[test]
fn advice() {
    let folder = Folder::new();
    let iso = Iso::of_game("G", "SLES_123.45")
        .file(
            "DATA.BIN",
            b"It was a dark and stormy night; ".repeat(10_000),
        )
        .file("FILM.PSS", noise(300_000, 1));
    folder.write("game.iso", &iso.build());
    folder.ok("compress game.iso");
    let run = folder.ok("advise game.iso --svg chart.svg");
    assert!(run.stdout.contains("  USB         "), "{run:?}");
    assert!(run.stdout.contains(": convert\n"), "{run:?}");
    assert!(
        String::from_utf8(folder.read("chart.svg"))
            .expect("text")
            .contains("<svg")
    );
    folder.fails("advise game.iso --svg chart.svg", 2, "exists");

    let run = folder.ok("advise --json game.iso game.zso");
    let advice = json(&run.stdout);
    assert_eq!(advice.len(), 2);
    assert_eq!(advice[0]["devices"], advice[1]["devices"]);
    assert_eq!(advice[0]["devices"].as_array().map(Vec::len), Some(9));
    assert_eq!(advice[0]["files"][0]["path"], "DATA.BIN");
    assert_eq!(advice[1]["zso_bytes"], folder.read("game.zso").len());
    assert!(advice[0].get("curve").is_none());
    folder.fails("advise gone.iso", 2, "cannot open");
    folder.fails("advise -", 2, "name a file");
    folder.fails("info -", 2, "name a file");
}
