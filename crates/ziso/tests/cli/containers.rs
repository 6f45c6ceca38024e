//! Images in CHD and CUE files, in archives, and tracks of all kinds.

use std::io::{Cursor, Write};

use discs::Hashes;
use discs::hashes::hex;
use testkit::data::{game_like, noise};
use testkit::iso::Iso;
use testkit::tracks::{NrgTrack, chd, chd_of_cd, nrg, track};

use crate::reader::read;
use crate::support::Folder;

/// A disc of a game, of some hundred sectors.
pub fn game() -> Vec<u8> {
    Iso::of_game("SOME_GAME", "SLES_123.45")
        .file("DATA.BIN", game_like(3, 600_000))
        .build()
}

/// Music as a CD has it: no sync marks anywhere.
pub fn music(sectors: usize) -> Vec<u8> {
    noise(8, sectors * 2352)
}

/// Compresses a file of that name to the image, turns it back, and verifies it.
fn assert_is(folder: &Folder, name: &str, image: &[u8]) -> String {
    let run = folder.ok(&format!("compress {name} -o out.zso --force"));
    assert!(read(&folder.read("out.zso")) == image, "{name}");
    folder.ok(&format!("decompress {name} -o out.iso --force"));
    assert!(folder.read("out.iso") == image, "{name}");
    folder.ok(&format!("verify {name} --against out.iso"));
    run.stderr
}

/// What is told beside a run that goes well.
fn warnings(folder: &Folder, args: &str) -> String {
    folder.ok(args).stderr
}

#[test]
fn what_is_something_else_is_named() {
    let folder = Folder::new();
    for (start, says) in [
        (&b"DAX\0"[..], "DAX"),
        (b"JISO", "JSO"),
        (b"ECM\0", "unecm"),
        (b"MEDIA DESCRIPTOR", "MDF file beside it"),
        (b"Sony PS2 Memory Card Format 1.2.0.0", "memory card"),
    ] {
        folder.write("game.bin", &[start, &[1; 9000]].concat());
        for command in ["compress", "split", "info", "advise"] {
            folder.fails(&format!("{command} game.bin"), 2, says);
        }
    }
    folder.write("Game (Track 2).bin", &music(31));
    let mut compress = folder.command("compress");
    compress.arg("Game (Track 2).bin");
    let run = compress.output().expect("runs");
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("seems to be a track of music"));
    assert_eq!(folder.names(), ["Game (Track 2).bin", "game.bin"]);
}

#[test]
fn a_copy_that_is_cut_off_is_told_wherever_it_goes() {
    let folder = Folder::new();
    let disc = game();
    folder.write("whole.iso", &disc);
    assert_eq!(warnings(&folder, "compress whole.iso"), "");
    folder.write("cut.iso", &disc[..disc.len() - 20 * 2048]);
    for args in ["compress cut.iso", "split cut.iso --output-dir ."] {
        let said = warnings(&folder, args);
        assert!(
            said.contains("\"DATA.BIN\" is the first: 20 sectors are missing"),
            "{said}"
        );
    }
    let info = folder.run("info cut.iso");
    let says = info.stdout.contains("20 sectors are missing");
    assert!(info.code == 1 && says, "{info:?}");
    folder.write("half.iso", &disc[..disc.len() / 3 / 2048 * 2048]);
    let said = warnings(&folder, "compress half.iso");
    assert!(
        said.contains("the volume has") && said.contains("are missing"),
        "{said}"
    );
}

#[test]
fn a_program_that_is_not_there_is_told_wherever_the_game_goes() {
    let folder = Folder::new();
    let system = b"BOOT2 = cdrom0:\\SLES_123.45;1\r\n".to_vec();
    folder.write(
        "game.iso",
        &Iso::new("G").file("SYSTEM.CNF", system).build(),
    );
    for args in ["compress game.iso", "split -u game.iso"] {
        let said = warnings(&folder, args);
        assert!(
            said.contains("SLES_123.45\", which is to start, is not on the disc"),
            "{said}"
        );
    }
}

