//! The image to compress, as a stream whose length was told beforehand and must be true.

use std::io::{self, Read};

use crate::pipeline::Fault;

/// An image under way.
pub(crate) struct Source<R> {
    stream: R,
    len: u64,
    done: u64,
}

impl<R: Read> Source<R> {
    /// An image of `len` bytes, from its first one on.
    pub(crate) fn new(stream: R, len: u64) -> Self {
        Self {
            stream,
            len,
            done: 0,
        }
    }

    /// The next `len` bytes, fewer at the image's end, `None` behind it.
    ///
    /// # Errors
    /// [`Fault::Read`], or [`Fault::Changed`] if the stream ends earlier or later than told.
    pub(crate) fn next(&mut self, len: usize) -> Result<Option<Vec<u8>>, Fault> {
        let want = (len as u64).min(self.len - self.done);
        if want == 0 {
            return self.end().map(|()| None);
        }
        let mut bytes = Vec::with_capacity(want as usize);
        let read = self.read(want, &mut bytes).map_err(Fault::Read)?;
        self.done += read;
        match read == want {
            true => Ok(Some(bytes)),
            false => Err(self.changed(self.done)),
        }
    }

    /// Makes sure that nothing follows.
    fn end(&mut self) -> Result<(), Fault> {
        match self.read(1, &mut Vec::new()).map_err(Fault::Read)? {
            0 => Ok(()),
            more => Err(self.changed(self.len + more)),
        }
    }

    fn read(&mut self, want: u64, bytes: &mut Vec<u8>) -> io::Result<u64> {
        let read = self.stream.by_ref().take(want).read_to_end(bytes)?;
        Ok(read as u64)
    }

    fn changed(&self, found: u64) -> Fault {
        Fault::Changed {
            expected: self.len,
            found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_end_where_the_image_does() {
        let mut source = Source::new(&[1, 2, 3, 4, 5][..], 5);
        assert_eq!(source.next(3).expect("there"), Some(vec![1, 2, 3]));
        assert_eq!(source.next(3).expect("there"), Some(vec![4, 5]));
        assert_eq!(source.next(3).expect("the end"), None);
    }

    #[test]
    fn another_length_than_told_is_an_error() {
        let shorter = Source::new(&[1, 2, 3][..], 4).next(4);
        assert!(matches!(
            shorter,
            Err(Fault::Changed {
                expected: 4,
                found: 3
            })
        ));
        let mut longer = Source::new(&[1, 2, 3][..], 2);
        assert_eq!(longer.next(2).expect("there"), Some(vec![1, 2]));
        assert!(matches!(
            longer.next(2),
            Err(Fault::Changed {
                expected: 2,
                found: 3
            })
        ));
    }
}
