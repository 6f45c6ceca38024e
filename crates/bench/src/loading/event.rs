//! What a reader does, as far as time depends on it.

use anyhow::Result;
use zso::SECTOR_SIZE;

/// Something that a reader does, in the order in which it does it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The processor works for so many cycles.
    Compute(u64),
    /// The device is told to read; the processor goes on. Requests are served one after the other.
    Start(Request),
    /// The processor has nothing to do until the device has served all requests.
    Wait,
}

/// What a device is told to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// Its first byte, counted from the start of the file.
    pub start: u64,
    /// How many.
    pub bytes: u64,
}

impl Request {
    /// For whole sectors.
    pub fn of_sectors(first: u32, sectors: u32) -> Self {
        Self {
            start: u64::from(first) * SECTOR_SIZE as u64,
            bytes: u64::from(sectors) * SECTOR_SIZE as u64,
        }
    }
}

/// All that a reader does for the reads of a game.
#[derive(Clone, Default, Debug)]
pub struct Recording {
    /// In the order in which it is done.
    pub events: Vec<Event>,
    /// What it took to do it, if that is known.
    pub footprint: Footprint,
}

/// What a reader takes beside its code.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Footprint {
    /// Memory, in bytes.
    pub memory: u32,
    /// Deepest stack, in bytes, without the device's.
    pub stack: u32,
}

impl Recording {
    /// The processor works.
    pub fn compute(&mut self, cycles: u64) {
        if cycles == 0 {
            return;
        }
        match self.events.last_mut() {
            Some(Event::Compute(sum)) => *sum += cycles,
            _ => self.events.push(Event::Compute(cycles)),
        }
    }

    /// The device reads, and the processor waits for it.
    pub fn read(&mut self, request: Request) {
        self.start(request);
        self.wait();
    }

    /// The device is told to read.
    pub fn start(&mut self, request: Request) {
        self.events.push(Event::Start(request));
    }

    /// The processor waits for the device.
    pub fn wait(&mut self) {
        self.events.push(Event::Wait);
    }

    /// What the device is asked for.
    pub fn requests(&self) -> impl Iterator<Item = Request> {
        self.events.iter().filter_map(|event| match event {
            Event::Start(request) => Some(*request),
            _ => None,
        })
    }

    /// Sectors that the device reads.
    pub fn sectors(&self) -> f64 {
        let bytes: u64 = self.requests().map(|request| request.bytes).sum();
        bytes as f64 / SECTOR_SIZE as f64
    }

    /// Cycles that the processor works.
    pub fn cycles(&self) -> u64 {
        let cycles = |event: &Event| match event {
            Event::Compute(cycles) => *cycles,
            _ => 0,
        };
        self.events.iter().map(cycles).sum()
    }
}

/// A reader under test: serves a game's reads, and records what that takes.
///
/// One that overlaps decoding with the device's work records [`Event::Start`] and [`Event::Wait`] with work in between.
pub trait Contender {
    /// Serves one read of the game.
    fn read(&mut self, lsn: u32, count: u32, recording: &mut Recording) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_counts() {
        let mut recording = Recording::default();
        for first in [4, 9] {
            recording.compute(0);
            recording.compute(10);
            recording.compute(5);
            recording.read(Request::of_sectors(first, 3));
        }
        assert_eq!(recording.events.len(), 6);
        assert_eq!(recording.requests().count(), 2);
        assert_eq!(recording.sectors(), 6.0);
        assert_eq!(recording.cycles(), 30);
    }
}