#[test]
fn what_has_no_volume_does_not_become_a_game() {
    let folder = Folder::new();
    for (name, bytes, seems) in [
        (
            "noise.iso",
            noise(9, 100_000),
            "as discs of games have; name another file",
        ),
        (
            "list.bin",
            b"FILE \"a.bin\" BINARY\n".to_vec(),
            "a text; if it says which tracks",
        ),
        ("setup.bin", b"MZ\x90\0\x03\0".repeat(999), "a program"),
        ("half.iso", vec![0; 90_000], "nothing but zeros"),
    ] {
        folder.write(name, &bytes);
        for args in ["compress", "", "split"] {
            folder.fails(&format!("{args} {name}"), 2, seems);
            folder.fails(&format!("{args} {name}"), 2, "type --any-data");
        }
        folder.fails(&format!("split -u {name}"), 2, "it has no ISO 9660 volume");
        let said = warnings(
            &folder,
            &format!("compress --any-data {name} -o out.zso --force"),
        );
        assert!(said.contains("no ISO 9660 volume"), "{said}");
        assert!(read(&folder.read("out.zso")) == bytes);
    }
    // Of a track without its first mark it is known what it was.
    let mut bad = track(&game(), 2, 0);
    bad[0] = 7;
    folder.write("bad.bin", &bad);
    folder.fails("compress bad.bin", 2, "seems to be a track of a CD");
    folder.write("game.dax", b"DAX\0 and more");
    folder.ok("compress --any-data game.dax");
}

/// The script takes anything, and so do programs that were written for it.
#[test]
fn the_scripts_form_takes_anything_with_a_warning() {
    let folder = Folder::new();
    folder.write("a.bin", b"FILE \"a.bin\" BINARY\n");
    let said = warnings(&folder, "-c 2 a.bin out.zso");
    assert!(said.contains("it seems to be a text"), "{said}");
}

#[test]
fn discs_without_an_iso_9660_volume_are_converted_with_a_warning() {
    let folder = Folder::new();
    let mut disc = vec![0; 40 * 2048];
    disc[16 * 2048 + 1..][..5].copy_from_slice(b"BEA01");
    disc[17 * 2048 + 1..][..5].copy_from_slice(b"NSR02");
    folder.write("film.iso", &disc);
    let said = warnings(&folder, "compress film.iso");
    assert!(said.contains("a volume that is not of ISO 9660"), "{said}");
}

/// A folder has tracks of music, files of other programs, and whatever else has such an ending.
#[test]
fn files_in_folders_that_are_no_discs_are_left_out_and_named() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path("games/more")).expect("created");
    folder.write("games/game.iso", &game());
    folder.write("games/more/Other (Track 1).bin", &track(&game(), 2, 0));
    folder.write("games/more/Other (Track 2).bin", &music(31));
    folder.write("games/card.bin", b"Sony PS2 Memory Card Format 1.2.0.0");
    folder.write("games/notes.img", b"some text");
    let plan = folder.ok("compress games --output-dir out --dry-run");
    assert_eq!(plan.stdout.lines().count(), 2, "{plan:?}");
    let run = folder.ok("compress games --output-dir out");
    assert_eq!(run.stdout.lines().count(), 2, "{run:?}");
    let planned = plan.stderr.replace("would be left out", "were left out");
    assert!(run.stderr.contains(&planned), "{plan:?}, {run:?}");
    for says in [
        "3 files were left out",
        "a memory card",
        "a text",
        "a track of music",
    ] {
        assert!(run.stderr.contains(says), "{says} in {run:?}");
    }
    // The first track alone says that there are others.
    assert!(run.stderr.contains("1 tracks left out, "), "{run:?}");
    let json = folder.ok("compress games --output-dir new --json");
    assert_eq!(json.stdout.matches("\"left_out\":").count(), 3, "{json:?}");
    // Whoever names such a file means it.
    folder.fails("compress games/notes.img", 2, "a text");
}

