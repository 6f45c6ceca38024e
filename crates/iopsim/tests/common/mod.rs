//! What the tests share: small programs at a fixed address.
#![allow(dead_code, reason = "each test binary uses a part")]

use iopsim::reg::{RA, T0};
use iopsim::{Config, CycleModel, Machine, Trap, asm};

/// Where programs start: the first address that the IOP's kernel leaves alone, at a cache line's start.
pub const CODE: u32 = 0x0001_0000;
/// A data buffer, at a 1 KiB page's start and far from code and stack.
pub const DATA: u32 = 0x0010_0000;

pub fn strict(code: &[u32]) -> Machine {
    machine(code, true, CycleModel::r3000a())
}

pub fn lenient(code: &[u32]) -> Machine {
    machine(code, false, CycleModel::r3000a())
}

pub fn machine(code: &[u32], strict: bool, cycles: CycleModel) -> Machine {
    let mut machine = Machine::new(Config {
        cycles,
        strict,
        ..Config::default()
    });
    machine.write_words(CODE, code).unwrap();
    machine
}

/// The program followed by its return.
pub fn function(body: &[u32]) -> Vec<u32> {
    [body, &[asm::jr(RA), asm::NOP]].concat()
}

/// Result of the program as a function, in strict mode.
pub fn result(body: &[u32], args: &[u32]) -> Result<u32, Trap> {
    strict(&function(body)).call(CODE, args)
}

/// Address of the n-th instruction.
pub fn at(n: u32) -> u32 {
    CODE + 4 * n
}

/// Puts the address of the data buffer into `$t0`.
pub const DATA_TO_T0: u32 = asm::lui(T0, (DATA >> 16) as u16);
