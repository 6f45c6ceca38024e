//! The simulator against QEMU: random programs leave the same registers and memory in both.
//!
//! The programs avoid what QEMU does not model or what ends them: load delays, HI and LO hazards,
//! overflow, unaligned accesses and division by zero. The other tests have those.

mod elf;
mod program;

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::process::Command;

use iopsim::reg::{A1, A2, V0};
use iopsim::{Config, Instr, Machine, Op, RAM_SIZE, Trap, reg};

use program::{Batch, RECORD_BYTES, RECORDS, Record, TEXT};

/// Sequences per program.
const SEQUENCES: u32 = 200;
/// Programs per run of the test.
const BATCHES: u64 = 50;
/// Set this variable to a seed that a failure printed, and only that batch runs.
const SEED_VARIABLE: &str = "IOPSIM_QEMU_SEED";

/// What QEMU leaves of a program's records.
fn run_in_qemu(batch: &Batch) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("sequences");
    elf::write_executable(&path, &batch.code, &batch.records).expect("the program is written");
    let output = match Command::new("qemu-mipsel").arg(&path).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => panic!(
            "qemu-mipsel is not installed: it is in the package qemu-user, which scripts/setup installs"
        ),
        output => output.expect("qemu-mipsel starts"),
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "qemu-mipsel: {}: {errors}",
        output.status
    );
    output.stdout
}

/// What the simulator leaves of them; the `write` system call tells where they are.
fn run_in_simulator(batch: &Batch) -> Result<Vec<u8>, Trap> {
    let mut machine = Machine::new(Config::default());
    machine.set_stack(0..RAM_SIZE);
    machine.write_words(TEXT, &batch.code)?;
    machine.write(RECORDS, &batch.records)?;
    machine.cpu_mut().jump(TEXT);
    match machine.run() {
        Trap::Syscall { .. } => {}
        trap => return Err(trap),
    }
    let cpu = machine.cpu();
    assert_eq!(cpu.reg(V0), program::SYS_WRITE);
    Ok(machine.read(cpu.reg(A1), cpu.reg(A2) as usize)?.to_vec())
}

/// What differs between the two for one sequence, and its code.
fn explain(batch: &Batch, n: usize, qemu: &[u8], ours: &[u8]) -> String {
    let (qemu, ours) = (Record::parse(qemu), Record::parse(ours));
    let mut lines = Vec::new();
    for (index, (theirs, ours)) in qemu.after.iter().zip(&ours.after).enumerate() {
        if theirs != ours {
            let name = match index {
                0 => "hi",
                32 => "lo",
                _ => reg::name(index as u8),
            };
            lines.push(format!("{name}: QEMU {theirs:#010x}, iopsim {ours:#010x}"));
        }
    }
    if qemu.data != ours.data {
        lines.push(format!(
            "data: QEMU {:02x?}\n    iopsim {:02x?}",
            qemu.data, ours.data
        ));
    }
    for place in batch.sequences[n].clone() {
        let text = Instr::decode(batch.code[place]).map(|instr| instr.to_string());
        lines.push(format!(
            "{:#x}: {}",
            TEXT + 4 * place as u32,
            text.unwrap_or_default()
        ));
    }
    lines.join("\n")
}

fn compare(seed: u64) -> BTreeSet<String> {
    let batch = Batch::random(seed, SEQUENCES);
    let qemu = run_in_qemu(&batch);
    let ours = run_in_simulator(&batch)
        .unwrap_or_else(|trap| panic!("{SEED_VARIABLE}={seed}: iopsim stopped: {trap}"));
    assert_eq!(
        qemu.len(),
        ours.len(),
        "{SEED_VARIABLE}={seed}: QEMU wrote another amount"
    );
    let size = RECORD_BYTES as usize;
    for (n, (theirs, ours)) in qemu.chunks(size).zip(ours.chunks(size)).enumerate() {
        assert!(
            theirs == ours,
            "{SEED_VARIABLE}={seed}, sequence {n}:\n{}",
            explain(&batch, n, theirs, ours)
        );
    }
    batch.operations()
}

#[test]
fn random_programs_leave_what_qemu_leaves() {
    let seeds = match std::env::var(SEED_VARIABLE) {
        Ok(seed) => vec![seed.parse().expect("the seed is a number")],
        Err(_) => (1..=BATCHES).collect(),
    };
    println!("seeds {seeds:?}, {SEQUENCES} sequences each");
    let seen: BTreeSet<_> = seeds.into_iter().flat_map(compare).collect();
    let absent = [Op::Mfc0, Op::Mtc0, Op::Rfe, Op::Break].map(Op::name);
    let missing: Vec<_> = all_names().filter(|name| !absent.contains(name)).collect();
    let missing: Vec<_> = missing
        .into_iter()
        .filter(|name| !seen.contains(*name))
        .collect();
    assert!(missing.is_empty(), "no sequence has {missing:?}");
}

/// Mnemonics of all instructions, found by their encodings.
fn all_names() -> impl Iterator<Item = &'static str> {
    let opcodes = (0..64).map(|n| n << 26);
    let special = 0..64;
    let regimm = (0..32).map(|n| 1 << 26 | n << 16);
    let cop0 = (0..32).map(|n| 16 << 26 | n << 21).chain([0x4200_0010]);
    let words = opcodes.chain(special).chain(regimm).chain(cop0);
    words.filter_map(Instr::decode).map(|instr| instr.op.name())
}