#[test]
fn a_folder_with_a_cue_file_becomes_one_game() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("games")).expect("created");
    let disc = game();
    folder.write("games/Game (Track 1).bin", &track(&disc, 2, 0));
    folder.write("games/Game (Track 2).bin", &music(31));
    let cue = "FILE \"GAME (Track 1).BIN\" BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\n\
               FILE \"Game (Track 2).bin\" BINARY\nTRACK 02 AUDIO\nINDEX 01 00:00:00\n";
    folder.write("games/Game.cue", cue.as_bytes());
    let run = folder.ok("games");
    assert!(read(&folder.read("games/Game.zso")) == disc);
    assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
    let file = "Game (Track 2).bin\"; the game may be silent";
    assert!(run.stderr.contains(file), "{run:?}");
    // One that leads nowhere does not hide the tracks.
    let gone = b"FILE gone.bin BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\n";
    folder.write("games/Game.cue", gone);
    let run = folder.ok("games --output-dir out");
    assert!(run.stderr.contains("taken for themselves"), "{run:?}");
    assert!(read(&folder.read("out/Game (Track 1).zso")) == disc);
}

#[test]
fn a_program_that_is_named_and_is_not_there_is_told() {
    let folder = Folder::new();
    folder.write("game.iso", &game());
    let said = warnings(&folder, "split -u game.iso --startup NOPE.ELF");
    let says = "\"NOPE.ELF\", which is to start, is not on the disc";
    assert!(said.contains(says), "{said}");
    assert_eq!(warnings(&folder, "split -u game.iso"), "");
}

#[test]
fn a_name_with_another_games_number_is_told() {
    let folder = Folder::new();
    folder.write("SLUS_200.62.Game.iso", &game());
    let said = warnings(&folder, "compress SLUS_200.62.Game.iso");
    assert!(
        said.contains("SLUS_200.62, and the disc SLES_123.45"),
        "{said}"
    );
    folder.ok("info --rename SLUS_200.62.Game.iso");
    assert!(folder.read("SLES_123.45.Game.iso") == game());
}

/// Discs whose names say nothing, in files whose names say nothing but the number.
#[test]
fn a_title_is_the_same_everywhere() {
    let folder = Folder::new();
    for (name, label, title) in [
        ("[SLES-12345] Some_Game.iso", "CDROM", Some("Some_Game")),
        ("SLES_123.45.iso", "REAL_NAME", Some("REAL NAME")),
        ("sles12345.iso", "SLUS_20062", None),
    ] {
        folder.write(name, &Iso::of_game(label, "SLES_123.45").build());
        let info = folder.command("info").arg(name).output().expect("runs");
        let info = String::from_utf8_lossy(&info.stdout).into_owned();
        let line = title.map_or("title ".to_owned(), |title| format!("title     {title} ("));
        assert_eq!(info.contains(&line), title.is_some(), "{info}");
        let mut split = folder.command("split -u");
        assert!(split.arg(name).output().expect("runs").status.success());
        let list = folder.read("ul.cfg");
        let entry = list.chunks(64).next_back().expect("an entry");
        let listed = title.unwrap_or("SLES_123.45");
        assert!(entry.starts_with(listed.as_bytes()), "{listed}");
    }
}

#[test]
fn a_part_that_is_missing_is_named() {
    let folder = Folder::new();
    folder.write("game.iso.00", &game());
    folder.write("game.iso.02", b"more");
    folder.fails(
        "compress game.iso.00 -o out.zso",
        2,
        "game.iso.01\" is missing",
    );
    folder.write("other.iso.02", b"a part");
    folder.fails("compress other.iso.02", 2, "other.iso.00\" is missing");
    assert!(!folder.path("out.zso").exists());
}

#[test]
fn no_disc_makes_a_file_in_another_folder() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path("a/b")).expect("created");
    let system = b"BOOT2 = cdrom0:\\a\\..\\..\\evl;1\r\n".to_vec();
    folder.write(
        "game.iso",
        &Iso::new("G").file("SYSTEM.CNF", system).build(),
    );
    folder.fails(
        "split -u game.iso --output-dir a/b",
        2,
        "cannot be part of a file's name",
    );
    folder.fails(
        "split -u game.iso --startup ../x",
        2,
        "cannot be part of a file's name",
    );
    assert_eq!(folder.names(), ["a", "game.iso"]);
}

