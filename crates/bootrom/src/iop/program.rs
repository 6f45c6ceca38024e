//! The program: does what the manifest on the disc says.

use core::fmt;

use zso::{SECTOR_SIZE, Sector, SectorDevice};

use super::cases;
use super::cdvd::{Cdvd, CdvdError, Command, FRAME_SECTORS};
use super::clock;
use super::console;
use super::disc_file::DiscFile;
use super::host_file::{HostError, HostFile};
use super::image;
use super::overlap;
use super::reader::ZsoError;
use super::selftest;
use crate::manifest::{CRC32, Image, ManifestError, Order, Source, Stretch, orders};
use crate::module::ModuleError;
use crate::protocol::{MANIFEST, PROGRESS};
use crate::volume::{Extent, Volume, VolumeError};

/// Sectors that a manifest has at most.
const MANIFEST_SECTORS: usize = 2;

/// Sectors of the disc that are read at a time.
const PIECE: u32 = 64;
/// Sectors between two lines on how far it is.
const PROGRESS_STEP: u32 = 32 * PIECE;

pub(crate) enum Fault {
    Memory,
    Volume(VolumeError<CdvdError>),
    Drive(CdvdError),
    Host(HostError),
    Text,
    Manifest(ManifestError),
    Zso(ZsoError),
    Module(ModuleError),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("too little memory"),
            Self::Volume(VolumeError::Drive(error)) | Self::Drive(error) => error.fmt(f),
            Self::Volume(VolumeError::NoVolume) => f.write_str("no ISO 9660 disc"),
            Self::Volume(VolumeError::Directory) => f.write_str("a damaged directory"),
            Self::Volume(VolumeError::NotFound) => f.write_str("the disc has no such file"),
            Self::Host(error) => error.fmt(f),
            Self::Text => f.write_str("a manifest that is no text, or too long"),
            Self::Manifest(error) => write!(f, "the manifest has {error}"),
            Self::Zso(error) => error.fmt(f),
            Self::Module(error) => write!(f, "the module cannot be loaded: {error:?}"),
        }
    }
}

impl From<VolumeError<CdvdError>> for Fault {
    fn from(error: VolumeError<CdvdError>) -> Self {
        Self::Volume(error)
    }
}

impl From<ZsoError> for Fault {
    fn from(error: ZsoError) -> Self {
        Self::Zso(error)
    }
}

/// Everything there is to do it with.
pub(crate) struct Machine<'m> {
    pub(crate) cdvd: Cdvd,
    pub(crate) volume: Volume,
    /// Sectors to read directories with, and whatever is wanted for a moment.
    pub(crate) sector: &'m mut Sector,
    pub(crate) memory: &'m mut [Sector],
}

/// Does it all; returns how many orders failed.
pub(crate) fn run(memory: &'static mut [Sector]) -> u32 {
    clock::start();
    say!("the IOP's program runs");
    obey_all(memory).unwrap_or_else(|fault| {
        say!("{fault}");
        1
    })
}

fn obey_all(memory: &'static mut [Sector]) -> Result<u32, Fault> {
    let (frames, memory) = memory
        .split_first_chunk_mut::<FRAME_SECTORS>()
        .ok_or(Fault::Memory)?;
    let (sector, memory) = memory.split_first_mut().ok_or(Fault::Memory)?;
    let (manifest, memory) = memory
        .split_at_mut_checked(MANIFEST_SECTORS)
        .ok_or(Fault::Memory)?;
    let mut cdvd = Cdvd::new(frames);
    let volume = Volume::of(&mut cdvd, sector)?;
    cdvd.sectors = Some(volume.sectors);
    say!("disc of {} sectors", volume.sectors);
    let mut machine = Machine {
        cdvd,
        volume,
        sector,
        memory,
    };
    let manifest = machine.manifest(manifest)?;
    let mut failures = 0;
    for order in orders(manifest) {
        let good = order
            .map_err(Fault::Manifest)
            .and_then(|order| machine.obey(order));
        let good = good.unwrap_or_else(|fault| {
            say!("{fault}");
            false
        });
        failures += u32::from(!good);
    }
    Ok(failures)
}

impl Machine<'_> {
    fn manifest<'t>(&mut self, memory: &'t mut [Sector]) -> Result<&'t str, Fault> {
        let extent = self.volume.find(&mut self.cdvd, self.sector, MANIFEST)?;
        let place = memory
            .get_mut(..extent.sectors() as usize)
            .ok_or(Fault::Text)?;
        let bytes = Sector::bytes_mut(place);
        self.cdvd
            .read_sectors(extent.lsn, bytes)
            .map_err(Fault::Drive)?;
        str::from_utf8(&bytes[..extent.bytes as usize]).map_err(|_| Fault::Text)
    }

    fn obey(&mut self, order: Order<'_>) -> Result<bool, Fault> {
        match order {
            Order::Read(image) => match image.source {
                Source::Cd => self.check(&image, Command::Cd),
                Source::Dvd => self.check(&image, Command::Dvd),
                Source::Host => {
                    let file = HostFile::open(image.name).map_err(Fault::Host)?;
                    Ok(image::check(&image, file, self.memory))
                }
                Source::Opl => overlap::check(self, &image),
            },
            Order::Disc(stretch) => self.read_disc(&stretch).map(|()| true),
            Order::Cases => cases::run(self),
            Order::Selftest => selftest::run(self),
        }
    }

    /// Reads sectors of the disc, also those after its volume, and says what their checksum is.
    fn read_disc(&mut self, stretch: &Stretch) -> Result<(), Fault> {
        let Stretch {
            source,
            first,
            sectors,
        } = *stretch;
        let sectors = if sectors == 0 {
            self.volume.sectors
        } else {
            sectors
        };
        self.cdvd.command = if source == Source::Dvd {
            Command::Dvd
        } else {
            Command::Cd
        };
        let volume = self.cdvd.sectors.take();
        let mut digest = CRC32.digest();
        for done in (0..sectors).step_by(PIECE as usize) {
            let count = PIECE.min(sectors - done);
            let place = self.memory.get_mut(..count as usize).ok_or(Fault::Memory)?;
            let bytes = Sector::bytes_mut(place);
            self.cdvd
                .read_sectors(first + done, bytes)
                .map_err(Fault::Drive)?;
            digest.update(&bytes[..count as usize * SECTOR_SIZE]);
            if done != 0 && done.is_multiple_of(PROGRESS_STEP) {
                console::line(PROGRESS, format_args!("{done} of {sectors}"));
            }
        }
        self.cdvd.sectors = volume;
        self.cdvd.command = Command::Cd;
        let crc = digest.finalize();
        let name = source.name();
        say!("{sectors} sectors of the disc from {first} on, by {name}: crc {crc:08x}");
        Ok(())
    }

    fn check(&mut self, image: &Image<'_>, command: Command) -> Result<bool, Fault> {
        let extent = self.find(image.name)?;
        self.cdvd.command = command;
        self.cdvd.waited = 0;
        let good = image::check(image, DiscFile::new(&mut self.cdvd, extent), self.memory);
        self.cdvd.command = Command::Cd;
        Ok(good)
    }

    pub(crate) fn find(&mut self, name: &str) -> Result<Extent, Fault> {
        Ok(self.volume.find(&mut self.cdvd, self.sector, name)?)
    }
}
