//! What goes wrong, or nearly: one line for each case. What the lines should say stands in a file of its own.

use core::fmt;

use zso::{SECTOR_SIZE, SectorDevice};

use super::cdvd::CdvdError;
use super::disc_file::DiscFile;
use super::faulty::Faulty;
use super::host_file::HostFile;
use super::image::{CHUNK, Memory, READ_AHEAD};
use super::program::{Fault, Machine};
use super::reader::{Counted, Disc, ZsoError, read_unmounted, workspace_size};
use crate::manifest::CRC32;
use crate::protocol::{CUT, DAMAGED, GAME, LARGE, MANIFEST};
use crate::volume::Extent;

/// What is in a buffer before it is filled.
const STALE: u8 = 0xEE;

type GameDisc<'d> = Disc<'d, DiscFile<'d>>;

/// What a call returned.
struct Outcome(Result<u32, ZsoError>);

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ok(count) => count.fmt(f),
            Err(error) => error.fmt(f),
        }
    }
}

/// Runs all cases; fails where the reader contradicts itself.
pub(crate) fn run(machine: &mut Machine<'_>) -> Result<bool, Fault> {
    mounting(machine)?;
    failing_sectors(machine, DAMAGED, FileSize::Known)?;
    failing_sectors(machine, CUT, FileSize::Known)?;
    failing_sectors(machine, CUT, FileSize::Unknown)?;
    failing_sectors(machine, GAME, FileSize::Half)?;
    failing_drive(machine, 1)?;
    failing_drive(machine, 2)?;
    absent_host_file();
    requests(machine)
}

/// What is wrong is told when mounting.
fn mounting(machine: &mut Machine<'_>) -> Result<(), Fault> {
    let unmounted = read_unmounted(&mut machine.memory[..READ_AHEAD as usize], machine.sector);
    say!("read of nothing mounted: {}", Outcome(unmounted));
    let whole = machine.memory.len() as u32;
    let small = workspace_size(SECTOR_SIZE as u32, READ_AHEAD).div_ceil(SECTOR_SIZE as u32);
    for (name, sectors, what) in [
        (MANIFEST, whole, "mount of a text"),
        (LARGE, small, "mount of large blocks in a small workspace"),
        (GAME, small, "mount in a workspace of the size for it"),
        (GAME, 0, "mount in no workspace"),
    ] {
        let result = mount(machine, name, sectors)?;
        say!("{what}: {}", Outcome(result.map(|()| 0)));
    }
    Ok(())
}

fn mount(
    machine: &mut Machine<'_>,
    name: &str,
    sectors: u32,
) -> Result<Result<(), ZsoError>, Fault> {
    let extent = machine.find(name)?;
    let workspace = machine
        .memory
        .get_mut(..sectors as usize)
        .ok_or(Fault::Memory)?;
    let mut device = Counted::new(DiscFile::new(&mut machine.cdvd, extent));
    Ok(Disc::mount(workspace, &mut device, extent.sectors()).map(|_| ()))
}

/// What the reader is told of the file's size.
#[derive(Clone, Copy)]
enum FileSize {
    Known,
    Unknown,
    /// It is told that the file is half as long.
    Half,
}

impl FileSize {
    fn of(self, extent: Extent) -> u32 {
        match self {
            Self::Known => extent.sectors(),
            Self::Unknown => 0,
            Self::Half => extent.sectors() / 2,
        }
    }
}

impl fmt::Display for FileSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known => "size known",
            Self::Unknown => "size not known",
            Self::Half => "as if half were missing",
        })
    }
}

/// Sectors side by side that fail in the same way.
struct Run {
    first: u32,
    last: u32,
    error: ZsoError,
    /// The device's last error.
    device: i32,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last - self.first {
            0 => write!(f, "sector {}", self.first)?,
            _ => write!(f, "sectors {} to {}", self.first, self.last)?,
        }
        write!(f, ": {}", self.error)?;
        if self.device != 0 {
            write!(f, ", device's code {:#x}", self.device)?;
        }
        Ok(())
    }
}

/// The sectors of an image that fail, told run by run.
struct Failing<'n> {
    name: &'n str,
    size: FileSize,
    run: Option<Run>,
}

impl Failing<'_> {
    /// Notes how a sector was read; `device` is the device's last error.
    fn note(&mut self, lsn: u32, error: Option<ZsoError>, device: i32) {
        match (&mut self.run, error) {
            (Some(run), Some(error)) if run.error == error => run.last = lsn,
            _ => {
                self.tell();
                self.run = error.map(|error| Run {
                    first: lsn,
                    last: lsn,
                    error,
                    device,
                });
            }
        }
    }

    fn tell(&self) {
        if let Some(run) = &self.run {
            say!("{}, {}: {run}", self.name, self.size);
        }
    }
}

