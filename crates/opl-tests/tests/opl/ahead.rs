//! A reader that reads ahead on a thread of its own, with devices that take their time.

use opl_tests::medium::Speed;
use opl_tests::{Console, Reader, Setup, Variant};
use testkit::Rng;

use crate::images::{self, Image, SECTOR, module};

/// Makes a test of each function for each reader that has a thread.
macro_rules! on_each_reader_ahead {
    ($($test:ident),+ $(,)?) => {
        mod naive {
            $(#[test] fn $test() { super::$test(opl_tests::Reader::NaiveAhead); })+
        }
        mod overlap {
            $(#[test] fn $test() { super::$test(opl_tests::Reader::Overlap); })+
        }
    };
}

on_each_reader_ahead!(
    slow_devices_change_nothing,
    the_device_works_while_the_reader_does,
    failures_of_slow_devices_are_told,
    without_memory_for_a_thread,
    little_stack_of_its_own,
);

/// A reader without a thread of its own waits for such devices.
mod drop_in {
    use opl_tests::Reader;

    #[test]
    fn slow_devices_change_nothing() {
        super::slow_devices_change_nothing(Reader::DropIn);
    }

    #[test]
    fn failures_of_slow_devices_are_told() {
        super::failures_of_slow_devices_are_told(Reader::DropIn);
    }
}

/// About a hard disk, and about USB.
const SPEEDS: [Speed; 2] = [
    Speed {
        request: 10_000,
        block: 290,
    },
    Speed {
        request: 60_000,
        block: 20_000,
    },
];

/// More urgent than any reader's thread, as urgent as cdvdman's, and as a game's.
const PRIORITIES: [u32; 3] = [4, 0x0F, 0x40];

fn slow(
    reader: Reader,
    variant: Variant,
    speed: Speed,
    setup: &Setup,
) -> (&'static Image, Console) {
    let image = images::usual();
    let mut console = image.mounted(module(variant, reader), setup);
    console.medium().set_speed(speed);
    (image, console)
}

fn slow_devices_change_nothing(reader: Reader) {
    let mut rng = Rng::new(51);
    for (n, priority) in PRIORITIES.into_iter().enumerate() {
        let setup = Setup {
            priority,
            ..Setup::default()
        };
        for (variant, speed) in reader
            .variants()
            .iter()
            .zip(SPEEDS.into_iter().cycle().skip(n))
        {
            let (image, mut console) = slow(reader, *variant, speed, &setup);
            for _ in 0..40 {
                let lsn = rng.within(0..image.sectors() as usize) as u32;
                for lsn in [lsn, lsn + 8] {
                    let delivered = console.deliver_to(lsn, 8, 8, rng.within(0..5) as u32);
                    assert!(delivered == image.expected(lsn, 8), "{variant:?}: {lsn}");
                    console.rest(rng.within(0..100_000) as u64);
                }
            }
            assert_eq!(console.medium().log().past_end, 0);
        }
    }
}

/// Cycles that a hundred sectors take, eight at a time.
fn cycles(reader: Reader, setup: &Setup) -> u64 {
    let (image, mut console) = slow(reader, Variant::Bdm, SPEEDS[1], setup);
    let before = console.counters().cycles;
    for lsn in (0..104).step_by(8) {
        assert!(console.deliver(lsn, 8) == image.expected(lsn, 8));
    }
    console.counters().cycles - before
}

/// Compared with a thread that has no memory, and so with the same reader that does all by itself.
fn the_device_works_while_the_reader_does(reader: Reader) {
    let [ahead, alone] = [0..0, 1..u32::MAX].map(|refused| {
        let setup = Setup {
            refused,
            // The naive reader has a sector of its own to read to, whatever the setting.
            zso_cache: if reader.is_ours() { 16 } else { 0 },
            ..Setup::default()
        };
        cycles(reader, &setup)
    });
    println!("{ahead} cycles, alone {alone}");
    assert!(ahead * 100 < alone * 95, "{ahead} cycles, alone {alone}");
}

fn failures_of_slow_devices_are_told(reader: Reader) {
    for variant in reader.variants() {
        let (image, mut console) = slow(reader, *variant, SPEEDS[0], &Setup::default());
        let mut short = 0;
        for after in 0..20 {
            console.medium().fail(after, 2);
            for lsn in [100, 108, 900] {
                let delivered = console.deliver(lsn, 8);
                assert!(image.expected(lsn, 8).starts_with(&delivered));
                short += u32::from(delivered.len() < 8 * SECTOR);
            }
            console.medium().fail(0, 0);
            for lsn in [116, 600, 124] {
                let delivered = console.deliver(lsn, 8);
                assert!(delivered == image.expected(lsn, 8), "{variant:?}: {lsn}");
            }
        }
        assert!(short > 0, "{variant:?}: no failure was ever told");
    }
}

fn without_memory_for_a_thread(reader: Reader) {
    for variant in reader.variants() {
        let setup = Setup {
            refused: 1..u32::MAX,
            ..Setup::default()
        };
        let (image, mut console) = slow(reader, *variant, SPEEDS[0], &setup);
        for lsn in [0, 8, 700] {
            let delivered = console.deliver(lsn, 8);
            assert!(delivered == image.expected(lsn, 8), "{variant:?}: {lsn}");
        }
    }
}

fn little_stack_of_its_own(reader: Reader) {
    for variant in reader.variants() {
        let (_, mut console) = slow(reader, *variant, SPEEDS[0], &Setup::default());
        for lsn in (0..104).step_by(8) {
            console.deliver(lsn, 8);
        }
        let depth = console.threads().stack_depth(1).expect("a thread");
        println!("{variant:?}: {depth} bytes of stack, the device's included");
        assert!(depth < 512, "{variant:?}: {depth}");
    }
}
