//! Calls into the program and out of it.

mod common;

use common::*;
use iopsim::reg::*;
use iopsim::{DEFAULT_STACK, Machine, Trap, asm};

#[test]
fn arguments_go_into_registers_and_onto_the_stack() {
    let body = [
        asm::lw(T0, 16, SP),
        asm::lw(T1, 20, SP),
        asm::sll(T2, A3, 4),
        asm::addu(V0, A0, T2),
        asm::sll(T0, T0, 8),
        asm::sll(T1, T1, 12),
        asm::addu(V0, V0, T0),
        asm::addu(V0, V0, T1),
    ];
    assert_eq!(result(&body, &[1, 0, 0, 2, 3, 4]), Ok(0x4321));
}

#[test]
fn the_stack_pointer_is_aligned_with_room_for_the_arguments() {
    for (count, room) in [(0, 16), (4, 16), (5, 24), (6, 24), (7, 32)] {
        let sp = result(&[asm::addu(V0, SP, ZERO)], &vec![0; count]).unwrap();
        assert_eq!(sp, DEFAULT_STACK.end - room);
    }
}

#[test]
fn registers_start_with_garbage() {
    for reg in [AT, V0, V1, A1, T0, T7, T9] {
        let value = result(&[asm::addu(V0, reg, ZERO)], &[7]).unwrap();
        assert_eq!(value, 0xDEAD_0001 | u32::from(reg) << 8);
    }
}

#[test]
fn saved_registers_have_to_be_preserved() {
    for reg in [S0, S1, S2, S3, S4, S5, S6, S7, GP, FP] {
        let mut machine = strict(&function(&[asm::addiu(reg, reg, 1)]));
        machine.cpu_mut().set_reg(reg, 0x55);
        let lost = Trap::CalleeSaved {
            reg,
            expected: 0x55,
            found: 0x56,
        };
        assert_eq!(machine.call(CODE, &[]), Err(lost));
        assert_eq!(machine.cpu().reg(reg), 0x55);
    }
    let trap = result(&[asm::addiu(SP, SP, -8)], &[]).unwrap_err();
    assert!(matches!(trap, Trap::CalleeSaved { reg: SP, .. }));
}

#[test]
fn the_machine_survives_a_trap() {
    let mut machine = strict(&function(&[asm::lw(V0, 0, A0), asm::addiu(SP, SP, -64)]));
    machine
        .write_words(DATA, &function(&[asm::addu(V0, SP, ZERO)]))
        .unwrap();
    assert!(machine.call(CODE, &[1]).is_err());
    assert!(machine.call(CODE, &[DATA]).is_err());
    assert_eq!(machine.call(DATA, &[]), Ok(DEFAULT_STACK.end - 16));
}

#[test]
fn stack_depth_is_the_deepest_of_all_calls() {
    let mut machine = strict(&function(&[
        asm::subu(SP, SP, A0),
        asm::NOP,
        asm::addu(SP, SP, A0),
    ]));
    for (size, deepest) in [(40, 40), (200, 200), (8, 200)] {
        machine.call(CODE, &[size]).unwrap();
        assert_eq!(machine.counters().stack_depth, deepest);
    }
    machine.reset_counters();
    machine.call(CODE, &[8]).unwrap();
    assert_eq!(machine.counters().stack_depth, 8);
}

#[test]
fn the_stack_has_an_end() {
    let mut machine = strict(&function(&[asm::subu(SP, SP, A0), asm::addu(SP, SP, A0)]));
    machine.set_stack(DATA..DATA + 256);
    assert!(machine.call(CODE, &[240]).is_ok());
    let overflow = Trap::StackOverflow {
        pc: CODE,
        sp: DATA - 8,
    };
    assert_eq!(machine.call(CODE, &[248]), Err(overflow));
    assert!(machine.call(CODE, &[240]).is_ok());
}

/// A function that calls the host and adds one to its answer.
fn call_host(address: u32) -> [u32; 8] {
    [
        asm::addiu(SP, SP, -24),
        asm::sw(RA, 20, SP),
        asm::jal(address),
        asm::addiu(A1, ZERO, 5),
        asm::lw(RA, 20, SP),
        asm::addiu(V0, V0, 1),
        asm::jr(RA),
        asm::addiu(SP, SP, 24),
    ]
}

#[test]
fn host_functions_see_arguments_and_memory() {
    let mut machine = Machine::default();
    let _other = machine.register_host();
    let read = machine.register_host();
    machine
        .write_words(CODE, &call_host(read.address()))
        .unwrap();
    machine.write(DATA, b"disc").unwrap();
    let mut calls = Vec::new();
    let result = machine.call_with(CODE, &[DATA], &mut |id, host| {
        let (buffer, count) = (host.arg(0)?, host.arg(1)?);
        let word = host.read(buffer, 4)?.to_vec();
        host.write(buffer + 4, &word)?;
        host.spend(1000);
        calls.push((id, count, host.return_address()));
        Ok(41)
    });
    assert_eq!(result, Ok(42));
    assert_eq!(calls, [(read, 5, at(4))]);
    assert_eq!(machine.read(DATA, 8), Ok(&b"discdisc"[..]));
    assert!(machine.counters().cycles > 1000);
}

