//! Everything that can be read is what was compressed.

use opl_tests::{Console, DiscFile, Linker, Medium, Module, Reader, Setup, Variant, status};
use testkit::image::{Builder, Plain, Zso};
use testkit::patterns::Pattern;
use testkit::{Rng, data};

use crate::images::{self, Image, SECTOR, module};
use crate::memory::CACHES;

on_each_reader!(
    every_kind_of_image_on_every_device,
    any_number_of_sectors,
    the_ways_in_which_games_read,
    any_cache_setting,
    requests_without_a_cache,
    the_end_of_the_disc,
    buffers_of_any_alignment,
    raw_sectors,
    a_last_sector_that_is_not_full,
    a_disc_in_several_large_parts,
);

fn assert_delivers(console: &mut Console, image: &Image, lsn: u32, count: u32) {
    let delivered = console.deliver(lsn, count);
    assert!(
        delivered == image.expected(lsn, count),
        "{count} sectors from {lsn} of {}: {} bytes",
        image.name,
        delivered.len()
    );
}

/// No sector that the file does not have, and nothing that goes by cdvdman's own way to the compressed file.
fn assert_device_use(console: &mut Console, module: Module) {
    assert_eq!(console.medium().log().past_end, 0, "{module:?}");
    if module.variant != Variant::Isofs {
        assert_eq!(console.raw_reads(), 0, "{module:?}");
    }
}

/// The whole disc in order, and pieces of it in none.
fn every_kind_of_image_on_every_device(reader: Reader) {
    let modules = reader
        .variants()
        .iter()
        .zip(Linker::ALL.into_iter().cycle());
    for (&variant, linker) in modules {
        let module = Module {
            variant,
            reader,
            linker,
        };
        let kinds = images::kinds().iter();
        for (image, zso_cache) in kinds.flat_map(|image| [(image, 0), (image, 16)]) {
            let setup = Setup::with_cache(zso_cache);
            let mut console = image.mounted(module, &setup);
            // The naive reader is too slow for all of it.
            let step = if reader == Reader::Naive { 64 } else { 16 };
            for lsn in (0..image.sectors()).step_by(step) {
                assert_delivers(&mut console, image, lsn, 16);
            }
            let mut rng = Rng::new(9);
            for _ in 0..30 {
                let lsn = rng.within(0..image.sectors() as usize) as u32;
                assert_delivers(&mut console, image, lsn, rng.within(1..12) as u32);
            }
            assert_device_use(&mut console, module);
        }
    }
}

/// OPL's C reader crashes where the 257th begins.
fn any_number_of_sectors(reader: Reader) {
    let image = images::usual();
    let module = module(Variant::Hdd, reader);
    for zso_cache in [0, 16] {
        let setup = Setup::with_cache(zso_cache);
        let mut console = image.mounted(module, &setup);
        // The naive reader takes a second for four thousand.
        let step = if reader.is_ours() { 7 } else { 200 };
        let small = 1..20;
        let large = [31, 64, 255, 256, 257, 258, 511, 512, 513];
        let any = (20..=600).step_by(step);
        for (n, count) in small.chain(large).chain(any).enumerate() {
            let lsn = n as u32 * 37 % (image.sectors() - count);
            assert_delivers(&mut console, image, lsn, count);
        }
        assert_device_use(&mut console, module);
    }
}

fn the_ways_in_which_games_read(reader: Reader) {
    let image = &images::kinds()[0];
    let random = Pattern::Random {
        seed: 3,
        requests: 100,
    };
    let patterns = [
        Pattern::Sequential,
        Pattern::Overlapping,
        Pattern::Stream,
        Pattern::Interleaved,
        random,
    ];
    let variants = [
        (Variant::Bdm, false, 16),
        (Variant::Smb, true, 16),
        (Variant::Hdd, false, 8),
        (Variant::Bdm, true, 0),
    ];
    for (variant, accurate_reads, zso_cache) in variants {
        let setup = Setup {
            accurate_reads,
            zso_cache,
            ..Setup::default()
        };
        let module = module(variant, reader);
        let mut console = image.mounted(module, &setup);
        for pattern in patterns {
            let sectors = if reader == Reader::Naive {
                120
            } else {
                image.sectors()
            };
            for (lsn, count) in pattern.requests(sectors) {
                let (status, bytes) = console.read(lsn, count);
                let is_right = bytes == image.expected(lsn, count);
                assert!(status == 0 && is_right, "{}: {lsn}", pattern.name());
            }
        }
        assert_device_use(&mut console, module);
    }
}

