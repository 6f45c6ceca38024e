//! Which instruction is executed after which.
//!
//! The unit is the instruction, not the basic block: hazards are about the very next ones, and a
//! branch takes effect one instruction late. So the step after a branch is its delay slot, and the
//! steps after a delay slot are those of its branch.

use std::collections::{BTreeMap, BTreeSet};

use iopsim::{Flow, Instr, Op};

use crate::detail::{Blind, Path};
use crate::elf::Elf;
use crate::place::Place;
use crate::relocs::{JUMP, Target, jump_addend};

/// The code of one section. Instructions are numbered in the order of their words.
pub(crate) struct Code<'e> {
    elf: &'e Elf<'e>,
    section: usize,
    words: Vec<u32>,
    /// Number of words without padding at the end.
    end: usize,
    /// What the relocations of `j` and `jal` say.
    jumps: BTreeMap<usize, Destination>,
    /// Instructions that control can reach other than from the word before.
    entries: BTreeSet<usize>,
}

/// Where a branch, jump or call goes.
#[derive(Clone)]
pub(crate) enum Destination {
    /// To this offset of the section, modulo 2^32; there need not be code.
    Offset(u32),
    /// To a function of another object.
    External(String),
    /// To the named symbol in a section without code.
    Data { symbol: String, section: String },
    /// To a fixed address.
    Fixed,
    /// To the address in a register.
    Register,
    /// To what a broken relocation says.
    Broken,
}

/// What is executed next.
pub(crate) enum Step {
    /// The instruction with this number.
    To(usize, Path),
    /// Something that is not in sight.
    Unknown(Blind),
    /// Whatever is linked after this object.
    PastEnd,
}

impl<'e> Code<'e> {
    pub fn new(elf: &'e Elf<'e>, section: usize) -> Code<'e> {
        let data = elf.sections.get(section).map_or(&[][..], |s| s.data);
        let words: Vec<u32> = data
            .as_chunks()
            .0
            .iter()
            .map(|word| u32::from_le_bytes(*word))
            .collect();
        let mut code = Code {
            elf,
            section,
            end: unpadded(&words),
            words,
            jumps: jumps(elf, section),
            entries: BTreeSet::new(),
        };
        code.entries = code.find_entries();
        code
    }

    /// Number of words, padding included.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Numbers of the instructions, without padding.
    pub fn instructions(&self) -> impl Iterator<Item = (usize, Instr)> {
        (0..self.end).filter_map(|at| Some((at, self.instr(at)?)))
    }

    pub fn instr(&self, at: usize) -> Option<Instr> {
        Instr::decode(*self.words.get(at)?)
    }

    pub fn place(&self, at: usize) -> Place {
        Place::of(self.elf, self.section, offset(at)).unwrap_or_else(|| Place {
            section: String::new(),
            offset: offset(at),
            word: 0,
            function: None,
        })
    }

    /// Whether there is code at an offset.
    pub fn contains(&self, offset: u32) -> bool {
        self.index(offset).is_some()
    }

    /// Whether a word with this number belongs to the code.
    pub fn has(&self, at: usize) -> bool {
        at < self.end
    }

    /// Whether the instruction stands after a branch.
    pub fn is_in_slot(&self, at: usize) -> bool {
        self.branch_before(at).is_some()
    }

    /// Where a branch goes; `None` for other instructions.
    pub fn destination(&self, at: usize) -> Option<Destination> {
        let instr = self.instr(at)?;
        match instr.successors(offset(at)) {
            Flow::Next => None,
            Flow::Register => Some(Destination::Register),
            _ if matches!(instr.op, Op::J | Op::Jal) => {
                Some(self.jumps.get(&at).cloned().unwrap_or(Destination::Fixed))
            }
            Flow::Branch { target } | Flow::Jump { target } | Flow::Call { target } => {
                Some(Destination::Offset(target))
            }
        }
    }

    /// Everything that may be executed after an instruction.
    pub fn after(&self, at: usize) -> Vec<Step> {
        let Some(branch) = self.branch_before(at) else {
            return self.run_on(at);
        };
        let mut steps = self.leave(branch);
        // Control that came here by a jump of its own knows nothing of the branch.
        if self.entries.contains(&at) {
            steps.extend(self.run_on(at));
        }
        steps
    }

    fn branch_before(&self, at: usize) -> Option<usize> {
        let before = at.checked_sub(1)?;
        self.instr(before)?.is_branch().then_some(before)
    }

    fn run_on(&self, at: usize) -> Vec<Step> {
        match self.instr(at) {
            // The exception it raises does not come back.
            Some(instr) if instr.op == Op::Break => Vec::new(),
            _ => vec![self.step(at.saturating_add(1), Path::Next)],
        }
    }

    fn step(&self, at: usize, path: Path) -> Step {
        if self.has(at) {
            Step::To(at, path)
        } else {
            Step::PastEnd
        }
    }

    /// What follows the delay slot of a branch.
    fn leave(&self, branch: usize) -> Vec<Step> {
        let Some(instr) = self.instr(branch) else {
            return Vec::new();
        };
        let after = branch.saturating_add(2);
        let (path, falls_through) = match instr.successors(offset(branch)) {
            Flow::Next => return Vec::new(),
            Flow::Branch { .. } => (Path::Taken, true),
            Flow::Jump { .. } | Flow::Register => (Path::Jump, false),
            Flow::Call { .. } => (Path::Call, is_conditional_call(instr)),
        };
        let mut steps: Vec<Step> = self.arrive(branch, path).into_iter().collect();
        if falls_through {
            steps.push(self.step(after, Path::NotTaken));
        } else if instr.writes().is_some() && !self.has(after) {
            // The callee returns to there. It is not the next step, but there must be something.
            steps.push(Step::PastEnd);
        }
        steps
    }

    /// The step to a branch's destination; `None` when that is a violation of its own.
    fn arrive(&self, branch: usize, path: Path) -> Option<Step> {
        let place = || self.place(branch);
        match self.destination(branch)? {
            Destination::Offset(target) => Some(Step::To(self.index(target)?, path)),
            Destination::External(name) => Some(Step::Unknown(Blind::External(place(), name))),
            Destination::Register => Some(Step::Unknown(Blind::Register(place()))),
            Destination::Data { .. } | Destination::Fixed | Destination::Broken => None,
        }
    }

    fn index(&self, offset: u32) -> Option<usize> {
        let at = (offset >> 2) as usize;
        (offset.is_multiple_of(4) && self.has(at)).then_some(at)
    }

    fn find_entries(&self) -> BTreeSet<usize> {
        let targets = (0..self.end).filter_map(|at| match self.destination(at)? {
            Destination::Offset(target) => self.index(target),
            _ => None,
        });
        let functions = self.elf.functions(self.section);
        targets
            .chain(functions.filter_map(|symbol| self.index(symbol.value)))
            .collect()
    }
}

