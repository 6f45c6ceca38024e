//! The maps as Rust on this machine.

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use testkit::device::{AnyDevice, DeviceError};
use testkit::on_host;
use testkit::reader::Reader;
use zso::device::{
    BlockDevice, ByteDevice, ByteDeviceError, DEVICE_SECTOR_SIZE, FhiDevice, FhiError, FileHandle,
    Fragment, FragmentDevice, HdlHeader, LargeBlockDevice, LargeSectors, MapError, PartDevice,
    PartFiles,
};
use zso::{Code, SECTOR_SIZE, SectorDevice, memory_sectors};

use crate::case::{Case, Map};
use crate::medium::Wire;

/// Mounts a case's file and runs a test.
pub(crate) fn mounted<T>(
    case: &Case,
    read_ahead: u32,
    test: impl FnOnce(&mut dyn Reader) -> T,
) -> Result<T, Code> {
    let memory = memory_sectors(SECTOR_SIZE as u32, read_ahead);
    with_device(case, |device| {
        let mut device = Known {
            device,
            sectors: case.known_sectors(),
        };
        on_host(&mut device, memory, test)
    })?
}

/// Makes the case's map.
fn with_device<T>(case: &Case, run: impl FnOnce(&mut AnyDevice<'_>) -> T) -> Result<T, Code> {
    let wire = || Raw {
        wire: case.wire.clone(),
        position: 0,
        len: case.len,
    };
    Ok(match &case.map {
        Map::Fragments(fragments) => run(&mut fragmented(wire(), fragments)?),
        Map::LargeFragments(fragments) => {
            let device = LargeSectors::new(wire());
            run(&mut fragmented(device, fragments)?)
        }
        Map::Hdl(header_at) => {
            let mut device = FragmentDevice::new(wire());
            let mut header = HdlHeader::ZERO;
            let pushed = device.push_hdl(*header_at, &mut header);
            pushed.map_err(|_| Code::Map)?;
            run(&mut Coded(device))
        }
        Map::Parts { part_sectors, most } => {
            let device = PartDevice::new(wire(), *part_sectors, case.file_sectors(), *most);
            run(&mut Coded(device.ok_or(Code::Map)?))
        }
        Map::Fhi => run(&mut Coded(FhiDevice::new(wire()).ok_or(Code::NotMounted)?)),
        Map::Bytes => {
            let device = ByteDevice::new(wire()).map_err(|_| Code::Device)?;
            run(&mut Coded(device))
        }
    })
}

fn fragmented<B: BlockDevice<Error = DeviceError>>(
    device: B,
    fragments: &[Fragment],
) -> Result<Coded<FragmentDevice<B>>, Code> {
    let mut device = FragmentDevice::new(device);
    for fragment in fragments {
        device.push(*fragment).map_err(|_| Code::Map)?;
    }
    Ok(Coded(device))
}

/// A device of which it is known how many sectors its file has, or not.
struct Known<'d> {
    device: &'d mut AnyDevice<'d>,
    sectors: Option<u32>,
}

impl SectorDevice for Known<'_> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        self.device.read_sectors(first, buf)
    }

    fn sectors(&self) -> Option<u32> {
        assert!(self.device.sectors() >= self.sectors);
        self.sectors
    }
}

/// A map whose errors are the numbers that C gets.
struct Coded<D>(D);

impl<D: SectorDevice> SectorDevice for Coded<D>
where
    D::Error: Number,
{
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        let read = self.0.read_sectors(first, buf);
        read.map_err(|error| DeviceError(error.number()))
    }

    fn sectors(&self) -> Option<u32> {
        self.0.sectors()
    }
}

/// An error as C gets it.
trait Number {
    fn number(self) -> i32;
}

impl Number for DeviceError {
    fn number(self) -> i32 {
        self.0
    }
}

impl Number for FhiError {
    fn number(self) -> i32 {
        Code::Device as i32
    }
}

impl<E: Number> Number for MapError<E> {
    fn number(self) -> i32 {
        match self {
            Self::Device(error) => error.number(),
            Self::PastEnd { .. } => Code::PastEnd as i32,
        }
    }
}

impl<E: Number> Number for ByteDeviceError<E> {
    fn number(self) -> i32 {
        match self {
            Self::Io(error) => error.number(),
            Self::Short { .. } | Self::PastEnd { .. } => Code::PastEnd as i32,
        }
    }
}

/// A wire as each kind of device.
struct Raw {
    wire: Wire,
    position: u64,
    len: u64,
}

impl Raw {
    fn blocks(
        &self,
        sector: u64,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), DeviceError> {
        let read = self.wire.fill(0, first * sector, buf.as_flattened_mut(), 1);
        read.map_err(DeviceError)
    }
}

impl BlockDevice for Raw {
    type Error = DeviceError;

    fn read_blocks(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), DeviceError> {
        self.blocks(512, first, buf)
    }
}

impl LargeBlockDevice for Raw {
    type Error = DeviceError;

    fn read_large(
        &mut self,
        first: u64,
        buf: &mut [[u8; DEVICE_SECTOR_SIZE]],
    ) -> Result<(), DeviceError> {
        self.blocks(4096, first, buf)
    }
}

impl PartFiles for Raw {
    type Error = DeviceError;

    fn read_part(
        &mut self,
        part: u32,
        first: u32,
        buf: &mut [[u8; SECTOR_SIZE]],
    ) -> Result<(), DeviceError> {
        let offset = u64::from(first) * SECTOR_SIZE as u64;
        let read = self
            .wire
            .fill(part, offset, buf.as_flattened_mut(), SECTOR_SIZE);
        read.map_err(DeviceError)
    }
}

impl FileHandle for Raw {
    fn size(&mut self) -> u32 {
        (self.len / 512) as u32
    }

    fn read(&mut self, start: u32, buf: &mut [[u8; DEVICE_SECTOR_SIZE]]) -> i32 {
        let read = self
            .wire
            .read(0, u64::from(start) * 512, buf.as_flattened_mut());
        read.map_or_else(|code| code, |bytes| (bytes / 512) as i32)
    }
}

impl ErrorType for Raw {
    type Error = DeviceError;
}

impl Read for Raw {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, DeviceError> {
        let read = self.wire.read(0, self.position, buf).map_err(DeviceError)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Raw {
    fn seek(&mut self, to: SeekFrom) -> Result<u64, DeviceError> {
        self.position = match to {
            SeekFrom::Start(place) => place,
            SeekFrom::End(distance) => self.len.wrapping_add_signed(distance),
            SeekFrom::Current(distance) => self.position.wrapping_add_signed(distance),
        };
        Ok(self.position)
    }
}
