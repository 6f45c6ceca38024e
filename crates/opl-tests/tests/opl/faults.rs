//! Devices that fail, memory that runs out, files that are damaged.
//!
//! Whatever happens, the program stays within its memory (the simulator stops it otherwise), what it delivers is
//! right, and what is not damaged can be read.

use std::sync::OnceLock;

use opl_tests::{Console, Medium, Module, Reader, Setup, Variant, status};
use testkit::image::{Builder, Plain, Tail};
use testkit::{Rng, data};

use crate::images::{Image, SECTOR, module};

on_each_reader!(
    a_failing_request_costs_what_it_read,
    a_device_that_fails_for_good,
    a_device_that_fails_when_it_is_probed,
    the_first_request_for_memory_fails,
    there_is_no_memory,
    headers_that_cannot_be,
    index_entries_that_cannot_be,
    damaged_blocks,
    a_file_that_was_cut,
);

on_each_reader_of_isofs!(a_damaged_image_after_a_good_one);

/// One variant after the other.
fn of_round(reader: Reader, round: usize) -> Variant {
    let variants = reader.variants();
    variants[round % variants.len()]
}

/// Sectors of the disc that most of these tests read: its file is larger than what is kept of it.
const SECTORS: u32 = 48;

fn small() -> Image {
    static SMALL: OnceLock<Image> = OnceLock::new();
    let small = SMALL.get_or_init(|| {
        let disc = data::mixture(31, SECTORS as usize * SECTOR);
        Image::new("small", disc, Builder::default())
    });
    small.clone()
}

/// Whole sectors of what was asked for, from the first on.
fn assert_prefix(image: &Image, lsn: u32, count: u32, delivered: &[u8]) {
    let expected = image.expected(lsn, count);
    let is_prefix = expected.starts_with(delivered) && delivered.len().is_multiple_of(SECTOR);
    assert!(is_prefix, "{count} sectors from {lsn}: {}", delivered.len());
}

fn assert_reads_all(console: &mut Console, image: &Image, what: &str) {
    for lsn in (0..image.sectors()).step_by(30) {
        let delivered = console.deliver(lsn, 30);
        assert!(delivered == image.expected(lsn, 30), "{what}: {lsn}");
    }
}

/// With a read-ahead buffer, and with none.
fn settings() -> [Setup; 2] {
    [16, 0].map(Setup::with_cache)
}

fn a_failing_request_costs_what_it_read(reader: Reader) {
    let image = small();
    let variants = reader.variants().iter();
    for (&variant, setup) in variants.flat_map(|v| settings().map(|setup| (v, setup))) {
        let mut short = 0;
        let mut console = image.mounted(module(variant, reader), &setup);
        for after in 0..24 {
            console.medium().fail(after, 1);
            for (lsn, count) in [(0, 8), (8, 8), (30, 17), (20, 1)] {
                let delivered = console.deliver(lsn, count);
                assert_prefix(&image, lsn, count, &delivered);
                short += u32::from(delivered.len() < count as usize * SECTOR);
            }
            console.medium().fail(0, 0);
            assert_reads_all(&mut console, &image, "after a failure");
        }
        // A reader may have had what failed, or try again what it has not; but not always.
        assert!(short > 0, "{variant:?}: no failure was ever told");
    }
}

fn a_device_that_fails_for_good(reader: Reader) {
    let image = small();
    for &variant in reader.variants() {
        let mut console = image.mounted(module(variant, reader), &Setup::default());
        for after in 0..12 {
            // From elsewhere, so that nothing is buffered or cached.
            console.deliver(46, 2);
            console.medium().fail(after, u32::MAX);
            let delivered = console.deliver(5, 40);
            assert_prefix(&image, 5, 40, &delivered);
            assert_prefix(&image, 30, 4, &console.deliver(30, 4));
            console.medium().fail(0, 0);
            assert_reads_all(&mut console, &image, "after failures");
        }
        console.deliver(46, 2);
        console.medium().fail(0, u32::MAX);
        assert!(console.deliver(5, 40).len() < 40 * SECTOR, "{variant:?}");
        if variant != Variant::Isofs {
            assert_eq!(console.read(10, 38).0, status::END, "{variant:?}");
        }
    }
}

