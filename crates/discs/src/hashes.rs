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
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        hasher.finish()
    }
}

/// One checksum of an image; it is shown with its kind.
#[allow(missing_docs, reason = "its text says what it is")]
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Checksum {
    #[error("CRC-32 {0:08x}")]
    Crc32(u32),
    #[error("MD5 {}", hex(.0))]
    Md5([u8; 16]),
    #[error("SHA-1 {}", hex(.0))]
    Sha1([u8; 20]),
}

impl Checksum {
    /// The checksum in hexadecimal digits, whose number tells its kind; `None` if it tells none.
    pub fn parse(digits: &str) -> Option<Self> {
        match digits.len() {
            8 => unhex(digits).map(|bytes| Self::Crc32(u32::from_be_bytes(bytes))),
            32 => unhex(digits).map(Self::Md5),
            40 => unhex(digits).map(Self::Sha1),
            _ => None,
        }
    }

    /// Whether it is the one among these.
    pub fn is_of(&self, hashes: &Hashes) -> bool {
        match self {
            Self::Crc32(crc32) => *crc32 == hashes.crc32,
            Self::Md5(md5) => *md5 == hashes.md5,
            Self::Sha1(sha1) => *sha1 == hashes.sha1,
        }
    }
}

/// As many bytes in hexadecimal digits, nothing else.
pub(crate) fn unhex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if digits.len() != 2 * N || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(bytes)
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
    pub fn finish(self) -> Hashes {
        Hashes {
            crc32: self.crc32.finalize(),
            md5: self.md5.finalize().into(),
            sha1: self.sha1.finalize().into(),
        }
    }
}

/// Bytes as checksums are written: two small letters or digits each.
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
    fn digits_tell_which_checksum_it_is() {
        let hashes = Hashes::of(b"abc");
        for digits in [
            "352441C2",
            "900150983cd24fb0d6963f7d28e17f72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
        ] {
            let checksum = Checksum::parse(digits).expect("a checksum");
            assert!(checksum.is_of(&hashes) && !checksum.is_of(&Hashes::of(b"abd")));
            assert!(checksum.to_string().ends_with(&digits.to_lowercase()));
        }
        for digits in [
            "",
            "352441c",
            "352441cg",
            "+52441c2",
            "352441c2a",
            "é524412",
        ] {
            assert_eq!(Checksum::parse(digits), None, "{digits}");
        }
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
