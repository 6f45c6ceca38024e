//! The image to compress, as a stream whose length was told beforehand and must be true.

use std::io::{self, Read};
use std::path::Path;

use crate::error::Error;

/// A piece of an image.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Run {
    /// Where it begins, in bytes.
    pub(crate) at: u64,
    pub(crate) bytes: Vec<u8>,
}

/// An image under way: an iterator over its pieces, which ends with an error if there are fewer or more bytes than told.
pub(crate) struct Source<'p, R> {
    stream: R,
    /// What errors call it.
    path: &'p Path,
    len: u64,
    done: u64,
    /// Bytes in a piece.
    run: u64,
    ended: bool,
}

impl<'p, R: Read> Source<'p, R> {
    /// An image of `len` bytes, from its first one on, in pieces of `run` bytes.
    pub(crate) fn new(stream: R, path: &'p Path, len: u64, run: u64) -> Self {
        Self {
            stream,
            path,
            len,
            done: 0,
            run,
            ended: false,
        }
    }

    /// What errors call it.
    pub(crate) fn path(&self) -> &'p Path {
        self.path
    }

    /// Bytes in a piece.
    pub(crate) fn run(&self) -> u64 {
        self.run
    }

    /// The next bytes, fewer at the image's end, `None` behind it.
    fn piece(&mut self) -> Result<Option<Run>, Error> {
        let want = self.run.min(self.len - self.done);
        if want == 0 {
            return self.end().map(|()| None);
        }
        let at = self.done;
        let bytes = self.read(want)?;
        self.done += bytes.len() as u64;
        match bytes.len() as u64 == want {
            true => Ok(Some(Run { at, bytes })),
            false => Err(self.changed(self.done)),
        }
    }

    /// Makes sure that nothing follows.
    fn end(&mut self) -> Result<(), Error> {
        match self.read(1)?.len() as u64 {
            0 => Ok(()),
            more => Err(self.changed(self.len + more)),
        }
    }

    fn read(&mut self, want: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::with_capacity(want as usize);
        let read = self.stream.by_ref().take(want).read_to_end(&mut bytes);
        read.map_err(|error| failed(self.path, error))?;
        Ok(bytes)
    }

    fn changed(&self, found: u64) -> Error {
        Error::Changed {
            path: self.path.to_owned(),
            expected: self.len,
            found,
        }
    }
}

impl<R: Read> Iterator for Source<'_, R> {
    type Item = Result<Run, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let piece = self.piece().transpose();
        self.ended = !matches!(piece, Some(Ok(_)));
        piece
    }
}

/// An error of a stream: one of ours that came through it, or the file's.
pub(crate) fn failed(path: &Path, error: io::Error) -> Error {
    error
        .downcast()
        .unwrap_or_else(|error| Error::read(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8], len: u64, run: u64) -> Source<'_, &[u8]> {
        Source::new(bytes, Path::new("in.iso"), len, run)
    }

    #[test]
    fn pieces_end_where_the_image_does() {
        let pieces: Result<Vec<_>, _> = source(&[1, 2, 3, 4, 5], 5, 3).collect();
        let piece = |at, bytes: &[u8]| Run {
            at,
            bytes: bytes.to_vec(),
        };
        assert_eq!(
            pieces.expect("all there"),
            [piece(0, &[1, 2, 3]), piece(3, &[4, 5])]
        );
    }

    #[test]
    fn another_length_than_told_is_an_error() {
        let mut shorter = source(&[1, 2, 3], 4, 4);
        let Some(Err(Error::Changed {
            expected, found, ..
        })) = shorter.next()
        else {
            panic!("a piece that is not there")
        };
        assert_eq!((expected, found), (4, 3));
        assert!(shorter.next().is_none());

        let mut longer = source(&[1, 2, 3], 2, 2);
        assert!(longer.next().is_some_and(|piece| piece.is_ok()));
        let Some(Err(Error::Changed {
            expected, found, ..
        })) = longer.next()
        else {
            panic!("an end that is none")
        };
        assert_eq!((expected, found), (2, 3));
    }
}
