//! A file, as the reader's device wants it.

use std::io;

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use zso::Header;
use zso::device::{ByteDevice, ByteDeviceError};
use zso::format::HEADER_SIZE;

use crate::read_at::ReadAt;

/// The device below a [`zso::Image`] on a PC.
pub(crate) type FileDevice<'f> = ByteDevice<FileBytes<'f>>;
/// What goes wrong with it.
pub(crate) type FileDeviceError = ByteDeviceError<io::Error>;

/// A ZSO file as `embedded_io` has it, with a position of its own: threads share the file. It begins with the header that
/// the file should have, which is not always its own.
pub struct FileBytes<'f> {
    file: &'f dyn ReadAt,
    header: [u8; HEADER_SIZE],
    position: u64,
}

impl<'f> FileBytes<'f> {
    pub(crate) fn new(file: &'f dyn ReadAt, header: &Header) -> Self {
        Self {
            file,
            header: header.emit(),
            position: 0,
        }
    }

    /// Bytes of the header from the position on.
    fn header(&self) -> &[u8] {
        let at = usize::try_from(self.position).ok();
        at.and_then(|at| self.header.get(at..)).unwrap_or_default()
    }
}

impl ErrorType for FileBytes<'_> {
    type Error = io::Error;
}

impl Read for FileBytes<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buf, self.position)?;
        for (byte, header) in buf.iter_mut().take(read).zip(self.header()) {
            *byte = *header;
        }
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
