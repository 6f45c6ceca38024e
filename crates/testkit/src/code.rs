//! Error numbers: what the console returns, and what a host error is there.

use zso::format::HeaderError;
use zso::lz4::DecodeError;
use zso::{BlockFault, Code, Error};

/// All codes that a test may see; not [`Code::Internal`], which says that the library is wrong.
const CODES: [Code; 16] = [
    Code::Argument,
    Code::NotMounted,
    Code::NotZso,
    Code::ServerVariant,
    Code::HeaderSize,
    Code::Version,
    Code::BlockSize,
    Code::Align,
    Code::TooLarge,
    Code::Memory,
    Code::Device,
    Code::Index,
    Code::Truncated,
    Code::InputEnd,
    Code::Offset,
    Code::Overrun,
];

/// What stands for a failure of which the object says that it is one, and not why, as OPL and Neutrino want it.
pub const NO_REASON: Code = Code::Internal;

/// Whether a reader has failed for this reason, as far as it gives one.
#[must_use]
pub fn is_for(found: Code, reason: Code) -> bool {
    found == reason || found == NO_REASON
}

/// The code of a negative number of the C interface.
///
/// # Panics
/// When there is no such code, and on [`Code::Internal`].
#[must_use]
pub fn from_number(number: i32) -> Code {
    assert_ne!(
        number,
        Code::Internal as i32,
        "the library broke a rule of its own"
    );
    let known = CODES.into_iter().find(|&code| code as i32 == number);
    known.unwrap_or_else(|| panic!("{number} is no error code"))
}

/// What the C interface returns for an error of the Rust one.
///
/// # Panics
/// On a variant that this function does not know yet, and on [`Error::Internal`].
#[must_use]
pub fn of_error<E>(error: &Error<E>) -> Code {
    match error {
        Error::Header(error) => of_header(*error),
        Error::Memory { .. } => Code::Memory,
        Error::Buffer { .. } => Code::Argument,
        Error::Device(_) => Code::Device,
        Error::Block { fault, .. } => of_fault(*fault),
        Error::Internal => panic!("the library broke a rule of its own"),
        _ => panic!("a new variant of zso::Error"),
    }
}

fn of_header(error: HeaderError) -> Code {
    match error {
        HeaderError::NotZso { .. } | HeaderError::Short { .. } => Code::NotZso,
        HeaderError::ServerVariant => Code::ServerVariant,
        HeaderError::HeaderSize { .. } => Code::HeaderSize,
        HeaderError::Version { .. } => Code::Version,
        HeaderError::BlockSize { .. } => Code::BlockSize,
        HeaderError::Align { .. } => Code::Align,
        HeaderError::TooLarge { .. } => Code::TooLarge,
        _ => panic!("a new variant of zso::HeaderError"),
    }
}

fn of_fault(fault: BlockFault) -> Code {
    match fault {
        BlockFault::Index { .. } => Code::Index,
        BlockFault::Truncated { .. } => Code::Truncated,
        BlockFault::Decode(error) => of_decode(error),
        _ => panic!("a new variant of zso::BlockFault"),
    }
}

/// What the C interface returns for an error of the decoder.
///
/// # Panics
/// On a variant that this function does not know yet.
#[must_use]
pub fn of_decode(error: DecodeError) -> Code {
    match error {
        DecodeError::InputEnd => Code::InputEnd,
        DecodeError::Offset => Code::Offset,
        DecodeError::Overrun => Code::Overrun,
        _ => panic!("a new variant of zso::lz4::DecodeError"),
    }
}
