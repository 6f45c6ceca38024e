//! Every failure as one number: what the reader's inside passes on in a register, and what C gets.
//!
//! Nothing else of the crate is used here. `error` has the same failures with all their numbers, for Rust.

/// What went wrong, as one number: the `ZSO_E_...` values of `include/zso.h`, and what the reader's insides pass on.
///
/// Published numbers: never changed, never used again. An [`Error`](crate::Error) says the same with the numbers that
/// belong to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
#[non_exhaustive]
pub enum Code {
    /// A null or misaligned pointer, a length that is no whole number of sectors, or one beyond 2 GiB.
    Argument = -1,
    /// Nothing is mounted.
    NotMounted = -2,
    /// [`HeaderError::NotZso`](crate::HeaderError::NotZso) or [`HeaderError::Short`](crate::HeaderError::Short).
    NotZso = -3,
    /// [`HeaderError::ServerVariant`](crate::HeaderError::ServerVariant).
    ServerVariant = -4,
    /// [`HeaderError::HeaderSize`](crate::HeaderError::HeaderSize).
    HeaderSize = -5,
    /// [`HeaderError::Version`](crate::HeaderError::Version).
    Version = -6,
    /// [`HeaderError::BlockSize`](crate::HeaderError::BlockSize).
    BlockSize = -7,
    /// [`HeaderError::Align`](crate::HeaderError::Align).
    Align = -8,
    /// [`HeaderError::TooLarge`](crate::HeaderError::TooLarge).
    TooLarge = -9,
    /// [`Error::Memory`](crate::Error::Memory).
    Memory = -10,
    /// [`Error::Device`](crate::Error::Device).
    Device = -11,
    /// [`BlockFault::Index`](crate::BlockFault::Index).
    Index = -12,
    /// [`BlockFault::Truncated`](crate::BlockFault::Truncated).
    Truncated = -13,
    /// [`DecodeError::InputEnd`](crate::lz4::DecodeError::InputEnd).
    InputEnd = -14,
    /// [`DecodeError::Offset`](crate::lz4::DecodeError::Offset).
    Offset = -15,
    /// [`DecodeError::Overrun`](crate::lz4::DecodeError::Overrun).
    Overrun = -16,
    /// [`Error::Internal`](crate::Error::Internal).
    Internal = -17,
    /// A map's table cannot be one of a file on such a device.
    Map = -18,
    /// [`MapError::PastEnd`](crate::device::MapError::PastEnd).
    PastEnd = -19,
}
