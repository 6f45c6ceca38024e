//! Games on a disk of the console: an image file of one, sparse, so that it takes no room.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt as _;

use ps2_apa::{Access, FileDisk};
use testkit::iso::{Iso, dual_layer};

use crate::peer::peer;
use crate::support::{Folder, noise};

const MIB: u64 = 1 << 20;
/// Where the first game's own header is: after the first partition, which is the table's.
const GAME_HEADER: u64 = 128 * MIB + 0x10_1000;
/// Where its image begins.
pub const GAME_IMAGE: u64 = 132 * MIB;

/// A folder with an empty disk of 2 GB.
pub fn folder() -> Folder {
    let folder = Folder::new();
    let disk = File::create_new(folder.path("disk.img")).unwrap();
    disk.set_len(2_000_000_000).unwrap();
    folder.ok("hdd initialize disk.img --yes");
    folder
}

pub fn game(volume: &str, id: &str) -> Iso {
    Iso::of_game(volume, id).file("DATA.BIN", noise(200_000, 5))
}

pub fn bytes_at(folder: &Folder, at: u64, len: usize) -> Vec<u8> {
    let mut disk = File::open(folder.path("disk.img")).unwrap();
    disk.seek(SeekFrom::Start(at)).unwrap();
    let mut bytes = vec![0; len];
    disk.read_exact(&mut bytes).unwrap();
    bytes
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..][..4].try_into().unwrap())
}

/// What a write would change. Not the blocks that the file takes: they can become more when the system brings them to
/// its own disk.
pub fn state(folder: &Folder) -> (i64, i64) {
    let meta = folder.path("disk.img").metadata().unwrap();
    (meta.mtime(), meta.mtime_nsec())
}

