//! The partition table of the PlayStation 2's hard disks (APA), and the games that loaders keep on them.
//!
//! A table is a chain of headers, one at the start of each partition, every partition as long as a power of two times
//! 128 MiB (some tools go down to 8 MiB) and aligned to its own length. A game (type 0x1337) is a main partition and up
//! to 64 sub-partitions; in the main one, after the header, is a second header that says which sectors hold the disc.
//!
//! # How it fits together
//! | module | what it does |
//! |---|---|
//! | [`disk`] | sectors to read and write; [`FileDisk`] is a disk or an image of one |
//! | [`system`] | which disks there are, how large they are, and who uses them |
//! | [`header`] | the 1024 bytes at a partition's start |
//! | [`journal`] | the log in which the console completes what was interrupted |
//! | [`table`] | all headers of a disk, checked once |
//! | [`space`], [`allocate`] | which 128 MiB are free, and which of them a game gets |
//! | [`change`] | how a disk gets from one table to another: wholly, or not at all |
//! | [`install`] | a game onto a disk |
//! | [`edit`] | a game off a disk, or another title for it |
//! | [`game`] | a game's own header, and its image as one run of sectors |
//! | [`content`] | what is on a disk that may not be the console's |
//! | [`format`](mod@format) | an empty disk |
#![deny(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)
)]

pub mod allocate;
pub mod change;
pub mod content;
pub mod disk;
pub mod edit;
mod error;
mod file;
pub mod format;
pub mod game;
pub mod header;
pub mod install;
pub mod journal;
mod sector;
pub mod space;
pub mod system;
pub mod table;
mod timestamp;

pub use change::Change;
pub use content::Content;
pub use disk::Disk;
pub use edit::Edit;
pub use error::Error;
pub use file::{Access, FileDisk, OpenError};
pub use game::{Game, GameHeader, Media};
pub use header::{Header, Id};
pub use install::{Installation, Plan};
pub use sector::{CHUNK, Extent, Lba, SECTOR_SIZE};
pub use table::Table;
pub use timestamp::Timestamp;
