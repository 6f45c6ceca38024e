//! A file, as the reader's device wants it.

use std::fs::File;
use std::io;

use embedded_io::{ErrorType, Read, Seek, SeekFrom};
use zso::device::{ByteDevice, ByteDeviceError};

use crate::parts::Parts;

/// The device below a [`zso::Image`] on a PC.
pub(crate) type FileDevice<'f> = ByteDevice<FileBytes<'f>>;
/// What goes wrong with it.
pub(crate) type FileDeviceError = ByteDeviceError<io::Error>;

/// A file behind `embedded_io`, with a position of its own: threads share the file.
pub(crate) struct FileBytes<'f> {
    file: &'f Parts,
    position: u64,
}

impl<'f> FileBytes<'f> {
    pub(crate) fn new(file: &'f Parts) -> Self {
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

/// Reads at a place of a file, whatever its own position is.
pub(crate) fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    loop {
        match positional(file, buf, at) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(unix)]
fn positional(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, at)
}

#[cfg(windows)]
fn positional(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, at)
}

/// A file as a stream, with a position of its own.
pub(crate) struct Stream<'f> {
    file: &'f Parts,
    position: u64,
}

impl<'f> Stream<'f> {
    /// The file from its start on.
    pub(crate) fn new(file: &'f Parts) -> Self {
        Self::at(file, 0)
    }

    /// The file from one of its bytes on.
    pub(crate) fn at(file: &'f Parts, position: u64) -> Self {
        Self { file, position }
    }
}

impl io::Read for Stream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buf, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}