#[test]
fn what_was_installed_is_listed_extracted_and_verified() {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    folder.write("GAME_B.iso", &game("GAME_B", "SLUS_200.62").build());
    folder.ok("compress GAME_B.iso");
    let said = folder
        .ok("hdd install disk.img GAME_A.iso GAME_B.zso --yes")
        .stdout;
    for line in [
        "title      GAME_A",
        "startup    SLUS_200.62",
        "PP.SLES-12345..GAME_A",
        "installed \"GAME_B\"",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let list = folder.ok("hdd list disk.img").stdout;
    assert!(
        list.contains("SLES_123.45       1 MiB  ISO DVD  GAME_A"),
        "{list}"
    );
    assert!(
        list.contains("ZSO DVD  GAME_B  [PP.SLUS-20062..GAME_B]"),
        "{list}"
    );
    assert!(list.ends_with("2 games, 1408 of 1907 MiB free\n"), "{list}");

    folder.ok("hdd extract disk.img game_a SLUS_200.62");
    assert!(folder.read("SLES_123.45.GAME_A.iso") == folder.read("GAME_A.iso"));
    assert!(folder.read("SLUS_200.62.GAME_B.zso") == folder.read("GAME_B.zso"));
    folder.fails("hdd extract disk.img GAME_A", 2, "exists");
    folder.ok("hdd extract disk.img PP.SLES-12345..GAME_A -o c.iso");
    assert!(folder.read("c.iso") == folder.read("GAME_A.iso"));

    let verified = folder.ok("hdd verify disk.img").stdout;
    let known = folder.ok("verify GAME_B.zso").stdout;
    let sha1 = known.lines().find(|line| line.contains("sha1")).unwrap();
    assert!(verified.contains(sha1), "{verified}");
    folder.ok("hdd verify disk.img GAME_B --against GAME_B.iso");
    folder.ok("hdd verify disk.img GAME_B --against GAME_B.zso");
    folder.fails(
        "hdd verify disk.img GAME_B --against GAME_A.iso",
        1,
        "differ from byte",
    );
}

#[test]
fn a_games_header_says_what_is_inside_the_zso() {
    let folder = folder();
    let first = game("TWO_LAYERS", "SCES_503.60");
    let disc = dual_layer(
        &first,
        &Iso::new("SECOND").file("MORE.BIN", noise(90_000, 2)),
    );
    folder.write("TWO_LAYERS.iso", &disc);
    folder.ok("compress TWO_LAYERS.iso --no-pad");
    // No image beside it.
    std::fs::remove_file(folder.path("TWO_LAYERS.iso")).unwrap();
    let zso = folder.read("TWO_LAYERS.zso");
    assert_ne!(zso.len() % 2048, 0);
    folder.ok("hdd install disk.img TWO_LAYERS.zso --yes --media dvd --modes 1,3");

    let header = bytes_at(&folder, GAME_HEADER, 1024);
    let layer_break = word(&disc, 16 * 2048 + 80) - 16;
    let sectors = zso.len().div_ceil(2048);
    assert_eq!(word(&header, 0), 0xDEAD_FEED);
    assert_eq!(&header[8..19], b"TWO_LAYERS\0");
    assert_eq!((header[0xA8], header[0xA9]), (0, 0b101));
    assert_eq!(&header[0xAC..0xB8], b"SCES_503.60\0");
    assert_eq!(word(&header, 0xE8), layer_break);
    assert_eq!(word(&header, 0xEC), 0x14);
    assert_eq!(word(&header, 0xF0), 1);
    assert_eq!(word(&header, 0xF4), 0);
    assert_eq!(word(&header, 0xF8), (GAME_IMAGE / 512) as u32);
    assert_eq!(word(&header, 0xFC) as usize, sectors * 2048);
    // Rounded up: the last bytes are there, and zeros after them.
    let mut image = zso;
    image.resize(sectors * 2048, 0);
    assert!(bytes_at(&folder, GAME_IMAGE, image.len()) == image);
    folder.ok("hdd verify disk.img");
    folder.ok("hdd extract disk.img TWO_LAYERS -o out.zso");
    folder.ok("decompress out.zso");
    assert!(folder.read("out.iso") == disc);
}

/// What lies after a volume is a second layer only where that has a descriptor, whatever else it is.
#[test]
fn defect_12_padding_is_no_second_layer() {
    let first = game("GAME_A", "SLES_123.45").build();
    let padding = noise(64 * 2048, 3);
    let mut elsewhere = vec![0; 64 * 2048];
    elsewhere[2048..4096].copy_from_slice(&first[16 * 2048..17 * 2048]);
    let two = dual_layer(
        &game("GAME_A", "SLES_123.45"),
        &Iso::new("SECOND").file("B.BIN", noise(90_000, 2)),
    );
    let volume = word(&first, 16 * 2048 + 80);
    for (image, layer_break) in [
        ([&first[..], &[0; 64 * 2048]].concat(), 0),
        ([&first, &padding[..]].concat(), 0),
        ([&first, &elsewhere[..]].concat(), 0),
        (two, volume - 16),
    ] {
        let folder = folder();
        folder.write("GAME_A.iso", &image);
        folder.ok("compress GAME_A.iso");
        folder.ok("hdd install disk.img GAME_A.zso --yes");
        let header = bytes_at(&folder, GAME_HEADER, 1024);
        assert_eq!(word(&header, 0xE8), layer_break);
        let info = folder.ok("info GAME_A.zso").stdout;
        assert_eq!(info.contains("two, the second"), layer_break > 0, "{info}");
    }
}

#[test]
fn nothing_is_written_without_consent() {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    let before = state(&folder);
    let run = folder.run("hdd install disk.img GAME_A.iso");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stdout.contains("takes      128 MiB at sector 0x40000"),
        "{run:?}"
    );
    assert!(run.stderr.contains("type --yes"), "{run:?}");
    let shown = folder
        .ok("hdd install disk.img GAME_A.iso --dry-run --yes")
        .stdout;
    assert!(shown.contains("nothing was written"), "{shown}");
    assert_eq!(state(&folder), before);
}

#[test]
fn consent_is_typed_in_full() {
    const QUESTION: &str = "Type yes: ";
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    let before = state(&folder);
    // Nothing but the word, and no answer at all; Ctrl-C.
    for keys in ["y\n", "yes, please\n", "\n", "\u{4}", "\u{3}"] {
        let run = folder.on_terminal("hdd install disk.img GAME_A.iso", QUESTION, keys.as_bytes());
        assert_eq!(run.code, 2, "{keys:?}: {run:?}");
        assert_eq!(state(&folder), before, "{keys:?}");
    }
    let run = folder.on_terminal("hdd install disk.img GAME_A.iso", QUESTION, b"yes\n");
    assert_eq!(run.code, 0, "{run:?}");
    let shown = run.stdout.find("takes      128 MiB at sector 0x40000");
    assert!(
        shown.is_some() && shown < run.stdout.find(QUESTION),
        "{run:?}"
    );
    assert!(run.stdout.contains("read back and found right"), "{run:?}");
    folder.ok("hdd verify disk.img GAME_A --against GAME_A.iso");
}

