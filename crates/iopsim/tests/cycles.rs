//! Counters under the cycle model, each figure worked out by hand.

mod common;

use common::*;
use iopsim::reg::*;
use iopsim::{Counters, CycleModel, asm};

/// Fetching a whole line of four words, or what is left of it.
const fn miss(words: u64) -> u64 {
    5 + words
}

/// A function that takes long enough for the write queue to become empty, in other cache lines than
/// the programs here.
const IDLE: u32 = CODE + 0x800;

/// Counters of the second of two calls, when the program is in the cache and nothing is queued.
fn warm(body: &[u32], args: &[u32]) -> Counters {
    let mut machine = strict(&function(body));
    machine
        .write_words(IDLE, &function(&[asm::NOP; 100]))
        .unwrap();
    machine.call(CODE, args).unwrap();
    machine.call(IDLE, &[]).unwrap();
    let before = machine.counters();
    machine.call(CODE, args).unwrap();
    machine.counters() - before
}

fn cold(body: &[u32]) -> Counters {
    let mut machine = strict(&function(body));
    machine.call(CODE, &[DATA]).unwrap();
    machine.counters()
}

/// Cycles of a body in the cache, without the return's two.
fn warm_cycles(body: &[u32], args: &[u32]) -> u64 {
    warm(body, args).cycles - 2
}

#[test]
fn plain_instructions_take_a_cycle_and_their_line_once() {
    let counters = cold(&[asm::NOP]);
    assert_eq!((counters.instructions, counters.icache_misses), (3, 1));
    assert_eq!(counters.cycles, 3 + miss(4));
    assert_eq!(warm_cycles(&[asm::NOP; 10], &[]), 10);
}

#[test]
fn a_loop_misses_once_per_line() {
    let counters = cold(&[
        asm::addiu(T0, ZERO, 10),
        asm::addiu(T0, T0, -1),
        asm::bne(T0, ZERO, -2),
        asm::NOP,
    ]);
    assert_eq!(counters.instructions, 1 + 10 * 3 + 2);
    assert_eq!(counters.icache_misses, 2);
    assert_eq!(counters.cycles, counters.instructions + 2 * miss(4));
}

#[test]
fn a_jump_into_a_line_fetches_its_rest() {
    let mut machine = strict(&[asm::NOP, asm::NOP, asm::jr(RA), asm::NOP]);
    machine.call(at(1), &[]).unwrap();
    assert_eq!(machine.counters().cycles, 3 + miss(3));
    machine.call(at(0), &[]).unwrap();
    assert_eq!(machine.counters().cycles, 3 + miss(3) + 4 + miss(4));
}

#[test]
fn code_4_kib_apart_fights_for_a_line() {
    // Three trips between two places that share a line.
    let mut machine = strict(&[
        asm::addiu(T0, ZERO, 3),
        asm::j(CODE + 0x1000 + 16),
        asm::NOP,
        asm::NOP,
        // at(4): the line in dispute
        asm::bne(T0, ZERO, -4),
        asm::addiu(T0, T0, -1),
        asm::jr(RA),
        asm::NOP,
    ]);
    machine
        .write_words(CODE + 0x1010, &[asm::j(at(4)), asm::NOP])
        .unwrap();
    machine.call(CODE, &[]).unwrap();
    // The first line once, then the far and the near one in each of four rounds.
    assert_eq!(machine.counters().icache_misses, 1 + 4 * 2);
}

#[test]
fn uncached_code_fetches_every_word() {
    let mut machine = strict(&[asm::jr(RA), asm::NOP]);
    for _ in 0..2 {
        machine.reset_counters();
        machine.call(0xA000_0000 | CODE, &[]).unwrap();
        assert_eq!(machine.counters().cycles, 2 + 2 * miss(1));
    }
}

