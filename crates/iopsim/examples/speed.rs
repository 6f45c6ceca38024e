//! Measures the simulator: `cargo run --release -p iopsim --example speed`.

use std::time::Instant;

use iopsim::reg::{A0, A1, A2, RA, T0, T1, T2, T3, T4, V0, ZERO};
use iopsim::{Config, CycleModel, Machine, asm};

/// Copies words and sums them, 14 instructions per 8 bytes: loads, stores and arithmetic as in a
/// decoder's inner loop.
const COPY: [u32; 17] = [
    asm::addu(V0, ZERO, ZERO),
    asm::lw(T0, 0, A1),
    asm::lw(T1, 4, A1),
    asm::addiu(A1, A1, 8),
    asm::sw(T0, 0, A0),
    asm::addu(V0, V0, T0),
    asm::xor(T2, T0, T1),
    asm::sw(T1, 4, A0),
    asm::sll(T3, T2, 3),
    asm::addu(V0, V0, T1),
    asm::addiu(A2, A2, -8),
    asm::addiu(A0, A0, 8),
    asm::andi(T4, T3, 0xFF),
    asm::bne(A2, ZERO, -13),
    asm::addu(V0, V0, T4),
    asm::jr(RA),
    asm::NOP,
];

fn measure(name: &str, cycles: CycleModel) -> Result<(), iopsim::Trap> {
    let mut machine = Machine::new(Config {
        cycles,
        ..Config::default()
    });
    machine.write_words(0x1_0000, &COPY)?;
    machine.permit_writes(&[0x4_0000..0x8_0000, machine.stack()])?;
    let start = Instant::now();
    for _ in 0..400 {
        machine.call(0x1_0000, &[0x4_0000, 0x8_0000, 0x4_0000])?;
    }
    let counters = machine.counters();
    let millions = counters.instructions as f64 / 1e6;
    println!(
        "{name}: {millions:.0} M instructions, {:.0} M/s, {:.2} cycles each",
        millions / start.elapsed().as_secs_f64(),
        counters.cycles as f64 / counters.instructions as f64,
    );
    Ok(())
}

fn main() -> Result<(), iopsim::Trap> {
    measure("r3000a", CycleModel::r3000a())?;
    measure("flat", CycleModel::flat())
}
