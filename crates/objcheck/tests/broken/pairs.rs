//! Rules 4 and 6: pairs of relocations. In the good object the table reads
//! HI16 0x00, LO16 0x08 (`ziso_tmp_buf`), HI16 0x04, LO16 0x0c (`.rodata`).

use iopsim::asm::*;
use iopsim::reg::*;
use objcheck::Violation;
use object::elf::{R_MIPS_HI16, R_MIPS_LO16};

use crate::builder::Object;
use crate::good::*;

#[test]
fn low_half_alone() {
    let mut object = good();
    object.section(".text").relocs.remove(0);
    let expected = Violation::LowWithoutHigh {
        place: good_place(0x08),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn second_low_half_for_one_high_half() {
    let words = [lui(V0, 0), sw(A0, 0, V0), sw(A1, 0, V0), jr(RA), NOP];
    let mut object = probe(&words);
    object.section(".text").relocs.extend([
        reloc(probe_at(0), R_MIPS_HI16, ".bss"),
        reloc(probe_at(1), R_MIPS_LO16, ".bss"),
        reloc(probe_at(2), R_MIPS_LO16, ".bss"),
    ]);
    let expected = Violation::LowWithoutHigh {
        place: probe_place(&words, 2),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn high_half_alone() {
    let mut object = good();
    object.section(".text").relocs.remove(1);
    let expected = Violation::HighWithoutLow {
        place: good_place(0x00),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn high_half_at_the_end_of_the_table() {
    let mut object = good();
    let relocs = &mut object.section(".text").relocs;
    relocs.truncate(3);
    object.patch(CALL as usize, NOP);
    object.patch(JUMP as usize, NOP);
    let expected = Violation::HighWithoutLow {
        place: good_place(0x04),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn two_high_halves_for_one_low_half() {
    let words = [lui(V0, 0), lui(V0, 0), sw(A1, 0, V0), jr(RA), NOP];
    let mut object = probe(&words);
    object.section(".text").relocs.extend([
        reloc(probe_at(0), R_MIPS_HI16, ".bss"),
        reloc(probe_at(1), R_MIPS_HI16, ".bss"),
        reloc(probe_at(2), R_MIPS_LO16, ".bss"),
    ]);
    let expected = Violation::HighWithoutLow {
        place: probe_place(&words, 0),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn pair_in_the_order_of_addresses_only() {
    let mut object = good();
    object.section(".text").relocs.swap(1, 2);
    // HI16 0x00, HI16 0x04, LO16 0x08, LO16 0x0c: sorted, and no longer pairs.
    let expected = [
        Violation::HighWithoutLow {
            place: good_place(0x00),
        },
        Violation::PairOfTwoSymbols {
            high: good_place(0x04),
            low: good_place(0x08),
        },
        Violation::LowWithoutHigh {
            place: good_place(0x0c),
        },
    ];
    assert_eq!(violations(&object), expected);
}

#[test]
fn pair_of_two_symbols() {
    let mut object = good();
    object.reloc(0x08).symbol = ".bss";
    let expected = Violation::PairOfTwoSymbols {
        high: good_place(0x00),
        low: good_place(0x08),
    };
    assert_eq!(violations(&object), [expected]);
}

/// A function that stores to `.bss` plus an addend, given as halves.
fn store_to_bss(high: u16, low: i16) -> (Object, [u32; 4]) {
    let words = [lui(V0, high), sw(A0, low, V0), jr(RA), NOP];
    let mut object = probe(&words);
    object.section(".text").relocs.extend([
        reloc(probe_at(0), R_MIPS_HI16, ".bss"),
        reloc(probe_at(1), R_MIPS_LO16, ".bss"),
    ]);
    (object, words)
}

/// What [`store_to_bss`] gets for leaving it.
fn outside(words: &[u32], addend: i64) -> [Violation; 1] {
    [Violation::AddendOutside {
        place: probe_place(words, 1),
        symbol: ".bss".to_owned(),
        addend,
        extent: 16,
    }]
}

#[test]
fn address_one_past_the_end() {
    assert_eq!(violations(&store_to_bss(0, 16).0), []);
}

#[test]
fn address_beyond_the_end() {
    let (object, words) = store_to_bss(0, 20);
    assert_eq!(violations(&object), outside(&words, 20));
}

#[test]
fn address_before_the_start() {
    let (object, words) = store_to_bss(0, -4);
    assert_eq!(violations(&object), outside(&words, -4));
}

#[test]
fn high_half_without_its_carry() {
    // A high half of 1 goes with a low half that counts down from there.
    let (object, words) = store_to_bss(1, 0);
    assert_eq!(violations(&object), outside(&words, 0x1_0000));
}

/// Two stores through the register of one `lui`, the second by way of a `lui` that nothing reads.
fn shared_lui(second: i16) -> (Object, [u32; 6]) {
    let words = [
        lui(V0, 0),
        sw(A0, 0, V0),
        sw(A1, second, V0),
        jr(RA),
        lui(ZERO, 0),
        NOP,
    ];
    let mut object = probe(&words);
    object.section(".text").relocs.extend([
        reloc(probe_at(0), R_MIPS_HI16, ".bss"),
        reloc(probe_at(1), R_MIPS_LO16, ".bss"),
        reloc(probe_at(4), R_MIPS_HI16, ".bss"),
        reloc(probe_at(2), R_MIPS_LO16, ".bss"),
    ]);
    (object, words)
}

#[test]
fn shared_high_half_of_the_same_address() {
    assert_eq!(violations(&shared_lui(0).0), []);
}

#[test]
fn shared_high_half_within_the_alignment() {
    // `.bss` is aligned to 16, so 0 and 12 have the same high half wherever it ends up.
    assert_eq!(violations(&shared_lui(12).0), []);
}

#[test]
fn shared_high_half_across_the_alignment() {
    let (mut object, words) = shared_lui(12);
    object.section(".bss").align = 8;
    let expected = Violation::HighOfAnotherAddress {
        high: probe_place(&words, 0),
        low: probe_place(&words, 2),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn shared_high_half_of_another_symbol() {
    let (mut object, words) = shared_lui(0);
    object.reloc(probe_at(4)).symbol = ".data";
    object.reloc(probe_at(2)).symbol = ".data";
    let expected = Violation::HighOfAnotherAddress {
        high: probe_place(&words, 0),
        low: probe_place(&words, 2),
    };
    assert_eq!(violations(&object), [expected]);
}

#[test]
fn lui_of_another_path_is_not_shared() {
    let words = [
        beq(A0, ZERO, 3),
        lui(V0, 0), // for the store at 4, over the branch
        j(probe_at(7)),
        lui(V0, 0), // for the store at 7; stands before the one at 4, but does not come before it
        sw(A1, 0, V0),
        jr(RA),
        NOP,
        sw(A1, 0, V0),
        jr(RA),
        NOP,
    ];
    let mut object = probe(&words);
    object.section(".text").relocs.extend([
        reloc(probe_at(1), R_MIPS_HI16, ".bss"),
        reloc(probe_at(4), R_MIPS_LO16, ".bss"),
        reloc(probe_at(3), R_MIPS_HI16, ".data"),
        reloc(probe_at(7), R_MIPS_LO16, ".data"),
    ]);
    assert_eq!(violations(&object), []);
}