#[test]
fn code_that_changes_is_fetched_again() {
    let body = [
        asm::sw(A1, 12, A0),
        asm::NOP,
        asm::NOP,
        asm::addiu(V0, ZERO, 1),
    ];
    let mut machine = strict(&function(&body));
    let other = asm::addiu(V0, ZERO, 2);
    assert_eq!(machine.call(CODE, &[CODE, body[3]]), Ok(1));
    assert_eq!(machine.call(CODE, &[CODE, other]), Ok(2));
    machine
        .write_words(at(3), &[asm::addiu(V0, ZERO, 3)])
        .unwrap();
    machine.write_words(CODE, &[asm::NOP]).unwrap();
    assert_eq!(machine.call(CODE, &[]), Ok(3));
}

#[test]
fn loads_wait_for_ram() {
    let body = [
        asm::lbu(T0, 0, A0),
        asm::lhu(T1, 0, A0),
        asm::lw(T2, 0, A0),
        asm::NOP,
    ];
    let counters = warm(&body, &[DATA]);
    assert_eq!(counters.loads, 3);
    assert_eq!(counters.cycles, 3 * 7 + 3);
    assert_eq!(
        warm_cycles(
            &[asm::lwr(T0, 1, A0), asm::lwl(T0, 4, A0), asm::NOP],
            &[DATA]
        ),
        15
    );
}

#[test]
fn four_stores_are_free_and_the_fifth_waits() {
    let store = |n: i16| asm::sw(ZERO, 4 * n, A0);
    let stores = |count: i16| (0..count).map(store).collect::<Vec<_>>();
    for (count, cycles) in [(1, 1), (4, 4)] {
        assert_eq!(warm_cycles(&stores(count), &[DATA]), cycles);
    }
    // They leave at 5, 7, 9 and 11. The fifth, in the fifth cycle, just finds room; each one after it
    // waits for another to leave.
    assert_eq!(warm_cycles(&stores(5), &[DATA]), 5);
    assert_eq!(warm_cycles(&stores(6), &[DATA]), 7);
    assert_eq!(warm_cycles(&stores(12), &[DATA]), 7 + 6 * 2);
    assert_eq!(warm(&stores(12), &[DATA]).stores, 12);
}

#[test]
fn a_load_waits_for_the_queue_if_it_is_told_to() {
    let body = [
        asm::sw(ZERO, 0, A0),
        asm::sw(ZERO, 4, A0),
        asm::lw(T0, 8, A0),
        asm::NOP,
    ];
    let cycles = |loads_wait| {
        let model = CycleModel {
            loads_wait,
            ..CycleModel::r3000a()
        };
        let mut machine = machine(&function(&body), true, model);
        machine.call(CODE, &[DATA]).unwrap();
        machine.counters().cycles
    };
    // The second store leaves the queue 6 cycles after the first one was issued, and the load is issued 2 after that
    // one.
    assert_eq!(cycles(true) - cycles(false), 4);
}

#[test]
fn stores_to_many_pages_drain_slowly() {
    let stores: Vec<_> = (0..8).map(|n| asm::sb(ZERO, 0x400 * n, A0)).collect();
    // They leave at 5, 9, 13 and so on; the eighth finds room when the fourth leaves, at 17.
    assert_eq!(warm_cycles(&stores, &[DATA]), 17);
}

#[test]
fn products_and_quotients_make_their_reader_wait() {
    let cases = [
        (asm::mult(A0, A1), 0x7FF, 6),
        (asm::mult(A0, A1), 0x800, 9),
        (asm::mult(A0, A1), 0x10_0000, 13),
        (asm::multu(A0, A1), u32::MAX, 13),
        (asm::mult(A0, A1), u32::MAX, 6),
        (asm::div(A0, A1), 1, 36),
        (asm::divu(A0, A1), 1, 36),
    ];
    for (word, a, wait) in cases {
        assert_eq!(
            warm_cycles(&[word, asm::mflo(V0)], &[a, 3]),
            wait + 1,
            "{a:#x}"
        );
        assert_eq!(
            warm_cycles(&[word, asm::NOP, asm::mfhi(V0)], &[a, 3]),
            wait + 1
        );
        let late = [&[word], &[asm::NOP; 40][..], &[asm::mflo(V0)]].concat();
        assert_eq!(warm_cycles(&late, &[a, 3]), 42);
        assert_eq!(warm_cycles(&[word], &[a, 3]), 1);
    }
}

