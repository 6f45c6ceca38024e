//! What maps refuse, and what they are told about.

use backend_tests::case::Target;
use backend_tests::console::Console;
use backend_tests::{Case, Map, Ram, hdd};
use testkit::image::{Builder, Tail};
use testkit::reader::{Reader, sectors_of};
use testkit::{Rng, data};
use zso::device::{DEVICE_SECTOR_SIZE, FhiDevice, FileHandle, Fragment, MAX_EXTENTS};
use zso::{Code, SectorDevice};

use crate::places;

fn fragments(fragments: impl IntoIterator<Item = (u64, u32)>) -> Map {
    let fragments = fragments.into_iter();
    Map::Fragments(
        fragments
            .map(|(start, count)| Fragment { start, count })
            .collect(),
    )
}

/// What making a map gives on the console; the host's gives the same.
fn made(map: Map, len: u64) -> Result<u32, Code> {
    let case = Case::new("made", map, Ram(vec![vec![0; 4096]]), len);
    let console = Console::new(&case).make_map();
    if let Err(code) = console {
        let host = case.on(Target::Host, 16, |_| ());
        assert_eq!(host, Err(code), "{:?}", case.map);
    }
    console
}

#[test]
fn fragments_make_sectors() {
    let cases = [
        (vec![(7, 1)], 1),
        (vec![(7, 4)], 1),
        (vec![(7, 5)], 2),
        (vec![(7, 3), (1 << 40, 1), (3, 9)], 4),
        (vec![(0, i32::MAX as u32)], 1 << 29),
        (vec![((1 << 63) - 1, 4)], 1),
        (vec![(5, 0), (9, 8)], 2),
    ];
    for (table, sectors) in cases {
        assert_eq!(made(fragments(table), 1), Ok(sectors));
    }
}

#[test]
fn files_that_are_too_long_are_refused() {
    let too_long = [
        vec![(0, 1 << 31)],
        vec![(0, u32::MAX)],
        vec![(0, i32::MAX as u32), (1 << 40, 1)],
        vec![(1 << 63, 4)],
        vec![(u64::MAX, 4)],
    ];
    for table in too_long {
        assert_eq!(made(fragments(table), 1), Err(Code::Map));
    }
}

/// What a device with larger sectors has, in sectors of 512 bytes.
#[test]
fn larger_sectors_are_converted_or_refused() {
    let of = |start, count, scale| {
        let fragment = Fragment::of_larger(start, count, scale);
        fragment.map(|Fragment { start, count }| (start, count))
    };
    assert_eq!(of(5, 7, 0), Some((5, 7)));
    assert_eq!(of(5, 7, 1), Some((10, 14)));
    assert_eq!(of(1 << 60, 7, 3), Some((1 << 63, 56)));
    assert_eq!(of(0, (1 << 29) - 1, 3), Some((0, u32::MAX - 7)));
    for (start, count, scale) in [
        (1 << 61, 1, 3),
        (u64::MAX, 1, 1),
        (0, 1 << 29, 3),
        (0, u32::MAX, 1),
        (0, 1, 4),
        (0, 0, u32::MAX),
    ] {
        assert_eq!(of(start, count, scale), None);
    }
}

#[test]
fn there_is_room_for_so_many_runs_and_no_more() {
    let apart = |count| fragments((0..count).map(|n| (n * 10, 4)));
    assert_eq!(made(apart(MAX_EXTENTS as u64), 1), Ok(MAX_EXTENTS as u32));
    assert_eq!(made(apart(MAX_EXTENTS as u64 + 1), 1), Err(Code::Map));
    // Any number of fragments that adjoin are one run.
    let adjoining = fragments((0..500).map(|n| (100 + n * 4, 4)));
    assert_eq!(made(adjoining, 1), Ok(500));
}

/// Fragments that adjoin on the device, but not in the file, stay apart.
#[test]
fn only_what_adjoins_in_the_file_is_joined() {
    let (disc, zso) = places::image();
    let half = zso.bytes.len() / 2 / 2048 * 2048;
    let (front, back) = zso.bytes.split_at(half);
    let mut back = back.to_vec();
    back.resize(back.len().next_multiple_of(512), 0);
    // The file's end lies before its start.
    let device = [&back[..], front].concat();
    let table =
        [(back.len(), half), (0, back.len())].map(|(at, len)| (at as u64 / 512, len as u32 / 512));
    let case = Case::new(
        "turned",
        fragments(table),
        Ram(vec![device]),
        zso.bytes.len() as u64,
    );
    case.on_both(16, |reader| {
        assert!(reader.read(0, 60) == Ok(sectors_of(disc, 0, 60)));
        assert!(reader.read(3000, 60) == Ok(sectors_of(disc, 3000, 60)));
    });
}

