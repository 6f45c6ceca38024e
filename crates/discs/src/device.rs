//! A file, as the reader's device wants it.

use std::io;

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use zso::device::{ByteDevice, ByteDeviceError};

use crate::read_at::ReadAt;

/// The device below a [`zso::Image`] on a PC.
pub(crate) type FileDevice<'f> = ByteDevice<FileBytes<'f>>;
/// What goes wrong with it.
pub(crate) type FileDeviceError = ByteDeviceError<io::Error>;

/// A file as `embedded_io` has it, with a position of its own: threads share the file.
pub struct FileBytes<'f> {
    file: &'f dyn ReadAt,
    position: u64,
}

impl<'f> FileBytes<'f> {
    pub(crate) fn new(file: &'f dyn ReadAt) -> Self {
        Self { file, position: 0 }
    }
}

impl ErrorType for FileBytes<'_> {
    type Error = io::Error;
}

impl Read for FileBytes<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buf, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for FileBytes<'_> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.file.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