/// `bltzal` and `bgezal` on anything but `$zero`.
fn is_conditional_call(instr: Instr) -> bool {
    instr.op == Op::Bltzal || instr.op == Op::Bgezal && instr.rs != 0
}

/// Offset of an instruction. Sections are smaller than 4 GiB, so it always fits.
fn offset(at: usize) -> u32 {
    (at as u32) << 2
}

/// Number of words up to the last one that is not zero, and its delay slot: zero is `nop`.
fn unpadded(words: &[u32]) -> usize {
    let Some(last) = words.iter().rposition(|word| *word != 0) else {
        return 0;
    };
    let is_branch = words
        .get(last)
        .and_then(|word| Instr::decode(*word))
        .is_some_and(|instr| instr.is_branch());
    let end = last.saturating_add(if is_branch { 2 } else { 1 });
    end.min(words.len())
}

fn jumps(elf: &Elf, section: usize) -> BTreeMap<usize, Destination> {
    let tables = elf.tables.iter().filter(|table| table.target == section);
    tables
        .flat_map(|table| &table.entries)
        .filter(|entry| entry.kind == JUMP)
        .map(|entry| {
            let word = elf.sections.get(section).and_then(|s| s.word(entry.offset));
            let target = word.zip(Target::of(elf, entry.symbol));
            let destination = target.map_or(Destination::Broken, |(word, target)| {
                jump_destination(elf, section, target, word)
            });
            ((entry.offset >> 2) as usize, destination)
        })
        .collect()
}

fn jump_destination(elf: &Elf, section: usize, target: Target, word: u32) -> Destination {
    match target.home {
        None => Destination::External(target.name),
        Some((home, value)) if home == section => {
            Destination::Offset(value.wrapping_add(jump_addend(&target, word) as u32))
        }
        Some((home, _)) => Destination::Data {
            symbol: target.name,
            section: elf
                .sections
                .get(home)
                .map_or_else(String::new, |s| s.name.clone()),
        },
    }
}
