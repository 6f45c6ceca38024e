//! A CRC-32 of each sector of a disc, for `zso_selftest.irx`, which looks at single sectors on a console.

use crc32fast::Hasher;
use zso::SECTOR_SIZE;

/// What a list begins with; the number of sectors follows, and then their checksums, all little-endian.
const MAGIC: [u8; 4] = *b"ZCRC";

/// A list under way.
#[derive(Default)]
pub(crate) struct CrcList {
    checksums: Vec<u8>,
    /// Of the sector that the last piece has ended in.
    sector: Hasher,
    bytes: usize,
}

impl CrcList {
    /// Takes the disc's next bytes.
    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(bytes.len().min(SECTOR_SIZE - self.bytes));
            self.sector.update(piece);
            self.bytes += piece.len();
            if self.bytes == SECTOR_SIZE {
                let sector = std::mem::take(&mut self.sector).finalize();
                self.checksums.extend(sector.to_le_bytes());
                self.bytes = 0;
            }
            bytes = rest;
        }
    }

    /// The list, without a last sector that is not whole: consoles do not read it either.
    pub(crate) fn finish(self) -> Vec<u8> {
        let sectors = (self.checksums.len() / 4) as u32;
        [&MAGIC, &sectors.to_le_bytes(), &self.checksums[..]].concat()
    }
}
