//! A file, as the reader's device wants it.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use zso::device::{ByteDevice, ByteDeviceError};

/// The device below a [`zso::Image`] on a PC.
pub(crate) type FileDevice<'f> = ByteDevice<FileBytes<'f>>;
/// What goes wrong with it.
pub(crate) type FileDeviceError = ByteDeviceError<io::Error>;

/// A file behind `embedded_io`.
pub(crate) struct FileBytes<'f>(pub(crate) &'f File);

impl ErrorType for FileBytes<'_> {
    type Error = io::Error;
}

impl Read for FileBytes<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buf) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

impl Seek for FileBytes<'_> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        self.0.seek(match target {
            SeekFrom::Start(position) => io::SeekFrom::Start(position),
            SeekFrom::End(by) => io::SeekFrom::End(by),
            SeekFrom::Current(by) => io::SeekFrom::Current(by),
        })
    }
}
