//! The command line of the script that came first: its options, meanings and defaults.

use crate::reader::{fields, read};
use crate::support::{Folder, image, noise};

#[test]
fn both_directions() {
    let folder = Folder::of_any_data();
    let original = image(50_000);
    folder.write("in.iso", &original);
    for args in [
        "-c 2 in.iso out.zso",
        "-c 12 -m in.iso out.zso",
        "-mc9 in.iso out.zso",
        "in.iso out.zso -c 1",
        "-c best in.iso out.zso",
    ] {
        folder.ok(args);
        assert!(read(&folder.read("out.zso")) == original, "{args}");
        folder.ok("-c 0 out.zso back.iso");
        assert!(folder.read("back.iso") == original, "{args}");
    }
    assert_eq!(folder.names(), ["back.iso", "in.iso", "out.zso"]);
}

/// As the script does; but what is there stays until the new file is complete.
#[test]
fn existing_output_is_replaced() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(5000));
    folder.write("out.zso", b"old");
    folder.fails("-c 0 in.iso out.zso", 1, "not a ZSO");
    assert_eq!(folder.read("out.zso"), b"old");
    folder.ok("-c 2 in.iso out.zso");
    assert_eq!(folder.read("out.zso")[..4], *b"ZISO");
}

/// `ziso compress` lets runs of plain blocks begin at a sector, which the script's files, and those as small, do not.
#[test]
fn plain_runs_take_no_more_room_than_there() {
    let folder = Folder::of_any_data();
    let run = [vec![b'-'; 2048], noise(600 * 2048, 1)].concat();
    folder.write("in.iso", &run.repeat(4));
    folder.ok("compress --level 2 in.iso -o gaps.zso");
    folder.ok("-c 2 in.iso out.zso");
    let (gaps, out) = (folder.read("gaps.zso"), folder.read("out.zso"));
    assert!(fields(&gaps).entry(1).0.is_multiple_of(2048));
    assert!(!fields(&out).entry(1).0.is_multiple_of(2048));
    assert!(out.len() < gaps.len(), "{} {}", out.len(), gaps.len());
}

#[test]
fn options_mean_what_they_mean_there() {
    let folder = Folder::of_any_data();
    // 95 % of its size, compressed.
    let mut block = noise(2048, 1);
    block[1930..].fill(b'-');
    folder.write("in.iso", &block.repeat(3));
    let made = |args: &str| {
        folder.ok(&format!("{args} in.iso out.zso"));
        folder.read("out.zso")
    };
    let is_plain = |file: &[u8]| fields(file).entry(0).1;
    assert!(is_plain(&made("-c 2")), "the threshold is 95");
    assert!(!is_plain(&made("-c 2 -t 100")));

    // Reference script 6: it ignores the align asked for.
    let file = made("-c 2 -t 100 -a 4");
    assert_eq!(fields(&file).align, 4);
    let (second, _) = fields(&file).entry(1);
    assert_eq!(file[second - 1], b'X', "the padding");
    assert_eq!(made("-c 2 -t 100 -a 4 -p y")[second - 1], b'y');

    let run = folder.ok("-c 2 -b 4096 in.iso out.zso");
    assert_eq!(fields(&folder.read("out.zso")).block_size, 4096);
    assert!(run.stderr.contains("2048 bytes only"), "{run:?}");
}

/// Padding that is the end of a block would be taken away with it.
#[test]
fn padding_can_be_told_from_what_it_follows() {
    let folder = Folder::of_any_data();
    folder.write(
        "in.iso",
        &[b"ab"[..].repeat(1024), b"aX"[..].repeat(1024)].concat(),
    );
    folder.ok("-c 9 -a 6 in.iso out.zso");
    let file = folder.read("out.zso");
    let fields = fields(&file);
    for i in 0..2 {
        let (start, _) = fields.entry(i);
        let (end, _) = fields.entry(i + 1);
        let filler = file[end - 1];
        let stored = &file[start..end];
        let len = stored
            .iter()
            .rposition(|byte| *byte != filler)
            .expect("data")
            + 1;
        let decoded = lz4_flex::block::decompress_into(&stored[..len], &mut [0; 2048]);
        assert_eq!(decoded.ok(), Some(2048));
    }
}

/// Reference script 7, 12 and 13: tracebacks, and options that are not checked.
#[test]
fn wrong_usage_exits_with_2_and_touches_nothing() {
    let folder = Folder::of_any_data();
    folder.write("in.iso", &image(5000));
    for (args, says) in [
        ("-c", "LEVEL"),
        ("-c 2", "required"),
        ("-c 2 in.iso", "required"),
        ("-c 2 in.iso out.zso more", "unexpected argument"),
        ("-c abc in.iso out.zso", "--level fast"),
        ("-c 99 in.iso out.zso", "1 to 12"),
        ("-c 2 -b 0 in.iso out.zso", "2048"),
        ("-c 2 -b -2048 in.iso out.zso", "unexpected argument"),
        ("-c 2 -b 3000 in.iso out.zso", "2048"),
        ("-c 2 -a 12 in.iso out.zso", "11"),
        ("-c 2 -t 101 in.iso out.zso", "percentage"),
        ("-c 2 -p \u{e9} in.iso out.zso", "one ASCII character"),
        ("-c 2 -p= in.iso out.zso", "one ASCII character"),
        ("-c 2 -x in.iso out.zso", "unexpected argument"),
        ("-c 2 in.iso in.iso", "input itself"),
        ("-c 2 missing.iso out.zso", "missing.iso"),
        ("in.iso out.zso", "cannot open \"out.zso\""),
    ] {
        folder.fails(args, 2, says);
    }
    assert_eq!(folder.names(), ["in.iso"]);
    assert!(folder.read("in.iso") == image(5000));
}

#[test]
fn help_is_its_own() {
    let run = Folder::of_any_data().ok("-c 2 -h");
    assert!(run.stdout.contains("-c LEVEL"), "{run:?}");
    let run = Folder::of_any_data().ok("-h");
    assert!(run.stdout.contains("ziso -c 2 IN.iso OUT.zso"), "{run:?}");
}
