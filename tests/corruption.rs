//! Every single-bit error and every truncation of a small file: a read fails or has the right length, nothing outside
//! is touched, and blocks that are not concerned are read as before.

use core::ops::Range;

use testkit::device::{Poison, RamDevice};
use testkit::host::{Host, HostMemory};
use testkit::image::{Builder, Plain, Zso};
use testkit::module::Module;
use testkit::reader::{Reader, sectors_of};
use testkit::{LEAN, OBJECTS, Target, data};
use zso::memory_sectors;

const HEADER: Range<usize> = 0..24;
/// Damage to these header bytes is none: version 0, and what is reserved.
const HARMLESS: [usize; 2] = [22, 23];
const MEMORY: u32 = memory_sectors(2048, 0);

/// A run, text, a plain block, a run again, and a partial block: less than 4 KiB.
fn sample() -> (Vec<u8>, Zso) {
    let parts = [
        vec![7; 2048],
        data::text(1, 2048),
        data::noise(1, 2048),
        vec![0; 2048],
        data::tiles(1, 700),
    ];
    let disc = parts.concat();
    let zso = Builder {
        plain: Plain::Threshold(95),
        ..Builder::default()
    }
    .build(&disc);
    assert!((3000..6000).contains(&zso.bytes.len()));
    assert_eq!(
        zso.blocks
            .iter()
            .map(|block| block.plain)
            .collect::<Vec<_>>(),
        [false, false, true, false, false]
    );
    (disc, zso)
}

/// The same with a plain run that begins at a sector.
fn sample_with_a_run() -> (Vec<u8>, Zso) {
    let parts = [
        data::text(1, 2048),
        data::noise(1, 5 * 2048),
        data::tiles(1, 2048),
    ];
    let disc = parts.concat();
    let zso = Builder {
        plain_runs: true,
        ..Builder::default()
    }
    .build(&disc);
    assert_eq!(zso.blocks[1].bytes.start, 2048);
    (disc, zso)
}

/// Blocks of the sample that do not depend on the bytes in `damaged`.
fn unharmed<'z>(zso: &'z Zso, damaged: &'z Range<usize>) -> impl Iterator<Item = u32> + 'z {
    let apart = |range: &Range<usize>| range.end <= damaged.start || damaged.end <= range.start;
    let header = damaged.len() == 1 && HARMLESS.contains(&damaged.start) || apart(&HEADER);
    let unharmed = move |&i: &usize| {
        let parts = [
            zso.blocks[i].bytes.clone(),
            zso.entry_bytes(i),
            zso.entry_bytes(i + 1),
        ];
        header && parts.iter().all(apart)
    };
    (0..zso.blocks.len()).filter(unharmed).map(|i| i as u32)
}

/// Reads the damaged image in some ways, and then what is not damaged.
fn check(reader: &mut dyn Reader, disc: &[u8], zso: &Zso, damaged: &Range<usize>) {
    let sectors = reader.sectors();
    for (lsn, count) in [
        (0, 6),
        (1, 1),
        (2, 2),
        (3, 2),
        (sectors.saturating_sub(2), 4),
    ] {
        if let Ok(bytes) = reader.read(lsn, count) {
            let right = sectors.saturating_sub(lsn).min(count);
            assert_eq!(
                bytes.len(),
                right as usize * 2048,
                "{count} sectors from {lsn}, {damaged:?} damaged"
            );
        }
    }
    for lsn in unharmed(zso, damaged) {
        assert_eq!(
            reader.read(lsn, 1),
            Ok(sectors_of(disc, lsn, 1)),
            "sector {lsn}, {damaged:?} damaged"
        );
    }
}

/// Mounts and checks a damaged file here; returns whether it could be mounted.
fn check_on_host(file: &[u8], disc: &[u8], zso: &Zso, damaged: &Range<usize>) -> bool {
    let mut device = Poison::new(RamDevice::new(file));
    let mut memory = HostMemory::new(MEMORY);
    let mut device: &mut testkit::device::AnyDevice<'_> = &mut device;
    let mounted =
        Host::mount(&mut device, &mut memory).map(|mut host| check(&mut host, disc, zso, damaged));
    memory.check();
    mounted.is_ok()
}

/// The same on the lean reader, which is not told where the file ends.
fn check_on_lean(file: &[u8], disc: &[u8], zso: &Zso, damaged: &Range<usize>) -> bool {
    let check = |target: Target| {
        let mut device = Poison::new(RamDevice::new(file));
        let mut test = |reader: &mut dyn Reader| check(reader, disc, zso, damaged);
        target(&mut device, MEMORY, &mut test).is_ok()
    };
    // Objects take turns.
    LEAN.into_iter().all(check) & check(OBJECTS[file_number(file, damaged) % OBJECTS.len()])
}

/// A number that differs from one damaged file to the next.
fn file_number(file: &[u8], damaged: &Range<usize>) -> usize {
    let byte = file.get(damaged.start).copied().unwrap_or(0);
    damaged.start + usize::from(byte)
}

/// The same on the console's object.
fn check_on_module(
    module: &mut Module,
    file: &[u8],
    disc: &[u8],
    zso: &Zso,
    damaged: &Range<usize>,
) -> bool {
    let mut device = Poison::new(RamDevice::new(file));
    let mounted = module.mount(&mut device, MEMORY);
    mounted
        .map(|mut mounted| check(&mut mounted, disc, zso, damaged))
        .is_ok()
}

