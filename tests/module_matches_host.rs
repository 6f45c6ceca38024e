//! The console's own objects against the library on this machine: the same numbers for the same errors, and what only
//! the C interface can be asked.

use testkit::code;
use testkit::device::{Faults, Faulty, Log, Poison, RamDevice, SparseDevice};
use testkit::encode::Encoder;
use testkit::image::{Builder, Filler, Plain, Zso};
use testkit::module::Module;
use testkit::reader::{Reader, sectors_of};
use testkit::{LEAN, OBJECTS, Rng, TARGETS, Target, data, lean, on_host, on_module};
use zso::format::Header;
use zso::{Code, SECTOR_SIZE, memory_sectors};

const MEMORY: u32 = memory_sectors(2048, 16);
/// What the reader and the decoder may use of a thread's 4 KiB.
const STACK: u32 = 512;

fn disc(sectors: usize) -> Vec<u8> {
    data::game_like(5, sectors * 2048)
}

fn zso(disc: &[u8]) -> Zso {
    Builder::default().build(disc)
}

/// Mounts on both readers, and returns the sectors or the error.
fn mount(file: &[u8], memory: u32) -> [Result<u32, Code>; 2] {
    let device = || RamDevice::new(file);
    let sectors = |reader: &mut dyn Reader| reader.sectors();
    [
        on_host(&mut device(), memory, sectors),
        on_module(&mut device(), memory, sectors),
    ]
}

#[test]
fn every_value_of_every_header_byte_mounts_alike() {
    let zso = Builder {
        plain: Plain::Always,
        ..Builder::default()
    }
    .build(&disc(3));
    let mut module = Module::load();
    for (place, value) in (0..24).flat_map(|place| (0..=255).map(move |value| (place, value))) {
        let mut file = zso.bytes.clone();
        file[place] = value;
        let host = on_host(&mut RamDevice::new(&file), MEMORY, |reader| {
            reader.sectors()
        });
        let mut device = RamDevice::new(&file);
        let console = module
            .mount(&mut device, MEMORY)
            .map(|mut mounted| mounted.sectors());
        assert_eq!(console, host, "{value:#04x} at {place}");
        let turn = value as usize % OBJECTS.len();
        let [here, there] = [LEAN[turn], OBJECTS[turn]].map(|target| {
            let mut sectors = 0;
            let mut test = |reader: &mut dyn Reader| sectors = reader.sectors();
            target(&mut RamDevice::new(&file), MEMORY, &mut test).map(|()| sectors)
        });
        let is_same = here == there || here.is_err() && there.is_err();
        assert!(
            is_same,
            "{value:#04x} at {place}: {here:?}, there {there:?}"
        );
        let mut first = [0; SECTOR_SIZE];
        first.copy_from_slice(&file[..SECTOR_SIZE]);
        assert_eq!(
            module.probe(&first),
            Header::parse(&first).is_ok(),
            "{value:#04x} at {place}"
        );
    }
}

#[test]
fn the_size_limit_is_the_same() {
    let limit = 1_u64 << 40;
    for (total, expected) in [
        (limit - 2048, Ok((1 << 29) - 1)),
        (limit - 1, Ok(1 << 29)),
        (limit, Err(Code::TooLarge)),
        (u64::MAX, Err(Code::TooLarge)),
    ] {
        let mut file = zso(&disc(1)).bytes;
        file[8..16].copy_from_slice(&total.to_le_bytes());
        assert_eq!(mount(&file, MEMORY), [expected; 2], "{total}");
    }
}

#[test]
fn too_small_a_workspace_is_refused_to_the_byte() {
    for block_size in [2048, 4096, 16_384] {
        let file = Builder {
            block_size,
            ..Builder::default()
        }
        .build(&disc(20))
        .bytes;
        let mut module = Module::load();
        let need = module.workspace_size(block_size, 0);
        let mut size_that_mounts = |size: u32| {
            let workspace = module.set_workspace(size);
            module.raw_mount(&mut RamDevice::new(&file), workspace.start, size, 0)
        };
        for size in [0, 1, 63, 64, 200, 2048, 4096, need - 2048, need - 1] {
            assert_eq!(
                size_that_mounts(size),
                Code::Memory as i32,
                "{size} of {need} bytes"
            );
        }
        for size in [need, need + 1, need + 2047, need + 2048] {
            assert_eq!(size_that_mounts(size), 0, "{size} of {need} bytes");
        }
    }
}

