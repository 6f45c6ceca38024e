//! The list of checksums: a head, then a CRC-32 for each sector of the disc, all little-endian.

use crc::{CRC_32_ISO_HDLC, Crc};

/// What a list begins with.
pub const MAGIC: [u8; 4] = *b"ZCRC";
/// Bytes of the head: [`MAGIC`], and how many sectors there are.
pub const HEAD: usize = 8;
/// Bytes of a checksum.
const ENTRY: usize = 4;

/// As in ZIP and PNG files.
static CRC32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListError {
    /// The file does not begin as a list does.
    NotAList,
    /// It is of a disc with another number of sectors.
    OtherDisc(u32),
    /// It cannot be read, or is too short.
    Read,
}

/// What a list is read from: fills the buffer from a place on, and returns whether that worked.
pub trait ReadAt {
    fn read_at(&mut self, position: u32, buf: &mut [u8]) -> bool;
}

/// A list, of which a part is in memory.
pub struct List<'m, F> {
    file: F,
    window: &'m mut [u8],
    /// The sector of the first checksum in the window.
    first: u32,
    /// Checksums in the window.
    count: u32,
    sectors: u32,
}

impl<'m, F: ReadAt> List<'m, F> {
    /// Opens the list of a disc with this many sectors.
    ///
    /// # Errors
    /// A [`ListError`].
    pub fn open(mut file: F, window: &'m mut [u8], sectors: u32) -> Result<Self, ListError> {
        let mut head = [0; HEAD];
        if !file.read_at(0, &mut head) {
            return Err(ListError::Read);
        }
        let [magic @ .., a, b, c, d] = head;
        let listed = u32::from_le_bytes([a, b, c, d]);
        match (magic == MAGIC, listed == sectors) {
            (false, _) => Err(ListError::NotAList),
            (_, false) => Err(ListError::OtherDisc(listed)),
            _ => Ok(Self {
                file,
                window,
                first: 0,
                count: 0,
                sectors,
            }),
        }
    }

    /// Whether a sector of the disc is as listed.
    ///
    /// # Errors
    /// A [`ListError`].
    pub fn has(&mut self, lsn: u32, sector: &[u8]) -> Result<bool, ListError> {
        let listed = self.checksum(lsn).ok_or(ListError::Read)?;
        Ok(CRC32.checksum(sector) == listed)
    }

    fn checksum(&mut self, lsn: u32) -> Option<u32> {
        if !(self.first..self.first + self.count).contains(&lsn) {
            self.fill(lsn)?;
        }
        let at = (lsn - self.first) as usize * ENTRY;
        self.window
            .get(at..)?
            .first_chunk()
            .copied()
            .map(u32::from_le_bytes)
    }

    /// Reads the part of the list with this sector.
    fn fill(&mut self, lsn: u32) -> Option<()> {
        self.count = 0;
        let room = (self.window.len() / ENTRY) as u32;
        let count = self
            .sectors
            .checked_sub(lsn)
            .filter(|&rest| rest > 0)?
            .min(room);
        let bytes = self.window.get_mut(..count as usize * ENTRY)?;
        if !self.file.read_at(HEAD as u32 + lsn * ENTRY as u32, bytes) {
            return None;
        }
        (self.first, self.count) = (lsn, count);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// A list that counts how often it is read.
    struct Bytes<'c>(Vec<u8>, &'c mut u32);

    impl ReadAt for Bytes<'_> {
        fn read_at(&mut self, position: u32, buf: &mut [u8]) -> bool {
            *self.1 += 1;
            let there = self
                .0
                .get(position as usize..)
                .and_then(|rest| rest.get(..buf.len()));
            there.is_some_and(|there| {
                buf.copy_from_slice(there);
                true
            })
        }
    }

    fn list(sectors: u8) -> Vec<u8> {
        let sums = (0..sectors).flat_map(|n| CRC32.checksum(&[n; 2048]).to_le_bytes());
        MAGIC
            .into_iter()
            .chain(u32::from(sectors).to_le_bytes())
            .chain(sums)
            .collect()
    }

    #[test]
    fn sectors_are_compared_in_any_order_and_the_list_is_read_in_windows() {
        let mut reads = 0;
        let mut window = [0; 5 * 4];
        let mut open = List::open(Bytes(list(12), &mut reads), &mut window, 12).unwrap();
        for lsn in (0..12).chain([3, 11, 0]) {
            assert_eq!(open.has(lsn, &[lsn as u8; 2048]), Ok(true));
            assert_eq!(open.has(lsn, &[lsn as u8 + 1; 2048]), Ok(false));
        }
        assert_eq!(open.has(12, &[12; 2048]), Err(ListError::Read));
        assert_eq!(reads, 1 + 3 + 3);
    }

    #[test]
    fn what_is_no_list_of_this_disc_is_refused() {
        let open = |bytes: Vec<u8>| List::open(Bytes(bytes, &mut 0), &mut [0; 64], 12).err();
        assert_eq!(open(list(12)), None);
        assert_eq!(open(list(11)), Some(ListError::OtherDisc(11)));
        assert_eq!(open(std::vec![0; 64]), Some(ListError::NotAList));
        assert_eq!(open(std::vec![0; 7]), Some(ListError::Read));
    }
}
