//! What all maps have in common: a file whose sectors lie here and there on something else.

use core::fmt;

/// Why a map could not read sectors of its file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MapError<E> {
    /// What is underneath failed; this is its own error.
    Device(E),
    /// A sector was asked for that the file does not have.
    PastEnd {
        /// The first sector asked for.
        first: u32,
        /// Sectors that the file has.
        sectors: u32,
    },
}

impl<E: fmt::Display> fmt::Display for MapError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(error) => error.fmt(f),
            Self::PastEnd { first, sectors } => write!(
                f,
                "the read from sector {first} on goes past the file's {sectors} sectors"
            ),
        }
    }
}

impl<E: embedded_io::Error> core::error::Error for MapError<E> {}

impl<E: embedded_io::Error> embedded_io::Error for MapError<E> {
    fn kind(&self) -> embedded_io::ErrorKind {
        match self {
            Self::Device(error) => error.kind(),
            Self::PastEnd { .. } => embedded_io::ErrorKind::InvalidInput,
        }
    }
}

/// Takes the first `count` elements off a buffer, or as many as there are.
pub(crate) fn take<'b, T>(rest: &mut &'b mut [T], count: usize) -> &'b mut [T] {
    let count = count.min(rest.len());
    let all = core::mem::take(rest);
    // invariant: there are as many, so there is a place to split.
    let (taken, left) = all.split_at_mut_checked(count).unwrap_or_default();
    *rest = left;
    taken
}
