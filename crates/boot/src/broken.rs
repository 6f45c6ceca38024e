//! Broken ROMs and discs, one for each way in which a run can fail: each must be told, and told for what it is.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bootrom::protocol::{DAMAGED, MANIFEST};
use bootrom::volume::{Extent, Volume};
use iopsim::asm;
use iopsim::reg::{T0, T1, T9, ZERO};
use zso::device::MemoryDevice;
use zso::{SECTOR_SIZE, Sector};

use super::disc::Disc;
use super::pcsx2::Pcsx2;
use super::rom::Rom;
use super::verdict::{Fault, Record};
use super::{simulator, transcript};
use common::paths;

/// How long a ROM is given that hangs: longer than the emulator takes to start.
const LITTLE_PATIENCE: Duration = Duration::from_secs(8);
/// What the fault's text contains when a ROM hangs.
const SILENCE: &str = "did not come";

/// Where the program begins that the IOP runs.
const PROGRAM: &str = "start";
const JUMP: &str = "iop_start";
/// Instructions from there to the jump's delay slot.
const DELAY_SLOT: usize = 3;

/// Something broken, and what the fault's text or a line of the ROM must contain, where it can be noticed.
struct Case {
    what: &'static str,
    damage: Damage,
    in_pcsx2: Option<&'static str>,
    /// In PCSX2 with an IOP that is interpreted.
    in_interpreter: Option<&'static str>,
    in_simulator: Option<&'static str>,
}