/// Whether a file with this byte damaged has to be mountable.
fn mountable(byte: usize) -> bool {
    !HEADER.contains(&byte) || HARMLESS.contains(&byte)
}

/// A file with one bit wrong, and the place of its byte.
fn flipped(zso: &Zso, bit: usize) -> (Vec<u8>, usize) {
    let byte = bit / 8;
    let mut file = zso.bytes.clone();
    file[byte] ^= 1 << (bit % 8);
    (file, byte)
}

#[test]
fn every_bit_error() {
    let (disc, zso) = sample();
    for bit in 0..zso.bytes.len() * 8 {
        let (file, byte) = flipped(&zso, bit);
        let mounted = check_on_host(&file, &disc, &zso, &(byte..byte + 1));
        assert!(mounted || !mountable(byte), "bit {bit}");
    }
}

#[test]
fn bit_errors_on_the_lean_reader() {
    let (disc, zso) = sample();
    let disc = &disc[..4 * 2048];
    let index_end = zso.entry_bytes(zso.blocks.len()).end * 8;
    for bit in (0..index_end).chain((index_end..zso.bytes.len() * 8).step_by(5)) {
        let (file, byte) = flipped(&zso, bit);
        let mounted = check_on_lean(&file, disc, &zso, &(byte..byte + 1));
        assert!(mounted || !mountable(byte), "bit {bit}");
    }
}

#[test]
fn truncations_on_the_lean_reader() {
    let (disc, zso) = sample();
    let disc = &disc[..4 * 2048];
    for len in 0..zso.bytes.len() {
        let mounted = check_on_lean(&zso.bytes[..len], disc, &zso, &(len..zso.bytes.len()));
        assert!(mounted || len < HEADER.end, "{len} bytes");
    }
}

#[test]
fn bit_errors_on_the_console() {
    let (disc, zso) = sample();
    let mut module = Module::load();
    let index_end = zso.entry_bytes(zso.blocks.len()).end * 8;
    for bit in (0..index_end).chain((index_end..zso.bytes.len() * 8).step_by(7)) {
        let (file, byte) = flipped(&zso, bit);
        let mounted = check_on_module(&mut module, &file, &disc, &zso, &(byte..byte + 1));
        assert!(mounted || !mountable(byte), "bit {bit}");
    }
}

#[test]
fn every_truncation() {
    let (disc, zso) = sample();
    for len in 0..zso.bytes.len() {
        let mounted = check_on_host(&zso.bytes[..len], &disc, &zso, &(len..zso.bytes.len()));
        assert!(mounted || len < HEADER.end, "{len} bytes");
    }
}

#[test]
fn truncations_on_the_console() {
    let (disc, zso) = sample();
    let mut module = Module::load();
    // Without a single sector the device of the C interface cannot say its size.
    for len in (1..100).chain((100..zso.bytes.len()).step_by(3)) {
        let mounted = check_on_module(
            &mut module,
            &zso.bytes[..len],
            &disc,
            &zso,
            &(len..zso.bytes.len()),
        );
        assert!(mounted || len < HEADER.end, "{len} bytes");
    }
}

#[test]
fn plain_runs_in_damaged_and_in_cut_files() {
    let (disc, zso) = sample_with_a_run();
    let mut module = Module::load();
    let mut check = |file: &[u8], damaged: &Range<usize>| {
        let mounted = [
            check_on_host(file, &disc, &zso, damaged),
            check_on_lean(file, &disc, &zso, damaged),
            check_on_module(&mut module, file, &disc, &zso, damaged),
        ];
        let is_mountable =
            mountable(damaged.start) || damaged.len() > 1 && damaged.start >= HEADER.end;
        assert!(mounted == [true; 3] || !is_mountable, "{damaged:?}");
    };
    let index_end = zso.entry_bytes(zso.blocks.len()).end;
    for bit in (0..index_end * 8).chain((index_end * 8..zso.bytes.len() * 8).step_by(997)) {
        let (file, byte) = flipped(&zso, bit);
        check(&file, &(byte..byte + 1));
    }
    for len in (HEADER.end..zso.bytes.len()).step_by(61) {
        check(&zso.bytes[..len], &(len..zso.bytes.len()));
    }
}

/// The index is damaged so that an earlier block has a later one's entry, but ends before it: of the later one all is
/// right, and whatever was kept of the earlier one is not its start.
#[test]
fn two_blocks_with_one_entry() {
    let disc = data::text(1, 48 * 2048);
    let zso = Builder::default().build(&disc);
    for (later, part) in (10..47).flat_map(|later| [300, 600, 900].map(|part| (later, part))) {
        let mut file = zso.bytes.clone();
        let entry = zso.entry(later);
        for (i, value) in [(later - 2, entry), (later - 1, entry + part)] {
            file[zso.entry_bytes(i)].copy_from_slice(&value.to_le_bytes());
        }
        for (target, memory) in LEAN.into_iter().zip([4, 6, 8, 1, 1]) {
            let mut device = RamDevice::new(&file);
            let read = |reader: &mut dyn Reader| {
                for lsn in 0..later as u32 {
                    drop(reader.read(lsn, 1));
                }
                let right = sectors_of(&disc, later as u32, 1);
                assert_eq!(reader.read(later as u32, 1), Ok(right), "block {later}");
            };
            target(&mut device, memory, &mut { read }).unwrap();
        }
    }
}