/// Reads an image sector by sector: which ones fail, and what all others hold.
fn failing_sectors(machine: &mut Machine<'_>, name: &str, size: FileSize) -> Result<(), Fault> {
    let extent = machine.find(name)?;
    let (file, memory) = machine.open(extent)?;
    let mut device = Counted::new(file);
    let mut disc = Disc::mount(memory.workspace, &mut device, size.of(extent))?;
    let mut failing = Failing {
        name,
        size,
        run: None,
    };
    let mut digest = CRC32.digest();
    let mut good = 0;
    for lsn in 0..disc.sectors() {
        let read = disc.read(lsn, memory.buffer, 1);
        failing.note(lsn, read.err(), disc.last_device_error());
        if read.is_ok() {
            good += 1;
            digest.update(&memory.buffer[..SECTOR_SIZE]);
        }
    }
    failing.tell();
    let (sectors, crc) = (disc.sectors(), digest.finalize());
    say!("{name}, {size}: {good} of {sectors} sectors, crc {crc:08x}");
    Ok(())
}

/// The drive fails a few times: a request may fail, and can be repeated.
fn failing_drive(machine: &mut Machine<'_>, times: u32) -> Result<(), Fault> {
    let extent = machine.find(GAME)?;
    let (file, memory) = machine.open(extent)?;
    let mut device = Counted::new(Faulty {
        device: file,
        // Mounting takes one.
        good: 1,
        bad: times,
        error: CdvdError::Drive(0x30),
    });
    let mut disc = Disc::mount(memory.workspace, &mut device, extent.sectors())?;
    for _ in 0..2 {
        let read = disc.read(300, memory.buffer, CHUNK);
        let crc = delivered_crc(&read, memory.buffer);
        let (outcome, code) = (Outcome(read), disc.last_device_error());
        say!(
            "{GAME}, 8 from 300 on, drive fails {times} times: {outcome}, device's code {code:#x}, crc {crc:08x}"
        );
    }
    Ok(())
}

/// Requests of all kinds, each compared with the same sectors in small pieces.
fn requests(machine: &mut Machine<'_>) -> Result<bool, Fault> {
    let extent = machine.find(GAME)?;
    let (file, memory) = machine.open(extent)?;
    let mut device = Counted::new(file);
    let mut disc = Disc::mount(memory.workspace, &mut device, extent.sectors())?;
    let end = disc.sectors();
    let mut good = true;
    for (lsn, count, offset) in [
        (0, 0, 0),
        (0, 300, 0),
        (0, 5000, 0),
        (end - 3, 8, 0),
        (end, 1, 0),
        (u32::MAX, u32::MAX, 0),
        (100, 40, 1),
        (100, 40, 2),
        (100, 40, 3),
        (101, 1, 2),
    ] {
        good &= request(&mut disc, memory.buffer, (lsn, count), offset);
    }
    Ok(good)
}

fn request(disc: &mut GameDisc<'_>, buffer: &mut [u8], at: (u32, u32), offset: usize) -> bool {
    let (lsn, count) = at;
    let place = &mut buffer[offset..];
    let expected = disc.sectors().saturating_sub(lsn).min(count);
    place[..expected as usize * SECTOR_SIZE].fill(STALE);
    let read = disc.read(lsn, place, count);
    let crc = delivered_crc(&read, place);
    let same = read == Ok(expected) && in_pieces(disc, buffer, lsn, expected) == Ok(crc);
    let verdict = if same {
        "as in pieces"
    } else {
        "NOT as in pieces"
    };
    say!(
        "{GAME}, {count} from {lsn} on to address + {offset}: {}, crc {crc:08x} {verdict}",
        Outcome(read)
    );
    same
}

/// The checksum of what was delivered, which after an error is nothing.
fn delivered_crc(read: &Result<u32, ZsoError>, buffer: &[u8]) -> u32 {
    let sectors = *read.as_ref().unwrap_or(&0) as usize;
    CRC32.checksum(&buffer[..sectors * SECTOR_SIZE])
}

/// The checksum of sectors that are read one by one.
fn in_pieces(
    disc: &mut GameDisc<'_>,
    buffer: &mut [u8],
    lsn: u32,
    count: u32,
) -> Result<u32, ZsoError> {
    let mut digest = CRC32.digest();
    for n in 0..count {
        disc.read(lsn + n, buffer, 1)?;
        digest.update(&buffer[..SECTOR_SIZE]);
    }
    Ok(digest.finalize())
}

fn absent_host_file() {
    match HostFile::open("ABSENT.ZSO") {
        Ok(_) => say!("a file that the host does not have: opened"),
        Err(error) => say!("a file that the host does not have: {error}"),
    }
}

impl Machine<'_> {
    /// A file, and memory to read it with.
    fn open(&mut self, extent: Extent) -> Result<(DiscFile<'_>, Memory<'_>), Fault> {
        let mut file = DiscFile::new(&mut self.cdvd, extent);
        file.read_sectors(0, &mut self.sector.0)
            .map_err(Fault::Drive)?;
        let memory = Memory::divide(self.memory, self.sector).ok_or(Fault::Memory)?;
        Ok((file, memory))
    }
}
