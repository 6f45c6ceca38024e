//! Real places for compressed images, to read them from by the maps of `zso::device`: as Rust on this machine, and as
//! the console's objects in a simulator.
//!
//! | module | what it has |
//! |---|---|
//! | [`fat`], [`exfat`] | volumes by mkfs, on which a file lies in pieces, and the table of the pieces |
//! | [`hdd`] | a disk with the console's partition table, and a game on it |
//! | [`samba`] | a server, started for the test, and its files |
//! | [`medium`] | what all of them are: bytes at offsets of numbered files, and what can go wrong with them |
//! | [`case`] | a file on a medium, its map, and a test of it on both readers |
//! | [`host`], [`console`] | the two readers |
//! | [`neutrino`] | a stand-in for Neutrino's cdvdman_emu, around the object that replaces a file of it |
#![forbid(unsafe_code)]

pub mod case;
pub mod console;
pub mod exfat;
pub mod fat;
pub mod hdd;
pub mod host;
pub mod medium;
mod mkfs;
pub mod neutrino;
pub mod samba;

pub use case::{Case, Map};
pub use medium::{Faults, Medium, Ram, Transfer, Wire};
