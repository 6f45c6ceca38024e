//! Delay slots of loads, branches, HI and LO.

mod common;

use common::*;
use iopsim::reg::*;
use iopsim::{Trap, asm};

const OLD: i16 = 111;
const LOADED: u32 = 222;

/// Result of a program that finds `LOADED` at the address in `$t0`, in lenient mode.
fn lenient_result(body: &[u32]) -> u32 {
    let mut machine = lenient(&function(body));
    machine.write(DATA, &LOADED.to_le_bytes()).unwrap();
    machine.call(CODE, &[]).unwrap()
}

#[test]
fn the_instruction_after_a_load_sees_the_old_value() {
    let body = [
        DATA_TO_T0,
        asm::addiu(T1, ZERO, OLD),
        asm::lw(T1, 0, T0),
        asm::addu(T2, T1, ZERO),
        asm::addu(T3, T1, ZERO),
        asm::sll(T3, T3, 16),
        asm::addu(V0, T2, T3),
    ];
    assert_eq!(lenient_result(&body), LOADED << 16 | OLD as u32);
    assert_eq!(
        result(&body, &[]),
        Err(Trap::LoadDelay { pc: at(3), reg: T1 })
    );
}

#[test]
fn every_kind_of_load_has_a_delay() {
    let loads = [
        asm::lb,
        asm::lbu,
        asm::lh,
        asm::lhu,
        asm::lw,
        asm::lwl,
        asm::lwr,
    ];
    for load in loads {
        let body = [DATA_TO_T0, load(T1, 0, T0), asm::addu(V0, ZERO, T1)];
        assert_eq!(
            result(&body, &[]),
            Err(Trap::LoadDelay { pc: at(2), reg: T1 })
        );
        let body = [
            DATA_TO_T0,
            load(T1, 0, T0),
            asm::NOP,
            asm::addu(V0, ZERO, T1),
        ];
        assert!(result(&body, &[]).is_ok());
    }
    let body = [asm::mfc0(V0, 15), asm::addu(V0, V0, ZERO)];
    assert_eq!(
        result(&body, &[]),
        Err(Trap::LoadDelay { pc: at(1), reg: V0 })
    );
    assert_eq!(result(&[asm::mfc0(V0, 15), asm::NOP], &[]), Ok(0x1F));
}

#[test]
fn every_kind_of_use_counts() {
    let uses = [
        asm::sw(T1, 4, T0),
        asm::sw(T0, 4, T1),
        asm::lw(T2, 0, T1),
        asm::lwl(T1, 0, T0),
        asm::beq(T1, ZERO, 1),
        asm::beq(ZERO, T1, 1),
        asm::bgez(T1, 1),
        asm::jr(T1),
        asm::mult(T1, T0),
        asm::mthi(T1),
        asm::mtc0(T1, 13),
        asm::sll(T2, T1, 1),
        asm::srav(T2, T0, T1),
        asm::ori(T2, T1, 1),
    ];
    for word in uses {
        let body = [DATA_TO_T0, asm::lw(T1, 0, T0), word];
        assert_eq!(
            result(&body, &[]),
            Err(Trap::LoadDelay { pc: at(2), reg: T1 }),
            "{word:#x}"
        );
    }
}

#[test]
fn a_load_to_zero_delays_nothing() {
    let body = [DATA_TO_T0, asm::lw(ZERO, 0, T0), asm::addu(V0, ZERO, ZERO)];
    assert_eq!(result(&body, &[]), Ok(0));
    assert_eq!(
        lenient_result(&[DATA_TO_T0, asm::lw(ZERO, 0, T0), asm::NOP, asm::NOP]),
        0xDEAD_0201
    );
}

#[test]
fn a_load_in_a_branch_delay_slot_delays_the_target() {
    let body = [
        DATA_TO_T0,
        asm::addiu(T1, ZERO, OLD),
        asm::beq(ZERO, ZERO, 2),
        asm::lw(T1, 0, T0),
        asm::breakpoint(1),
        asm::addu(V0, T1, ZERO),
    ];
    assert_eq!(lenient_result(&body), OLD as u32);
    assert_eq!(
        result(&body, &[]),
        Err(Trap::LoadDelay { pc: at(5), reg: T1 })
    );
    let mut fall_through = body;
    fall_through[2] = asm::bne(ZERO, ZERO, 2);
    fall_through[4] = asm::addu(T2, T1, ZERO);
    assert_eq!(
        result(&fall_through, &[]),
        Err(Trap::LoadDelay { pc: at(4), reg: T1 })
    );
}

