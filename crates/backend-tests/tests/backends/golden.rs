//! Which transfers reading takes: golden numbers.
//!
//! They are in tests/golden/transfers.txt; `cargo xtask bless` accepts new ones.

use std::fmt::Write as _;

use backend_tests::console::Console;
use backend_tests::neutrino::{Cdvdman, Setup};
use backend_tests::{Case, Map, Ram, Transfer, Wire};
use testkit::patterns::Pattern;
use testkit::reader::sectors_of;
use testkit::{Rng, golden};

use crate::places;

/// Requests of a pattern that are looked at.
const REQUESTS: usize = 200;

/// The transfers that a pattern takes: the same on both readers.
fn transfers(case: &Case, pattern: Pattern) -> Vec<Transfer> {
    let (disc, _) = places::image();
    let sectors = disc.len().div_ceil(2048) as u32;
    case.on_both(16, |reader| {
        // What the mount and the map took does not count.
        let _ = case.wire.take_transfers();
        for (lsn, count) in pattern.requests(sectors).take(REQUESTS) {
            assert!(reader.read(lsn, count) == Ok(sectors_of(disc, lsn, count)));
        }
    })
}

/// The same for the object that takes the place of Neutrino's reader.
fn in_neutrino(pattern: Pattern) -> Vec<Transfer> {
    let (disc, zso) = places::image();
    let mut file = zso.bytes.clone();
    file.resize(file.len().next_multiple_of(512), 0);
    let (len, wire) = (file.len() as u64, Wire::new(Ram(vec![file])));
    let mut cdvdman = Cdvdman::boot(wire.clone(), len, Setup::default());
    let sectors = cdvdman.sectors();
    let _ = wire.take_transfers();
    for (lsn, count) in pattern.requests(sectors).take(REQUESTS) {
        let expected = sectors_of(disc, lsn, count);
        assert!(cdvdman.read(0, lsn, count, 0) == Ok(expected), "{lsn}");
    }
    wire.take_transfers()
}

/// Bytes of the smallest transfer, of one in the middle, and of the largest.
fn sizes(transfers: &[Transfer]) -> [usize; 3] {
    let mut sizes: Vec<usize> = transfers.iter().map(|transfer| transfer.len).collect();
    sizes.sort_unstable();
    let at = |n: usize| sizes.get(n).copied().unwrap_or(0);
    [at(0), at(sizes.len() / 2), at(sizes.len() - 1)]
}

fn table(cases: &[Case]) -> String {
    let mut table = String::from(
        "backend     pattern       transfers      bytes  smallest   middle  largest\n",
    );
    let patterns = [
        Pattern::Sequential,
        Pattern::Stream,
        Pattern::RandomSingle {
            seed: 2,
            requests: REQUESTS as u32,
        },
    ];
    let mut line = |name, pattern: Pattern, transfers: Vec<Transfer>| {
        let bytes: usize = transfers.iter().map(|transfer| transfer.len).sum();
        let [smallest, middle, largest] = sizes(&transfers);
        writeln!(
            table,
            "{name:<11} {:<14} {:>8} {bytes:>10} {smallest:>9} {middle:>8} {largest:>8}",
            pattern.name(),
            transfers.len(),
        )
        .expect("a string has room");
    };
    for case in cases {
        for pattern in patterns {
            line(case.name, pattern, transfers(case, pattern));
        }
    }
    for pattern in patterns {
        line("neutrino", pattern, in_neutrino(pattern));
    }
    table
}

#[test]
fn transfers_are_as_they_were() {
    let (_, zso) = places::image();
    let (_server, smb) = places::on_server(&zso.bytes, places::PART_SECTORS);
    let mut cases = places::local(&zso.bytes);
    cases.push(smb);
    golden::check("transfers.txt", &table(&cases));
}