#[test]
fn other_disks_are_refused_and_left_alone() {
    let folder = folder();
    let iso = folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    for (name, bytes) in [
        ("empty", vec![]),
        ("zeros", vec![0; 1 << 20]),
        ("noise", noise(1 << 20, 9)),
    ] {
        folder.write(name, &bytes);
        for command in ["hdd list", "hdd verify", "hdd install --yes"] {
            let image = if command.contains("install") {
                "GAME_A.iso"
            } else {
                ""
            };
            folder.fails(
                &format!("{command} {name} {image}"),
                2,
                "no APA partition table",
            );
        }
        assert!(folder.read(name) == bytes);
    }
    folder.write("b.iso", &folder.read("GAME_A.iso"));
    folder.fails(
        "hdd install GAME_A.iso b.iso --yes",
        2,
        "no APA partition table",
    );
    folder.fails(
        "hdd install GAME_A.iso GAME_A.iso --yes",
        2,
        "the disk itself",
    );
    assert_eq!(std::fs::read(iso).unwrap(), folder.read("GAME_A.iso"));
    folder.fails("hdd list .", 2, "neither a disk nor a file");
    folder.fails("hdd list /dev/null", 2, "neither a disk nor a file");
    folder.fails("hdd list nowhere", 2, "cannot open the disk");
}

#[test]
fn a_disk_in_use_is_refused() {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    let used = FileDisk::open(&folder.path("disk.img"), Access::Write).unwrap();
    let run = folder.run("hdd install disk.img GAME_A.iso --yes");
    assert!(
        run.code == 2 && run.stderr.contains("another program is using it"),
        "{run:?}"
    );
    drop(used);
    folder.ok("hdd install disk.img GAME_A.iso --yes");
}

#[test]
fn what_is_no_game_is_refused_with_the_way_out() {
    let folder = folder();
    let before = state(&folder);
    folder.write(
        "files.iso",
        &Iso::new("FILES").file("A.TXT", vec![1]).build(),
    );
    folder.write(
        "old.iso",
        &Iso::new("OLD")
            .file("SYSTEM.CNF", b"BOOT = cdrom:\\SLES_000.01;1".to_vec())
            .build(),
    );
    folder.write(
        "long.iso",
        &Iso::of_game("LONG", "A_VERY_LONG_NAME.ELF").build(),
    );
    folder.write("noise", &noise(100_000, 3));
    folder.fails("hdd install disk.img files.iso -n", 2, "type --startup");
    folder.fails("hdd install disk.img old.iso -n", 2, "type --startup");
    folder.fails("hdd install disk.img long.iso -n", 2, "room for 12 letters");
    folder.fails(
        "hdd install disk.img noise -n",
        2,
        "it has no ISO 9660 volume",
    );
    assert_eq!(state(&folder), before);
    folder.ok("hdd install disk.img files.iso --startup SLES_999.99 --title Home-made --yes");
    let list = folder.ok("hdd list disk.img").stdout;
    assert!(
        list.contains("SLES_999.99") && list.contains("Home-made"),
        "{list}"
    );
}

#[test]
fn damage_is_found_and_told_by_the_exit_code() {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    folder.ok("compress GAME_A.iso");
    folder.ok("hdd install disk.img GAME_A.zso --yes");
    let mut disk = OpenOptions::new()
        .write(true)
        .open(folder.path("disk.img"))
        .unwrap();
    let mut put = |at: u64, bytes: &[u8]| {
        disk.seek(SeekFrom::Start(at)).unwrap();
        disk.write_all(bytes).unwrap();
    };
    // An index entry.
    put(GAME_IMAGE + 24 + 4 * 20, &[0xFF; 4]);
    folder.fails(
        "hdd verify disk.img",
        1,
        "the image of \"GAME_A\" is damaged",
    );
    // What the image begins with.
    put(GAME_IMAGE, &[0; 4]);
    folder.fails("hdd verify disk.img", 1, "neither a ZSO nor a disc");
    // The game's header.
    put(GAME_HEADER, &[0; 4]);
    let run = folder.run("hdd list disk.img");
    assert!(
        run.code == 1 && run.stdout.contains("no game header"),
        "{run:?}"
    );
    // The partition's.
    put(128 * MIB, &[0; 4]);
    folder.fails(
        "hdd list disk.img",
        2,
        "partition at sector 0x40000: checksum",
    );
}