enum Damage {
    /// Words from a symbol's place on, so many words after it.
    Code(&'static str, usize, Vec<u32>),
    /// The table of the ROM's files is not there.
    Directory,
    /// A byte in the middle of a file.
    File(&'static str),
    Volume,
    /// The second half of the disc is not there.
    HalfTheDisc,
    /// The drive cannot read a file's first sector.
    BadSector(&'static str),
}

fn cases() -> Vec<Case> {
    let case = |what, damage, in_pcsx2, in_simulator| Case {
        what,
        damage,
        in_pcsx2,
        in_interpreter: None,
        in_simulator,
    };
    let program = |words| Damage::Code(PROGRAM, 0, words);
    let nowhere = vec![asm::lui(T9, 0x5000), asm::jr(T9), asm::NOP];
    let too_early = vec![
        asm::lw(T0, 0, ZERO),
        asm::addu(T1, T0, T0),
        asm::beq(ZERO, ZERO, -1),
        asm::NOP,
    ];
    let unaligned = vec![asm::lw(T0, 1, ZERO), asm::beq(ZERO, ZERO, -1), asm::NOP];
    let unknown = Damage::Code(JUMP, DELAY_SLOT, vec![0x7000_0000]);
    let ee = Damage::Code("ee_idle", 0, vec![asm::breakpoint(0)]);
    vec![
        case(
            "the program hangs",
            program(vec![asm::beq(ZERO, ZERO, -1), asm::NOP]),
            Some(SILENCE),
            None,
        ),
        case(
            "an exception",
            program(vec![asm::breakpoint(0)]),
            Some("FAIL exception"),
            Some("break"),
        ),
        case("an exception of the EE", ee, Some("SENTINEL FAIL"), None),
        Case {
            in_interpreter: Some("Unimplemented op"),
            ..case(
                "an unknown instruction",
                unknown,
                Some("psxUNK"),
                Some("reserved instruction"),
            )
        },
        case(
            "a jump to nowhere",
            program(nowhere),
            Some("page fault"),
            Some("fetch outside RAM"),
        ),
        // What PCSX2 lets pass.
        case(
            "a register used too early",
            program(too_early),
            None,
            Some("delay slot of its load"),
        ),
        case(
            "an unaligned load",
            program(unaligned),
            None,
            Some("unaligned access"),
        ),
        case(
            "a ROM without a directory",
            Damage::Directory,
            Some("emulator ended"),
            None,
        ),
        case(
            "a wrong byte in an image",
            Damage::File("PLAIN.ZSO"),
            Some("FAIL 1"),
            Some("FAIL 1"),
        ),
        case(
            "another transcript",
            Damage::File(DAMAGED),
            Some("transcript"),
            Some("transcript"),
        ),
        case(
            "no file system",
            Damage::Volume,
            Some("emulator ended"),
            Some("FAIL 1"),
        ),
        case(
            "half a disc",
            Damage::HalfTheDisc,
            Some("emulator says"),
            Some("bus error"),
        ),
        // PCSX2's drive reads everything.
        case(
            "a sector that the drive cannot read",
            Damage::BadSector(MANIFEST),
            None,
            Some("the drive's error 30"),
        ),
    ]
}

/// Boots all of them, where there is an emulator in that as well.
pub fn prove(rom: &Rom, disc: &Disc, pcsx2: Option<&Pcsx2>) -> Result<()> {
    for case in cases() {
        let rom = broken_rom(rom, &case.damage)?;
        let disc = broken_disc(disc, &case.damage)?;
        if let Some(expected) = case.in_simulator {
            let run = simulator::boot(&rom, &disc, &mut |_| {})?;
            told(&case, "the simulator", expected, run)?;
        }
        if let (Some(expected), Some(pcsx2)) = (case.in_pcsx2, pcsx2) {
            let patience = if expected == SILENCE {
                LITTLE_PATIENCE
            } else {
                super::PATIENCE
            };
            let run = pcsx2.boot(&rom, &disc, patience, &mut |_| {})?;
            told(&case, "PCSX2", expected, run)?;
        }
        if let (Some(expected), Some(pcsx2)) = (case.in_interpreter, pcsx2) {
            let pcsx2 = pcsx2.interpreting();
            let run = pcsx2.boot(&rom, &disc, super::PATIENCE, &mut |_| {})?;
            told(&case, "PCSX2, interpreting", expected, run)?;
        }
    }
    Ok(())
}

/// Fails unless a run has failed as expected.
fn told(
    case: &Case,
    machine: &str,
    expected: &str,
    run: (Record, Result<(), Fault>),
) -> Result<()> {
    let (record, verdict) = run;
    let verdict = match verdict {
        Ok(()) => transcript::check(&record.transcript)?.err(),
        Err(fault) => Some(fault),
    };
    let fault = verdict.with_context(|| format!("{}: {machine} passes it", case.what))?;
    let text = fault.to_string();
    let mut lines = record.transcript.iter();
    ensure!(
        text.contains(expected) || lines.any(|line| line.contains(expected)),
        "{}: {machine} tells something else: {text}",
        case.what
    );
    let first_line = text.lines().next().unwrap_or_default();
    println!("{}: {machine} is stopped: {first_line}", case.what);
    Ok(())
}

fn broken_rom(rom: &Rom, damage: &Damage) -> Result<Vec<u8>> {
    let mut bytes = rom.bytes.clone();
    match damage {
        Damage::Code(symbol, at, words) => {
            let place = rom.place(symbol)? + 4 * at;
            let words = asm::to_bytes(words);
            bytes[place..][..words.len()].copy_from_slice(&words);
        }
        Damage::Directory => bytes.truncate(rom.code_bytes),
        Damage::File(_) | Damage::Volume | Damage::HalfTheDisc | Damage::BadSector(_) => {}
    }
    Ok(bytes)
}

fn broken_disc(disc: &Disc, damage: &Damage) -> Result<Disc> {
    let mut broken = Disc {
        path: broken_path(),
        // That would make it longer.
        is_dvd: !matches!(damage, Damage::HalfTheDisc),
        host_files: disc.host_files.clone(),
        bad_sector: None,
    };
    let mut bytes = fs::read(&disc.path)?;
    match damage {
        Damage::Code(..) | Damage::Directory => {}
        Damage::File(name) => {
            let extent = find(&bytes, name)?;
            let start = extent.lsn as usize * SECTOR_SIZE;
            bytes[start + extent.bytes as usize / 2] ^= 1;
        }
        Damage::Volume => bytes[16 * SECTOR_SIZE..][..SECTOR_SIZE].fill(0),
        Damage::HalfTheDisc => bytes.truncate(bytes.len() / 2 / SECTOR_SIZE * SECTOR_SIZE),
        Damage::BadSector(name) => broken.bad_sector = Some(find(&bytes, name)?.lsn),
    }
    fs::write(&broken.path, bytes)?;
    Ok(broken)
}

fn broken_path() -> PathBuf {
    paths::boot().join("broken.iso")
}

fn find(disc: &[u8], name: &str) -> Result<Extent> {
    let mut sector = Sector::ZERO;
    let mut device = MemoryDevice::new(disc);
    let found = Volume::of(&mut device, &mut sector)
        .and_then(|volume| volume.find(&mut device, &mut sector, name));
    found.ok().with_context(|| format!("no {name} on the disc"))
}