/// A file in one run is read as if there were no map.
#[test]
fn a_map_of_one_run_adds_no_transfer() {
    let (_, zso) = places::image();
    let bytes = Case::whole(("bytes", Map::Bytes), &zso.bytes);
    let plain = transfers(&bytes, Pattern::Sequential);
    let one = Case {
        map: Map::Parts {
            part_sectors: bytes.file_sectors(),
            most: u32::MAX,
        },
        ..places::in_parts(&zso.bytes, bytes.file_sectors())
    };
    for case in [one, places::on_hdd("hdl", &zso.bytes)] {
        let mapped = transfers(&case, Pattern::Sequential);
        assert_eq!(mapped.len(), plain.len(), "{}", case.name);
    }
}

/// Where 512 bytes of the file are on the medium: which file of it, and which 512 bytes.
fn place(case: &Case, block: u64) -> (u32, u64) {
    match &case.map {
        Map::Parts { part_sectors, .. } => {
            let blocks = u64::from(*part_sectors) * 4;
            ((block / blocks) as u32, block % blocks)
        }
        Map::Fragments(fragments) => {
            let mut left = block;
            for fragment in fragments {
                match left.checked_sub(fragment.count.into()) {
                    Some(rest) => left = rest,
                    None => return (0, fragment.start + left),
                }
            }
            panic!("block {block} is past the end of the file")
        }
        other => panic!("no model of {other:?}"),
    }
}

/// The transfers of a read, from the places of each 512 bytes.
fn modelled(case: &Case, first: u32, count: u32) -> Vec<Transfer> {
    let most = match case.map {
        Map::Parts { most, .. } => most as usize * 2048,
        _ => usize::MAX,
    };
    let mut transfers: Vec<Transfer> = Vec::new();
    for block in u64::from(first) * 4..u64::from(first + count) * 4 {
        let (part, block) = place(case, block);
        let offset = block * 512;
        match transfers.last_mut() {
            Some(last)
                if last.part == part
                    && last.offset + last.len as u64 == offset
                    && last.len < most =>
            {
                last.len += 512;
            }
            _ => transfers.push(Transfer {
                part,
                offset,
                len: 512,
            }),
        }
    }
    transfers
}

/// One transfer for each run, no longer than a message of the server's, and no other reason to divide a read.
#[test]
fn a_read_is_divided_only_where_it_has_to_be() {
    let (_, zso) = places::image();
    let (_server, smb) = places::on_server(&zso.bytes, places::PART_SECTORS);
    let fat32 = places::on_fat("fat32", places::FAT32, &zso.bytes);
    let mut rng = Rng::new(5);
    for case in [
        smb,
        fat32,
        places::in_parts(&zso.bytes, places::PART_SECTORS),
    ] {
        let mut console = Console::new(&case);
        console.make_map().expect("the map can be made");
        // The last sector, of which the file has only a part, is not looked at here.
        let sectors = case.file_sectors() as usize - 1;
        for _ in 0..300 {
            let first = rng.within(0..sectors) as u32;
            let count = rng.within(1..100).min(sectors - first as usize) as u32;
            let _ = case.wire.take_transfers();
            let read = console.read_file(first, count).expect("nothing fails");
            let place = first as usize * 2048;
            assert_eq!(read, zso.bytes[place..][..read.len()]);
            let transfers = case.wire.take_transfers();
            assert_eq!(transfers, modelled(&case, first, count), "{first}, {count}");
        }
    }
}

/// A driver divides addresses and lengths by its device's sectors, and nothing is left over.
#[test]
fn transfers_are_whole_sectors_of_the_device() {
    let (_, zso) = places::image();
    for format in places::larger_sectors() {
        let case = places::on_fat("larger", format, &zso.bytes);
        for pattern in [Pattern::Sequential, Pattern::Overlapping] {
            for transfer in transfers(&case, pattern) {
                let sector = format.sector;
                let is_whole = transfer.offset % sector as u64 == 0 && transfer.len % sector == 0;
                assert!(is_whole, "{transfer:?} on sectors of {sector} bytes");
            }
        }
        let whole = case.on_both(16, |reader| {
            let (disc, _) = places::image();
            let last = disc.len().div_ceil(2048) as u32 - 1;
            assert!(reader.read(last, 1) == Ok(sectors_of(disc, last, 1)));
        });
        assert!(
            whole
                .iter()
                .all(|transfer| transfer.len % format.sector == 0)
        );
    }
}
