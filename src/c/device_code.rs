//! What a C function says when it fails.

use core::fmt;
use core::num::NonZeroI32;

/// The C function's own code; 0 would be none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct DeviceCode(pub NonZeroI32);

impl fmt::Display for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the device failed with code {}", self.0)
    }
}

impl core::error::Error for DeviceCode {}

impl embedded_io::Error for DeviceCode {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}
