//! The checksums by which discs are known, all in one pass.

/// Bytes as checksums are written: two small letters or digits each.
pub use hex::encode as hex;
use hex::{FromHex, serde as digits};
use md5::Md5;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha1::{Digest, Sha1};

/// Checksums of an image: those that databases of discs list. Programs are told them in hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Hashes {
    /// CRC-32, as in zip files.
    #[serde(
        serialize_with = "crc32_to_digits",
        deserialize_with = "crc32_of_digits"
    )]
    pub crc32: u32,
    /// MD5.
    #[serde(with = "digits")]
    pub md5: [u8; 16],
    /// SHA-1.
    #[serde(with = "digits")]
    pub sha1: [u8; 20],
}

fn crc32_to_digits<S: Serializer>(crc32: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    digits::serialize(crc32.to_be_bytes(), serializer)
}

fn crc32_of_digits<'d, D: Deserializer<'d>>(deserializer: D) -> Result<u32, D::Error> {
    digits::deserialize(deserializer).map(u32::from_be_bytes)
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
            8 => FromHex::from_hex(digits).map(|bytes| Self::Crc32(u32::from_be_bytes(bytes))),
            32 => FromHex::from_hex(digits).map(Self::Md5),
            _ => FromHex::from_hex(digits).map(Self::Sha1),
        }
        .ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_known_ones() {
        let hashes = Hashes::of(b"abc");
        assert_eq!(hashes.crc32, 0x3524_41c2);
        assert_eq!(hex(hashes.md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hex(hashes.sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
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