#[test]
fn workspaces_are_sectors_and_a_head() {
    let mut module = Module::load();
    let head = module.workspace_size(2048, 0) - memory_sectors(2048, 0) * 2048;
    assert!(
        head.is_multiple_of(64) && head <= 512,
        "a head of {head} bytes"
    );
    for (block_size, ahead) in [
        (2048, 0),
        (2048, 3),
        (2048, 16),
        (2048, 1000),
        (16_384, 0),
        (65_536, 7),
        (1 << 20, 1),
    ] {
        let sectors = memory_sectors(block_size, ahead);
        assert_eq!(
            module.workspace_size(block_size, ahead),
            sectors * 2048 + head,
            "{block_size}, {ahead}"
        );
    }
    for block_size in [0, 1, 2047, 2049, 3000, u32::MAX] {
        assert_eq!(module.workspace_size(block_size, 16), 0, "{block_size}");
    }
    assert_eq!(module.workspace_size(2048, u32::MAX), 0);
}

#[test]
fn bad_pointers_are_refused() {
    let file = zso(&disc(4)).bytes;
    let mut module = Module::load();
    let size = module.workspace_size(2048, 16);
    let place = module.set_workspace(size + 64).start;
    let argument = Code::Argument as i32;
    for workspace in [0, place + 1, place + 2, place + 4, place + 32, place + 63] {
        let mounted = module.raw_mount(&mut RamDevice::new(&file), workspace, size, 0);
        assert_eq!(mounted, argument, "workspace {workspace:#x}");
    }
    assert_eq!(
        module.call("zso_mount", &[place, size, 0, 0, 0]) as i32,
        argument,
        "no callback"
    );
    assert_eq!(module.call("zso_probe", &[0]), 0);
    assert_eq!(
        module.call("zso_decode_block", &[0, 5, place, 5]) as i32,
        argument
    );
    assert_eq!(
        module.call("zso_decode_block", &[place, 5, 0, 5]) as i32,
        argument
    );
    assert_eq!(
        module.call("zso_decode_block", &[place, 1 << 31, place, 5]) as i32,
        argument
    );
    assert_eq!(
        module.call("zso_decode_block", &[0, 0, 0, 0]) as i32,
        argument
    );
    assert_eq!(
        module.call("zso_decode_block", &[place, 0, place, 0]) as i32,
        0
    );
}

#[test]
fn nothing_is_read_from_what_is_not_mounted() {
    let mut module = Module::load();
    let size = module.workspace_size(2048, 16);
    let place = module.set_zero_workspace(size).start;
    let to = module.set_destination(2048, 0).start;
    for workspace in [0, place] {
        assert_eq!(
            module.call("zso_read", &[workspace, 0, to, 1]) as i32,
            Code::NotMounted as i32
        );
        assert_eq!(module.call("zso_sector_count", &[workspace]), 0);
        assert_eq!(module.call("zso_last_device_error", &[workspace]), 0);
    }
}