/// What the script never stored is no damage of the disk's: it is told as of a file.
#[test]
fn a_zso_of_the_script_is_told_from_a_damaged_one() {
    let folder = folder();
    let whole = game("GAME_A", "SLES_123.45").build();
    folder.write("GAME_A.iso", &whole);
    folder.write("odd.iso", &[&whole[..], &[7; 700]].concat());
    peer(&folder, "-c 2 --whole-blocks odd.iso its.zso");
    folder.fails("hdd install disk.img its.zso --yes", 2, "ziso compress");
    // Another installer takes it.
    folder.ok("hdd install disk.img GAME_A.iso --yes");
    let mut disk = OpenOptions::new()
        .write(true)
        .open(folder.path("disk.img"))
        .unwrap();
    disk.seek(SeekFrom::Start(GAME_IMAGE)).unwrap();
    disk.write_all(&folder.read("its.zso")).unwrap();
    for command in [
        "hdd verify disk.img",
        "hdd verify disk.img --against odd.iso GAME_A",
    ] {
        let run = folder.fails_with_output(command, 1, "never stored the last 700 bytes");
        assert!(run.stdout.contains("sha1"), "{run:?}");
    }
    let mut other = folder.read("odd.iso");
    other[99 * 2048] ^= 1;
    folder.write("other.iso", &other);
    folder.fails(
        "hdd verify disk.img --against other.iso GAME_A",
        1,
        "differ",
    );
    let run = folder.ok("hdd extract disk.img GAME_A -o out.zso");
    assert!(run.stderr.contains("never stored"), "{run:?}");
    folder.ok("decompress out.zso");
    assert!(folder.read("out.iso") == whole);
}

/// hdl-dump issue 71: an installer that rounds down cuts the end of the last block.
#[test]
fn a_zso_that_was_cut_is_found() {
    let folder = folder();
    let game = Iso::of_game("GAME_A", "SLES_123.45").file("DATA.BIN", noise(100_000, 5));
    folder.write("GAME_A.iso", &game.build());
    folder.ok("compress GAME_A.iso --no-pad");
    let whole = folder.read("GAME_A.zso");
    assert_ne!(whole.len() % 2048, 0);
    folder.write("cut.zso", &whole[..whole.len() / 2048 * 2048]);
    folder.ok("hdd install disk.img GAME_A.zso --title whole --yes");
    folder.ok("hdd install disk.img cut.zso --title cut --yes --force");
    folder.ok("hdd verify disk.img whole --against GAME_A.iso");
    folder.fails(
        "hdd verify disk.img cut",
        1,
        "the image of \"cut\" is damaged",
    );
}

#[test]
fn what_does_not_fit_or_is_there_already_is_refused() {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    folder.ok("hdd install disk.img GAME_A.iso --yes");
    let before = state(&folder);
    for command in [
        "hdd install disk.img GAME_A.iso -n",
        "hdd install disk.img GAME_A.iso --yes",
    ] {
        folder.fails(
            command,
            2,
            "already, as PP.SLES-12345..GAME_A; type --skip-existing",
        );
    }
    folder.write("big.iso", &game("BIG", "SLES_000.02").build());
    let big = OpenOptions::new()
        .write(true)
        .open(folder.path("big.iso"))
        .unwrap();
    big.set_len(1_800_000_000).unwrap();
    folder.fails(
        "hdd install disk.img big.iso -n",
        2,
        "MiB are needed, and 1536 MiB are free",
    );
    assert_eq!(state(&folder), before);
    folder.ok("hdd install disk.img GAME_A.iso --title Again --yes");
    folder.fails("hdd extract disk.img SLES_123.45", 2, "2 games");
    folder.fails("hdd extract disk.img nothing", 2, "ziso hdd list");
}

#[test]
fn programs_get_json() {
    let folder = folder();
    folder.write("GAME_A.iso", &game("GAME_A", "SLES_123.45").build());
    let json = |args: &str| {
        let out = folder.ok(args).stdout;
        serde_json::from_str::<serde_json::Value>(&out).expect("one object")
    };
    let installed = json("hdd install disk.img GAME_A.iso --yes --json");
    assert_eq!(installed["partition"], "PP.SLES-12345..GAME_A");
    let list = json("hdd list disk.img --json");
    assert_eq!(list["games"][0]["startup"], "SLES_123.45");
    assert_eq!(
        list["games"][0]["image_bytes"],
        folder.read("GAME_A.iso").len()
    );
    let verified = json("hdd verify disk.img --json");
    assert_eq!(verified["sha1"], installed["sha1"]);
}