fn any_cache_setting(reader: Reader) {
    let image = images::usual();
    for (n, zso_cache) in CACHES.into_iter().enumerate() {
        let setup = Setup::with_cache(zso_cache);
        let module = module(Variant::CDVDMAN[n % 3], reader);
        let mut console = image.mounted(module, &setup);
        let in_order = (0..100).step_by(8).map(|lsn| (lsn, 8));
        let anywhere = [(700, 33), (0, 1), (505, 4), (1017, 3), (699, 2), (1080, 20)];
        for (lsn, count) in in_order.chain(anywhere) {
            assert_delivers(&mut console, image, lsn, count);
        }
        assert_device_use(&mut console, module);
    }
}

/// Per read of a game, by OPL's C reader: 2.9 in runs, and 2.97 for single sectors anywhere.
fn requests_without_a_cache(reader: Reader) {
    let image = images::usual();
    let setup = Setup::with_cache(0);
    let mut rng = Rng::new(12);
    let in_runs: Vec<_> = (0..800).step_by(8).map(|lsn| (lsn, 8)).collect();
    let overlapping: Vec<_> = (0..700).step_by(7).map(|lsn| (lsn, 8)).collect();
    let anywhere: Vec<_> = (0..100)
        .map(|_| (rng.within(0..image.sectors() as usize) as u32, 1))
        .collect();
    for (reads, most) in [(in_runs, 2.9), (overlapping, 2.9), (anywhere, 2.97)] {
        let mut console = image.mounted(module(Variant::Bdm, reader), &setup);
        console.medium().reset_log();
        for &(lsn, count) in &reads {
            assert_delivers(&mut console, image, lsn, count);
        }
        let requests = console.medium().log().requests as f64 / reads.len() as f64;
        println!("{requests:.2} requests a read, {most} by OPL's C reader");
        // The object with a thread, which there is not, has room for fewer index entries.
        let most = most + if reader == Reader::Overlap { 0.1 } else { 0.0 };
        assert!(requests <= most || !reader.is_ours(), "{requests}");
    }
}

fn the_end_of_the_disc(reader: Reader) {
    let image = images::usual();
    let end = image.sectors();
    for &variant in reader.variants() {
        let module = module(variant, reader);
        let mut console = image.mounted(module, &Setup::default());
        for (lsn, count) in [
            (end - 3, 8),
            (end - 1, 2),
            (end - 1, 1),
            (end, 1),
            (end + 5, 3),
            (7, 0),
        ] {
            assert_delivers(&mut console, image, lsn, count);
        }
        for lsn in [u32::MAX, u32::MAX - 7, 0x8000_0000, 0x7FFF_FFFF] {
            assert!(console.deliver(lsn, 16).is_empty(), "{variant:?}: {lsn}");
        }
        // As many as an int can count: those are delivered that there are.
        let delivered = console.deliver_to(end - 9, 0x7FFF_FFFF, 9, 0);
        assert!(delivered == image.expected(end - 9, 9), "{variant:?}");
        assert_device_use(&mut console, module);
    }
    let mut console = image.mounted(module(Variant::Bdm, reader), &Setup::default());
    assert_eq!(console.read(end - 2, 4).0, status::END);
    assert_eq!(console.read(end - 2, 2).0, status::OK);
}

fn buffers_of_any_alignment(reader: Reader) {
    let image = images::usual();
    for &variant in reader.variants() {
        let module = module(variant, reader);
        let mut console = image.mounted(module, &Setup::default());
        for misalign in [1, 2, 3, 4, 6, 8, 33] {
            for (lsn, count) in [(5, 1), (40, 9), (600, 25)] {
                let delivered = console.deliver_to(lsn, count, count, misalign);
                assert!(
                    delivered == image.expected(lsn, count),
                    "{variant:?}: {count} sectors to a buffer at {misalign}"
                );
            }
        }
        assert_device_use(&mut console, module);
    }
}