#[test]
fn a_dvd_in_a_chd_file() {
    let folder = Folder::new();
    let disc = game();
    folder.write("game.chd", &chd(&disc));
    assert_eq!(assert_is(&folder, "game.chd", &disc), "");
    let info = folder.ok("info game.chd").stdout;
    assert!(
        info.contains("SLES_123.45") && info.contains("a CHD file"),
        "{info}"
    );
}

/// Parts of what loaders do not take are of no use to anybody.
#[test]
fn only_what_loaders_take_is_split() {
    let folder = Folder::new();
    let disc = game();
    folder.write("game.chd", &chd(&disc));
    folder.write("game.bin", &track(&disc, 2, 0));
    folder.write("game.iso", &disc);
    folder.ok("compress --to cso game.iso");
    for name in ["game.chd", "game.bin", "game.cso"] {
        folder.fails(&format!("split {name}"), 2, "type: ziso compress");
        folder.fails(&format!("split -u {name}"), 2, "type: ziso compress");
    }
    let before = ["game.bin", "game.chd", "game.cso", "game.iso"];
    assert_eq!(folder.names(), before);
    folder.ok("split --any-data game.chd");
    assert!(folder.read("game.chd.00") == folder.read("game.chd"));
}

#[test]
fn the_data_of_a_cd_in_a_chd_file() {
    let folder = Folder::new();
    let disc = game();
    let (data, song) = (track(&disc, 2, 0), music(33));
    for (name, tracks, music) in [
        ("data.chd", vec![("MODE2_RAW", &data[..])], false),
        (
            "song.chd",
            vec![("MODE2_RAW", &data), ("AUDIO", &song)],
            true,
        ),
        (
            "late.chd",
            vec![("AUDIO", &song), ("MODE2_RAW", &data)],
            true,
        ),
        (
            "two.chd",
            vec![("MODE2_RAW", &data), ("AUDIO", &song), ("MODE1_RAW", &song)],
            true,
        ),
    ] {
        folder.write(name, &chd_of_cd(&tracks));
        let said = assert_is(&folder, name, &disc);
        assert_eq!(said.contains("music"), music, "{said}");
    }
    folder.write("music.chd", &chd_of_cd(&[("AUDIO", &song)]));
    folder.fails("compress music.chd", 2, "none of its 1 tracks has data");
}

#[test]
fn damaged_chd_files_are_not_converted() {
    let folder = Folder::new();
    let mut file = chd(&game());
    let middle = file.len() / 2;
    file[middle] ^= 0x10;
    folder.write("game.chd", &file);
    folder.fails("compress game.chd", 1, "hunk");
    folder.write("game.chd", &file[..60]);
    folder.fails("compress game.chd", 2, "damaged header");
    assert_eq!(folder.names(), ["game.chd"]);
}

/// A map whose codes go on after their end, on which the crate that reads it panics.
#[test]
fn a_chd_file_that_was_made_to_do_harm_is_damaged() {
    let folder = Folder::new();
    let file = include_bytes!("../../../../fuzz/seeds/chd/map_without_end");
    folder.write("game.chd", file);
    for command in ["compress", "info", "verify"] {
        folder.fails(&format!("{command} game.chd"), 2, "damaged header or map");
    }
}

#[test]
fn chd_files_that_need_another_one_are_told() {
    let folder = Folder::new();
    let mut file = chd(&game());
    // The other one's checksum.
    file[104..124].fill(7);
    folder.write("game.chd", &file);
    folder.fails("compress game.chd", 2, "chdman copy");
}

