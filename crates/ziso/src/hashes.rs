//! The checksums by which discs are known, all in one pass.

use md5::Md5;
use sha1::{Digest, Sha1};

/// Checksums of an image: those that databases of discs list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Hashes {
    /// CRC-32, as in zip files.
    pub crc32: u32,
    /// MD5.
    pub md5: [u8; 16],
    /// SHA-1.
    pub sha1: [u8; 20],
}

impl Hashes {
    /// Those of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        hasher.finish()
    }
}

/// Takes an image piece by piece.
#[derive(Clone, Default, Debug)]
pub struct Hasher {
    crc32: crc32fast::Hasher,
    md5: Md5,
    sha1: Sha1,
}

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.crc32.update(bytes);
        self.md5.update(bytes);
        self.sha1.update(bytes);
    }

    /// The checksums of all bytes taken.
    #[must_use]
    pub fn finish(self) -> Hashes {
        Hashes {
            crc32: self.crc32.finalize(),
            md5: self.md5.finalize().into(),
            sha1: self.sha1.finalize().into(),
        }
    }
}

/// Bytes as checksums are written: two small letters or digits each.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_known_ones() {
        let hashes = Hashes::of(b"abc");
        assert_eq!(hashes.crc32, 0x3524_41c2);
        assert_eq!(hex(&hashes.md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            hex(&hashes.sha1),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }

    #[test]
    fn pieces_do_not_matter() {
        let mut hasher = Hasher::default();
        for piece in [&b"a"[..], b"", b"bc"] {
            hasher.update(piece);
        }
        assert_eq!(hasher.finish(), Hashes::of(b"abc"));
    }
}
