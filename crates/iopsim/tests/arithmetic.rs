//! Results of arithmetic that other tests do not compare with another implementation: those that
//! QEMU leaves open or that end a program.

mod common;

use common::*;
use iopsim::reg::*;
use iopsim::{Trap, asm};

/// HI and LO after an instruction with the two arguments.
fn hi_lo(word: u32, a: u32, b: u32) -> (u32, u32) {
    let mut machine = strict(&function(&[word, asm::mflo(V0), asm::mfhi(V1)]));
    let lo = machine.call(CODE, &[a, b]).unwrap();
    (machine.cpu().reg(V1), lo)
}

#[test]
fn products() {
    assert_eq!(
        hi_lo(asm::mult(A0, A1), 0xFFFF_FFFF, 2),
        (0xFFFF_FFFF, 0xFFFF_FFFE)
    );
    assert_eq!(hi_lo(asm::multu(A0, A1), 0xFFFF_FFFF, 2), (1, 0xFFFF_FFFE));
    assert_eq!(
        hi_lo(asm::mult(A0, A1), 0x8000_0000, 0x8000_0000),
        (0x4000_0000, 0)
    );
}

#[test]
fn quotients() {
    assert_eq!(
        hi_lo(asm::div(A0, A1), -7_i32 as u32, 2),
        (-1_i32 as u32, -3_i32 as u32)
    );
    assert_eq!(
        hi_lo(asm::div(A0, A1), 7, -2_i32 as u32),
        (1, -3_i32 as u32)
    );
    assert_eq!(hi_lo(asm::divu(A0, A1), 0xFFFF_FFFE, 10), (4, 0x1999_9999));
}

#[test]
fn quotients_without_a_result() {
    assert_eq!(hi_lo(asm::div(A0, A1), 5, 0), (5, u32::MAX));
    assert_eq!(
        hi_lo(asm::div(A0, A1), -5_i32 as u32, 0),
        (-5_i32 as u32, 1)
    );
    assert_eq!(hi_lo(asm::divu(A0, A1), 5, 0), (5, u32::MAX));
    assert_eq!(
        hi_lo(asm::div(A0, A1), 0x8000_0000, u32::MAX),
        (0, 0x8000_0000)
    );
}

#[test]
fn sign_extension() {
    let cases = [
        (asm::lb as fn(u8, i16, u8) -> u32, 0xFFFF_FF80),
        (asm::lbu, 0x80),
        (asm::lh, 0xFFFF_8180),
        (asm::lhu, 0x8180),
        (asm::lw, 0x8382_8180),
    ];
    for (load, expected) in cases {
        let mut machine = strict(&function(&[DATA_TO_T0, load(V0, 0, T0), asm::NOP]));
        machine.write(DATA, &[0x80, 0x81, 0x82, 0x83]).unwrap();
        assert_eq!(machine.call(CODE, &[]), Ok(expected));
    }
    assert_eq!(result(&[asm::sltiu(V0, A0, -1)], &[5]), Ok(1));
    assert_eq!(result(&[asm::slti(V0, A0, -1)], &[5]), Ok(0));
    assert_eq!(
        result(&[asm::andi(V0, A0, 0x8000)], &[u32::MAX]),
        Ok(0x8000)
    );
    assert_eq!(
        result(&[asm::addiu(V0, A0, -0x8000)], &[0]),
        Ok(0xFFFF_8000)
    );
}

#[test]
fn overflow_traps_without_effect() {
    let cases = [
        (asm::add(V0, A0, A1), 0x7FFF_FFFF, 1),
        (asm::add(V0, A0, A1), 0x8000_0000, u32::MAX),
        (asm::sub(V0, A0, A1), 0x8000_0000, 1),
        (asm::sub(V0, A0, A1), 0, 0x8000_0000),
        (asm::addi(V0, A0, 1), 0x7FFF_FFFF, 0),
        (asm::addi(V0, A0, -1), 0x8000_0000, 0),
    ];
    for (word, a, b) in cases {
        let mut machine = strict(&function(&[asm::addiu(V0, ZERO, 3), word]));
        assert_eq!(
            machine.call(CODE, &[a, b]),
            Err(Trap::Overflow { pc: at(1) })
        );
        assert_eq!(machine.cpu().reg(V0), 3);
    }
    assert_eq!(
        result(&[asm::addu(V0, A0, A1)], &[0x7FFF_FFFF, 1]),
        Ok(0x8000_0000)
    );
}

#[test]
fn zero_stays_zero() {
    assert_eq!(
        result(&[asm::addiu(ZERO, A0, 1), asm::addu(V0, ZERO, ZERO)], &[5]),
        Ok(0)
    );
}

#[test]
fn coprocessor_zero() {
    let body = [
        asm::addiu(T0, ZERO, 0x3C),
        asm::mtc0(T0, 12),
        asm::rfe(),
        asm::mfc0(V0, 12),
        asm::NOP,
    ];
    assert_eq!(result(&body, &[]), Ok(0x3F));
    let isolate = [asm::lui(T0, 1), asm::mtc0(T0, 12)];
    assert_eq!(
        result(&isolate, &[]),
        Err(Trap::CacheIsolation { pc: at(1) })
    );
}
