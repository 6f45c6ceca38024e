//! The same ROM and disc on the simulated processor, which stops a program at what PCSX2 lets pass: a register used in
//! its load's delay slot, an unaligned access, an unknown instruction.

mod board;
mod drive;
mod ioman;

use std::cell::RefCell;
use std::fs;
use std::rc::Rc;

use anyhow::{Context, Result};
use iopsim::Machine;

use super::disc::Disc;
use super::log::Line;
use super::rom;
use super::verdict::{Fault, Record};
use board::Board;
use common::paths;
use drive::Drive;
use ioman::Ioman;

/// The ROM's stack, of which `rom.ld` has the start.
const STACK: std::ops::Range<u32> = 0x001F_0000..0x0020_0000;
/// Far more instructions than the ROM needs for its own disc.
const BUDGET: u64 = 20_000_000_000;

/// Boots a ROM with a disc, until the ROM's last line or a trap.
pub fn boot(
    rom: &[u8],
    disc: &Disc,
    watch: &mut dyn FnMut(&Line<'_>),
) -> Result<(Record, Result<(), Fault>)> {
    let image = fs::read(&disc.path)
        .with_context(|| format!("cannot read {}", paths::shown(&disc.path)))?;
    let mut machine = Machine::default();
    machine.set_stack(STACK);
    machine.set_budget(BUDGET);
    let mut ioman = Ioman::new(&disc.host_files)?;
    let rom = ioman.link(rom, &mut machine);
    machine.set_rom(&rom);
    let lines = Rc::new(RefCell::new(Vec::new()));
    let drive = Drive::new(image, disc.bad_sector);
    machine.add_device(board::RANGE, Box::new(Board::new(drive, lines.clone())));
    // It does not return: what ends it is its last line, or a trap.
    let stopped = machine.call_with(rom::BASE, &[], &mut |id, context| ioman.answer(id, context));
    let mut record = Record::default();
    for line in lines.borrow().iter() {
        let line = Line::parse(line);
        watch(&line);
        record.take(line);
    }
    let otherwise = Fault::Trap(match stopped {
        Ok(_) => "it returned".to_owned(),
        Err(trap) => trap.to_string(),
    });
    let verdict = record.verdict(otherwise);
    Ok((record, verdict))
}