#[test]
fn tracks_with_subchannels_and_of_mode_2_alone() {
    let folder = Folder::new();
    let disc = game();
    folder.write("game.bin", &track(&disc, 1, 96));
    assert_is(&folder, "game.bin", &disc);
    let mode_2: Vec<u8> = track(&disc, 2, 0)
        .chunks(2352)
        .flat_map(|sector| sector[16..].to_vec())
        .collect();
    folder.write("game.img", &mode_2);
    assert_is(&folder, "game.img", &disc);
}

/// Alcohol 120% begins a new file at the end of any sector of 2048 bytes, and so inside of longer ones.
#[test]
fn an_mdf_file_in_parts_is_read_as_one() {
    let disc = game();
    for whole in [disc.clone(), track(&disc, 2, 96)] {
        let folder = Folder::new();
        let endings = [
            "mdf", "md0", "md1", "md2", "md3", "md4", "md5", "md6", "md7", "md8",
        ];
        let parts: Vec<_> = whole.chunks(45 * 2048).collect();
        assert!(
            (2..=endings.len()).contains(&parts.len()),
            "{}",
            parts.len()
        );
        for (part, ending) in parts.iter().zip(endings) {
            folder.write(&format!("game.{ending}"), part);
        }
        folder.write("game.mds", b"MEDIA DESCRIPTOR");
        assert_is(&folder, "game.mdf", &disc);
        folder.fails("compress game.mds", 2, "name the MDF file beside it");
        std::fs::remove_file(folder.path("game.md0")).expect("removed");
        let cut = folder.run("compress game.mdf");
        assert!(cut.code == 2 || cut.stderr.contains("missing"), "{cut:?}");
    }
}

#[test]
fn music_behind_the_data_is_left_out() {
    let folder = Folder::new();
    let disc = game();
    let (data, music) = (track(&disc, 2, 0), music(30));
    for others in [&music[..], &[&music[..], &data[..70 * 2352]].concat()] {
        folder.write("game.bin", &[&data[..], others].concat());
        let said = assert_is(&folder, "game.bin", &disc);
        let left_out = format!("{} sectors besides the data left out", others.len() / 2352);
        assert!(said.contains(&left_out), "{said}");
    }
}

#[test]
fn the_data_track_of_a_cue_file() {
    let folder = Folder::new();
    let disc = game();
    let data = track(&disc, 2, 0);
    let sectors = data.len() / 2352;
    let place = format!(
        "{:02}:{:02}:{:02}",
        sectors / 75 / 60,
        sectors / 75 % 60,
        sectors % 75
    );
    folder.write("one.bin", &[&data[..], &music(40)].concat());
    folder.write(
        "one.cue",
        format!(
            "FILE \"C:\\Games\\one.bin\" BINARY\r\n  TRACK 01 MODE2/2352\r\n    INDEX 01 00:00:00\r\n  \
             TRACK 02 AUDIO\r\n    INDEX 00 {place}\r\n    INDEX 01 {place}\r\n"
        )
        .as_bytes(),
    );
    let said = assert_is(&folder, "one.cue", &disc);
    assert!(said.contains("1 tracks left out"), "{said}");
    folder.write("plain 1.bin", &disc);
    folder.write(
        "plain.cue",
        b"FILE \"plain 1.bin\" BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n",
    );
    assert_eq!(assert_is(&folder, "plain.cue", &disc), "");
    folder.write(
        "gone.cue",
        b"FILE gone.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n",
    );
    let says = "cannot open \"gone.bin\", which \"gone.cue\" names";
    folder.fails("compress gone.cue", 2, says);
    folder.write(
        "song.cue",
        b"FILE one.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n",
    );
    folder.fails("compress song.cue", 2, "none of its 1 tracks has data");
    folder.write(
        "odd.cue",
        b"FILE one.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 zero\n",
    );
    folder.fails("compress odd.cue", 2, "line 3");
}

/// A zip file with these files.
pub fn zipped(files: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, options).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

