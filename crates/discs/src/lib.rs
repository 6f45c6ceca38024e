//! Disc images as PlayStation 2 players have them: what is in a file, whatever form it has, and which game it is.
//!
//! Everything reads by [`ReadAt`], which has two functions: files, memory, or a file that a browser has. There are no
//! threads, no terminal and no paths here, and nothing is taken on trust: memory and time are limited, whatever is in a
//! file.
//!
//! # How it fits together
//! | module | what it knows |
//! |---|---|
//! | [`disc`] | a disc's bytes, in whatever form they are stored: as they are, or one of the following |
//! | [`image`], `device`, `tail`, `short_index` | ZSO files, read by the console's own reader |
//! | [`cso`], [`chd`] | CSO and CHD files |
//! | [`track`], `nrg` | tracks with all 2352 bytes of a CD's sectors, or some more, or less; Nero's lists of them |
//! | [`cue`] | which file has the data of a disc |
//! | [`iso9660`], [`pattern`] | files on a disc, and those that a pattern means |
//! | [`game`], [`title`], [`name`] | what a disc starts, what the game is called, and what its file is |
//! | `foreign` | files that are no discs |
//! | [`hashes`], [`sidecar`], [`dat`] | checksums, and files that list them |
//! | [`zip`] | what is packed in zip files |
//! | [`usbextreme`] | games in parts, and their list `ul.cfg` |
//!
//! # Example
//! ```
//! let image = vec![0_u8; 40 * 2048];
//! let disc = discs::Disc::new(image)?;
//! let mut memory = disc.memory();
//! let mut reader = disc.reader(&mut memory)?;
//! assert!(discs::iso9660::Layers::of(&mut reader)?.is_none(), "zeros are no ISO 9660 disc");
//! # Ok::<(), discs::Error>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)
)]

pub mod chd;
pub mod cso;
pub mod cue;
pub mod dat;
mod device;
pub mod disc;
mod error;
mod foreign;
pub mod game;
pub mod hashes;
pub mod image;
pub mod iso9660;
pub mod name;
mod nrg;
pub mod pattern;
mod read_at;
mod short_index;
pub mod sidecar;
mod tail;
pub mod title;
pub mod track;
pub mod usbextreme;
pub mod zip;

pub use chd::ChdFault;
pub use cso::CsoFault;
pub use disc::{Disc, DiscReader, Form};
pub use error::Error;
pub use foreign::Foreign;
pub use hashes::Hashes;
pub use image::ImageFault;
pub use read_at::{ReadAt, Stream};
pub use sidecar::SidecarFault;
pub use track::TrackFault;
pub use zip::ZipFault;
