//! Reads ZSO disc images: LZ4-compressed blocks behind an index, as the PlayStation 2's game loaders know them.
//!
//! Made for a 37 MHz I/O processor without a cache for data, and for machines with more: no `std`, no allocator, no
//! panic, no recursion. All memory is handed over once, at [`Image::mount`].
//!
//! # Layers
//! | layer | what it knows |
//! |---|---|
//! | [`format`](mod@format) | bytes of header and index entries, and what they stand for |
//! | `plan` | where a block's bytes lie, from two index entries nobody trusts |
//! | [`lz4`] | one compressed block to its bytes |
//! | `index`, `stage` | what is in memory: windows on the index, sectors of the file |
//! | `disc`, `request` | which device reads, which blocks, in which order |
//! | [`Image`] | the disc with its device, and errors with all their numbers |
//! | [`device`] | where the file is |
//! | [`Reader`] | the image as a stream of bytes |
//! | [`launch`] | which of the console's game cores starts an image |
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

pub mod device;
// The objects that take the place of loaders' own readers have an inside of their own, `src/lean`, behind the same names:
// blocks are sectors there, and memory is shorter.
#[cfg_attr(feature = "opl", path = "lean/disc.rs")]
mod disc;
mod drive;
mod error;
#[cfg(feature = "capi")]
mod ffi;
pub mod format;
mod image;
#[cfg_attr(feature = "opl", path = "lean/index.rs")]
mod index;
pub mod launch;
pub mod lz4;
#[cfg(feature = "maps")]
mod maps;
#[cfg(all(feature = "neutrino", target_arch = "mips"))]
mod neutrino;
#[cfg(all(feature = "opl", not(feature = "neutrino"), target_arch = "mips"))]
mod opl;
#[cfg_attr(feature = "opl", path = "lean/plan.rs")]
mod plan;
mod reader;
#[cfg_attr(feature = "opl", path = "lean/request.rs")]
mod request;
#[cfg(feature = "opl")]
#[path = "lean/room.rs"]
mod room;
#[cfg(all(
    any(feature = "capi", feature = "opl", feature = "maps"),
    target_arch = "mips"
))]
mod rt;
mod run;
mod sector;
#[cfg_attr(feature = "opl", path = "lean/stage.rs")]
mod stage;
#[cfg(feature = "capi")]
mod strerror;

pub use device::SectorDevice;
pub use disc::memory_sectors;
pub use error::{BlockFault, Code, Error};
pub use format::{Header, HeaderError};
pub use image::Image;
pub use reader::{Reader, ReaderError};
pub use sector::{Block, FileSector, SECTOR_SIZE, Sector};
