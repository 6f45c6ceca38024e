//! A file, as the reader's device wants it.

use std::io;

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use zso::Header;
use zso::device::{ByteDevice, ByteDeviceError};
use zso::format::HEADER_SIZE;

use crate::read_at::{ReadAt, Stream};

/// The device below a [`zso::Image`] on a PC.
pub(crate) type FileDevice<'f> = ByteDevice<FileBytes<'f>>;
/// What goes wrong with it.
pub(crate) type FileDeviceError = ByteDeviceError<io::Error>;

/// A ZSO file as `embedded_io` has it, with a position of its own: threads share the file. It begins with the header
/// that the file should have, which is not always its own.
pub struct FileBytes<'f> {
    bytes: Stream<'f>,
    header: [u8; HEADER_SIZE],
}

impl<'f> FileBytes<'f> {
    pub(crate) fn new(file: &'f dyn ReadAt, header: &Header) -> Self {
        Self {
            bytes: Stream::new(file),
            header: header.emit(),
        }
    }

    /// Bytes of the header from `at` on.
    fn header(&self, at: u64) -> &[u8] {
        let at = usize::try_from(at).ok();
        at.and_then(|at| self.header.get(at..)).unwrap_or_default()
    }
}

impl ErrorType for FileBytes<'_> {
    type Error = io::Error;
}

impl Read for FileBytes<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let at = self.bytes.position;
        let read = io::Read::read(&mut self.bytes, buf)?;
        for (byte, header) in buf.iter_mut().take(read).zip(self.header(at)) {
            *byte = *header;
        }
        Ok(read)
    }
}

impl Seek for FileBytes<'_> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        io::Seek::seek(&mut self.bytes, target.into())
    }
}
