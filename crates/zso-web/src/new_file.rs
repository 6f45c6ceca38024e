//! The new file, as what writes it wants it: somewhere to seek and to write.

use std::io::{self, Seek, SeekFrom, Write};
use std::marker::PhantomData;

use crate::page::File;

/// The file that `F` writes to.
pub(crate) struct NewFile<F> {
    position: u64,
    by: PhantomData<F>,
}

impl<F> Default for NewFile<F> {
    fn default() -> Self {
        Self {
            position: 0,
            by: PhantomData,
        }
    }
}

impl<F: File> Write for NewFile<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        F::write(self.position, bytes)?;
        self.position += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<F: File> Seek for NewFile<F> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(position) = target else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        self.position = position;
        Ok(position)
    }
}
