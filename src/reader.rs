//! The full reader: blocks of any size, files of known or unknown size, and errors with all their numbers.
//!
//! `zso.o` is this with the C functions of `c/reader.rs`. It has no unsafe code.
#![forbid(unsafe_code)]

pub(crate) mod disc;
mod image;
mod index_cache;
mod plan;
mod read_ahead;
mod request;
mod stream;

pub use disc::memory_sectors;
pub use image::Image;
pub use stream::{Reader, ReaderError};
