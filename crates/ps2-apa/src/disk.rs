//! Sectors to read and write.

use std::io;

use crate::error::Error;
use crate::sector::Lba;

/// Sectors that one table can describe: their numbers have 32 bits, and so has the one after the last.
pub const REACH: u64 = u32::MAX as u64;

/// A disk of sectors of 512 bytes.
///
/// What was written before [`Disk::flush`] is on the medium before anything that is written after it.
pub trait Disk {
    /// How many sectors it has.
    fn sectors(&self) -> u64;

    /// Reads whole sectors, all or an error.
    fn read(&mut self, at: Lba, sectors: &mut [u8]) -> io::Result<()>;

    /// Writes whole sectors, all or an error.
    fn write(&mut self, at: Lba, sectors: &[u8]) -> io::Result<()>;

    /// Brings all that was written to the medium, and makes sure that it is read from there again.
    fn flush(&mut self) -> io::Result<()>;
}

impl<D: Disk + ?Sized> Disk for &mut D {
    fn sectors(&self) -> u64 {
        (**self).sectors()
    }

    fn read(&mut self, at: Lba, sectors: &mut [u8]) -> io::Result<()> {
        (**self).read(at, sectors)
    }

    fn write(&mut self, at: Lba, sectors: &[u8]) -> io::Result<()> {
        (**self).write(at, sectors)
    }

    fn flush(&mut self) -> io::Result<()> {
        (**self).flush()
    }
}

/// Reads sectors, and says which if that fails.
pub(crate) fn read<const N: usize>(disk: &mut impl Disk, at: Lba) -> Result<[u8; N], Error> {
    let mut sectors = [0; N];
    match disk.read(at, &mut sectors) {
        Ok(()) => Ok(sectors),
        Err(source) => Err(Error::Read { at, source }),
    }
}

/// Writes sectors, and says which if that fails.
pub(crate) fn write(disk: &mut impl Disk, at: Lba, sectors: &[u8]) -> Result<(), Error> {
    disk.write(at, sectors)
        .map_err(|source| Error::Write { at, source })
}

/// Brings sectors to the medium.
pub(crate) fn flush(disk: &mut impl Disk) -> Result<(), Error> {
    disk.flush().map_err(|source| Error::Flush { source })
}
