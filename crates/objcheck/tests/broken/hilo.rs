//! Rule 8: the distance from `mfhi` and `mflo` to what changes HI and LO.

use iopsim::asm::*;
use iopsim::reg::*;
use objcheck::{Blind, Violation};

use crate::good::*;

fn hazard(words: &[u32], read: usize, writer: usize, distance: u32) -> Violation {
    Violation::HiLo {
        read: probe_place(words, read),
        writer: probe_place(words, writer),
        distance,
    }
}

#[test]
fn next_instruction() {
    let words = [mflo(V0), multu(A0, A1), jr(RA), NOP];
    assert_eq!(probe_violations(&words), [hazard(&words, 0, 1, 1)]);
}

#[test]
fn one_instruction_between() {
    let words = [mfhi(V0), NOP, multu(A0, A1), jr(RA), NOP];
    assert_eq!(probe_violations(&words), [hazard(&words, 0, 2, 2)]);
}

#[test]
fn two_instructions_between() {
    let words = [mfhi(V0), NOP, NOP, multu(A0, A1), jr(RA), NOP];
    assert_eq!(probe_violations(&words), []);
}

#[test]
fn everything_that_changes_hi_or_lo() {
    for writer in [
        mult(A0, A1),
        multu(A0, A1),
        div(A0, A1),
        divu(A0, A1),
        mthi(A0),
        mtlo(A0),
    ] {
        let words = [mflo(V0), NOP, writer, jr(RA), NOP];
        assert_eq!(probe_violations(&words), [hazard(&words, 0, 2, 2)]);
    }
}

#[test]
fn both_reads_count() {
    let words = [mflo(V0), mfhi(V1), mult(A0, A1), jr(RA), NOP];
    let expected = [hazard(&words, 0, 2, 2), hazard(&words, 1, 2, 1)];
    assert_eq!(probe_violations(&words), expected);
}

#[test]
fn slot_of_the_branch_after_it() {
    let words = [mflo(V0), beq(A0, ZERO, 1), mult(A0, A1), jr(RA), NOP];
    assert_eq!(probe_violations(&words), [hazard(&words, 0, 2, 2)]);
}

#[test]
fn from_a_slot_to_the_target() {
    let words = [
        beq(A0, ZERO, 4),
        mflo(V0),
        NOP,
        jr(RA),
        NOP,
        NOP,
        divu(A0, A1), // second instruction at the target
        jr(RA),
        NOP,
    ];
    assert_eq!(probe_violations(&words), [hazard(&words, 1, 6, 2)]);
}

#[test]
fn from_a_slot_on_without_the_branch() {
    let words = [
        beq(A0, ZERO, 4),
        mflo(V0),
        div(A0, A1),
        jr(RA),
        NOP,
        jr(RA),
        NOP,
    ];
    assert_eq!(probe_violations(&words), [hazard(&words, 1, 2, 1)]);
}

#[test]
fn around_a_loop() {
    let words = [mult(A0, A1), bne(A2, ZERO, -2), mflo(V0), jr(RA), NOP];
    assert_eq!(probe_violations(&words), [hazard(&words, 2, 0, 1)]);
}

#[test]
fn into_a_callee() {
    let words = [
        jal(probe_at(4)),
        mflo(V0),
        jr(RA),
        NOP,
        mult(A0, A1),
        jr(RA),
        NOP,
    ];
    assert_eq!(probe_violations(&words), [hazard(&words, 1, 4, 1)]);
}

#[test]
fn before_a_return() {
    let words = [mflo(V0), jr(RA), NOP];
    assert_eq!(probe_violations(&words), []);
}

#[test]
fn in_the_slot_of_a_return() {
    let words = [jr(RA), mflo(V0)];
    let expected = Violation::HiLoUnknown {
        read: probe_place(&words, 1),
        blind: Blind::Register(probe_place(&words, 0)),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn in_the_slot_of_a_call_to_another_object() {
    let words = [jal(0), mflo(A0), jr(RA), NOP];
    let mut object = probe(&words);
    object.reloc(probe_at(0)).symbol = "read_raw_data";
    let expected = Violation::HiLoUnknown {
        read: probe_place(&words, 1),
        blind: Blind::External(probe_place(&words, 0), "read_raw_data".to_owned()),
    };
    assert_eq!(violations(&object), [expected]);
}
