//! Rule 8: what the R3000A asks of code and does not check itself.

use iopsim::Instr;

use crate::elf::Elf;
use crate::flow::{Code, Destination, Step};
use crate::place::Register;
use crate::violation::Violation;

/// How many instructions after `mfhi` or `mflo` must leave HI and LO alone (MIPS RISC Architecture).
const HI_LO_DISTANCE: u32 = 2;

/// Checks all code; returns the number of words.
pub(crate) fn check(elf: &Elf, out: &mut Vec<Violation>) -> usize {
    let mut words = 0usize;
    for (index, section) in elf.sections.iter().enumerate() {
        if !section.is_code() {
            continue;
        }
        if !section.size.is_multiple_of(4) {
            out.push(Violation::BrokenWords {
                section: section.name.clone(),
                size: section.size,
            });
        }
        let code = Code::new(elf, index);
        words = words.saturating_add(code.len());
        check_code(&code, out);
    }
    words
}

fn check_code(code: &Code, out: &mut Vec<Violation>) {
    for at in (0..code.len()).filter(|at| code.instr(*at).is_none()) {
        out.push(Violation::NotMips1 {
            place: code.place(at),
        });
    }
    for (at, instr) in code.instructions() {
        branch(code, at, out);
        end_of_code(code, at, instr, out);
        load_delay(code, at, instr, out);
        if instr.reads_hi_lo() {
            hi_lo(code, at, at, 1, out);
        }
    }
}

/// A branch must not be in a delay slot, and must lead to code.
fn branch(code: &Code, at: usize, out: &mut Vec<Violation>) {
    let Some(destination) = code.destination(at) else {
        return;
    };
    let place = || code.place(at);
    if code.is_in_slot(at) {
        out.push(Violation::BranchInSlot { place: place() });
    }
    match destination {
        Destination::Offset(target) if !code.contains(target) => {
            out.push(Violation::JumpOutside {
                place: place(),
                target,
            });
        }
        Destination::Data { symbol, section } => out.push(Violation::JumpIntoData {
            place: place(),
            symbol,
            section,
        }),
        Destination::Fixed => out.push(Violation::JumpNotRelocated { place: place() }),
        _ => {}
    }
}

/// Control must not run out of the section, be it into a delay slot or by running on.
fn end_of_code(code: &Code, at: usize, instr: Instr, out: &mut Vec<Violation>) {
    let place = || code.place(at);
    if instr.is_branch() && !code.has(at.saturating_add(1)) {
        out.push(Violation::SlotMissing { place: place() });
    } else if code
        .after(at)
        .iter()
        .any(|step| matches!(step, Step::PastEnd))
    {
        out.push(Violation::FallsOutside { place: place() });
    }
}

/// What a load fetched must not be read by any instruction that may come next.
fn load_delay(code: &Code, at: usize, load: Instr, out: &mut Vec<Violation>) {
    let Some(register) = load.load_target() else {
        return;
    };
    for step in code.after(at) {
        match step {
            Step::To(next, path) => {
                // The R3000A hands the half-filled register over to the other half of an unaligned load.
                let early = |user: Instr| user.reads(register) && !load.pairs_with(&user);
                if code.instr(next).is_some_and(early) {
                    out.push(Violation::LoadDelay {
                        load: code.place(at),
                        register: Register(register),
                        path,
                        user: code.place(next),
                    });
                }
            }
            Step::Unknown(blind) => out.push(Violation::LoadDelayUnknown {
                load: code.place(at),
                register: Register(register),
                blind,
            }),
            Step::PastEnd => {}
        }
    }
}

/// Walks on from `read`, which is `distance - 1` instructions before `at`.
fn hi_lo(code: &Code, read: usize, at: usize, distance: u32, out: &mut Vec<Violation>) {
    for step in code.after(at) {
        match step {
            Step::To(next, _) => {
                if code.instr(next).is_some_and(|instr| instr.writes_hi_lo()) {
                    out.push(Violation::HiLo {
                        read: code.place(read),
                        writer: code.place(next),
                        distance,
                    });
                } else if distance < HI_LO_DISTANCE {
                    hi_lo(code, read, next, distance.saturating_add(1), out);
                }
            }
            Step::Unknown(blind) => out.push(Violation::HiLoUnknown {
                read: code.place(read),
                blind,
            }),
            Step::PastEnd => {}
        }
    }
}