/// As some games and all copy protections read.
fn raw_sectors(reader: Reader) {
    let image = images::usual();
    for variant in Variant::CDVDMAN {
        let module = module(variant, reader);
        let mut console = image.mounted(module, &Setup::default());
        for (size, head, misalign) in [(2340, 12, 0), (2328, 0, 1), (2048, 0, 2)] {
            let (status, bytes) = console.read_as(300, 20, size, misalign);
            assert_eq!(status, status::OK);
            let data = bytes
                .chunks(size as usize)
                .flat_map(|raw| &raw[head..head + SECTOR]);
            assert!(data.eq(&image.expected(300, 20)), "{variant:?}: {size}");
        }
        assert_device_use(&mut console, module);
    }
}

/// Discs have whole sectors, and OPL's C reader does not look at the rest of others: it may be delivered, or
/// not, but is no garbage and costs nothing that is before it.
fn a_last_sector_that_is_not_full(reader: Reader) {
    for align in [0, 2] {
        let builder = Builder {
            align,
            ..Builder::default()
        };
        let disc = data::mixture(6, 20 * SECTOR + 777);
        let image = Image::new("not whole sectors", disc, builder);
        for &variant in reader.variants() {
            let mut console = image.mounted(module(variant, reader), &Setup::default());
            for lsn in [20, 0, 13] {
                let delivered = console.deliver(lsn, 30);
                let sure = image.expected(lsn, 20 - lsn);
                let is_right = delivered == sure || delivered == image.expected(lsn, 30);
                assert!(is_right, "{variant:?}, align {align}, {lsn}");
            }
        }
    }
}

/// An image whose data begin far after its index.
pub struct Far {
    pub image: Image,
    /// Where in the file: the first blocks are before it, the others after.
    boundary: u64,
}

impl Far {
    /// Plain and compressed blocks around a boundary in the file.
    pub fn new(align: u8, boundary: u64) -> Self {
        let builder = Builder {
            align,
            plain: Plain::Random {
                seed: 1,
                percent: 50,
            },
            ..Builder::default()
        };
        let mut image = Image::new("far", data::mixture(8, 60 * SECTOR), builder);
        let distance = boundary - image.zso.bytes.len() as u64 / 2 / 2048 * 2048;
        for entry in 0..=image.zso.blocks.len() {
            let moved = image.zso.entry(entry) + (distance >> align) as u32;
            image.zso.set_entry(entry, moved);
        }
        Self {
            image,
            boundary: distance,
        }
    }

    pub fn file(&self) -> DiscFile {
        let Zso { bytes, blocks } = &self.image.zso;
        let (index, data) = bytes.split_at(blocks[0].bytes.start);
        let start = self.boundary + index.len() as u64;
        DiscFile::sparse(vec![(0, index.to_vec()), (start, data.to_vec())])
    }
}

/// Files of a gigabyte on a server; more than 4 GiB, which 32 bits do not count, on drives.
fn a_disc_in_several_large_parts(reader: Reader) {
    let places = [
        (Variant::Smb, 0, 1 << 30),
        (Variant::Isofs, 0, 1 << 30),
        (Variant::Bdm, 2, 1 << 32),
        (Variant::Smb, 2, 5 << 30),
        (Variant::Hdd, 2, 7 << 30),
    ];
    let of_reader = |(variant, ..): &(Variant, _, _)| reader.variants().contains(variant);
    for (variant, align, boundary) in places.into_iter().filter(of_reader) {
        let far = Far::new(align, boundary);
        let module = module(variant, reader);
        let medium = Medium::new(variant, far.file());
        let mut console = Console::boot(module, &Setup::default(), medium);
        assert_eq!(console.mount(), 0);
        console.medium().reset_log();
        for (lsn, count) in [(0, 60), (17, 3), (29, 2), (0, 8)] {
            assert_delivers(&mut console, &far.image, lsn, count);
        }
        assert_device_use(&mut console, module);
    }
}
