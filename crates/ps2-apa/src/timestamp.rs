//! Dates in headers.

use time::{OffsetDateTime, UtcOffset};
use zerocopy::little_endian::U16;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// When a partition was made: eight bytes, on Japan's clock, which is that of every console.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Debug,
    FromBytes,
    IntoBytes,
    Immutable,
    KnownLayout,
    Unaligned,
)]
#[repr(C)]
pub struct Timestamp {
    unused: u8,
    second: u8,
    minute: u8,
    hour: u8,
    day: u8,
    month: u8,
    year: U16,
}

impl Timestamp {
    /// Now.
    pub fn now() -> Self {
        let japan = UtcOffset::from_hms(9, 0, 0).unwrap_or(UtcOffset::UTC);
        Self::from(OffsetDateTime::now_utc().to_offset(japan))
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(date: OffsetDateTime) -> Self {
        Self {
            unused: 0,
            second: date.second(),
            minute: date.minute(),
            hour: date.hour(),
            day: date.day(),
            month: date.month().into(),
            year: U16::new(u16::try_from(date.year()).unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_in_the_disks_order() {
        let date = OffsetDateTime::from_unix_timestamp(952_128_000).unwrap();
        assert_eq!(
            Timestamp::from(date).as_bytes(),
            [0, 0, 0, 0, 4, 3, 0xD0, 0x07]
        );
    }
}