#[test]
fn the_image_in_a_zip_file() {
    let folder = Folder::new();
    let disc = game();
    for method in [
        zip::CompressionMethod::Stored,
        zip::CompressionMethod::Deflated,
    ] {
        let files = [("readme.txt", &b"hello"[..]), ("dir/Game.iso", &disc)];
        folder.write("game.zip", &zipped(&files, method));
        assert_eq!(assert_is(&folder, "game.zip", &disc), "");
    }
    assert!(folder.ok("info game.zip").stdout.contains("SLES_123.45"));
    folder.write(
        "bin.zip",
        &zipped(
            &[("a.bin", &track(&disc, 2, 0))],
            zip::CompressionMethod::Deflated,
        ),
    );
    assert_is(&folder, "bin.zip", &disc);
}

/// A part of its name, too, goes by what the file is, which is no image.
#[test]
fn archives_and_lists_of_tracks_are_neither_split_nor_renamed() {
    let folder = Folder::new();
    let disc = game();
    let zip = zipped(&[("a.iso", &disc)], zip::CompressionMethod::Stored);
    folder.write("game.zip", &zip);
    folder.write("one.bin", &disc);
    let cue = b"FILE one.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n";
    folder.write("game.cue", cue);
    folder.write("game.iso.00", &disc);
    for name in ["game.zip", "game.cue"] {
        folder.fails(&format!("split {name}"), 2, "type: ziso compress");
        folder.fails(&format!("split -u {name}"), 2, "type: ziso compress");
    }
    for name in ["game.zip", "game.cue", "game.iso.00"] {
        folder.fails(&format!("info --rename {name}"), 2, "no whole image");
    }
    let before = ["game.cue", "game.iso.00", "game.zip", "one.bin"];
    assert_eq!(folder.names(), before);
}

#[test]
fn archives_without_one_image_are_told() {
    let folder = Folder::new();
    let zip = |files: &[(&str, &[u8])]| zipped(files, zip::CompressionMethod::Deflated);
    folder.write("none.zip", &zip(&[("a.txt", b"a"), ("b.txt", b"b")]));
    folder.fails(
        "compress none.zip",
        2,
        "none of its 2 files is a disc image",
    );
    folder.write("two.zip", &zip(&[("a.iso", b"a"), ("b.iso", b"b")]));
    folder.fails("compress two.zip", 2, "2 of its files are disc images");
    folder.write("zso.zip", &zip(&[("a.zso", b"ZISO\x18\0\0\0")]));
    folder.fails("compress zso.zip", 2, "unpack it first");
    // The image's data is damaged, and its checksum tells.
    let mut damaged = zipped(&[("a.iso", &game())], zip::CompressionMethod::Stored);
    damaged[100_000] ^= 1;
    folder.write("bad.zip", &damaged);
    folder.fails("compress bad.zip", 1, "bad.zip");
}

/// A zip file of one file in blocks that are not compressed, which is told to be packed by this method.
fn zip_by_method(method: u8, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::none());
    packed.write_all(bytes).expect("written");
    let packed = packed.finish().expect("finished");
    let mut zip = zipped(&[(name, &packed)], zip::CompressionMethod::Stored);
    for (mark, place) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
        let mut places = (0..zip.len() - 4).filter(|&at| zip[at..].starts_with(mark));
        let at = places.next().expect("a header") + place;
        zip[at] = method;
        zip[at + 6..][..4].copy_from_slice(&crc32fast::hash(bytes).to_le_bytes());
        zip[at + 14..][..4].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    }
    zip
}

/// Windows makes zip files above 2 GiB by Deflate64, which has the same blocks for what is not compressed.
#[test]
fn zip_files_of_windows_are_read_and_unknown_ways_of_packing_named() {
    let folder = Folder::new();
    let disc = game();
    folder.write("game.zip", &zip_by_method(9, "Game.iso", &disc));
    assert_eq!(assert_is(&folder, "game.zip", &disc), "");
    for (method, name) in [(14, "by method 14 (LZMA)"), (98, "(PPMD)")] {
        folder.write("other.zip", &zip_by_method(method, "Game.iso", &disc));
        folder.fails("compress other.zip", 2, name);
        folder.fails(
            "compress other.zip",
            2,
            "not unpacked here; unpack it first",
        );
    }
}

