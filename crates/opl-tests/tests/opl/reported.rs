//! What players met with compressed images on consoles, played as far as it is known: docs/opl.md has what each of them
//! reported, and what a console would have to tell.

use opl_tests::medium::Speed;
use opl_tests::{Console, Medium, Reader, Setup, Variant, status};
use testkit::Rng;

use crate::images::{self, Image, SECTOR, module};
use crate::reads::Far;

on_each_reader!(
    games_start_from_mx4sio,
    games_go_on_after_the_logo_from_a_memory_card_without_a_cache,
    deus_ex_starts_from_a_server_when_memory_is_short,
    parappa_2_starts_from_usb_in_a_file_beyond_2_gib,
    a_game_breaks_off_what_it_reads,
    two_reads_at_once_in_mode_2_with_a_semaphore_around_them,
);

/// About MX4SIO and a server, in cycles of the processor.
const MX4SIO: Speed = Speed {
    request: 20_000,
    block: 12_000,
};
const SERVER: Speed = Speed {
    request: 60_000,
    block: 6_000,
};

fn started(
    reader: Reader,
    variant: Variant,
    setup: &Setup,
    speed: Speed,
) -> (&'static Image, Console) {
    let image = images::usual();
    let mut console = image.mounted(module(variant, reader), setup);
    console.medium().set_speed(speed);
    (image, console)
}

/// What a game reads from its start to its menu: directories, its program by way of a buffer that is not aligned, 7
/// sectors and the last one once more, modules, and sound of 24 sectors from here and from there.
fn start_game(console: &mut Console, image: &Image) {
    let directories = (16..24).map(|lsn| (lsn, 1, 0));
    let program = (24..150).step_by(7).map(|lsn| (lsn, 8, 52));
    let modules = (150..310).step_by(32).map(|lsn| (lsn, 32, 4));
    let sound = (0..6).flat_map(|n| [(400 + 24 * n, 24, 20), (800 + 24 * n, 24, 0)]);
    for (lsn, count, misalign) in directories.chain(program).chain(modules).chain(sound) {
        let (told, bytes) = console.read_as(lsn, count, SECTOR as u32, misalign);
        let is_right = told == status::OK && bytes == image.expected(lsn, count);
        assert!(
            is_right,
            "{count} sectors from {lsn}: {told:#x}, {} bytes",
            bytes.len()
        );
    }
}

/// A game whose program, modules and sound are read from a card whose driver turns bits around, word by word: to an
/// address that is no word's it cannot (the stand-in's kernel refuses it).
fn games_start_from_mx4sio(reader: Reader) {
    for zso_cache in [16, 8, 0] {
        let setup = Setup::with_cache(zso_cache);
        let (image, mut console) = started(reader, Variant::Bdm, &setup, MX4SIO);
        start_game(&mut console, image);
    }
}

/// A fork that reads from memory cards sets the cache to 0 and gives buffers to DMA as they are; reading after the
/// file's end fails there, after three tries.
fn games_go_on_after_the_logo_from_a_memory_card_without_a_cache(reader: Reader) {
    let (image, mut console) = started(reader, Variant::Bdm, &Setup::with_cache(0), MX4SIO);
    start_game(&mut console, image);
    let end = image.sectors() - 3;
    assert!(console.deliver(end, 3) == image.expected(end, 3));
    assert_eq!(console.medium().log().past_end, 0);
}

/// The server's driver leaves the least memory of all.
fn deus_ex_starts_from_a_server_when_memory_is_short(reader: Reader) {
    for (zso_cache, refused) in [(16, 0..0), (16, 0..1), (0, 0..0), (16, 1..u32::MAX)] {
        // The naive reader does not ask for less.
        if refused == (0..1) && !reader.is_ours() {
            continue;
        }
        let setup = Setup {
            zso_cache,
            refused,
            ..Setup::default()
        };
        let (image, mut console) = started(reader, Variant::Smb, &setup, SERVER);
        start_game(&mut console, image);
    }
    // None at all: nothing is read, and nothing is written to where no memory was given.
    let setup = Setup {
        refused: 0..u32::MAX,
        ..Setup::default()
    };
    let mut console = images::usual().boot(module(Variant::Smb, reader), &setup);
    assert_ne!(console.read(16, 1).0, status::OK);
    assert_ne!(console.read(24, 8).0, status::OK);
}

/// Its file had 3,256,559,544 bytes: more than a signed number counts, and no whole number of sectors.
fn parappa_2_starts_from_usb_in_a_file_beyond_2_gib(reader: Reader) {
    for align in [1, 2] {
        let far = Far::new(align, 1 << 31);
        let file = far.file();
        assert!(file.len() > 1 << 31 && !file.len().is_multiple_of(2048));
        let mut console = Console::boot(
            module(Variant::Bdm, reader),
            &Setup::default(),
            Medium::new(Variant::Bdm, file),
        );
        console.medium().set_speed(Speed {
            request: 60_000,
            block: 20_000,
        });
        for (lsn, count) in [(16, 1), (17, 1), (20, 8), (27, 8), (34, 8), (52, 8), (0, 8)] {
            let (told, bytes) = console.read_as(lsn, count, SECTOR as u32, 16);
            assert!(
                told == status::OK && bytes == far.image.expected(lsn, count),
                "{lsn}: {told:#x}"
            );
        }
        assert_eq!(console.medium().log().past_end, 0);
    }
}

/// A film that is skipped, a level that is left: what was read ahead is of no use, and the next read is elsewhere.
fn a_game_breaks_off_what_it_reads(reader: Reader) {
    let mut rng = Rng::new(77);
    for &variant in reader.variants() {
        let (image, mut console) = started(reader, variant, &Setup::default(), SERVER);
        for _ in 0..20 {
            let start = rng.within(0..image.sectors() as usize - 100) as u32;
            for lsn in (start..).step_by(8).take(rng.within(1..6)) {
                assert!(
                    console.deliver(lsn, 8) == image.expected(lsn, 8),
                    "{variant:?}: {lsn}"
                );
            }
            // The device fails once, as a driver does that was told to stop.
            console.medium().fail(0, 1);
            let cut = console.deliver(start + 50, 16);
            assert!(
                image.expected(start + 50, 16).starts_with(&cut),
                "{variant:?}"
            );
            console.medium().fail(0, 0);
            console.rest(50_000);
        }
    }
}

/// In mode 2 a second thread can be in the reader while the first one waits. No reader survives that; with a semaphore
/// around it, whoever is more urgent, both get what they asked for.
fn two_reads_at_once_in_mode_2_with_a_semaphore_around_them(reader: Reader) {
    for variant in Variant::CDVDMAN {
        let (image, mut console) = started(reader, variant, &Setup::default(), SERVER);
        for (n, priority) in [0x08, 0x0F, 0x40, 0x20].into_iter().enumerate() {
            let (lsn, second) = (100 + 40 * n as u32, 900 - 32 * n as u32);
            let delivered = console.deliver_to_two(lsn, 24, second, priority);
            let expected = [image.expected(lsn, 24), image.expected(second, 8)];
            assert!(delivered == expected, "{variant:?}, priority {priority:#x}");
        }
    }
}
