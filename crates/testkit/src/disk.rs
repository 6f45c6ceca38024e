//! Hard disks, in memory, failing, losing power; and games for them.

use std::collections::BTreeMap;
use std::io;

use ps2_apa::game::{Dma, GameHeader, Media};
use ps2_apa::{Disk, Lba, SECTOR_SIZE};

/// The header of a game without its parts.
#[must_use]
pub fn game_header(title: &str) -> GameHeader {
    GameHeader {
        title: title.to_owned(),
        startup: "SLES_123.45".to_owned(),
        media: Media::DVD,
        layer_break: 0,
        modes: 0,
        dma: Dma::UDMA4,
        parts: Vec::new(),
    }
}

/// A disk in memory, which keeps what is not zeros.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemoryDisk {
    sectors: u64,
    written: BTreeMap<u32, [u8; SECTOR_SIZE]>,
}

impl MemoryDisk {
    /// A disk of zeros.
    #[must_use]
    pub fn new(sectors: u64) -> Self {
        Self {
            sectors,
            written: BTreeMap::new(),
        }
    }

    fn numbers(&self, at: Lba, bytes: usize) -> io::Result<std::ops::Range<u32>> {
        assert!(
            bytes.is_multiple_of(SECTOR_SIZE),
            "{bytes} bytes are no whole sectors"
        );
        let count = (bytes / SECTOR_SIZE) as u32;
        match at.0.checked_add(count) {
            Some(end) if u64::from(end) <= self.sectors => Ok(at.0..end),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Disk for MemoryDisk {
    fn sectors(&self) -> u64 {
        self.sectors
    }

    fn read(&mut self, at: Lba, sectors: &mut [u8]) -> io::Result<()> {
        let numbers = self.numbers(at, sectors.len())?;
        sectors.fill(0);
        let start = numbers.start;
        for (number, sector) in self.written.range(numbers) {
            let index = (number - start) as usize;
            let sectors = sectors.as_chunks_mut().0;
            if let Some(place) = sectors.get_mut(index) {
                *place = *sector;
            }
        }
        Ok(())
    }

    fn write(&mut self, at: Lba, sectors: &[u8]) -> io::Result<()> {
        let numbers = self.numbers(at, sectors.len())?;
        let (sectors, _) = sectors.as_chunks::<SECTOR_SIZE>();
        for (number, sector) in numbers.zip(sectors) {
            match *sector == [0; SECTOR_SIZE] {
                true => self.written.remove(&number),
                false => self.written.insert(number, *sector),
            };
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What happens at a [`FailingDisk`]'s bad write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// That one write fails, and none of it reaches the medium.
    Once,
    /// Power is lost before it: no write succeeds from then on.
    Unplugged,
    /// Power is lost in the middle of it: its first half is there, and no write succeeds from then on.
    Power,
}

/// A disk that fails at one of its writes.
#[derive(Clone, Debug)]
pub struct FailingDisk {
    /// What is on the medium.
    pub medium: MemoryDisk,
    good: usize,
    failure: Failure,
    failed: bool,
}

impl FailingDisk {
    /// A disk whose first `good` writes succeed.
    #[must_use]
    pub fn new(medium: MemoryDisk, good: usize, failure: Failure) -> Self {
        Self {
            medium,
            good,
            failure,
            failed: false,
        }
    }

    /// Whether the failure has happened.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failed
    }
}

impl Disk for FailingDisk {
    fn sectors(&self) -> u64 {
        self.medium.sectors()
    }

    fn read(&mut self, at: Lba, sectors: &mut [u8]) -> io::Result<()> {
        self.medium.read(at, sectors)
    }

    fn write(&mut self, at: Lba, sectors: &[u8]) -> io::Result<()> {
        if let Some(left) = self.good.checked_sub(1) {
            self.good = left;
            return self.medium.write(at, sectors);
        }
        match (self.failure, self.failed) {
            (Failure::Once, true) => return self.medium.write(at, sectors),
            (Failure::Power, false) => {
                let half = sectors.len() / SECTOR_SIZE / 2 * SECTOR_SIZE;
                let first = sectors.get(..half).unwrap_or_default();
                self.medium.write(at, first)?;
            }
            _ => {}
        }
        self.failed = true;
        Err(io::Error::other("the disk fails here"))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.medium.flush()
    }
}
