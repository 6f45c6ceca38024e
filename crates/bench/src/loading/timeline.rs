//! When processor and device are busy.

use super::event::{Event, Recording};
use ziso::backend::{Backend, CLOCK};
use zso::SECTOR_SIZE;

/// From when to when, in seconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval {
    /// Start.
    pub from: f64,
    /// End.
    pub to: f64,
}

/// What was busy when.
#[derive(Clone, Default, Debug)]
pub struct Timeline {
    /// The processor, with the device's driver.
    pub cpu: Vec<Interval>,
    /// The device.
    pub device: Vec<Interval>,
    /// When all was done, in seconds.
    pub end: f64,
}

impl Timeline {
    /// Of what a reader did, on a device.
    ///
    /// The device serves one request after the other, each as soon as it is told to. The processor stops for nothing
    /// but to wait. What the driver takes of it comes on top of the work that is next: a reader that only waits has
    /// nothing to be delayed.
    pub fn new(recording: &Recording, backend: &Backend) -> Self {
        let mut line = Self::default();
        // Work of the driver that the processor has not done yet.
        let mut owed = 0;
        for event in &recording.events {
            match *event {
                Event::Compute(cycles) => {
                    line.work((cycles + owed) as f64 / CLOCK);
                    owed = 0;
                }
                Event::Start(request) => {
                    let from = line.end.max(line.device_end());
                    let to = from + backend.seconds_for(request.bytes as f64);
                    line.device.push(Interval { from, to });
                    owed += request.bytes * backend.driver_cycles / SECTOR_SIZE as u64;
                    if backend.spins {
                        line.end = to;
                        owed = 0;
                    }
                }
                Event::Wait => {
                    line.end = line.end.max(line.device_end());
                    owed = 0;
                }
            }
        }
        line.end = line.end.max(line.device_end());
        line
    }

    fn work(&mut self, seconds: f64) {
        let from = self.end;
        self.end += seconds;
        self.cpu.push(Interval { from, to: self.end });
    }

    fn device_end(&self) -> f64 {
        self.device.last().map_or(0.0, |last| last.to)
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::Request;
    use super::*;
    use ziso::backend::BACKENDS;

    /// A sector takes 3 ms, and nothing else takes any time.
    fn backend() -> Backend {
        let rate = zso::SECTOR_SIZE as f64 / 3e-3;
        Backend {
            rate,
            request: 0.0,
            message: None,
            driver_cycles: 0,
            ..BACKENDS[0]
        }
    }

    fn sectors(sectors: u32) -> Request {
        Request::of_sectors(0, sectors)
    }

    fn milliseconds(ms: f64) -> u64 {
        (CLOCK * ms / 1e3) as u64
    }

    fn assert_ends(recording: &Recording, backend: &Backend, ms: f64) {
        let end = Timeline::new(recording, backend).end * 1e3;
        assert!((end - ms).abs() < 1e-3, "{end} ms instead of {ms}");
    }

    #[test]
    fn processor_and_device_take_turns() {
        let mut recording = Recording::default();
        for _ in 0..2 {
            recording.read(sectors(2));
            recording.compute(milliseconds(5.0));
        }
        assert_ends(&recording, &backend(), 22.0);
        let line = Timeline::new(&recording, &backend());
        assert_eq!((line.cpu.len(), line.device.len()), (2, 2));
        assert_eq!(line.cpu[0].from, line.device[0].to);
        assert_eq!(line.device[1].from, line.cpu[0].to);
    }

    #[test]
    fn work_after_a_start_costs_no_time_of_its_own() {
        let mut recording = Recording {
            events: vec![
                Event::Start(sectors(4)),
                Event::Compute(milliseconds(5.0)),
                Event::Wait,
            ],
            ..Recording::default()
        };
        assert_ends(&recording, &backend(), 12.0);
        recording.events.push(Event::Compute(milliseconds(5.0)));
        assert_ends(&recording, &backend(), 17.0);
    }

    #[test]
    fn a_driver_that_keeps_the_processor_leaves_no_time_for_work() {
        let spinning = Backend {
            spins: true,
            ..backend()
        };
        let recording = Recording {
            events: vec![
                Event::Start(sectors(4)),
                Event::Compute(milliseconds(5.0)),
                Event::Wait,
            ],
            ..Recording::default()
        };
        assert_ends(&recording, &spinning, 17.0);
    }

    #[test]
    fn requests_queue_up() {
        let recording = Recording {
            events: vec![
                Event::Start(sectors(1)),
                Event::Start(sectors(1)),
                Event::Compute(milliseconds(1.0)),
                Event::Wait,
            ],
            ..Recording::default()
        };
        assert_ends(&recording, &backend(), 6.0);
    }

    #[test]
    fn a_driver_delays_the_work_beside_it_but_not_its_own_device() {
        let busy = Backend {
            driver_cycles: milliseconds(1.0),
            ..backend()
        };
        let mut recording = Recording::default();
        recording.read(sectors(4));
        assert_ends(&recording, &busy, 12.0);
        recording.events = vec![
            Event::Start(sectors(4)),
            Event::Compute(milliseconds(10.0)),
            Event::Wait,
        ];
        assert_ends(&recording, &busy, 14.0);
    }
}
