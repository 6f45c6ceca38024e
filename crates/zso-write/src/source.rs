//! The image to compress, as a stream whose length was told beforehand and must be true.

use std::io::{self, Read};

/// Bytes of the image that are worked on at a time, or one block if that is more.
const RUN: u64 = 256 << 10;

/// Bytes that a piece should have: whole blocks, at least one.
pub fn run_len(block_size: u32) -> u64 {
    let block_size = u64::from(block_size.max(1));
    (RUN / block_size).max(1) * block_size
}

/// Why an image cannot be had to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a message says what its numbers and names are")]
pub enum SourceError {
    /// It cannot be read.
    #[error("the image cannot be read")]
    Read(#[source] io::Error),
    /// It is not as long as was said.
    #[error("the image has {found} bytes, where {expected} were expected")]
    Changed { expected: u64, found: u64 },
}

/// A piece of an image.
#[derive(PartialEq, Eq, Debug)]
pub struct Run {
    /// Where it begins, in bytes.
    pub at: u64,
    /// What is there.
    pub bytes: Vec<u8>,
}

/// An image under way: an iterator over its pieces, which ends with an error if there are fewer or more bytes than
/// told.
pub struct Source<R> {
    stream: R,
    len: u64,
    done: u64,
    /// Bytes in a piece.
    run: u64,
    ended: bool,
}

impl<R: Read> Source<R> {
    /// An image of `len` bytes, from its first one on, in pieces of `run` bytes.
    pub fn new(stream: R, len: u64, run: u64) -> Self {
        Self {
            stream,
            len,
            done: 0,
            run,
            ended: false,
        }
    }

    /// Bytes in a piece.
    pub fn run(&self) -> u64 {
        self.run
    }

    /// The next bytes, fewer at the image's end, `None` after it.
    fn piece(&mut self) -> Result<Option<Run>, SourceError> {
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
    fn end(&mut self) -> Result<(), SourceError> {
        match self.read(1)?.len() as u64 {
            0 => Ok(()),
            more => Err(self.changed(self.len + more)),
        }
    }

    fn read(&mut self, want: u64) -> Result<Vec<u8>, SourceError> {
        let mut bytes = Vec::with_capacity(want as usize);
        let read = self.stream.by_ref().take(want).read_to_end(&mut bytes);
        read.map_err(SourceError::Read)?;
        Ok(bytes)
    }

    fn changed(&self, found: u64) -> SourceError {
        SourceError::Changed {
            expected: self.len,
            found,
        }
    }
}

impl<R: Read> Iterator for Source<R> {
    type Item = Result<Run, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let piece = self.piece().transpose();
        self.ended = !matches!(piece, Some(Ok(_)));
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8], len: u64, run: u64) -> Source<&[u8]> {
        Source::new(bytes, len, run)
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
        let Some(Err(SourceError::Changed { expected, found })) = shorter.next() else {
            panic!("a piece that is not there")
        };
        assert_eq!((expected, found), (4, 3));
        assert!(shorter.next().is_none());

        let mut longer = source(&[1, 2, 3], 2, 2);
        assert!(longer.next().is_some_and(|piece| piece.is_ok()));
        let Some(Err(SourceError::Changed { expected, found })) = longer.next() else {
            panic!("an end that is none")
        };
        assert_eq!((expected, found), (2, 3));
    }

    #[test]
    fn pieces_are_whole_blocks() {
        assert_eq!(run_len(2048), RUN);
        assert_eq!(run_len(16 << 20), 16 << 20);
        assert_eq!(run_len(6144) % 6144, 0);
    }
}