/// Bytes as they are written in hexadecimal digits.
fn bytes(digits: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("a digit") as u8;
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// 7-Zip made them of a file of five bytes: two with a password, of which the second has its list of files encrypted,
/// too; one by Deflate64; and one by LZMA2.
#[test]
fn archives_that_cannot_be_unpacked_here_say_why() {
    const ENCRYPTED: &str = "\
        377abcaf271c00044ddc872810000000000000006200000000000000325d1dbcad71eb7787fc52f6a8b2a11edaaf39b1\
        0104060001091000070b0100022406f1070112530f54335612894d7bbefa1ba5410a1337aa010001000c050500080a01\
        86a61036000005011903000000110d0061002e00690073006f000000140a0100921dba9e1b80dd01150601002080a481\
        0000";
    const LIST_ENCRYPTED: &str = "\
        377abcaf271c0004ef61acea80000000000000002e000000000000008611f6476f900db7785782d9a98841ca9d64e815\
        dbcfdb3c0b78436fa7d9fb3cddeca8346e52431a1c409b32950b4e73a10eba616e64d64c55c595fa87a0a9f1d4ddd926\
        0f84f21947493fc805688d22532877688c2f5783287243333739b06b7ce9d5eba25c8c49b2e3d5bd19873a4861368d0a\
        6e3ba16e85a4f44af5a2370c4331b26217061001097000070b0100012406f1070112530fd775b823696bd97826dc23be\
        516ccf420c620a01f6a7aec30000";
    const DEFLATE_64: &str = "\
        377abcaf271c0004b5909f4f0a0000000000000052000000000000006ec5248b010500faff68656c6c6f010406000109\
        0a00070b010001030401090c0500080a0186a6103600000501190c000000000000000000000000110d0061002e006900\
        73006f000000140a0100921dba9e1b80dd01150601002080a4810000";
    const LZMA_2: &str = "\
        377abcaf271c000465fff897090000000000000052000000000000000411b79901000468656c6c6f0001040600010909\
        00070b010001212101000c0500080a0186a6103600000501190c000000000000000000000000110d0061002e00690073\
        006f000000140a0100921dba9e1b80dd01150601002080a4810000";
    let folder = Folder::new();
    let mut zip = zipped(&[("a.iso", b"hello")], zip::CompressionMethod::Stored);
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = zip.windows(4).position(|bytes| bytes == mark);
        zip[at.expect("a file") + flags] |= 1;
    }
    // With a dictionary of 64 MiB, and checksums that are right again.
    let mut large = bytes(LZMA_2);
    let at = large.windows(2).position(|pair| pair == [0x21, 0x21]);
    let at = at.expect("its coder");
    assert_eq!(large[at + 2], 1, "a property of one byte");
    large[at + 3] = 28;
    let list = 32 + u64::from_le_bytes(large[12..20].try_into().expect("eight")) as usize;
    let sum = crc32fast::hash(&large[list..]);
    large[28..32].copy_from_slice(&sum.to_le_bytes());
    let sum = crc32fast::hash(&large[12..32]);
    large[8..12].copy_from_slice(&sum.to_le_bytes());
    for (name, file, says) in [
        ("a.zip", zip, "it is encrypted; unpack it first"),
        ("b.7z", bytes(ENCRYPTED), "it is encrypted; unpack it first"),
        (
            "c.7z",
            bytes(LIST_ENCRYPTED),
            "it is encrypted; unpack it first",
        ),
        ("d.7z", bytes(DEFLATE_64), "it is packed by DEFLATE64"),
        ("e.7z", large, "KiB of memory, more than"),
    ] {
        folder.write(name, &file);
        folder.fails(&format!("compress {name}"), 2, says);
    }
}