#[test]
fn a_write_in_the_delay_slot_of_a_load_stays() {
    let body = [
        DATA_TO_T0,
        asm::lw(V0, 0, T0),
        asm::addiu(V0, ZERO, OLD),
        asm::NOP,
    ];
    assert_eq!(lenient_result(&body), OLD as u32);
    assert_eq!(result(&body, &[]), Ok(OLD as u32));
}

#[test]
fn of_two_loads_in_a_row_the_second_stays() {
    let body = [
        DATA_TO_T0,
        asm::sw(ZERO, 4, T0),
        asm::addiu(V0, ZERO, OLD),
        asm::lw(V0, 0, T0),
        asm::lw(V0, 4, T0),
        asm::addu(V1, V0, ZERO),
        asm::sll(V1, V1, 16),
        asm::addu(V0, V0, V1),
    ];
    assert_eq!(lenient_result(&body), (OLD as u32) << 16);
}

/// The word at an offset of the bytes 1, 2, 3 and so on.
fn word_at(offset: u32) -> u32 {
    let first = 1 + offset;
    u32::from_le_bytes([
        first as u8,
        first as u8 + 1,
        first as u8 + 2,
        first as u8 + 3,
    ])
}

#[test]
fn unaligned_pairs_load_and_store_at_every_offset() {
    let bytes: Vec<u8> = (1..=16).collect();
    for offset in 0..4 {
        let place = offset as i16;
        let mut loads = [asm::lwr(V0, place, T0), asm::lwl(V0, place + 3, T0)];
        let mut stores = [asm::swr(V0, 16 + place, T0), asm::swl(V0, 19 + place, T0)];
        for _ in 0..2 {
            let body = [&[DATA_TO_T0], &loads[..], &[asm::NOP], &stores[..]].concat();
            let mut machine = strict(&function(&body));
            machine.write(DATA, &bytes).unwrap();
            assert_eq!(machine.call(CODE, &[]), Ok(word_at(offset)));
            let mut stored = [0; 8];
            stored[offset as usize..][..4].copy_from_slice(&word_at(offset).to_le_bytes());
            assert_eq!(machine.read(DATA + 16, 8).unwrap(), stored);
            loads.reverse();
            stores.reverse();
        }
    }
}

#[test]
fn halves_of_an_unaligned_load_keep_the_other_bytes() {
    let expected = [
        (
            asm::lwl as fn(u8, i16, u8) -> u32,
            [0x01BB_CCDD, 0x0201_CCDD, 0x0302_01DD, 0x0403_0201],
        ),
        (
            asm::lwr,
            [0x0403_0201, 0xAA04_0302, 0xAABB_0403, 0xAABB_CC04],
        ),
    ];
    for (load, results) in expected {
        for (offset, expected) in (0..).zip(results) {
            let [high, low] = asm::li(V0, 0xAABB_CCDD);
            let body = [DATA_TO_T0, high, low, load(V0, offset, T0), asm::NOP];
            let mut machine = strict(&function(&body));
            machine.write(DATA, &[1, 2, 3, 4]).unwrap();
            assert_eq!(machine.call(CODE, &[]), Ok(expected), "offset {offset}");
        }
    }
}

#[test]
fn an_unaligned_pair_needs_a_gap_after_it() {
    let pair = [asm::lwr(V0, 1, T0), asm::lwl(V0, 4, T0)];
    let body = [&[DATA_TO_T0], &pair[..], &[asm::addu(V0, V0, V0)]].concat();
    assert_eq!(
        result(&body, &[]),
        Err(Trap::LoadDelay { pc: at(3), reg: V0 })
    );
    for other in [asm::lwr(V0, 1, T0), asm::lwl(V0, 4, V0)] {
        let body = [DATA_TO_T0, asm::lwr(V0, 1, T0), other];
        assert_eq!(
            result(&body, &[]),
            Err(Trap::LoadDelay { pc: at(2), reg: V0 })
        );
    }
}

#[test]
fn a_load_may_not_be_under_way_at_a_return() {
    let body = [DATA_TO_T0, asm::jr(RA), asm::lw(V0, 0, T0)];
    let trap = strict(&body).call(CODE, &[]).unwrap_err();
    assert!(matches!(trap, Trap::LoadDelay { reg: V0, .. }));
    assert_eq!(lenient_result(&body), LOADED);
}

