//! Entries of directories.

use super::number;

/// An entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Record<'s> {
    /// Where its data is, counted from the volume's start.
    pub(super) lsn: u32,
    /// Bytes of data.
    pub(super) bytes: u32,
    /// Whether it is a directory.
    pub(super) is_directory: bool,
    /// Its name as it stands there.
    pub(super) name: &'s [u8],
}

const LSN: usize = 2;
const BYTES: usize = 10;
const FLAGS: usize = 25;
const NAME_LEN: usize = 32;
const NAME: usize = 33;
const DIRECTORY: u8 = 2;

/// The entries of one sector of a directory; they do not go on from one sector to the next.
///
/// Ends where one makes no sense, as the console's own search does.
pub(super) struct Records<'s> {
    rest: &'s [u8],
}

impl<'s> Records<'s> {
    pub(super) fn of(sector: &'s [u8]) -> Self {
        Self { rest: sector }
    }
}

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Record<'s>> {
        let len = usize::from(*self.rest.first()?);
        let (raw, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        let name_len = usize::from(*raw.get(NAME_LEN)?);
        Some(Record {
            lsn: number(raw, LSN)?,
            bytes: number(raw, BYTES)?,
            is_directory: raw.get(FLAGS)? & DIRECTORY != 0,
            name: raw.get(NAME..NAME + name_len)?,
        })
    }
}

impl Record<'_> {
    /// Whether it is the directory itself or the one above.
    pub(super) fn is_special(&self) -> bool {
        matches!(self.name, [0 | 1])
    }
}