/// MAME's own program, which made most of the files that there are.
#[test]
fn what_chdman_makes_is_read() {
    let folder = Folder::new();
    let disc = game();
    folder.write("game.iso", &disc);
    let data = track(&disc, 2, 0);
    folder.write("game.bin", &[&data[..], &music(75)].concat());
    let sectors = data.len() / 2352;
    let place = format!(
        "{:02}:{:02}:{:02}",
        sectors / 4500,
        sectors / 75 % 60,
        sectors % 75
    );
    let cue = format!(
        "FILE \"game.bin\" BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 {place}\n"
    );
    folder.write("game.cue", cue.as_bytes());
    for args in [
        "createcd -i game.cue",
        "createcd -i game.cue -c cdzl,cdfl",
        "createcd -i game.iso",
        "createraw -i game.iso -us 2048 -hs 4096",
        "createraw -i game.iso -us 2048 -hs 4096 -c huff",
        "createraw -i game.iso -us 2048 -hs 4096 -c none",
    ] {
        let mut chdman = std::process::Command::new("chdman");
        let made = chdman.args(args.split(' ')).args(["-f", "-o", "game.chd"]);
        let made = made.current_dir(folder.path("")).output();
        let made = made.expect("scripts/setup installs chdman");
        assert!(made.status.success(), "{args}: {made:?}");
        let said = assert_is(&folder, "game.chd", &disc);
        assert_eq!(
            said.contains("music"),
            args.contains("cue"),
            "{args}: {said}"
        );
        // And each track, as lists of discs have it.
        if args.contains("cue") {
            let verified = folder.ok("verify game.chd").stdout;
            for track in [&data, &music(75)] {
                let sha1 = hex(Hashes::of(track).sha1);
                assert!(verified.contains(&sha1), "{args}: {verified}");
            }
        }
    }
}

/// A 7z file with these files.
pub fn seven_zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = sevenz_rust2::ArchiveWriter::new(Cursor::new(Vec::new())).expect("a writer");
    for (name, bytes) in files {
        let entry = sevenz_rust2::ArchiveEntry::new_file(name);
        let pushed = writer.push_archive_entry(entry, Some(*bytes));
        pushed.expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

/// A DVD that Nero wrote at once, with a pause before it, and a CD with music that it wrote track by track.
#[test]
fn the_data_track_of_an_nrg_file() {
    let folder = Folder::new();
    let disc = game();
    let (raw, music) = (track(&disc, 2, 0), music(31));
    let data = |mode, bytes| NrgTrack {
        mode,
        pause: &[0; 150 * 2048],
        bytes,
    };
    let dvd = nrg(b"DAOX", &[data(0, &disc)]);
    folder.write("dvd.nrg", &dvd);
    assert_eq!(assert_is(&folder, "dvd.nrg", &disc), "");
    folder.write("cd.nrg", &nrg(b"ETNF", &[data(6, &raw), data(7, &music)]));
    let said = assert_is(&folder, "cd.nrg", &disc);
    assert!(said.contains("31 sectors besides the data"), "{said}");
    let info = folder.run("info dvd.nrg");
    assert!(
        info.stdout.contains("SLES_123.45") && info.stdout.contains("an NRG file, which loaders"),
        "{info:?}"
    );
    folder.fails("split dvd.nrg --usbextreme", 2, "ziso compress");
    folder.write("two.nrg", &nrg(b"ETN2", &[data(0, &disc), data(6, &raw)]));
    let said = assert_is(&folder, "two.nrg", &disc);
    assert!(said.contains("sectors besides the data"), "{said}");
    folder.write("cut.nrg", &dvd[300_000..]);
    folder.fails("compress cut.nrg", 2, "the lists at its end");
}

#[test]
fn the_image_in_a_7z_file() {
    let folder = Folder::new();
    let disc = game();
    let file = seven_zipped(&[("readme.txt", &b"hello"[..]), ("Game.iso", &disc)]);
    folder.write("game.7z", &file);
    assert_eq!(assert_is(&folder, "game.7z", &disc), "");
    assert!(folder.ok("info game.7z").stdout.contains("SLES_123.45"));
    folder.write("cut.7z", &file[..file.len() / 2]);
    folder.fails("compress cut.7z", 2, "damaged");
}