#[test]
fn the_branch_delay_slot_is_executed_either_way() {
    for (branch, expected) in [(asm::beq(ZERO, ZERO, 2), 1), (asm::bne(ZERO, ZERO, 2), 101)] {
        let body = [
            asm::addu(V0, ZERO, ZERO),
            branch,
            asm::addiu(V0, V0, 1),
            asm::addiu(V0, V0, 100),
        ];
        assert_eq!(result(&body, &[]), Ok(expected));
    }
}

#[test]
fn conditions_of_branches() {
    type Branch = fn(u8, i16) -> u32;
    let branches: [(Branch, [bool; 3]); 6] = [
        (asm::bltz, [true, false, false]),
        (asm::blez, [true, true, false]),
        (asm::bgez, [false, true, true]),
        (asm::bgtz, [false, false, true]),
        (asm::bltzal, [true, false, false]),
        (asm::bgezal, [false, true, true]),
    ];
    for (branch, taken) in branches {
        for (value, taken) in [u32::MAX, 0, 1].into_iter().zip(taken) {
            let body = [
                asm::addu(T9, RA, ZERO),
                branch(A0, 2),
                asm::addiu(V0, ZERO, 1),
                asm::addiu(V0, ZERO, 0),
                asm::addu(RA, T9, ZERO),
            ];
            assert_eq!(
                result(&body, &[value]),
                Ok(taken.into()),
                "{:#x}",
                branch(A0, 2)
            );
        }
    }
}

#[test]
fn links_point_after_the_delay_slot() {
    let calls = [
        asm::jal(at(5)),
        asm::bgezal(ZERO, 1),
        asm::bltzal(ZERO, 1),
        asm::jalr(RA, T0),
    ];
    for call in calls {
        let [high, low] = asm::li(T0, at(5));
        let body = [
            asm::addu(T9, RA, ZERO),
            high,
            low,
            call,
            asm::NOP,
            asm::addu(V0, RA, ZERO),
        ];
        let body = [&body[..], &[asm::addu(RA, T9, ZERO)]].concat();
        assert_eq!(result(&body, &[]), Ok(at(5)), "{call:#x}");
    }
}

#[test]
fn jumps_within_the_segment() {
    let code = [
        asm::j(at(3)),
        asm::NOP,
        asm::breakpoint(0),
        asm::jr(RA),
        asm::lui(V0, 7),
    ];
    let mut machine = strict(&code);
    assert_eq!(machine.call(CODE, &[]), Ok(0x7_0000));
    assert_eq!(machine.call(0x8000_0000 | CODE, &[]), Ok(0x7_0000));
    assert_eq!(machine.call(0xA000_0000 | CODE, &[]), Ok(0x7_0000));
}

#[test]
fn no_branch_in_a_branch_delay_slot() {
    for branch in [
        asm::beq(ZERO, ZERO, 1),
        asm::bne(ZERO, ZERO, 1),
        asm::j(CODE),
        asm::jr(RA),
    ] {
        let trap = result(&[asm::beq(ZERO, ZERO, 3), branch], &[]);
        assert_eq!(trap, Err(Trap::BranchInSlot { pc: at(1) }));
        let trap = result(&[asm::bne(ZERO, ZERO, 3), branch], &[]);
        assert_eq!(trap, Err(Trap::BranchInSlot { pc: at(1) }));
    }
}

#[test]
fn hi_and_lo_may_not_change_right_after_a_read() {
    let writes = [
        asm::mult(A0, A1),
        asm::multu(A0, A1),
        asm::div(A0, A1),
        asm::divu(A0, A1),
        asm::mthi(A0),
        asm::mtlo(A0),
    ];
    for write in writes {
        for read in [asm::mfhi(V0), asm::mflo(V0)] {
            for gap in 0..3 {
                let body = [&[read], &vec![asm::NOP; gap][..], &[write]].concat();
                let expected = match gap {
                    2 => None,
                    _ => Some(Trap::HiLoHazard {
                        pc: at(gap as u32 + 1),
                    }),
                };
                assert_eq!(result(&body, &[6, 7]).err(), expected, "{write:#x} {gap}");
                assert!(lenient(&function(&body)).call(CODE, &[6, 7]).is_ok());
            }
        }
    }
}

#[test]
fn a_read_of_hi_across_a_branch_counts() {
    let body = [
        asm::beq(ZERO, ZERO, 2),
        asm::mfhi(V0),
        asm::NOP,
        asm::mult(A0, A1),
    ];
    assert_eq!(result(&body, &[6, 7]), Err(Trap::HiLoHazard { pc: at(3) }));
}
