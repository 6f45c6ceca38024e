//! Rule 8: the load delay, on each path from one instruction to the next.

use iopsim::asm::*;
use iopsim::reg::*;
use objcheck::{Blind, Path, Register, Violation};
use object::elf::R_MIPS_26;

use crate::good::*;

/// What a probe gets for reading `register` at `user`, right after it is loaded at `load`.
fn hazard(words: &[u32], load: usize, register: u8, path: Path, user: usize) -> Violation {
    Violation::LoadDelay {
        load: probe_place(words, load),
        register: Register(register),
        path,
        user: probe_place(words, user),
    }
}

#[test]
fn straight_line() {
    let words = [lw(V0, 0, A0), addu(V1, V0, A1), jr(RA), NOP];
    let expected = hazard(&words, 0, V0, Path::Next, 1);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn one_instruction_between() {
    let words = [lw(V0, 0, A0), NOP, addu(V1, V0, A1), jr(RA), NOP];
    assert_eq!(probe_violations(&words), []);
}

#[test]
fn every_kind_of_load() {
    for load in [
        lb(V0, 0, A0),
        lh(V0, 0, A0),
        lwl(V0, 3, A0),
        lw(V0, 0, A0),
        lbu(V0, 0, A0),
        lhu(V0, 0, A0),
        lwr(V0, 0, A0),
        mfc0(V0, 12),
    ] {
        let words = [load, sw(V0, 0, A1), jr(RA), NOP];
        let expected = hazard(&words, 0, V0, Path::Next, 1);
        assert_eq!(probe_violations(&words), [expected]);
    }
}

#[test]
fn every_way_to_read() {
    for user in [
        addu(V1, V0, A0),
        addu(V1, A0, V0),
        sll(V1, V0, 2),
        addiu(V1, V0, 1),
        lw(V1, 0, V0),
        sw(A0, 0, V0),
        lwl(V0, 0, A0),
        mthi(V0),
        mtc0(V0, 12),
    ] {
        let words = [lw(V0, 0, A0), user, NOP, jr(RA), NOP];
        let expected = hazard(&words, 0, V0, Path::Next, 1);
        assert_eq!(probe_violations(&words), [expected]);
    }
}

#[test]
fn read_by_the_branch_itself() {
    let words = [lw(V0, 0, A0), beq(V0, ZERO, 1), NOP, jr(RA), NOP];
    let expected = hazard(&words, 0, V0, Path::Next, 1);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn read_by_the_return() {
    let words = [lw(RA, 20, SP), jr(RA), NOP];
    let expected = hazard(&words, 0, RA, Path::Next, 1);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn overwriting_and_loading_zero_are_no_reads() {
    let words = [
        lw(V0, 0, A0),
        lui(V0, 1),
        lw(ZERO, 0, A0),
        addu(V0, ZERO, ZERO),
        jr(RA),
        NOP,
    ];
    assert_eq!(probe_violations(&words), []);
}

#[test]
fn unaligned_pair() {
    let words = [lwl(V0, 3, A0), lwr(V0, 0, A0), NOP, jr(RA), NOP];
    assert_eq!(probe_violations(&words), []);
    let words = [lwr(V0, 0, A0), lwl(V0, 3, A0), NOP, jr(RA), NOP];
    assert_eq!(probe_violations(&words), []);
}

#[test]
fn unaligned_pair_read_at_once() {
    let words = [
        lwl(V0, 3, A0),
        lwr(V0, 0, A0),
        addu(V1, V0, A0),
        jr(RA),
        NOP,
    ];
    let expected = hazard(&words, 1, V0, Path::Next, 2);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn unaligned_pair_over_its_own_address() {
    let words = [lwl(A0, 3, A0), lwr(A0, 0, A0), NOP, jr(RA), NOP];
    let expected = hazard(&words, 0, A0, Path::Next, 1);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn slot_of_a_branch_taken() {
    let words = [
        beq(A1, ZERO, 3),
        lw(V0, 0, A0),
        jr(RA),
        NOP,
        sltiu(V0, V0, 128),
        jr(RA),
        NOP,
    ];
    let expected = hazard(&words, 1, V0, Path::Taken, 4);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn slot_of_a_branch_not_taken() {
    let words = [
        beq(A1, ZERO, 3),
        lw(V0, 0, A0),
        sltiu(V0, V0, 128),
        NOP,
        jr(RA),
        NOP,
    ];
    let expected = hazard(&words, 1, V0, Path::NotTaken, 2);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn slot_of_a_branch_on_both_paths() {
    let words = [
        bgez(A1, 3),
        lw(V0, 0, A0),
        addu(V1, V0, V0),
        NOP,
        addu(V1, V0, A0),
        jr(RA),
        NOP,
    ];
    let expected = [
        hazard(&words, 1, V0, Path::Taken, 4),
        hazard(&words, 1, V0, Path::NotTaken, 2),
    ];
    assert_eq!(probe_violations(&words), expected);
}

#[test]
fn slot_of_a_branch_with_time_on_both_paths() {
    let words = [
        beq(A1, ZERO, 3),
        lw(V0, 0, A0),
        NOP,
        addu(V1, V0, V0),
        NOP,
        addu(V1, V0, A0),
        jr(RA),
        NOP,
    ];
    assert_eq!(probe_violations(&words), []);
}

#[test]
fn slot_at_the_end_of_a_loop_body() {
    let words = [
        addu(V1, V1, V0), // loop head
        addiu(A1, A1, -1),
        bne(A1, ZERO, -3),
        lw(V0, 0, A0),
        jr(RA),
        NOP,
    ];
    let expected = hazard(&words, 3, V0, Path::Taken, 0);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn slot_of_an_unconditional_branch() {
    for branch in [beq(ZERO, ZERO, 2), bgez(ZERO, 2), blez(ZERO, 2)] {
        // The word after the slot reads the register, too, but does not come next.
        let words = [
            branch,
            lw(V0, 0, A0),
            addu(V1, V0, V0),
            addu(V1, V0, A0),
            jr(RA),
            NOP,
        ];
        let expected = hazard(&words, 1, V0, Path::Jump, 3);
        assert_eq!(probe_violations(&words), [expected]);
    }
}

#[test]
fn slot_of_j() {
    let words = [
        j(probe_at(3)),
        lw(V0, 0, A0),
        addu(V1, V0, V0),
        addu(V1, V0, A0),
        jr(RA),
        NOP,
    ];
    let expected = hazard(&words, 1, V0, Path::Jump, 3);
    assert_eq!(probe_violations(&words), [expected]);
}

/// A call with a load in its slot; the word it returns to reads the register one call too late.
fn call_with_load() -> [u32; 7] {
    [
        jal(probe_at(5)),
        lw(A0, 0, A1),
        addu(V1, A0, A0),
        jr(RA),
        NOP,
        addu(V0, A0, A0), // callee
        jr(RA),
    ]
}

#[test]
fn slot_of_jal_into_the_callee() {
    let words = [&call_with_load()[..], &[NOP]].concat();
    let expected = hazard(&words, 1, A0, Path::Call, 5);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn slot_of_jal_by_a_function_symbol() {
    let mut words = [&call_with_load()[..], &[NOP]].concat();
    // In place there is only the addend, the rest comes from the symbol.
    words[0] = jal(0);
    let mut object = probe(&words);
    object.symbols.insert(7, local("callee", probe_at(5)));
    object.reloc(probe_at(0)).symbol = "callee";
    let expected = Violation::LoadDelay {
        load: probe_place(&words, 1),
        register: Register(A0),
        path: Path::Call,
        user: place(probe_at(5), words[5], "callee"),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn slot_of_bal() {
    let mut words = [&call_with_load()[..], &[NOP]].concat();
    words[0] = bgezal(ZERO, 4);
    let expected = hazard(&words, 1, A0, Path::Call, 5);
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn slot_of_a_conditional_call() {
    for call in [bgezal(A2, 4), bltzal(A2, 4)] {
        let mut words = [&call_with_load()[..], &[NOP]].concat();
        words[0] = call;
        let expected = [
            hazard(&words, 1, A0, Path::Call, 5),
            hazard(&words, 1, A0, Path::NotTaken, 2),
        ];
        assert_eq!(probe_violations(&words), expected);
    }
}

#[test]
fn slot_of_jal_to_another_object() {
    let words = [jal(0), lw(A0, 0, A1), jr(RA), NOP];
    let mut object = probe(&words);
    object.reloc(probe_at(0)).symbol = "read_raw_data";
    let expected = Violation::LoadDelayUnknown {
        load: probe_place(&words, 1),
        register: Register(A0),
        blind: Blind::External(probe_place(&words, 0), "read_raw_data".to_owned()),
    };
    assert_eq!(violations(&object), [expected]);
    assert_eq!(object.reloc(probe_at(0)).kind, R_MIPS_26.0);
}

/// What a probe gets for a load in the slot of a register jump at 0.
fn after_register(words: &[u32]) -> Violation {
    Violation::LoadDelayUnknown {
        load: probe_place(words, 1),
        register: Register(V0),
        blind: Blind::Register(probe_place(words, 0)),
    }
}

#[test]
fn slot_of_jr() {
    let words = [jr(RA), lw(V0, 0, A0)];
    assert_eq!(probe_violations(&words), [after_register(&words)]);
}

#[test]
fn slot_of_jalr() {
    let words = [jalr(RA, T9), lw(V0, 0, A0), jr(RA), NOP];
    assert_eq!(probe_violations(&words), [after_register(&words)]);
}

#[test]
fn slot_that_is_a_target_itself() {
    let words = [
        beq(A1, ZERO, 1),
        NOP,
        beq(A2, ZERO, 3),
        lw(V0, 0, A0), // slot, and target of the branch at 6
        addu(V1, V0, V0),
        NOP,
        bne(A3, ZERO, -4),
        NOP,
        jr(RA),
        NOP,
    ];
    // Once as the slot of a branch that is not taken, once as an ordinary instruction.
    let expected = [
        hazard(&words, 3, V0, Path::NotTaken, 4),
        hazard(&words, 3, V0, Path::Next, 4),
    ];
    assert_eq!(probe_violations(&words), expected);
}

#[test]
fn message_shows_both_instructions_and_the_function() {
    let words = [lw(V0, 0, A0), addu(V1, V0, A1), jr(RA), NOP];
    assert_eq!(
        probe_violations(&words)[0].to_string(),
        "`addu $v1, $v0, $a1` at .text+0x64 in probe reads $v0 one instruction after \
         `lw $v0, 0($a0)` at .text+0x60 in probe (next word): it gets the old value"
    );
}