#[test]
fn host_functions_get_arguments_from_the_stack() {
    let mut machine = Machine::default();
    let sum = machine.register_host();
    let body = [
        asm::addiu(SP, SP, -32),
        asm::sw(RA, 28, SP),
        asm::addiu(T0, ZERO, 55),
        asm::jal(sum.address()),
        asm::sw(T0, 16, SP),
        asm::lw(RA, 28, SP),
        asm::NOP,
        asm::jr(RA),
        asm::addiu(SP, SP, 32),
    ];
    machine.write_words(CODE, &body).unwrap();
    assert_eq!(
        machine.call_with(CODE, &[], &mut |_, host| host.arg(4)),
        Ok(55)
    );
}

#[test]
fn a_host_function_leaves_garbage() {
    let lost = [
        AT, V1, A0, A1, A2, A3, T0, T1, T2, T3, T4, T5, T6, T7, T8, T9,
    ];
    for reg in lost {
        let mut machine = Machine::default();
        let id = machine.register_host();
        let mut body = call_host(id.address());
        body[3] = asm::addiu(reg, ZERO, 5);
        body[5] = asm::addu(V0, reg, ZERO);
        machine.write_words(CODE, &body).unwrap();
        let value = machine.call_with(CODE, &[], &mut |_, _| Ok(0)).unwrap();
        assert_eq!(value, 0xDEAD_0001 | u32::from(reg) << 8);
    }
    for read in [asm::mfhi(V0), asm::mflo(V0)] {
        let mut machine = Machine::default();
        let id = machine.register_host();
        let mut body = call_host(id.address());
        body[3] = asm::multu(A0, A0);
        body[5] = read;
        machine.write_words(CODE, &body).unwrap();
        let value = machine.call_with(CODE, &[2], &mut |_, _| Ok(0)).unwrap();
        assert_eq!(value >> 16, 0xDEAD);
    }
}

#[test]
fn the_guard_holds_for_host_functions() {
    let mut machine = Machine::default();
    let id = machine.register_host();
    machine.write_words(CODE, &call_host(id.address())).unwrap();
    machine
        .permit_writes(&[DATA..DATA + 8, machine.stack()])
        .unwrap();
    let mut write = |addr, len: usize| {
        machine.call_with(CODE, &[], &mut |_, host| {
            host.write(addr, &vec![1; len])?;
            Ok(0)
        })
    };
    assert_eq!(write(DATA, 8), Ok(1));
    let trap = Trap::WriteOutside {
        pc: at(4),
        addr: DATA + 8,
    };
    assert_eq!(write(DATA, 9), Err(trap));
    assert!(matches!(write(0x0020_0000, 1), Err(Trap::Host(_))));
    assert_eq!(machine.read(DATA + 8, 1), Ok(&[0][..]));
}

#[test]
fn the_hosts_error_ends_the_program() {
    let mut machine = Machine::default();
    let id = machine.register_host();
    machine.write_words(CODE, &call_host(id.address())).unwrap();
    let failed = machine.call_with(CODE, &[], &mut |_, _| Err(Trap::HostFailed { code: 3 }));
    assert_eq!(failed, Err(Trap::HostFailed { code: 3 }));
    assert_eq!(
        machine.call(CODE, &[]),
        Err(Trap::NoHandler { pc: at(4), id: 0 })
    );
}

#[test]
fn arguments_must_have_arrived_at_a_host_function() {
    let mut machine = Machine::default();
    let id = machine.register_host();
    let mut body = call_host(id.address());
    body[3] = asm::lw(A0, 0, SP);
    machine.write_words(CODE, &body).unwrap();
    let trap = machine.call_with(CODE, &[], &mut |_, _| Ok(0));
    assert_eq!(
        trap,
        Err(Trap::LoadDelay {
            pc: id.address(),
            reg: A0
        })
    );
}

#[test]
fn calls_nest() {
    let mut machine = Machine::default();
    let id = machine.register_host();
    machine.write_words(CODE, &call_host(id.address())).unwrap();
    let inner = [
        asm::addiu(SP, SP, -96),
        asm::sll(V0, A0, 1),
        asm::jr(RA),
        asm::addiu(SP, SP, 96),
    ];
    machine.write_words(DATA, &inner).unwrap();
    let result = machine.call_with(CODE, &[], &mut |_, host| host.machine().call(DATA, &[21]));
    assert_eq!(result, Ok(43));
    // 24 of the outer function, 16 of arguments, 96 of the inner one.
    assert_eq!(machine.counters().stack_depth, 24 + 16 + 96);
}

#[test]
fn memory_can_start_with_a_pattern() {
    let mut machine = Machine::new(iopsim::Config {
        fill: 0xA5,
        ..Default::default()
    });
    machine
        .write_words(CODE, &function(&[asm::lw(V0, 0, A0), asm::NOP]))
        .unwrap();
    assert_eq!(machine.call(CODE, &[DATA]), Ok(0xA5A5_A5A5));
    assert_eq!(machine.read_word(DATA + 1), Ok(0xA5A5_A5A5));
}
