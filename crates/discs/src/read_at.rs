//! Where bytes come from: anything that can be read at a place.

use std::io::{self, SeekFrom};

/// Bytes that can be read anywhere, by several threads at once.
pub trait ReadAt: Send + Sync {
    /// Fills the start of `buf` with the bytes from `at` on, and returns how many there were: none at the end or after
    /// it, and perhaps fewer than there is room for before.
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize>;

    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buf` as far as there are bytes; returns how many there were.
    fn fill_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        let mut have = 0;
        while let Some(rest) = buf.get_mut(have..).filter(|rest| !rest.is_empty()) {
            match self.read_at(rest, at + have as u64)? {
                0 => break,
                read => have += read,
            }
        }
        Ok(have)
    }

    /// The first `len` bytes, or all if there are fewer.
    fn start(&self, len: usize) -> io::Result<Vec<u8>> {
        let mut start = vec![0; len];
        let have = self.fill_at(&mut start, 0)?;
        start.truncate(have);
        Ok(start)
    }
}

impl ReadAt for Vec<u8> {
    fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
        let from = usize::try_from(at).ok().and_then(|at| self.get(at..));
        io::Read::read(&mut from.unwrap_or_default(), buf)
    }

    fn len(&self) -> u64 {
        self.len() as u64
    }
}

/// Bytes as a stream.
pub struct Stream<'f> {
    file: &'f dyn ReadAt,
    pub(crate) position: u64,
}

impl<'f> Stream<'f> {
    /// All of them.
    pub fn new(file: &'f dyn ReadAt) -> Self {
        Self::at(file, 0)
    }

    /// Those from a place on.
    pub fn at(file: &'f dyn ReadAt, position: u64) -> Self {
        Self { file, position }
    }
}

impl io::Read for Stream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        // As much as there is: some who read from it take less for the end.
        let read = self.file.fill_at(buf, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl io::Seek for Stream<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives three bytes at a time.
    struct Short(Vec<u8>);

    impl ReadAt for Short {
        fn read_at(&self, buf: &mut [u8], at: u64) -> io::Result<usize> {
            let len = buf.len().min(3);
            self.0.read_at(buf.get_mut(..len).unwrap_or_default(), at)
        }

        fn len(&self) -> u64 {
            ReadAt::len(&self.0)
        }
    }

    #[test]
    fn a_stream_gives_all_that_there_is() {
        let file = Short((0..10).collect());
        let mut stream = Stream::new(&file);
        let mut buf = [0; 8];
        assert_eq!(io::Read::read(&mut stream, &mut buf).unwrap(), 8);
        assert_eq!(buf, [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(io::Read::read(&mut stream, &mut buf).unwrap(), 2);
        assert_eq!(io::Read::read(&mut stream, &mut buf).unwrap(), 0);
    }
}
