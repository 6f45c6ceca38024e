//! Mounts an image, reads all of it as games do, and compares its checksum with the manifest's.

use core::num::NonZeroI32;

use zso::{SECTOR_SIZE, Sector, SectorDevice};

use super::clock::Instant;
use super::console;
use super::reader::{Counted, Disc, Waits, ZsoError, workspace_size};
use crate::manifest::{CRC32, Image};
use crate::protocol::{PROGRESS, TIME};

/// Sectors that games ask for at a time.
pub(crate) const CHUNK: u32 = 8;
/// Sectors that the reader keeps in memory.
pub(crate) const READ_AHEAD: u32 = 16;
/// Where a file's header has the size of its blocks.
const BLOCK_SIZE: usize = 16;
/// Sectors between two lines on how far it is.
const PROGRESS_STEP: u32 = 2048;

pub(crate) struct Memory<'m> {
    /// The reader's.
    pub(crate) workspace: &'m mut [Sector],
    /// What is read.
    pub(crate) buffer: &'m mut [u8],
}

impl<'m> Memory<'m> {
    /// Divides memory for a file that begins with this sector.
    pub(crate) fn divide(memory: &'m mut [Sector], first: &Sector) -> Option<Self> {
        let block_size = first.0.get(BLOCK_SIZE..)?.first_chunk()?;
        let size = workspace_size(u32::from_le_bytes(*block_size), READ_AHEAD) as usize;
        let (workspace, buffer) = memory.split_at_mut_checked(size.div_ceil(SECTOR_SIZE))?;
        Some(Self {
            workspace,
            buffer: Sector::bytes_mut(buffer),
        })
    }
}

/// What reading all of an image came to.
struct Figures {
    crc: u32,
    /// Cycles in the reader, waiting for the device not included.
    reader: u64,
}

/// Checks an image; returns whether it is what the manifest says.
pub(crate) fn check<D>(image: &Image<'_>, device: D, memory: &mut [Sector]) -> bool
where
    D: SectorDevice<Error: Into<NonZeroI32>> + Waits,
{
    let (name, source) = (image.name, image.source.name());
    match read(image, device, memory) {
        Ok(good) => good,
        Err(error) => {
            say!("{name:<12} {source:<4} FAILED: {error}");
            false
        }
    }
}

fn read<D>(image: &Image<'_>, device: D, memory: &mut [Sector]) -> Result<bool, ZsoError>
where
    D: SectorDevice<Error: Into<NonZeroI32>> + Waits,
{
    let mut device = device;
    let file_sectors = device.sectors().unwrap_or(0);
    let (first, memory) = memory.split_at_mut(1);
    // If this fails, mounting does as well, and tells why.
    let _ = device.read_sectors(0, &mut first[0].0);
    let Some(memory) = Memory::divide(memory, &first[0]) else {
        return Err(ZsoError::MEMORY);
    };
    let mut device = Counted::new(device);
    let mut disc = Disc::mount(memory.workspace, &mut device, file_sectors)?;
    let figures = read_through(&mut disc, memory.buffer)?;
    Ok(report(image, file_sectors, &disc, &figures))
}

/// Reads all of a disc.
fn read_through<D>(disc: &mut Disc<'_, D>, buffer: &mut [u8]) -> Result<Figures, ZsoError>
where
    D: SectorDevice<Error: Into<NonZeroI32>> + Waits,
{
    let mut digest = CRC32.digest();
    let mut cycles = 0_u64;
    let waited = disc.device().device.waited();
    let sectors = disc.sectors();
    for lsn in (0..sectors).step_by(CHUNK as usize) {
        let start = Instant::now();
        let read = disc.read(lsn, buffer, CHUNK)?;
        cycles += u64::from(start.elapsed());
        digest.update(&buffer[..read as usize * SECTOR_SIZE]);
        if lsn != 0 && lsn.is_multiple_of(PROGRESS_STEP) {
            console::line(PROGRESS, format_args!("{lsn} of {sectors}"));
        }
    }
    Ok(Figures {
        crc: digest.finalize(),
        reader: cycles.saturating_sub(disc.device().device.waited() - waited),
    })
}

fn report<D>(image: &Image<'_>, file_sectors: u32, disc: &Disc<'_, D>, figures: &Figures) -> bool
where
    D: SectorDevice<Error: Into<NonZeroI32>> + Waits,
{
    let (sectors, device) = (disc.sectors(), disc.device());
    let good = sectors == image.sectors && figures.crc == image.crc;
    let verdict = if good { "as in the manifest" } else { "WRONG" };
    let (name, source) = (image.name, image.source.name());
    say!(
        "{name:<12} {source:<4} {sectors} sectors in a file of {file_sectors}; {} requests for {}; crc {:08x} {verdict}",
        device.requests,
        device.sectors,
        figures.crc,
    );
    let a_sector = figures.reader / u64::from(sectors.max(1));
    let (reader, waited) = (figures.reader, device.device.waited());
    console::line(
        TIME,
        format_args!(
            "{name:<12} {source:<4} {reader} cycles in the reader ({a_sector} a sector), {waited} in the device"
        ),
    );
    good
}
