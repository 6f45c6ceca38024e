//! Whatever valid file, device and sequence of requests: the reader delivers the original.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use testkit::data;
use testkit::device::{Log, Poison, RamDevice, Request, UnknownSize};
use testkit::encode::Encoder;
use testkit::image::{Builder, EndEntry, Filler, Gaps, Plain, Tail};
use testkit::reader::{Reader, sectors_of};
use testkit::{LEAN, OBJECTS, TARGETS, Target, lean};
use zso::format::MAX_ALIGN;
use zso::{Code, memory_sectors};

/// One request: LSN, count, and how far the destination is from an aligned address.
type Read = (u32, u32, usize);

/// A file, a device and what is read.
#[derive(Clone, Debug)]
struct Case {
    content: u64,
    len: usize,
    builder: Builder,
    ahead: u32,
    size_known: bool,
    reads: Vec<Read>,
}

impl Case {
    fn disc(&self) -> Vec<u8> {
        data::mixture(self.content, self.len)
    }

    fn memory(&self) -> u32 {
        memory_sectors(self.builder.block_size, self.ahead)
    }
}

fn plain() -> impl Strategy<Value = Plain> {
    prop_oneof![
        Just(Plain::Never),
        Just(Plain::Always),
        (50..100_u8).prop_map(Plain::Threshold),
        (any::<u64>(), 0..100_u8).prop_map(|(seed, percent)| Plain::Random { seed, percent }),
    ]
}

fn encoder() -> impl Strategy<Value = Encoder> {
    prop_oneof![
        (1..=12_u8).prop_map(Encoder::Hc),
        Just(Encoder::Fast),
        Just(Encoder::Literals),
        Just(Encoder::ShortOffsets),
        Just(Encoder::LongMatches),
        any::<u64>().prop_map(Encoder::Mixed),
    ]
}

/// A file's options, and whether the device knows the file's size.
fn builder() -> impl Strategy<Value = (Builder, bool)> {
    let block_size = prop_oneof![3 => Just(1_u32), 2 => 2..=32_u32];
    let filler = prop_oneof![Just(Filler::Zeros), any::<u64>().prop_map(Filler::Noise)];
    let gaps = (any::<u64>(), prop_oneof![Just(0), 1..5000_usize]);
    let end_entry = prop_oneof![Just(EndEntry::Up), Just(EndEntry::Down)];
    let tail = prop_oneof![Just(Tail::AsIs), Just(Tail::Pad)];
    let header = (prop_oneof![Just(0), Just(24)], 0..=1_u8);
    let options = (
        block_size,
        0..=MAX_ALIGN.min(12),
        plain(),
        encoder(),
        filler,
        gaps,
        end_entry,
        tail,
        header,
        any::<(bool, bool, bool)>(),
    );
    options.prop_map(
        |(
            sectors,
            align,
            plain,
            encoder,
            filler,
            (seed, most),
            end_entry,
            tail,
            header,
            (size_known, fills, plain_runs),
        )| {
            let builder = Builder {
                block_size: sectors * 2048,
                align,
                encoder,
                plain,
                filler,
                gaps: Gaps { seed, most },
                plain_runs,
                // An end that was rounded down is found by the file's size only.
                end_entry: if size_known { end_entry } else { EndEntry::Up },
                last_block: fills.then_some(sectors as usize * 2048),
                header_size: header.0,
                version: header.1,
                tail,
            };
            (builder, size_known)
        },
    )
}

/// Requests as games make them: anywhere, or going on where the last one ended, or a sector before that.
fn reads(sectors: u32) -> impl Strategy<Value = Vec<Read>> {
    let count = prop_oneof![6 => 1..=8_u32, 3 => 9..=40_u32, 1 => 0..=sectors + 10];
    let misalign = prop_oneof![2 => Just(0), 1 => 1..=3_usize, 1 => 4..64_usize];
    let read = (0..sectors + 3, 0..4_u8, count, misalign);
    prop::collection::vec(read, 1..12).prop_map(|reads| {
        let mut next = 0;
        let place = |(anywhere, how, count, misalign): (u32, u8, u32, usize)| {
            let lsn = match how {
                0 => anywhere,
                1 => next.max(1) - 1,
                _ => next,
            };
            next = lsn + count;
            (lsn, count, misalign)
        };
        reads.into_iter().map(place).collect()
    })
}

/// Images of up to `most` bytes.
fn case(most: usize) -> impl Strategy<Value = Case> {
    let len = prop_oneof![1 => 0..5000_usize, 4 => 0..most];
    let ahead = prop_oneof![2 => Just(0_u32), 2 => Just(16), 3 => 1..80_u32];
    (any::<u64>(), len, builder(), ahead).prop_flat_map(
        |(content, len, (builder, size_known), ahead)| {
            let reads = reads(len.div_ceil(2048) as u32);
            reads.prop_map(move |reads| Case {
                content,
                len,
                builder,
                ahead,
                size_known,
                reads,
            })
        },
    )
}

/// What a reader makes of a case.
#[derive(PartialEq, Debug, Default)]
struct Outcome {
    results: Vec<Result<Vec<u8>, Code>>,
    requests: Vec<Request>,
    past_end: Vec<Request>,
}

fn run(case: &Case, file: &[u8], target: Target) -> Outcome {
    run_in(case.memory(), case, file, target)
}