fn a_device_that_fails_when_it_is_probed(reader: Reader) {
    let image = small();
    for variant in Variant::CDVDMAN {
        for after in 0..6 {
            let mut console = image.boot(module(variant, reader), &Setup::default());
            console.medium().fail(after, 1);
            let (status, bytes) = console.read(16, 4);
            assert!(status != 0 || bytes == image.expected(16, 4), "{variant:?}");
            let (status, bytes) = console.read(16, 4);
            assert!(
                status == 0 && bytes == image.expected(16, 4),
                "{variant:?}, {after}"
            );
        }
    }
}

fn refusing(refused: std::ops::Range<u32>) -> Setup {
    Setup {
        refused,
        ..Setup::default()
    }
}

fn the_first_request_for_memory_fails(reader: Reader) {
    let image = small();
    for &variant in reader.variants() {
        let mut console = image.boot(module(variant, reader), &refusing(0..1));
        console.mount();
        for (lsn, count) in [(0, 8), (18, 30)] {
            let delivered = console.deliver(lsn, count);
            assert_prefix(&image, lsn, count, &delivered);
            // The naive reader does not ask for less.
            let has_asked_again = reader.is_ours();
            assert_eq!(!delivered.is_empty(), has_asked_again, "{variant:?}");
        }
    }
}

fn there_is_no_memory(reader: Reader) {
    let image = small();
    for &variant in reader.variants() {
        let mut console = image.boot(module(variant, reader), &refusing(0..u32::MAX));
        let status = console.mount();
        assert_eq!(console.deliver(3, 5), []);
        assert_eq!(console.kernel().given(), []);
        if variant != Variant::Isofs {
            assert_eq!(status, status::END, "{variant:?}");
            assert_eq!(console.read(3, 5), (status::END, vec![]));
        }
    }
}

/// A console with a damaged image, of which only safety can be expected; every other round without a read-ahead buffer.
fn damaged(image: &Image, module: Module, round: usize) -> Console {
    // Variants take turns as well.
    let mut console = image.boot(module, &settings()[round / 6 % 2]);
    console.mount();
    console
}

fn headers_that_cannot_be(reader: Reader) {
    let fields: [(usize, &[u8]); 14] = [
        (4, &[23, 0, 0, 0]),
        (8, &[0; 8]),
        (8, &[1, 0, 0, 0, 0, 0, 0, 0]),
        (8, &[0xFF; 8]),
        (8, &[0, 0, 0, 0, 0, 8, 0, 0]),
        (16, &[0; 4]),
        (16, &[1, 0, 0, 0]),
        (16, &[0, 16, 0, 0]),
        (16, &[0, 0, 0, 0x80]),
        (20, &[200]),
        (21, &[12]),
        (21, &[31]),
        (21, &[32]),
        (21, &[255]),
    ];
    for (place, bytes) in fields {
        let mut image = small();
        image.zso.bytes[place..place + bytes.len()].copy_from_slice(bytes);
        for &variant in reader.variants() {
            let mut console = damaged(&image, module(variant, reader), 0);
            // Sizes may be believed, and then have data after them; anything else is refused.
            let most = if place == 8 { 4 * SECTOR } else { 0 };
            for lsn in [0, 3, SECTORS - 1, SECTORS, 500_000] {
                let delivered = console.deliver(lsn, 4);
                assert!(delivered.len() <= most, "{place}: {bytes:?}, {lsn}");
            }
        }
    }
}