#[test]
fn parts_are_counted() {
    let parts = |part_sectors, most| Map::Parts { part_sectors, most };
    assert_eq!(made(parts(5, 1), 50 * 2048), Ok(50));
    assert_eq!(made(parts(0x8_0000, 4), 6 << 30), Ok(3 << 20));
    assert_eq!(made(parts(u32::MAX, u32::MAX), 2048), Ok(1));
    for (map, len) in [
        (parts(5, 1), 50 * 2048 + 1),
        (parts(0, 1), 2048),
        (parts(5, 0), 2048),
        (parts(5, 1), 0),
    ] {
        assert_eq!(made(map, len), Err(Code::Map));
    }
}

#[test]
fn bytes_are_counted() {
    assert_eq!(made(Map::Bytes, 1), Ok(1));
    assert_eq!(made(Map::Bytes, 2048), Ok(1));
    let largest = u64::from(i32::MAX as u32) * 2048;
    let case = |len| Case::new("bytes", Map::Bytes, Ram(vec![]), len);
    assert_eq!(Console::new(&case(largest)).make_map(), Ok(i32::MAX as u32));
    assert_eq!(Console::new(&case(largest + 1)).make_map(), Err(Code::Map));
    assert_eq!(Console::new(&case(u64::MAX)).make_map(), Err(Code::Map));
}

/// `fhi_size` rounds down; what it does not count may be there all the same.
#[test]
fn a_file_handle_may_have_a_sector_more() {
    assert_eq!(made(Map::Fhi, 511), Ok(0));
    assert_eq!(made(Map::Fhi, 512), Ok(1));
    assert_eq!(made(Map::Fhi, 3 * 512 + 1), Ok(1));
    assert_eq!(made(Map::Fhi, 2048), Ok(2));
}

/// Providers that go by the size refuse that sector. Files of whole sectors are read all the same.
#[test]
fn a_file_handle_may_not_have_that_sector() {
    let (disc, zso) = places::image();
    let padded = zso.bytes.len().next_multiple_of(2048);
    for len in [padded, padded + 512, padded + 1536] {
        let mut bytes = zso.bytes.clone();
        bytes.resize(len, 0);
        let case = Case::new("fhi", Map::Fhi, Ram(vec![bytes]), len as u64);
        case.on_both(16, |reader| {
            for lsn in [2048, 3000, 3064, 3072, 3000] {
                let read = reader.read(lsn, 64);
                assert!(
                    read == Ok(sectors_of(disc, lsn, 64)),
                    "{len}: {:?}",
                    read.err()
                );
            }
        });
        let mut console = Console::new(&case);
        let sectors = console.make_map().expect("there is a file");
        let refused = console.read_file(sectors - 1, 1);
        assert_eq!(refused.err(), Some(Code::Device as i32));
    }
}

/// A file handle whose provider reads nothing, and keeps what it was asked for.
#[derive(Default)]
struct Counted(Vec<(u32, usize)>);

impl FileHandle for &mut Counted {
    fn size(&mut self) -> u32 {
        200_000
    }

    fn read(&mut self, start: u32, buf: &mut [[u8; DEVICE_SECTOR_SIZE]]) -> i32 {
        self.0.push((start, buf.len()));
        buf.len() as i32
    }
}

/// Some providers count in 16 bits. The console has no memory for as long a read.
#[test]
fn a_provider_is_asked_for_what_it_can_count() {
    let mut counted = Counted::default();
    let mut device = FhiDevice::new(&mut counted).expect("there is a file");
    device
        .read_sectors(10, &mut vec![0; 40_000 * 2048])
        .expect("the provider does not fail");
    let asked = [
        (40, 65_532),
        (40 + 65_532, 65_532),
        (40 + 131_064, 160_000 - 131_064),
    ];
    assert_eq!(counted.0, asked);
}

/// No sector past the end is read, whatever the numbers.
#[test]
fn sectors_past_the_end_are_refused() {
    let (_, zso) = places::image();
    let mut cases = places::local(&zso.bytes);
    cases.retain(|case| case.map != Map::Fhi);
    for case in cases {
        let mut console = Console::new(&case);
        let sectors = console.make_map().expect("the map can be made");
        for (first, count) in [
            (sectors, 1),
            (sectors - 1, 2),
            (sectors + 1, 1),
            (1 << 29, 1),
            (1 << 30, 1),
            ((1 << 30) + 5, 1),
            (u32::MAX, 1),
            (u32::MAX - 1, 4),
        ] {
            let read = console.read_file(first, count);
            assert_eq!(
                read.err(),
                Some(Code::PastEnd as i32),
                "{}: {first}",
                case.name
            );
        }
        let last = console.read_file(sectors - 1, 1);
        assert!(last.is_ok(), "{}: {last:?}", case.name);
    }
}

