//! How long the console takes to load something, from an image and from a ZSO.

use crate::backend::{Backend, CLOCK};
use crate::drive;
use crate::sample::Part;
use zso_write::lz4::cost::COPY;

const SECTOR: f64 = zso::SECTOR_SIZE as f64;
/// Sectors that a game's reads have when they reach the disc manager.
pub(super) const CHUNK: u32 = 8;
/// Part of the read-ahead buffer that a request of the reader asks for: 13.4 of 16 and 6.7 of 8 in sequential reads,
/// measured (docs/bench/reader.md, docs/bench/loading.md). One keeps the index, and the rest is not yet decoded.
const ASKED: f64 = 0.84;
/// The same for the reader that decodes while the device works: 5.1 of 16 when a level loads (docs/bench/loading.md).
const ASKED_OVERLAPPING: f64 = 0.32;
/// Part of the shorter one of both works that is not hidden by the longer one: what it took on those devices more
/// than the longer one, in the mean.
const NOT_HIDDEN: f64 = 0.1;

/// What a game loads: bytes of the disc, what is stored of them, and what it takes to read that.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Load {
    /// Bytes of the disc.
    pub bytes: f64,
    /// Bytes of the ZSO file.
    pub stored: f64,
    /// Cycles of the console's reader.
    pub cycles: f64,
}

impl Load {
    /// So many bytes of what was sampled.
    #[must_use]
    pub fn of(bytes: f64, part: Part) -> Self {
        Self {
            bytes,
            stored: bytes * part.ratio,
            cycles: bytes * part.cycles,
        }
    }

    /// So many bytes that are stored plain.
    #[must_use]
    pub fn plain(bytes: f64) -> Self {
        Self {
            bytes,
            stored: bytes,
            cycles: bytes * COPY as f64 / SECTOR,
        }
    }

    /// So many times as much.
    #[must_use]
    pub fn times(&self, times: f64) -> Self {
        Self {
            bytes: self.bytes * times,
            stored: self.stored * times,
            cycles: self.cycles * times,
        }
    }

    /// Seconds from an image.
    #[must_use]
    pub fn iso_seconds(&self, backend: &Backend) -> f64 {
        self.bytes / (SECTOR * f64::from(CHUNK)) * backend.seconds(CHUNK)
    }

    /// Seconds from a ZSO, by the reader that waits for the device, and decodes then.
    #[must_use]
    pub fn zso_seconds(&self, backend: &Backend) -> f64 {
        self.device_seconds(backend, ASKED) + self.cycles / CLOCK
    }

    /// Seconds from a ZSO, by the reader that decodes while the device works; nothing if the device's driver keeps the
    /// processor meanwhile.
    #[must_use]
    pub fn overlap_seconds(&self, backend: &Backend) -> Option<f64> {
        let device = self.device_seconds(backend, ASKED_OVERLAPPING);
        let driver = self.stored / SECTOR * backend.driver_cycles as f64;
        let processor = (self.cycles + driver) / CLOCK;
        let together = device.max(processor) + NOT_HIDDEN * device.min(processor);
        (!backend.spins).then_some(together)
    }

    /// Seconds from a ZSO, by the faster one of both.
    #[must_use]
    pub fn best_seconds(&self, backend: &Backend) -> f64 {
        let zso = self.zso_seconds(backend);
        self.overlap_seconds(backend)
            .map_or(zso, |overlap| overlap.min(zso))
    }

    /// Seconds that the device works for a ZSO, when a part of the read-ahead buffer is asked for at a time.
    fn device_seconds(&self, backend: &Backend, part: f64) -> f64 {
        let sectors = self.stored / SECTOR;
        let asked = part * f64::from(backend.cache);
        sectors / asked * mean_seconds(backend, asked)
    }
}

/// Seconds for a request of so many sectors, in the mean.
fn mean_seconds(backend: &Backend, sectors: f64) -> f64 {
    let (below, above) = (
        backend.seconds(sectors as u32),
        backend.seconds(sectors as u32 + 1),
    );
    below + (above - below) * sectors.fract()
}

impl std::ops::Add for Load {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            stored: self.stored + other.stored,
            cycles: self.cycles + other.cycles,
        }
    }
}

/// Seconds that the console's own drive takes for bytes at a sector of the disc, without seeking.
#[must_use]
pub fn drive_seconds(bytes: f64, lsn: u32) -> f64 {
    bytes / 1024.0 / drive::rate(lsn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::BACKENDS;

    fn backend(name: &str) -> &'static Backend {
        BACKENDS
            .iter()
            .find(|backend| backend.name == name)
            .unwrap()
    }

    /// The level of docs/bench/loading.md: 6416 sectors, 4220 as stored, 7.2 cycles a byte (7.3 with 8 sectors); the
    /// console's objects, played read by read, took so long.
    #[test]
    fn as_long_as_it_takes_the_object() {
        let bytes = 6416.0 * 2048.0;
        let played = [
            ("USB", 19.15, 14.81, Some(13.39)),
            ("USB, slim", 16.23, 12.88, Some(11.47)),
            ("MX4SIO", 9.17, 8.51, Some(6.41)),
            ("MMCE", 8.14, 7.83, Some(5.72)),
            ("SMB", 4.90, 5.96, Some(3.89)),
            ("iLink", 2.43, 4.11, Some(2.82)),
            ("UDPFS", 2.60, 4.18, Some(2.86)),
            ("UDPBD", 1.72, 3.60, Some(2.74)),
            ("HDD", 0.42, 2.92, None),
        ];
        for (name, iso, zso, overlap) in played {
            let backend = backend(name);
            let cycles = if backend.cache == 16 { 7.2 } else { 7.3 };
            let load = Load {
                bytes,
                stored: 4220.0 * 2048.0,
                cycles: bytes * cycles,
            };
            let off = load.iso_seconds(backend) / iso - 1.0;
            assert!(off.abs() < 0.02, "{name}: {off}");
            let off = load.zso_seconds(backend) / zso - 1.0;
            assert!(off.abs() < 0.03, "{name}: {off}");
            let modelled = load.overlap_seconds(backend);
            assert_eq!(modelled.is_some(), overlap.is_some(), "{name}");
            if let (Some(modelled), Some(overlap)) = (modelled, overlap) {
                let off = modelled / overlap - 1.0;
                assert!(off.abs() < 0.05, "{name}: {off}");
            }
        }
    }

    #[test]
    fn plain_data_costs_the_reader() {
        let load = Load::plain(1e6) + Load::plain(1e6);
        assert_eq!((load.bytes, load.stored), (2e6, 2e6));
        assert!((load.cycles / 2e6 - 3.58).abs() < 0.01);
        let hdd = backend("HDD");
        assert!(load.zso_seconds(hdd) > load.iso_seconds(hdd));
    }

    #[test]
    fn the_drive_is_faster_outside() {
        assert!((drive_seconds(2250.0 * 1024.0, 0) - 1.0).abs() < 1e-9);
        assert!(drive_seconds(1e6, 2_000_000) < 0.5 * drive_seconds(1e6, 0));
    }
}
