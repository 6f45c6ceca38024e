//! The stand-in does what is known of the real modules, and its checks can fail.

use opl_tests::{Console, DiscFile, Medium, Reader, Setup, Variant, status};
use testkit::{Rng, data};

use crate::images::{self, Image, SECTOR, module};

fn booted(variant: Variant, file: DiscFile, setup: &Setup) -> Console {
    let medium = Medium::new(variant, file);
    Console::boot(module(variant, Reader::Naive), setup, medium)
}

/// A disc that is not compressed, so that its sectors are the file's.
fn plain_disc() -> Vec<u8> {
    data::noise(21, 300 * SECTOR)
}

#[test]
fn raw_data_is_the_files_bytes() {
    let image = images::usual();
    for (variant, zso_cache) in [
        (Variant::Bdm, 0),
        (Variant::Hdd, 1),
        (Variant::Smb, 16),
        (Variant::Isofs, 0),
    ] {
        let setup = Setup::with_cache(zso_cache);
        let mut console = image.mounted(module(variant, Reader::Naive), &setup);
        let mut rng = Rng::new(1);
        for _ in 0..200 {
            let shift = rng.within(0..4) as u32;
            let size = rng.within(1..3 * SECTOR) & !3;
            // Drivers want aligned buffers, and so the stand-in has to be asked for aligned bytes.
            let position = rng.within(0..image.zso.bytes.len() - 40 * SECTOR) / SECTOR * SECTOR;
            let read = console.raw_data(size as u32, (position >> shift) as u32, shift);
            assert!(
                read == image.zso.bytes[position..][..size],
                "{variant:?}, {size} bytes at {position}"
            );
        }
        let inside = console.raw_data(100, 1000, 1);
        assert!(inside == image.zso.bytes[2000..2100], "{variant:?}");
    }
}

#[test]
fn the_device_reads_any_sectors_of_the_file() {
    let disc = plain_disc();
    for variant in Variant::CDVDMAN {
        let mut console = booted(variant, disc.clone().into(), &Setup::default());
        let mut rng = Rng::new(2);
        for _ in 0..100 {
            let lsn = rng.within(0..300);
            let count = rng.within(1..301 - lsn);
            let (status, bytes) = console.device(lsn as u32, count as u32);
            let expected = &disc[lsn * SECTOR..][..count * SECTOR];
            assert!(status == 0 && bytes == expected, "{variant:?}, {lsn}");
        }
        assert_ne!(console.device(298, 4).0, 0, "{variant:?} past the end");
    }
}

#[test]
fn a_file_on_a_server_goes_on_in_its_next_part() {
    let last = (1 << 30) + 3 * SECTOR as u64;
    let around = data::noise(3, 8 * SECTOR);
    let start = last - around.len() as u64;
    let file = DiscFile::sparse(vec![(start, around.clone())]);
    let mut console = booted(Variant::Smb, file, &Setup::default());
    let (status, bytes) = console.device((start / SECTOR as u64) as u32, 8);
    assert!(status == 0 && bytes == around);
}

#[test]
fn what_is_not_compressed_is_read_as_it_is() {
    let disc = plain_disc();
    for variant in Variant::CDVDMAN {
        let mut console = booted(variant, disc.clone().into(), &Setup::default());
        for (lsn, count) in [(16, 1), (0, 30), (290, 10)] {
            let (status, bytes) = console.read(lsn, count);
            let expected = &disc[lsn as usize * SECTOR..][..count as usize * SECTOR];
            assert!(status == 0 && bytes == expected, "{variant:?}, {lsn}");
        }
        assert_eq!(console.kernel().asked(), 0, "no memory without a ZSO");
    }
}

#[test]
fn a_disc_is_probed_once() {
    let mut console = booted(Variant::Hdd, plain_disc().into(), &Setup::default());
    let requests = [0; 3].map(|_| {
        console.medium().reset_log();
        assert_eq!(console.read(20, 4).0, status::OK);
        console.medium().log().requests
    });
    assert_eq!(requests, [2, 1, 1]);
}

#[test]
fn accurate_reads_are_of_8_sectors_at_most() {
    for (accurate_reads, requests) in [(false, 1), (true, 3)] {
        let setup = Setup {
            accurate_reads,
            ..Setup::default()
        };
        let mut console = booted(Variant::Hdd, plain_disc().into(), &setup);
        console.mount();
        console.medium().reset_log();
        let (status, bytes) = console.read(20, 20);
        assert_eq!((status, bytes.len()), (0, 20 * SECTOR));
        assert_eq!(console.medium().log().requests, requests);
    }
}

#[test]
fn a_known_end_is_kept_to() {
    let disc = plain_disc();
    let mut console = booted(Variant::Bdm, disc.clone().into(), &Setup::default());
    console.mount();
    console.set_variable("cdvdman_media_lsns", 200);
    let (status, bytes) = console.read(195, 8);
    assert!(status == status::END && bytes == disc[195 * SECTOR..200 * SECTOR]);
    assert_eq!(console.read(200, 1), (status::END, vec![]));
}

#[test]
fn a_failing_device_is_told() {
    let mut console = booted(Variant::Bdm, plain_disc().into(), &Setup::default());
    console.medium().fail(0, 1);
    assert_eq!(console.read(0, 4), (status::READ, vec![]), "the probe");
    assert_eq!(console.read(0, 4).0, status::OK, "the next probe");
    console.medium().fail(0, 1);
    assert_eq!(console.read(0, 4), (status::READ, vec![]));
}

#[test]
fn raw_sectors_have_the_data_in_their_middle() {
    let disc = plain_disc();
    for (variant, size, head) in [
        (Variant::Hdd, 2340, 12),
        (Variant::Bdm, 2340, 12),
        (Variant::Smb, 2328, 0),
    ] {
        let mut console = booted(variant, disc.clone().into(), &Setup::default());
        let (status, bytes) = console.read_as(75, 5, size, 2);
        assert_eq!(status, status::OK);
        for (sector, raw) in disc[75 * SECTOR..]
            .chunks(SECTOR)
            .zip(bytes.chunks(size as usize))
        {
            assert!(&raw[head..head + SECTOR] == sector, "{variant:?}, {size}");
            assert!(raw[head + SECTOR..].iter().all(|&byte| byte == 0));
        }
        if head > 0 {
            assert_eq!(bytes[..4], [0, 3, 0, 1], "sector 75 is 3 seconds in");
        }
    }
}

#[test]
#[should_panic(expected = "a device was told to read to")]
fn an_unaligned_buffer_is_no_devices() {
    let mut console = booted(Variant::Bdm, plain_disc().into(), &Setup::default());
    console.device_to(0, 1, 1, 2);
}

#[test]
#[should_panic(expected = "outside the permitted ranges")]
fn nothing_is_written_past_a_buffer() {
    let mut console = booted(Variant::Bdm, plain_disc().into(), &Setup::default());
    console.device_to(0, 2, 1, 0);
}

#[test]
fn sectors_past_the_file_are_on_record() {
    let image = Image::new(
        "one block",
        data::text(1, SECTOR),
        testkit::image::Builder::default(),
    );
    let mut console = image.boot(module(Variant::Bdm, Reader::Naive), &Setup::default());
    assert_eq!(console.device(0, 2).0, status::OK, "the cluster is there");
    assert_eq!(console.medium().log().past_end, 1, "the file is not");
}
