//! What a console reads discs from, as far as time is concerned.
//!
//! Each takes the same time for every request, and for every byte of it. Rates are what people measured with large
//! requests; what a request costs besides is measured for one of these devices only, and chosen for the others.

/// The processor's clock, in cycles per second.
pub const CLOCK: f64 = 36_864_000.0;

const SECTOR: f64 = zso::SECTOR_SIZE as f64;

/// How well what a request costs is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It follows from what was measured on consoles.
    Derived,
    /// It was chosen here, where sources say no more than "small" or "some".
    Chosen,
}

/// A device.
#[derive(Clone, Copy, Debug)]
pub struct Backend {
    /// Its name.
    pub name: &'static str,
    /// Bytes per second once it transfers.
    pub rate: f64,
    /// Seconds that a request costs, however small.
    pub request: f64,
    /// How well that is known; what messages cost is always chosen.
    pub standing: Standing,
    /// Sectors in a message of its protocol, and seconds that each message costs.
    pub message: Option<(u32, f64)>,
    /// Cycles that its driver takes from the processor for each sector, while the device works.
    pub driver_cycles: u64,
    /// Whether its driver keeps the processor until the device is done.
    pub spins: bool,
    /// Sectors that the field's reader caches on it, unless told otherwise; ours stages as many.
    pub cache: u32,
    /// Where the numbers are from.
    pub source: &'static str,
}

/// One that has nothing special.
const PLAIN: Backend = Backend {
    name: "",
    rate: 0.0,
    request: 0.0,
    standing: Standing::Chosen,
    message: None,
    driver_cycles: 0,
    spins: false,
    cache: 16,
    source: "",
};

/// All of them, the slowest first.
pub const BACKENDS: [Backend; 9] = [
    Backend {
        name: "USB",
        rate: 0.75e6,
        // A command, its data and its status: one frame of 1 ms each way, besides the data's own.
        request: 2.0e-3,
        source: "750 KB/s on consoles up to SCPH-70000 (Neutrino's README); \"some ms\" for the command",
        ..PLAIN
    },
    Backend {
        name: "USB, slim",
        rate: 0.9e6,
        request: 2.0e-3,
        source: "900 KB/s on later slim consoles (Neutrino's README); the command as above",
        ..PLAIN
    },
    Backend {
        name: "MX4SIO",
        rate: 1.5e6,
        // What a memory card takes to find a sector.
        request: 0.5e-3,
        // It reverses the bits of 512 words, each a load, a store and about 16 instructions.
        driver_cycles: 512 * 24,
        source: "1500 KB/s on consoles up to SCPH-70000 (Neutrino's README); \"small\"",
        ..PLAIN
    },
    Backend {
        name: "MMCE",
        rate: 1.7e6,
        request: 0.5e-3,
        source: "1700 KB/s on consoles up to SCPH-70000 (Neutrino's README); \"small\"",
        ..PLAIN
    },
    Backend {
        name: "SMB",
        rate: 4.0e6,
        message: Some((4, 1.0e-3)),
        source: "2-4 MB/s as users quote it, in messages of 8 KiB (the client's buffer); with 1 ms each, 2.7 MB/s",
        ..PLAIN
    },
    Backend {
        name: "iLink",
        rate: 6.0e6,
        request: 0.3e-3,
        source: "about 6 MB/s (Neutrino's README, and when OPL got it)",
        ..PLAIN
    },
    Backend {
        name: "UDPFS",
        rate: 6.0e6,
        request: 0.5e-3,
        source: "5-7 MB/s as measured on an SCPH-77008 (an issue of Neutrino's); \"a round trip\"",
        ..PLAIN
    },
    Backend {
        name: "UDPBD",
        rate: 10.0e6,
        request: 0.5e-3,
        source: "about 10 MB/s (Neutrino's README); \"a round trip\"",
        ..PLAIN
    },
    Backend {
        name: "HDD",
        rate: SECTOR / 0.031e-3,
        request: 0.27e-3,
        standing: Standing::Derived,
        // OPL's driver looks for the end of each transfer itself.
        spins: true,
        cache: 8,
        source: "7, 12, 20, 32 MB/s in requests of 2, 4, 8, 16 KiB, measured by an author of OPL",
        ..PLAIN
    },
];

impl Backend {
    /// Seconds that it takes for a request of so many sectors.
    pub fn seconds(&self, sectors: u32) -> f64 {
        self.seconds_for(f64::from(sectors) * SECTOR)
    }

    /// Seconds that it takes for a request of so many bytes.
    #[must_use]
    pub fn seconds_for(&self, bytes: f64) -> f64 {
        let messages = match self.message {
            Some((each, seconds)) => (bytes / (f64::from(each) * SECTOR)).ceil() * seconds,
            None => 0.0,
        };
        self.request + messages + bytes / self.rate
    }

    /// Bytes per second for one long read: messages included, requests not.
    pub fn sustained(&self) -> f64 {
        let message = self
            .message
            .map_or(0.0, |(sectors, seconds)| seconds / f64::from(sectors));
        SECTOR / (SECTOR / self.rate + message)
    }

    /// Seconds that the smallest request costs besides its bytes.
    pub fn overhead(&self) -> f64 {
        self.request + self.message.map_or(0.0, |(_, seconds)| seconds)
    }

    /// The same device, when that takes another time.
    pub fn with_overhead(self, times: f64) -> Self {
        Self {
            request: times * self.request,
            message: self
                .message
                .map(|(sectors, seconds)| (sectors, times * seconds)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backend(name: &str) -> Backend {
        BACKENDS
            .into_iter()
            .find(|backend| backend.name == name)
            .unwrap()
    }

    fn milliseconds(name: &str, sectors: u32) -> f64 {
        1e3 * backend(name).seconds(sectors)
    }

    #[test]
    fn the_hard_disk_is_as_fast_as_it_was_measured() {
        for (kib, rate) in [(2, 7.0), (4, 12.0), (8, 20.0), (16, 32.0)] {
            let seconds = milliseconds("HDD", kib / 2) / 1e3;
            let modelled = f64::from(kib * 1024) / seconds / 1e6;
            assert!(
                (modelled / rate - 1.0).abs() < 0.04,
                "{kib} KiB: {modelled}"
            );
        }
    }

    #[test]
    fn messages_cost_a_round_trip_each() {
        // 8 KiB are a message, 10 KiB are two.
        assert!((milliseconds("SMB", 4) - (1.0 + 2.048)).abs() < 1e-9);
        assert!((milliseconds("SMB", 5) - (2.0 + 2.56)).abs() < 1e-9);
        assert!((backend("SMB").sustained() / 1e6 - 2.688).abs() < 1e-3);
    }

    #[test]
    fn a_sector_from_usb_takes_its_transfer_and_the_command() {
        assert!((milliseconds("USB", 1) - (2.0 + 2.731)).abs() < 1e-3);
    }

    #[test]
    fn overheads_can_be_varied() {
        for backend in BACKENDS {
            let twice = backend.with_overhead(2.0);
            assert!(
                (twice.overhead() - 2.0 * backend.overhead()).abs() < 1e-9,
                "{}",
                backend.name
            );
            let more = twice.seconds(1) - backend.seconds(1);
            assert!((more - backend.overhead()).abs() < 1e-9, "{}", backend.name);
        }
    }
}