fn run_in(memory: u32, case: &Case, file: &[u8], target: Target) -> Outcome {
    let (log, past_end) = (Log::default(), Log::default());
    let mut device = Poison::new(RamDevice::logging(file, &log));
    let mut results = Vec::new();
    let mut test = |reader: &mut dyn Reader| {
        let read = |&(lsn, count, misalign): &Read| reader.read_at(lsn, count, misalign);
        results.extend(case.reads.iter().map(read));
    };
    let mounted = if case.size_known {
        target(&mut device, memory, &mut test)
    } else {
        target(&mut UnknownSize::new(device, &past_end), memory, &mut test)
    };
    assert_eq!(mounted, Ok(()));
    Outcome {
        results,
        requests: log.take(),
        past_end: past_end.take(),
    }
}

fn delivers_the_original(case: &Case) -> TestCaseResult {
    let disc = case.disc();
    let zso = case.builder.build(&disc);
    let results = run(case, &zso.bytes, TARGETS[0]).results;
    for (&(lsn, count, _), result) in case.reads.iter().zip(results) {
        let expected = sectors_of(&disc, lsn, count);
        prop_assert!(
            result == Ok(expected),
            "{count} sectors from {lsn}: {:?}",
            result.err()
        );
    }
    Ok(())
}

fn stays_inside_the_file(case: &Case) -> TestCaseResult {
    let unknown = Case {
        size_known: false,
        ..case.clone()
    };
    let zso = case.builder.build(&case.disc());
    let outcome = run(&unknown, &zso.bytes, TARGETS[0]);
    prop_assert_eq!(outcome.past_end, []);
    Ok(())
}

fn module_does_the_same(case: &Case, damage: &[(prop::sample::Index, u8)]) -> TestCaseResult {
    let mut file = case.builder.build(&case.disc()).bytes;
    // The header stays: a mount that fails is tested elsewhere.
    for (place, bits) in damage {
        if file.len() > 24 {
            let place = 24 + place.index(file.len() - 24);
            file[place] ^= bits;
        }
    }
    let [host, console] = TARGETS.map(|target| run(case, &file, target));
    prop_assert_eq!(console, host);
    Ok(())
}

/// The same image in blocks that are sectors, whole sectors of it, for the lean reader.
fn lean_case(case: &Case) -> Case {
    let mut lean = case.clone();
    lean.len = case.len / 2048 * 2048;
    lean.builder.block_size = 2048;
    lean.builder.end_entry = EndEntry::Up;
    if let Plain::Never | Plain::Random { .. } = lean.builder.plain {
        lean.builder.plain = Plain::Threshold(100);
    }
    lean
}

fn lean_delivers_the_original(case: &Case) -> TestCaseResult {
    let case = lean_case(case);
    let disc = case.disc();
    let zso = case.builder.build(&disc);
    prop_assert!(lean::is_whole(&zso));
    for target in LEAN {
        let results = run(&case, &zso.bytes, target).results;
        for (&(lsn, count, _), result) in case.reads.iter().zip(results) {
            let expected = sectors_of(&disc, lsn, count);
            prop_assert!(
                result == Ok(expected),
                "{count} sectors from {lsn}: {:?}",
                result.err()
            );
        }
    }
    Ok(())
}

/// The objects deliver the original, too, and ask for the same as the lean reader here does in as much memory.
fn objects_do_the_same_as_the_lean_reader(case: &Case) -> TestCaseResult {
    let case = Case {
        size_known: false,
        ..lean_case(case)
    };
    let file = case.builder.build(&case.disc()).bytes;
    for (place, (here, object)) in LEAN.into_iter().zip(OBJECTS).enumerate() {
        let memory = lean::used_by_object(place, case.memory());
        let here = run_in(memory, &case, &file, here);
        prop_assert_eq!(run_in(memory, &case, &file, object), here);
    }
    Ok(())
}

/// Whatever is wrong with a file: no access outside of the buffers, no endless loop, no panic; and the lean reader
/// never delivers anything else with one policy than with another.
fn lean_is_safe(case: &Case, damage: &[(prop::sample::Index, u8)]) -> TestCaseResult {
    let case = lean_case(case);
    let mut file = case.builder.build(&case.disc()).bytes;
    for (place, bits) in damage {
        if file.len() > 24 {
            let place = 24 + place.index(file.len() - 24);
            file[place] ^= bits;
        }
    }
    let all: Vec<_> = lean::everywhere()
        .map(|target| run(&case, &file, target).results)
        .collect();
    for results in &all {
        for (result, other) in results.iter().zip(&all[0]) {
            if let (Ok(result), Ok(other)) = (result, other) {
                prop_assert!(result == other);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_time: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_lean_reader_delivers_the_original(case in case(200_000)) {
        lean_delivers_the_original(&case)?;
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, max_shrink_time: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_read_of_any_image_delivers_the_original(case in case(300_000)) {
        delivers_the_original(&case)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_time: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    // Where the size is known, the device itself insists on it.
    #[test]
    fn nothing_is_read_after_a_file_of_unknown_size(case in case(300_000)) {
        stays_inside_the_file(&case)?;
    }

    #[test]
    fn the_lean_reader_s_objects_deliver_and_ask_for_the_same(case in case(100_000)) {
        objects_do_the_same_as_the_lean_reader(&case)?;
    }

    #[test]
    fn the_lean_reader_and_its_objects_survive_any_damage(
        case in case(60_000),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..20),
    ) {
        lean_is_safe(&case, &damage)?;
    }

    #[test]
    fn the_console_s_object_delivers_and_asks_for_the_same(case in case(100_000)) {
        module_does_the_same(&case, &[])?;
    }

    // `lz4_flex` names the errors of damaged blocks its own way.
    #[cfg(not(feature = "lz4_flex"))]
    #[test]
    fn the_console_s_object_fails_in_the_same_way(
        case in case(60_000),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..20),
    ) {
        module_does_the_same(&case, &damage)?;
    }
}
