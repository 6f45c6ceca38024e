//! How much memory and stack is taken.

use opl_tests::{Reader, Setup, Variant};
use testkit::data;
use testkit::image::Builder;

use crate::images::{self, Image, SECTOR, module};

on_each_reader!(
    no_more_memory_than_the_c_reader,
    the_variables_say_what_is_mounted,
    little_stack,
);

on_each_reader_of_isofs!(isofs_takes_memory_once);

/// What OPL's C reader asks for: a sector, 257 index entries, and bytes to align both.
const C_READER: u32 = 2048 + 257 * 4 + 64;

/// Every setting that tests look at.
pub const CACHES: [u8; 9] = [0, 1, 2, 3, 4, 5, 8, 16, 32];

/// The smallest setting with which a thread is made: there is a buffer to read ahead to.
const THREAD_FROM: u8 = 4;

/// The most stack that the reader may take with all that it calls: a game's thread has little.
const STACK: u32 = 512;

fn no_more_memory_than_the_c_reader(reader: Reader) {
    for zso_cache in CACHES {
        for variant in Variant::CDVDMAN {
            assert_memory(variant, reader, zso_cache);
        }
    }
    if reader.variants().contains(&Variant::Isofs) {
        assert_memory(Variant::Isofs, reader, 0);
    }
}

/// What OPL's C reader takes with its cache.
fn c_reader(zso_cache: u8) -> u32 {
    C_READER + 2048 * u32::from(zso_cache)
}

fn assert_memory(variant: Variant, reader: Reader, zso_cache: u8) {
    let most = c_reader(zso_cache);
    let setup = Setup::with_cache(zso_cache);
    let mut console = images::usual().mounted(module(variant, reader), &setup);
    assert!(!console.deliver(3, 40).is_empty());
    let given = console.kernel().given();
    println!("{variant:?}, {zso_cache} sectors: {given:?} bytes");
    if reader.is_ours() {
        let blocks = 1 + usize::from(reader == Reader::Overlap && zso_cache >= THREAD_FROM);
        assert_eq!(given.len(), blocks, "{variant:?}, {zso_cache} sectors");
        let is_off = variant == Variant::Isofs || console.zso_cache() == 0;
        assert!(is_off, "{variant:?}: cdvdman has no use for a cache");
    }
    let sum: u32 = given.iter().sum();
    assert!(
        sum <= most,
        "{variant:?}, {zso_cache} sectors: {given:?}, not {most}"
    );
}

/// The user looks at one image after the other.
fn isofs_takes_memory_once(reader: Reader) {
    let mut console = images::usual().mounted(module(Variant::Isofs, reader), &Setup::default());
    for image in [&images::kinds()[1], images::usual()] {
        console.medium().change(image.file());
        assert_eq!(console.mount(), 0);
        for lsn in [0, 300, 10] {
            assert!(
                console.deliver(lsn, 5) == image.expected(lsn, 5),
                "{}",
                image.name
            );
        }
    }
    assert_eq!(console.kernel().asked(), 1);
}

fn the_variables_say_what_is_mounted(reader: Reader) {
    let image = &images::kinds()[1];
    let mut console = image.mounted(module(Variant::Bdm, reader), &Setup::default());
    assert_eq!(console.variable("ziso_total_block"), image.sectors());
    assert_eq!(console.variable("ziso_align"), 2);
    let buffer = console.variable("ziso_tmp_buf");
    let inside = console.kernel().has_given(buffer..buffer + SECTOR as u32);
    assert!(inside, "a sector has room at {buffer:#x}");
}

fn little_stack(reader: Reader) {
    let gaps = Image::new(
        "align 2",
        data::mixture(5, 40 * SECTOR),
        Builder {
            align: 2,
            ..Builder::default()
        },
    );
    for &variant in reader.variants() {
        for image in [images::usual(), &gaps] {
            let mut console = image.mounted(module(variant, reader), &Setup::default());
            console.reset_counters();
            for (lsn, count) in [(0, 8), (30, 1), (7, 20), (31, 100)] {
                console.deliver(lsn, count);
            }
            let depth = console.counters().stack_depth;
            println!("{variant:?}: {depth} bytes of stack, the device's included");
            assert!(depth < STACK, "{variant:?}: {depth}");
        }
    }
}