/// The reader, the map and the adapter below it together; what the driver needs comes on top.
#[test]
fn the_stack_stays_shallow() {
    let (_, zso) = places::image();
    for case in places::local(&zso.bytes) {
        let mut console = Console::new(&case);
        console.mount(16).expect("it can be mounted");
        for lsn in [0, 1, 700, 3000, 3070, 8] {
            let read = console.read(lsn, 40);
            assert!(read.is_ok(), "{}: {lsn}", case.name);
        }
        let depth = console.counters().stack_depth;
        println!("{}: {depth} bytes of stack", case.name);
        assert!(depth <= 448, "{}: {depth} bytes of stack", case.name);
    }
}

/// A game of two parts, with a block across the boundary; all between is a gap, which no reader reads.
#[test]
fn a_game_in_two_partitions_is_one_file() {
    /// What the main partition has room for: 128 MiB without the 4 before the data.
    const FIRST_PART: usize = 124 << 20;
    let (disc, zso) = places::image();
    let block = 1500;
    let gap = FIRST_PART - 100 - zso.blocks[block].bytes.start;
    let file = places::with_gap(zso.clone(), block, gap);
    let (disk, header_at) = hdd::disk_with(&file, 0x1234);
    let case = Case::new("hdl", Map::Hdl(header_at), disk, file.len() as u64);
    let transfers = case.on_both(16, |reader| {
        for lsn in (0..3072).step_by(64) {
            assert!(reader.read(lsn, 64) == Ok(sectors_of(disc, lsn, 64)));
        }
    });
    let second = transfers
        .iter()
        .filter(|transfer| transfer.offset > (256 << 20));
    assert!(second.count() > 10, "all of it is in one partition");
}

/// hdl-dump issue 71: an installer that rounds down cuts the file inside its last block, and loses that and no other.
#[test]
fn a_game_may_end_inside_its_last_block() {
    const SECTORS: u32 = 400;
    let disc = data::noise(1, SECTORS as usize * 2048);
    let cut = Builder {
        tail: Tail::Cut,
        ..Builder::default()
    }
    .build(&disc);
    let case = places::on_hdd("hdl", &cut.bytes);
    case.on_both(16, |reader| {
        assert_eq!(reader.sectors(), SECTORS);
        assert_eq!(reader.read(SECTORS - 1, 1), Err(Code::Truncated));
        assert_eq!(reader.read(SECTORS - 8, 8), Err(Code::Truncated));
        let rest = reader.read(SECTORS - 8, 7);
        assert!(rest == Ok(sectors_of(&disc, SECTORS - 8, 7)));
    });
}

/// Headers that cannot be right are refused, and never make a map that goes outside of them.
#[test]
fn damaged_headers_are_refused() {
    let (_, zso) = places::image();
    let (mut disk, header_at) = hdd::disk_with(&zso.bytes, 0);
    let mut sound = [0; 1024];
    use backend_tests::Medium as _;
    disk.read(0, u64::from(header_at) * 512, &mut sound)
        .unwrap();
    let damage = |place: usize, word: u32| {
        let mut header = sound;
        header[place..][..4].copy_from_slice(&word.to_le_bytes());
        let case = Case::new("hdl", Map::Hdl(0), Ram(vec![header.to_vec()]), 1);
        Console::new(&case).make_map()
    };
    assert_eq!(damage(4, 0), Ok(zso.file_sectors()));
    for (place, word) in [
        // The magic number, the number of parts, the place of the first one, and its size.
        (0, 0xDEAD_FEEC),
        (0xF0, 0),
        (0xF0, 66),
        (0xF0, u32::MAX),
        (0xF0, 2),
        (0xF4, 1),
        (0xF4, 1 << 30),
    ] {
        let made = damage(place, word);
        assert_eq!(made, Err(Code::Map), "{place:#x}: {word:#x}");
    }
    let mut rng = Rng::new(9);
    for _ in 0..300 {
        let place = rng.within(0xF0..0x110) & !3;
        let word = rng.bits() as u32 >> rng.within(0..32);
        // Whatever it says, nothing outside of the map's memory is touched: the simulator would stop it.
        let _ = damage(place, word);
    }
}