/// The disc that was mounted before is gone all the same.
fn a_damaged_image_after_a_good_one(reader: Reader) {
    let good = small();
    let mut bad = small();
    bad.zso.bytes[21] = 99;
    let mut console = good.mounted(module(Variant::Isofs, reader), &Setup::default());
    for (image, delivered) in [(&good, 8), (&bad, 0), (&good, 8)] {
        console.medium().change(image.file());
        console.mount();
        assert!(console.deliver(3, 8) == good.expected(3, delivered));
    }
}

fn index_entries_that_cannot_be(reader: Reader) {
    let mut rng = Rng::new(41);
    for round in 0..60 {
        let mut image = small();
        let broken = 12 + rng.within(0..24);
        let entry = image.zso.entry(broken);
        let values = [
            0,
            u32::MAX,
            0x7FFF_FFFF,
            0x8000_0000,
            entry ^ 1 << rng.within(0..32),
            entry - 1,
            entry + 5000,
            rng.bits() as u32,
        ];
        image.zso.set_entry(broken, values[round % values.len()]);
        let variant = of_round(reader, round);
        let mut console = damaged(&image, module(variant, reader), round);
        for (lsn, count) in [(broken as u32 - 8, 16), (broken as u32, 1), (0, SECTORS)] {
            // The block before ends, and the one after it begins, where the entry says.
            let good = (broken as u32 - 1).saturating_sub(lsn).min(count);
            let delivered = console.deliver(lsn, count);
            let sure = good as usize * SECTOR;
            let expected = image.expected(lsn, good);
            let what = format!("round {round}, {variant:?}, {broken}, {lsn}");
            assert!(
                delivered.len() >= sure && delivered[..sure] == expected,
                "{what}"
            );
        }
        let after = broken as u32 + 1;
        let delivered = console.deliver(after, SECTORS - after);
        assert!(
            delivered == image.expected(after, SECTORS - after),
            "round {round}"
        );
    }
}

fn damaged_blocks(reader: Reader) {
    let mut rng = Rng::new(42);
    for round in 0..60 {
        let mut image = small();
        let broken = 10 + rng.within(0..28);
        let block = image.zso.blocks[broken].bytes.clone();
        for _ in 0..1 + round % 5 {
            let place = rng.within(block.clone());
            image.zso.bytes[place] = rng.byte();
        }
        let mut console = damaged(&image, module(of_round(reader, round), reader), round);
        let (before, after) = (broken as u32, broken as u32 + 1);
        assert!(console.deliver(broken as u32 - 5, 10).len() >= 5 * SECTOR);
        assert!(console.deliver(0, before) == image.expected(0, before));
        assert!(console.deliver(after, 9) == image.expected(after, 9));
    }
}

/// Some installers keep whole sectors only.
fn a_file_that_was_cut(reader: Reader) {
    let builder = Builder {
        plain: Plain::Always,
        tail: Tail::Cut,
        ..Builder::default()
    };
    let image = Image::new("cut", data::noise(32, 50 * SECTOR), builder);
    for &variant in reader.variants() {
        let module = module(variant, reader);
        let mut console = image.mounted(module, &Setup::default());
        let delivered = console.deliver(40, 10);
        assert!(delivered == image.expected(40, 9), "{variant:?}");
        assert!(
            console.deliver(48, 1) == image.expected(48, 1),
            "{variant:?}"
        );
    }
    // The same cut anywhere else.
    let whole = Image::new("cut", data::mixture(33, 60 * SECTOR), Builder::default());
    for (n, block) in [5, 20, 40, 58].into_iter().enumerate() {
        let variant = of_round(reader, n);
        let end = whole.zso.blocks[block].bytes.start / SECTOR * SECTOR;
        let file = whole.zso.bytes[..end].to_vec();
        let sure = whole
            .zso
            .blocks
            .iter()
            .take_while(|block| block.bytes.end <= end);
        let sure = sure.count() as u32;
        let medium = Medium::new(variant, file.into());
        let mut console = Console::boot(module(variant, reader), &Setup::default(), medium);
        console.mount();
        let delivered = console.deliver(0, 60);
        assert!(delivered == whole.expected(0, sure), "{variant:?}, {block}");
    }
}