#[test]
fn the_flat_model_counts_instructions() {
    let body = [
        asm::lw(T0, 0, A0),
        asm::sw(ZERO, 4, A0),
        asm::div(A0, A0),
        asm::mflo(V0),
        asm::sw(ZERO, 0, A0),
        asm::sw(ZERO, 0, A0),
        asm::sw(ZERO, 0, A0),
        asm::sw(ZERO, 0, A0),
        asm::sw(ZERO, 0, A0),
    ];
    let mut machine = machine(&function(&body), true, CycleModel::flat());
    machine.call(CODE, &[DATA]).unwrap();
    assert_eq!(machine.counters().cycles, 11);
    assert_eq!(machine.counters().instructions, 11);
}

#[test]
fn differences_of_counters() {
    let a = Counters {
        instructions: 9,
        loads: 8,
        stores: 7,
        cycles: 6,
        ..Counters::default()
    };
    let b = Counters {
        instructions: 3,
        loads: 3,
        stores: 3,
        cycles: 3,
        ..Counters::default()
    };
    let difference = Counters {
        stack_depth: 40,
        ..a
    } - Counters {
        stack_depth: 50,
        ..b
    };
    assert_eq!((difference.instructions, difference.loads), (6, 5));
    assert_eq!((difference.stores, difference.cycles), (4, 3));
    assert_eq!(difference.stack_depth, 40);
}

/// Cycles per byte of a copy loop; the body copies `bytes` and leaves the pointers to the loop.
fn copy_cycles_per_byte(body: &[u32], bytes: i16) -> f64 {
    let back = -(body.len() as i16) - 4;
    let code = [
        &[asm::addu(A2, A1, A2)],
        body,
        &[
            asm::addiu(A1, A1, bytes),
            asm::addiu(A0, A0, bytes),
            asm::NOP,
            asm::bne(A1, A2, back),
            asm::NOP,
        ],
    ]
    .concat();
    let total = 4096;
    warm(&code, &[DATA, DATA + 0x1_0001, total]).cycles as f64 / f64::from(total)
}

/// What the model was checked against: cycles per byte of the usual ways to copy.
#[test]
fn copy_loops_cost_what_the_model_was_made_for() {
    let unrolled: Vec<_> = (0..8)
        .flat_map(|n| [asm::lbu(T0, n, A1), asm::NOP, asm::sb(T0, n, A0)])
        .collect();
    let bytewise = copy_cycles_per_byte(&unrolled, 8);
    assert!((9.0..10.0).contains(&bytewise), "{bytewise}");

    let pairs = |n| [asm::lwr(T0, 4 * n, A1), asm::lwl(T0, 4 * n + 3, A1)];
    let unaligned: Vec<_> = (0..8)
        .flat_map(|n| {
            let [right, left] = pairs(n);
            [
                right,
                left,
                asm::NOP,
                asm::swr(T0, 4 * n, A0),
                asm::swl(T0, 4 * n + 3, A0),
            ]
        })
        .collect();
    let unaligned = copy_cycles_per_byte(&unaligned, 32);
    assert!((4.0..4.5).contains(&unaligned), "{unaligned}");
}

#[test]
fn an_unrolled_word_copy_takes_about_two_cycles_per_byte() {
    let loads = (0..8).map(|n| asm::lw(T0 + n as u8, 4 * n, A1));
    let stores = (0..8).map(|n| asm::sw(T0 + n as u8, 4 * n, A0));
    let body: Vec<_> = loads.chain(stores).collect();
    let counters = warm(&body, &[DATA, DATA + 0x1_0000]);
    // Eight loads, and eight stores of which the sixth to the eighth wait.
    assert_eq!(counters.cycles - 2, 8 * 7 + 7 + 2 * 2);
}
