//! What the module says.

use std::ops::ControlFlow;

use testkit::data;
use testkit::image::{Builder, Tail};
use ziso::Checks;

use crate::console::Console;

const SECTORS: usize = 700;
const IMAGE: &str = "mass:game.zso";
const LIST: &str = "mass:game.crc";
const REPORT: &str = "mass:report.txt";

fn disc(seed: u64) -> Vec<u8> {
    data::game_like(seed, SECTORS * 2048)
}

fn zso(disc: &[u8]) -> Vec<u8> {
    Builder {
        tail: Tail::Pad,
        ..Builder::default()
    }
    .build(disc)
    .bytes
}

/// The list of an image, by `ziso verify --crc-list`.
fn list(zso: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let [game, list] = ["game.zso", "game.crc"].map(|name| folder.path().join(name));
    std::fs::write(&game, zso).unwrap();
    let checks = Checks {
        crc_list: Some(&list),
        ..Checks::default()
    };
    ziso::verify(&game, &checks, &mut |_| ControlFlow::Continue(())).unwrap();
    std::fs::read(list).unwrap()
}

fn console(zso: Vec<u8>, list: Vec<u8>) -> Console {
    Console::new(0x1_0000, &[(IMAGE, zso), (LIST, list)])
}

/// The rows of both objects, without what was timed.
fn rows(report: &str) -> Vec<Vec<&str>> {
    let rows = report.lines().filter(|line| {
        ["8 after", "16 after", "7 +", "two in", "1 at"]
            .iter()
            .any(|name| line.starts_with(name))
    });
    rows.map(|row| row[12..].split_whitespace().take(4).collect())
        .collect()
}

fn last(report: &str) -> &str {
    report.lines().last().unwrap()
}

#[test]
fn a_good_image_passes_wherever_the_module_is_loaded() {
    let zso = zso(&disc(1));
    let list = list(&zso);
    for base in [0x1_0000, 0x2_7FF0, 0x3_8010] {
        let mut console = Console::new(base, &[(IMAGE, zso.clone()), (LIST, list.clone())]);
        let said = console.run(&[IMAGE, LIST, REPORT]);
        let seven_and_one = SECTORS + SECTORS.div_ceil(7) - 1;
        for row in rows(&said) {
            let read: usize = row[0].parse().unwrap();
            assert!([SECTORS, seven_and_one].contains(&read), "{said}");
            assert_eq!(row[1..], ["0", "0", "-"], "{said}");
        }
        assert_eq!(rows(&said).len(), 10, "{said}");
        let all = 2 * (4 * SECTORS + seven_and_one);
        assert_eq!(
            last(&said),
            format!("PASS: 0 wrong, 0 not read, of {all} sectors")
        );
        assert_eq!(console.file(REPORT), said);
        assert!(
            said.lines().count() <= 24 && said.lines().all(|line| line.len() < 80),
            "{said}"
        );
        assert!(
            console.most_given() < 100 << 10,
            "{} bytes",
            console.most_given()
        );
    }
}

#[test]
fn a_wrong_byte_that_decodes_is_found_in_every_pattern() {
    let good = disc(1);
    let mut other = good.clone();
    other[300 * 2048 + 5] ^= 1;
    let said = console(zso(&other), list(&zso(&good))).run(&[IMAGE, LIST]);
    // Single sectors are taken at random, and may be others.
    let rows = rows(&said);
    let ordered = rows.iter().filter(|row| row[3] != "-");
    assert!(ordered.clone().count() >= 8, "{said}");
    ordered.for_each(|row| assert_eq!(row[2..], ["0", "300"], "{said}"));
    assert!(last(&said).starts_with("FAIL: "), "{said}");
}

#[test]
fn a_block_that_does_not_decode_is_not_read_and_the_others_are() {
    let good = zso(&disc(1));
    let mut damaged = Builder {
        tail: Tail::Pad,
        ..Builder::default()
    }
    .build(&disc(1));
    let block = damaged
        .blocks
        .iter()
        .skip(200)
        .position(|block| !block.plain)
        .unwrap()
        + 200;
    let start = damaged.blocks[block].bytes.start;
    damaged.bytes[start..][..8].fill(0xFF);
    let said = console(damaged.bytes, list(&good)).run(&[IMAGE, LIST]);
    let first = &rows(&said)[0];
    assert_eq!(
        (first[1], first[3]),
        ("0", block.to_string().as_str()),
        "{said}"
    );
    // A read ends at the block, with all that it was to deliver after it.
    assert_eq!(first[2], (8 - block % 8).to_string(), "{said}");
    assert!(last(&said).starts_with("FAIL: "), "{said}");
}

