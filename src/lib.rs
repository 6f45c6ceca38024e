//! Reads ZSO disc images: LZ4-compressed blocks after an index, as the PlayStation 2's game loaders know them.
//!
//! Made for a 37 MHz I/O processor without a cache for data, and for machines with more: no `std`, no allocator, no
//! panic, no recursion. All memory is handed over once, at [`Image::mount`].
//!
//! # Layers
//! Each uses only those before it.
//!
//! | layer | what it knows |
//! |---|---|
//! | `sector`, `code` | kinds of numbers; failures as numbers |
//! | [`format`](mod@format) | bytes of header and index entries, and what they stand for |
//! | [`lz4`] | one compressed block to its bytes |
//! | [`device`] | where the file is |
//! | `error` | failures with all their numbers |
//! | `source`, `sequence` | what both readers have in common: a device with its last error, sequential requests |
//! | `reader` | the full reader: [`Image`], and [`Reader`], the image as a stream of bytes |
//! | `lean` (feature) | the reader of the objects that take the place of loaders' own |
//! | `c` (features) | the C functions, and what else is in the console's objects |
//!
//! [`launch`] stands apart: which of the console's game cores starts an image.
//!
//! # Example
//! ```
//! use zso::format::{Entry, Header};
//! use zso::{Image, SECTOR_SIZE, Sector, device::MemoryDevice, memory_sectors};
//!
//! // The smallest of files: a header, two index entries, and one sector stored plain.
//! let header = Header::new(2048, 2048, 0)?;
//! let mut file = header.emit().to_vec();
//! for entry in [Entry::new(32, true, 0), Entry::new(32 + 2048, false, 0)] {
//!     file.extend(entry.expect("offsets below 2 GiB").0.to_le_bytes());
//! }
//! file.extend([0xA5; SECTOR_SIZE]);
//!
//! let mut memory = vec![Sector::ZERO; memory_sectors(2048, 16) as usize];
//! let mut image = Image::mount(MemoryDevice::new(&file), &mut memory)?;
//! let mut sectors = vec![0; 2 * SECTOR_SIZE];
//! assert_eq!(image.read_sectors(0, &mut sectors)?, 1); // the media ends here
//! assert_eq!(sectors[..SECTOR_SIZE], [0xA5; SECTOR_SIZE]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
// The console's own instructions, in files named *.s; the MIPS build runs with RUSTC_BOOTSTRAP=1 anyway.
#![cfg_attr(target_arch = "mips", feature(asm_experimental_arch))]
#![deny(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

// A host archive needs a panic handler, which std brings; the console's has its own in rt.rs.
#[cfg(all(any(feature = "capi", feature = "maps"), not(target_os = "none")))]
extern crate std;

#[cfg(feature = "_c")]
mod c;
mod code;
pub mod device;
mod error;
pub mod format;
pub mod launch;
#[cfg(feature = "lean")]
pub mod lean;
pub mod lz4;
mod reader;
mod sector;
mod sequence;
mod source;

pub use code::Code;
pub use device::SectorDevice;
pub use error::{BlockFault, Error};
pub use format::{Header, HeaderError};
pub use reader::{Image, Reader, ReaderError, memory_sectors};
pub use sector::{Block, FileSector, SECTOR_SIZE, Sector};

/// The README's example is compiled as it stands.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
