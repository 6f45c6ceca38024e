//! The reader as Rust on this machine.

use zso::{Code, Error, Image, SECTOR_SIZE, Sector};

use crate::code;
use crate::device::{AnyDevice, DeviceError};
use crate::reader::{CANARY, Reader, check_canary};

const RED_ZONE: Sector = Sector([CANARY; SECTOR_SIZE]);

/// Memory for a [`Host`], between red zones.
pub struct HostMemory(Vec<Sector>);

impl HostMemory {
    /// `sectors` sectors of memory, full of junk.
    #[must_use]
    pub fn new(sectors: u32) -> Self {
        let mut memory = vec![Sector([0xA7; SECTOR_SIZE]); sectors as usize + 2];
        memory[0] = RED_ZONE;
        memory[sectors as usize + 1] = RED_ZONE;
        Self(memory)
    }

    /// The memory itself.
    pub(crate) fn sectors(&mut self) -> &mut [Sector] {
        let inner = self.0.len() - 1;
        &mut self.0[1..inner]
    }

    /// Panics if a byte around the memory has changed.
    pub fn check(&self) {
        let zones = [self.0.first(), self.0.last()];
        for zone in zones.into_iter().flatten() {
            check_canary(&zone.0, "a red zone of the reader's memory");
        }
    }
}

/// An image mounted with [`Image`].
pub struct Host<'m> {
    image: Image<'m, &'m mut AnyDevice<'m>>,
    device_error: i32,
}

impl<'m> Host<'m> {
    /// Mounts the image on `device` in all of `memory`.
    ///
    /// # Errors
    /// The reader's own.
    pub fn mount(device: &'m mut AnyDevice<'m>, memory: &'m mut HostMemory) -> Result<Self, Code> {
        match Image::mount(device, memory.sectors()) {
            Ok(image) => Ok(Self {
                image,
                device_error: 0,
            }),
            Err(error) => Err(code::of_error(&error)),
        }
    }
}

impl Reader for Host<'_> {
    fn name(&self) -> &'static str {
        "host"
    }

    fn sectors(&mut self) -> u32 {
        self.image.sectors()
    }

    fn read_at(&mut self, lsn: u32, count: u32, misalign: usize) -> Result<Vec<u8>, Code> {
        let result =
            read_between_red_zones(count, misalign, |buf| self.image.read_sectors(lsn, buf));
        result.map_err(|error| told(&error, &mut self.device_error))
    }

    fn last_device_error(&mut self) -> i32 {
        self.device_error
    }
}

/// The error as the C interface has it: its code, and what the device said.
pub(crate) fn told(error: &Error<DeviceError>, device_error: &mut i32) -> Code {
    if let Error::Device(error) = error {
        *device_error = error.0;
    }
    code::of_error(error)
}

/// Reads to a buffer that begins `misalign` bytes after a 64-byte boundary, and returns the sectors that were
/// delivered.
///
/// # Panics
/// When a byte around the buffer was written, or one after the sectors that were delivered.
pub(crate) fn read_between_red_zones<E>(
    count: u32,
    misalign: usize,
    read: impl FnOnce(&mut [u8]) -> Result<u32, E>,
) -> Result<Vec<u8>, E> {
    // Half a sector of red zone is left at each end whatever `misalign` is.
    let mut buffer = vec![RED_ZONE; count as usize + 2];
    let start = SECTOR_SIZE + misalign;
    let end = start + count as usize * SECTOR_SIZE;
    let result = read(&mut Sector::bytes_mut(&mut buffer)[start..end]);
    let bytes = Sector::bytes(&buffer);
    let delivered = |sectors: &u32| start + *sectors as usize * SECTOR_SIZE;
    let written = result.as_ref().map_or(end, delivered);
    check_canary(&bytes[..start], "memory before the destination");
    check_canary(&bytes[written..], "memory after the destination");
    result.map(|_| bytes[start..written].to_vec())
}
