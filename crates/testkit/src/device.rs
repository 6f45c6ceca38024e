//! Devices: a file in memory that enforces what the reader promises, and layers that misbehave on top of it.
//!
//! The layers take any device and are devices themselves. What a test wants to know or to change while the reader owns
//! the device goes by handles that can be cloned: [`Log`], [`Faults`], [`Alignments`].

mod align;
mod faulty;
mod log;
mod poison;
mod ram;
mod sparse;
mod split;
mod unknown;

use core::fmt;

use zso::SectorDevice;

pub use align::{AlignmentRecorder, Alignments};
pub use faulty::{Faults, Faulty};
pub use log::{Log, Request};
pub use poison::Poison;
pub use ram::RamDevice;
pub use sparse::SparseDevice;
pub use split::Split;
pub use unknown::UnknownSize;

/// Any of these devices.
pub type AnyDevice<'d> = dyn SectorDevice<Error = DeviceError> + 'd;

/// A device's own error: the number that a driver would return, not 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeviceError(pub i32);

impl DeviceError {
    /// Sectors were asked for that the file does not have.
    pub const PAST_END: Self = Self(-22);
    /// The medium failed.
    pub const IO: Self = Self(-5);
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device error {}", self.0)
    }
}

impl core::error::Error for DeviceError {}

impl embedded_io::Error for DeviceError {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}