#[test]
fn a_device_that_fails_is_told_from_a_wrong_image() {
    let zso = zso(&disc(1));
    let middle = zso.len() as u64 / 2;
    let mut console = console(zso.clone(), list(&zso));
    console.fail(middle..middle + 2048);
    let said = console.run(&[IMAGE, LIST]);
    assert!(rows(&said).iter().all(|row| row[1] == "0"), "{said}");
    assert!(rows(&said)[0][2] != "0", "{said}");
    assert!(last(&said).starts_with("FAIL: 0 wrong, "), "{said}");
}

#[test]
fn a_device_that_is_pulled_out_ends_the_patterns_early() {
    let sectors = 4000;
    let zso = zso(&data::game_like(3, sectors * 2048));
    let mut console = console(zso.clone(), list(&zso));
    console.fail(zso.len() as u64 / 4..u64::MAX);
    let said = console.run(&[IMAGE, LIST]);
    let failed: u32 = rows(&said)[0][2].parse().unwrap();
    assert!((700..=800).contains(&failed), "100 reads of 8: {said}");
}

#[test]
fn lists_of_other_images_and_other_files_are_refused() {
    let (image, other) = (zso(&disc(1)), zso(&data::game_like(1, 2048 * 10)));
    let cut = list(&image)[..1000].to_vec();
    for (list, wanted) in [
        (list(&other), "the list is of another image"),
        (
            b"no list of any kind".to_vec(),
            "the list is not one of `ziso verify --crc-list`",
        ),
        (cut, "the list cannot be read, or ends early"),
    ] {
        let said = console(image.clone(), list).run(&[IMAGE, LIST]);
        assert!(
            last(&said).starts_with(&format!("FAIL: {wanted}")),
            "{said}"
        );
    }
    // As many sectors of another disc: all of them are wrong.
    let said = console(image, list(&zso(&disc(2)))).run(&[IMAGE, LIST]);
    assert!(
        last(&said).starts_with("FAIL: ") && rows(&said)[0][1] != "0",
        "{said}"
    );
}

#[test]
fn what_cannot_be_tested_is_said() {
    let image = zso(&disc(1));
    let sums = list(&image);
    let said = console(image.clone(), sums.clone()).run(&["mass:gone.zso", LIST]);
    assert!(
        last(&said).starts_with("FAIL: the image cannot be opened"),
        "{said}"
    );
    let said = console(image.clone(), sums.clone()).run(&[IMAGE, "mass:gone.crc"]);
    assert!(
        last(&said).starts_with("FAIL: the list cannot be opened"),
        "{said}"
    );
    let said = console(disc(1), sums.clone()).run(&[IMAGE, LIST]);
    assert!(
        last(&said).starts_with("FAIL: the image is no ZSO file"),
        "{said}"
    );
    let mut damaged = image.clone();
    damaged[16] = 1;
    let said = console(damaged, sums.clone()).run(&[IMAGE, LIST]);
    assert!(
        last(&said).starts_with("FAIL: the image cannot be mounted"),
        "{said}"
    );
    let said = console(image.clone(), sums.clone()).run(&[IMAGE]);
    assert!(said.starts_with("zso_selftest.irx IMAGE LIST"), "{said}");
    // None for the thread, for the buffers, for the object; and as little as the object can do with.
    for (bytes, passes) in [
        (0, false),
        (9 << 10, false),
        (46 << 10, false),
        (50 << 10, true),
    ] {
        let mut console = console(image.clone(), sums.clone());
        console.limit_memory(bytes);
        let said = console.run(&[IMAGE, LIST]);
        let wanted = if passes { "PASS: " } else { "FAIL: " };
        assert!(last(&said).starts_with(wanted), "{bytes}: {said}");
    }
}