#[test]
fn after_a_failed_mount_only_the_device_s_error_is_known() {
    let file = zso(&disc(4)).bytes;
    let faults = Faults::default();
    faults.fail_after(0);
    let mut device = Faulty::new(RamDevice::new(&file), &faults);
    let mut module = Module::load();
    assert_eq!(module.mount(&mut device, MEMORY).err(), Some(Code::Device));
    let size = module.workspace_size(2048, 16);
    let place = module.set_workspace(size).start;
    faults.fail_after(0);
    assert_eq!(
        module.raw_mount(&mut device, place, size, 0),
        Code::Device as i32
    );
    assert_eq!(
        module.call("zso_last_device_error", &[place]) as i32,
        Faulty::<()>::ERROR.0
    );
    assert_eq!(
        module.call("zso_read", &[place, 0, place, 1]) as i32,
        Code::NotMounted as i32
    );
    assert_eq!(module.call("zso_sector_count", &[place]), 0);
    // The same workspace serves again.
    assert_eq!(module.raw_mount(&mut device, place, size, 0), 0);
    assert_eq!(module.call("zso_sector_count", &[place]), 4);
    assert_eq!(module.call("zso_last_device_error", &[place]), 0);
}

#[test]
fn a_null_destination_is_refused_unless_nothing_is_to_be_delivered() {
    let file = zso(&disc(4)).bytes;
    let mut device = RamDevice::new(&file);
    let mut module = Module::load();
    let size = module.workspace_size(2048, 16);
    let place = module.set_workspace(size).start;
    assert_eq!(module.raw_mount(&mut device, place, size, 0), 0);
    assert_eq!(
        module.call("zso_read", &[place, 0, 0, 1]) as i32,
        Code::Argument as i32
    );
    assert_eq!(module.call("zso_read", &[place, 0, 0, 0]), 0);
    assert_eq!(module.call("zso_read", &[place, 4, 0, 9]), 0);
    assert_eq!(module.call("zso_read", &[place, u32::MAX, 0, u32::MAX]), 0);
}

#[test]
fn more_sectors_than_memory_can_have_are_refused() {
    let header = Header::new(4 << 30, 2048, 0).unwrap().emit().to_vec();
    let mut device = SparseDevice::new(5000, vec![(0, header)], &Log::default());
    let mut module = Module::load();
    let size = module.workspace_size(2048, 16);
    let place = module.set_workspace(size).start;
    assert_eq!(module.raw_mount(&mut device, place, size, 5000), 0);
    for count in [1 << 20, 1 << 21, u32::MAX] {
        assert_eq!(
            module.call("zso_read", &[place, 0, place, count]) as i32,
            Code::Argument as i32,
            "{count}"
        );
    }
}

/// A short run with every kind of access: a file's start, across index windows, a long one, and back.
const RUN: [(u32, u32); 9] = [
    (0, 8),
    (8, 8),
    (16, 1),
    (500, 8),
    (507, 8),
    (0, 60),
    (60, 2),
    (1010, 8),
    (3, 1),
];

/// What a reader makes of a run in which one request of the device fails: the outcome of each read, of which a failed
/// one is tried again at once.
fn run_with_fault(
    disc: &[u8],
    faults: &Faults,
    n: usize,
    reader: &mut dyn Reader,
) -> Vec<Option<Code>> {
    faults.fail_after(n);
    let mut outcomes = Vec::new();
    for (lsn, count) in RUN {
        let expected = Ok(sectors_of(disc, lsn, count));
        let first = reader.read(lsn, count);
        assert!(
            first.is_err() || first == expected,
            "{lsn}, fault {n}: wrong data"
        );
        if first == Err(Code::Device) {
            assert_eq!(reader.last_device_error(), Faulty::<()>::ERROR.0);
        }
        if first.is_err() {
            assert!(
                reader.read(lsn, count) == expected,
                "{lsn}, fault {n}: the retry fails"
            );
        }
        outcomes.push(first.err());
    }
    outcomes
}

