//! Rule 8: which instructions there may be, and where control may go.

use iopsim::asm::*;
use iopsim::reg::*;
use objcheck::Violation;

use crate::good::*;

#[test]
fn instructions_of_later_revisions() {
    let words = [
        (0x0064_100b, "movn"),
        (0x0064_0034, "teq"),
        (0x7062_1002, "mul"),
        (0x7062_1020, "clz"),
        (0x0000_000f, "sync"),
        (0xc064_0000, "ll"),
        (0x5064_0001, "beql"),
        (0x0022_1042, "rotr"),
    ];
    for (word, name) in words {
        let words = [word, jr(RA), NOP];
        let expected = Violation::NotMips1 {
            place: probe_place(&words, 0),
        };
        assert_eq!(probe_violations(&words), [expected], "{name}");
    }
}

#[test]
fn code_of_broken_words() {
    let mut object = probe(&[jr(RA), NOP]);
    object.section(".text").data.push(0);
    let expected = Violation::BrokenWords {
        section: ".text".to_owned(),
        size: TEXT + 9,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn branch_in_a_slot() {
    let words = [beq(A0, ZERO, 3), bne(A1, ZERO, 2), NOP, NOP, jr(RA), NOP];
    let expected = Violation::BranchInSlot {
        place: probe_place(&words, 1),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn return_in_the_slot_of_a_return() {
    let words = [jr(A0), jr(RA), NOP];
    let expected = Violation::BranchInSlot {
        place: probe_place(&words, 1),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn slot_beyond_the_section() {
    let words = [NOP, jr(RA)];
    let expected = Violation::SlotMissing {
        place: probe_place(&words, 1),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn last_instruction_runs_on() {
    let words = [addu(V0, A0, A1)];
    let expected = Violation::FallsOutside {
        place: probe_place(&words, 0),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn padding_does_not_end_the_code() {
    let words = [addu(V0, A0, A1), NOP, NOP, NOP];
    let expected = Violation::FallsOutside {
        place: probe_place(&words, 0),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn last_branch_is_not_always_taken() {
    let words = [bne(A0, A1, -1), NOP];
    let expected = Violation::FallsOutside {
        place: probe_place(&words, 1),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn last_call_returns() {
    for call in [jal(0), jalr(RA, T9), bgezal(ZERO, -1 - TEXT as i16 / 4)] {
        let words = [call, NOP];
        let expected = Violation::FallsOutside {
            place: probe_place(&words, 1),
        };
        assert_eq!(probe_violations(&words), [expected]);
    }
}

#[test]
fn code_that_ends_in_jumps_and_traps() {
    for words in [
        &[jr(RA), NOP][..],
        &[jr(RA), addiu(V0, ZERO, 1), NOP, NOP],
        &[j(TEXT), NOP],
        &[beq(ZERO, ZERO, -1), NOP],
        &[breakpoint(0)],
    ] {
        assert_eq!(probe_violations(words), []);
    }
}

#[test]
fn branch_out_of_the_section() {
    let words = [beq(A0, ZERO, 100), NOP, jr(RA), NOP];
    let expected = Violation::JumpOutside {
        place: probe_place(&words, 0),
        target: TEXT + 4 + 400,
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn branch_before_the_section() {
    let words = [beq(A0, ZERO, -100), NOP, jr(RA), NOP];
    let expected = Violation::JumpOutside {
        place: probe_place(&words, 0),
        target: (TEXT + 4).wrapping_sub(400),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn branch_into_padding() {
    let words = [beq(A0, ZERO, 3), NOP, jr(RA), NOP, NOP];
    let expected = Violation::JumpOutside {
        place: probe_place(&words, 0),
        target: probe_at(4),
    };
    assert_eq!(probe_violations(&words), [expected]);
}

#[test]
fn jump_out_of_the_section() {
    // Right after it, and far away.
    for target in [probe_at(2), probe_at(200)] {
        let words = [j(target), NOP];
        let expected = Violation::JumpOutside {
            place: probe_place(&words, 0),
            target,
        };
        assert_eq!(probe_violations(&words), [expected]);
    }
}

#[test]
fn jump_into_a_word() {
    let words = [j(0), NOP, NOP, jr(RA), NOP];
    let mut object = probe(&words);
    object.symbols.insert(7, local("crooked", probe_at(2) + 2));
    object.reloc(probe_at(0)).symbol = "crooked";
    let expected = Violation::JumpOutside {
        place: probe_place(&words, 0),
        target: probe_at(2) + 2,
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn jump_into_data() {
    let mut object = good();
    object.reloc(JUMP).symbol = ".rodata";
    object.patch(JUMP as usize, j(4));
    let expected = Violation::JumpIntoData {
        place: place(JUMP, j(4), "ziso_read_sector"),
        symbol: ".rodata".to_owned(),
        section: ".rodata".to_owned(),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn jump_to_a_fixed_address() {
    let mut object = good();
    object.section(".text").relocs.pop();
    let expected = Violation::JumpNotRelocated {
        place: good_place(JUMP),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn loop_end_is_where_the_tests_think() {
    assert_eq!(good_place(LOOP_END).word, bne(A2, ZERO, -2));
    assert_eq!(good_place(READ).word, addiu(SP, SP, -24));
    assert_eq!(good_place(JUMP).word, j(TAIL));
}
