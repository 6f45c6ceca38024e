//! An image read twice by the object that decodes while the drive reads: once so, and once with a drive that lets
//! nobody work meanwhile. What is read must be the same; what differs is the time.

use zso::{SECTOR_SIZE, Sector, SectorDevice};

use super::clock::Instant;
use super::console;
use super::disc_file::DiscFile;
use super::image::CHUNK;
use super::opl::{OplDisc, SharedDrive};
use super::program::{Fault, Machine};
use super::reader::Waits;
use crate::manifest::{CRC32, Image};
use crate::protocol::TIME;

/// What reading all of an image came to.
struct Figures {
    file_sectors: u32,
    sectors: u32,
    crc: u32,
    requests: u32,
    asked: u32,
    shared: u32,
    cycles: u64,
    waited: u64,
}

/// Checks an image in both ways; returns whether it is what the manifest says, and was decoded when it should be.
pub(crate) fn check(machine: &mut Machine<'_>, image: &Image<'_>) -> Result<bool, Fault> {
    let mut good = true;
    for (overlaps, how) in [
        (true, "decoded while the drive reads"),
        (false, "decoded when it has read"),
    ] {
        let figures = read(machine, image, overlaps)?;
        good &= report(image, &figures, overlaps, how);
    }
    Ok(good)
}

fn read(machine: &mut Machine<'_>, image: &Image<'_>, overlaps: bool) -> Result<Figures, Fault> {
    let extent = machine.find(image.name)?;
    let mut file = DiscFile::new(&mut machine.cdvd, extent);
    file.read_sectors(0, &mut machine.sector.0)
        .map_err(Fault::Drive)?;
    let chunk = machine
        .memory
        .get_mut(..CHUNK as usize)
        .ok_or(Fault::Memory)?;
    let mut drive = SharedDrive::new(file, overlaps);
    let waited = drive.waited();
    let mut disc = OplDisc::mount(machine.sector, &mut drive);
    let (crc, cycles) = read_through(&mut disc, Sector::bytes_mut(chunk));
    let drive = disc.drive();
    Ok(Figures {
        file_sectors: extent.sectors(),
        sectors: disc.sectors(),
        crc,
        requests: drive.requests,
        asked: drive.sectors,
        shared: drive.shared,
        cycles,
        waited: drive.waited() - waited,
    })
}

/// Reads all of a disc, or up to what fails; returns the checksum, and how many cycles it took.
fn read_through(disc: &mut OplDisc<'_, '_>, buffer: &mut [u8]) -> (u32, u64) {
    let mut digest = CRC32.digest();
    let mut cycles = 0;
    let (mut lsn, sectors) = (0, disc.sectors());
    while lsn < sectors {
        let start = Instant::now();
        let read = disc.read(lsn, buffer);
        cycles += u64::from(start.elapsed());
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read * SECTOR_SIZE]);
        lsn += read as u32;
    }
    (digest.finalize(), cycles)
}

fn report(image: &Image<'_>, figures: &Figures, overlaps: bool, how: &str) -> bool {
    let Figures {
        file_sectors,
        sectors,
        crc,
        requests,
        asked,
        shared,
        cycles,
        waited,
    } = *figures;
    let good = sectors == image.sectors && crc == image.crc && overlaps == (shared > 0);
    let verdict = if good { "as in the manifest" } else { "WRONG" };
    let (name, source) = (image.name, image.source.name());
    say!(
        "{name:<12} {source:<4} {sectors} sectors in a file of {file_sectors}, {how}: \
         during {shared} of {requests} requests for {asked}; crc {crc:08x} {verdict}"
    );
    console::line(
        TIME,
        format_args!("{name:<12} {source:<4} {how}: {cycles} cycles, {waited} of them waiting"),
    );
    good
}