/// Lets a request of the device fail, the first one, the second one and so on, until there are no more. Both readers
/// ask for the same, the full one after a failure, too; the lean one then asks here for what its error says.
fn any_request_fails(targets: [Target; 2], memory: u32, is_full: bool) {
    let disc = disc(1100);
    let zso = zso(&disc);
    let mut n = 0;
    loop {
        let [(here, requests, failed), (there, requests_there, _)] = targets.map(|target| {
            let (faults, log) = (Faults::default(), Log::default());
            let mut device =
                Faulty::new(Poison::new(RamDevice::logging(&zso.bytes, &log)), &faults);
            let mut outcomes = Vec::new();
            let mut test =
                |reader: &mut dyn Reader| outcomes = run_with_fault(&disc, &faults, n, reader);
            assert_eq!(target(&mut device, memory, &mut test), Ok(()));
            (outcomes, log.take(), faults.failed())
        });
        let compared = if is_full { usize::MAX } else { n };
        assert!(
            requests
                .iter()
                .take(compared)
                .eq(requests_there.iter().take(compared)),
            "fault {n}"
        );
        assert!(here.iter().flatten().count() <= failed);
        for (here, there) in here.iter().zip(there) {
            // To the lean reader an entry that cannot be read is one that makes no sense.
            let is_known = |code| code == Code::Device || !is_full && code == Code::Index;
            assert!(here.is_none_or(is_known), "fault {n}: {here:?}");
            let is_same = match (here, there) {
                (Some(here), Some(there)) => code::is_for(there, *here),
                _ => here.is_none() && there.is_none(),
            };
            assert!(is_same, "fault {n}: {here:?}, there {there:?}");
        }
        if failed == 0 {
            break;
        }
        n += 1;
    }
    assert!(n >= RUN.len() - 2, "only {n} requests");
}

#[test]
fn a_device_that_fails_at_any_request_fails_one_read() {
    for memory in [memory_sectors(2048, 0), MEMORY] {
        any_request_fails(TARGETS, memory, true);
    }
}

#[test]
fn a_device_that_fails_at_any_request_fails_one_read_of_the_lean_reader() {
    for (place, targets) in LEAN.into_iter().zip(OBJECTS).enumerate() {
        let memory = lean::used_by_object(place, MEMORY);
        any_request_fails(targets.into(), memory, false);
    }
}

#[test]
fn a_device_that_fails_at_mount_fails_the_mount() {
    let disc = disc(4);
    let zso = zso(&disc);
    let faults = Faults::default();
    let mut device = Faulty::new(RamDevice::new(&zso.bytes), &faults);
    for target in TARGETS.into_iter().chain(lean::everywhere()) {
        let mut read = None;
        let mut test = |reader: &mut dyn Reader| read = Some(reader.read(0, 4));
        faults.fail_after(0);
        assert_eq!(target(&mut device, MEMORY, &mut test), Err(Code::Device));
        assert_eq!(target(&mut device, MEMORY, &mut test), Ok(()));
        assert_eq!(read, Some(Ok(disc.clone())));
    }
}

#[test]
fn the_stack_stays_shallow() {
    let mut module = Module::load();
    let mut rng = Rng::new(1);
    for (block_size, align, plain) in [
        (2048, 0, Plain::Threshold(95)),
        (2048, 11, Plain::Never),
        (
            8192,
            0,
            Plain::Random {
                seed: 1,
                percent: 50,
            },
        ),
    ] {
        let disc = data::mixture(1, 700 * 2048 - 99);
        let mut zso = Builder {
            block_size,
            align,
            plain,
            filler: Filler::Noise(1),
            ..Builder::default()
        }
        .build(&disc);
        let damaged = zso.blocks[10].bytes.start;
        zso.bytes[damaged..damaged + 20].fill(0xFF);
        for ahead in [0, 16, 40] {
            let mut device = RamDevice::new(&zso.bytes);
            let mut mounted = module
                .mount(&mut device, memory_sectors(block_size, ahead))
                .unwrap();
            for round in 0..60 {
                let (lsn, count) = (rng.within(0..702) as u32, rng.within(1..40) as u32);
                let _ = mounted.read_at(lsn, count, round % 5);
            }
            let _ = mounted.last_device_error();
        }
    }
    for encoder in Encoder::ALL {
        module
            .decode_block(&encoder.encode(&data::mixture(1, 2048)), 2048)
            .unwrap();
    }
    let depth = module.totals().stack_depth;
    println!("stack: {depth} bytes");
    assert!(depth < STACK, "{depth} bytes of stack");
}
