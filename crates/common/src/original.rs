//! The image as it is, which all that is delivered is compared with.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use zso::SECTOR_SIZE;

use crate::hash;

const SECTOR: u64 = SECTOR_SIZE as u64;
/// Bytes that are hashed at a time.
const PIECE: usize = 1 << 20;

/// An image of whole sectors.
pub struct Original {
    file: File,
    pub sectors: u32,
    pub name: String,
}

impl Original {
    pub fn open(path: &Path) -> Result<Self> {
        let cannot = || format!("cannot read {}", path.display());
        let mut file = File::open(path).with_context(cannot)?;
        let len = file.seek(SeekFrom::End(0)).with_context(cannot)?;
        ensure!(len > 0, "{} is empty: no disc is", path.display());
        ensure!(
            len.is_multiple_of(SECTOR),
            "{0} has {len} bytes, which is no whole number of sectors of {SECTOR}; \
             type `truncate -s %{SECTOR} {0}` to pad a copy of it with zeros",
            path.display()
        );
        let sectors = u32::try_from(len / SECTOR)
            .with_context(|| format!("{} is too large", path.display()))?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Self {
            file,
            sectors,
            name,
        })
    }

    /// Size, in bytes.
    pub fn bytes(&self) -> u64 {
        u64::from(self.sectors) * SECTOR
    }

    pub fn read(&self, lsn: u32, count: u32) -> Result<Vec<u8>> {
        let mut bytes = vec![0; count as usize * SECTOR_SIZE];
        let read = self.file.read_exact_at(&mut bytes, u64::from(lsn) * SECTOR);
        read.with_context(|| format!("cannot read sector {lsn} of {}", self.name))?;
        Ok(bytes)
    }

    /// Fails if `bytes` are not `count` sectors of the image.
    pub fn compare(&self, lsn: u32, count: u32, bytes: &[u8]) -> Result<()> {
        let expected = self.read(lsn, count)?;
        ensure!(
            bytes.len() == expected.len(),
            "{} sectors from {lsn} on: {} bytes were delivered instead of {}",
            count,
            bytes.len(),
            expected.len()
        );
        let differs = bytes.iter().zip(&expected).position(|(a, b)| a != b);
        if let Some(at) = differs {
            let sector = lsn as usize + at / SECTOR_SIZE;
            anyhow::bail!(
                "sector {sector} was delivered wrong, from its byte {} on",
                at % SECTOR_SIZE
            );
        }
        Ok(())
    }

    pub fn sha256(&self) -> Result<String> {
        let mut file = &self.file;
        file.rewind()?;
        let mut hash = Sha256::new();
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                read => hash.update(&piece[..read]),
            }
        }
        Ok(hash::hex(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disc of `len` bytes that are their own place.
    fn disc(len: usize) -> Result<Original> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            (0..len).map(|n| (n % 251) as u8).collect::<Vec<_>>(),
        )
        .unwrap();
        Original::open(file.path())
    }

    fn error<T>(result: Result<T>) -> String {
        result.err().unwrap().to_string()
    }

    #[test]
    fn images_of_whole_sectors_only() {
        assert_eq!(disc(3 * SECTOR_SIZE).unwrap().sectors, 3);
        assert!(error(disc(0)).contains("empty"));
        assert!(error(disc(5000)).contains("type `truncate -s %2048"));
    }

    #[test]
    fn a_wrong_byte_is_found() {
        let disc = disc(3 * SECTOR_SIZE).unwrap();
        let mut bytes = disc.read(1, 2).unwrap();
        disc.compare(1, 2, &bytes).unwrap();
        bytes[SECTOR_SIZE + 7] ^= 1;
        assert_eq!(
            error(disc.compare(1, 2, &bytes)),
            "sector 2 was delivered wrong, from its byte 7 on"
        );
        assert!(
            error(disc.compare(1, 2, &bytes[..SECTOR_SIZE]))
                .contains("2048 bytes were delivered instead of 4096")
        );
    }
}
