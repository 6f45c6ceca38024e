//! A file in memory.

use zso::{SECTOR_SIZE, SectorDevice};

use super::{DeviceError, Log, Request};

/// What a DMA driver takes at least.
const DEVICE_ALIGN: usize = 4;

/// More requests than any test makes without clearing the log: the reader is in an endless loop.
const ENDLESS: usize = 10_000;

/// A file's bytes as a device that panics when the reader breaks a promise of [`SectorDevice`].
///
/// Of a last partial sector it writes only what the file has, as the trait allows: see [`super::Poison`].
#[derive(Clone, Debug)]
pub struct RamDevice<'f> {
    file: &'f [u8],
    log: Log,
}

impl<'f> RamDevice<'f> {
    /// A device that holds `file`.
    #[must_use]
    pub fn new(file: &'f [u8]) -> Self {
        Self::logging(file, &Log::default())
    }

    /// A device that holds `file`, and writes its requests to `log`.
    #[must_use]
    pub fn logging(file: &'f [u8], log: &Log) -> Self {
        Self {
            file,
            log: log.clone(),
        }
    }

    fn len(&self) -> u32 {
        self.file.len().div_ceil(SECTOR_SIZE) as u32
    }
}

impl SectorDevice for RamDevice<'_> {
    type Error = DeviceError;

    fn read_sectors(&mut self, first: u32, buf: &mut [u8]) -> Result<(), DeviceError> {
        check_promises(first, buf, self.len());
        assert!(self.log.requests() < ENDLESS, "the reader asks without end");
        self.log.push(Request::new(first, buf));
        let start = first as usize * SECTOR_SIZE;
        let end = self.file.len().min(start + buf.len());
        buf[..end - start].copy_from_slice(&self.file[start..end]);
        Ok(())
    }

    fn sectors(&self) -> Option<u32> {
        Some(self.len())
    }
}

/// Panics unless the request is one that a reader may make.
pub(super) fn check_promises(first: u32, buf: &[u8], sectors: u32) {
    let len = buf.len();
    assert!(!buf.is_empty(), "broken promise: an empty buffer");
    assert!(
        len.is_multiple_of(SECTOR_SIZE),
        "broken promise: a buffer of {len} bytes is not whole sectors"
    );
    assert!(
        buf.as_ptr().addr().is_multiple_of(DEVICE_ALIGN),
        "broken promise: a buffer that is not aligned to {DEVICE_ALIGN} bytes"
    );
    let request = Request::new(first, buf);
    assert!(
        request.end() <= u64::from(sectors),
        "broken promise: {request:?} goes past the file's {sectors} sectors"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use zso::Sector;

    fn read(first: u32, buf: &mut [u8]) {
        RamDevice::new(&[7; 3000]).read_sectors(first, buf).unwrap();
    }

    #[test]
    fn delivers_what_the_file_has() {
        let mut memory = vec![Sector([9; SECTOR_SIZE]); 2];
        read(0, Sector::bytes_mut(&mut memory));
        assert_eq!(Sector::bytes(&memory)[2999..3001], [7, 9]);
    }

    #[test]
    #[should_panic = "goes past the file's 2 sectors"]
    fn refuses_sectors_after_the_end() {
        read(1, Sector::bytes_mut(&mut vec![Sector::ZERO; 2]));
    }

    #[test]
    #[should_panic = "not aligned to 4"]
    fn refuses_misaligned_buffers() {
        let mut memory = vec![Sector::ZERO; 2];
        read(0, &mut Sector::bytes_mut(&mut memory)[2..2050]);
    }

    #[test]
    #[should_panic = "not whole sectors"]
    fn refuses_parts_of_sectors() {
        let mut memory = vec![Sector::ZERO; 1];
        read(0, &mut Sector::bytes_mut(&mut memory)[..2044]);
    }

    #[test]
    #[should_panic = "an empty buffer"]
    fn refuses_empty_buffers() {
        read(0, &mut []);
    }
}
