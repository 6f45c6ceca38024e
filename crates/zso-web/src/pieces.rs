//! A file that is written by somebody else: what is to be written, and where.

use std::cell::RefCell;
use std::io::{self, Seek, SeekFrom, Write};
use std::rc::Rc;

/// A file under way, of which only what was not handed on is in memory. Clones are the same file.
#[derive(Clone, Default, Debug)]
pub(crate) struct Pieces(Rc<RefCell<Inner>>);

#[derive(Default, Debug)]
struct Inner {
    position: u64,
    /// Where pieces belong, and how long they are.
    pieces: Vec<(u64, u64)>,
    /// All of their bytes.
    bytes: Vec<u8>,
}

impl Pieces {
    /// Takes what was written since the last time: places and lengths, and all bytes in a row, in the memory of
    /// `bytes`.
    pub(crate) fn take(&self, bytes: &mut Vec<u8>) -> Vec<(u64, u64)> {
        let mut inner = self.0.borrow_mut();
        bytes.clear();
        std::mem::swap(bytes, &mut inner.bytes);
        std::mem::take(&mut inner.pieces)
    }
}

impl Write for Pieces {
    fn write(&mut self, new: &[u8]) -> io::Result<usize> {
        let inner = &mut *self.0.borrow_mut();
        let len = new.len() as u64;
        match inner.pieces.last_mut() {
            Some((at, known)) if *at + *known == inner.position => *known += len,
            _ => inner.pieces.push((inner.position, len)),
        }
        inner.bytes.extend_from_slice(new);
        inner.position += len;
        Ok(new.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Pieces {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(position) = target else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        self.0.borrow_mut().position = position;
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_row_is_one_piece() {
        let mut file = Pieces::default();
        file.write_all(b"ab").unwrap();
        file.write_all(b"cd").unwrap();
        file.seek(SeekFrom::Start(100)).unwrap();
        file.write_all(b"ef").unwrap();
        let mut bytes = vec![9; 50];
        assert_eq!(file.take(&mut bytes), [(0, 4), (100, 2)]);
        assert_eq!(bytes, b"abcdef");
        file.write_all(b"g").unwrap();
        assert_eq!(file.take(&mut bytes), [(102, 1)]);
        assert_eq!(bytes, b"g");
        assert!(file.take(&mut bytes).is_empty() && bytes.is_empty());
    }
}
