//! Fakes for tests of `zso`: the misbehaving device is part of the test-suite.
//!
//! | module | what it fakes |
//! |---|---|
//! | [`device`] | the file's device: it enforces the reader's promises, logs, fails, and lies where the trait allows it |
//! | [`image`], [`encode`] | other people's ZSO writers, with every freedom that the format leaves them |
//! | [`data`] | what is on game discs |
//! | `disk` | hard disks: in memory, failing, losing power |
//! | [`iso`], [`tracks`] | discs with files on them, and all bytes of a CD's sectors |
//! | [`blocks`], [`oracle`] | blocks for a decoder, and what they decode to |
//! | [`patterns`] | how games read |
//! | [`golden`] | figures that must not change unnoticed |
//! | [`reader`], [`host`], [`mod@lean`], [`mod@module`] | the readers, as Rust on this machine and as the console's objects in a simulator |
//!
//! A test that is written against [`reader::Reader`] runs on the full reader, here and on the console, with
//! [`on_both`], on the lean one with each of its policies, here and on the console, with [`on_lean`], and on all with
//! [`on_all`]:
//!
//! ```no_run
//! use testkit::{device::RamDevice, image::Builder, on_all};
//!
//! let disc = testkit::data::game_like(1, 10 * 2048);
//! let file = Builder::default().build(&disc);
//! let memory = zso::memory_sectors(2048, 16);
//! on_all(|| RamDevice::new(&file.bytes), memory, |reader| {
//!     assert_eq!(reader.read(3, 2), Ok(disc[3 * 2048..5 * 2048].to_vec()));
//! });
//! ```
#![forbid(unsafe_code)]

pub mod blocks;
pub mod code;
pub mod data;
pub mod device;
#[cfg(feature = "apa")]
pub mod disk;
pub mod encode;
pub mod golden;
pub mod host;
pub mod image;
pub mod iso;
pub mod lean;
pub mod module;
pub mod oracle;
pub mod patterns;
pub mod reader;
mod rng;
mod targets;
pub mod tracks;

pub use lean::{LEAN, OBJECTS};
pub use rng::Rng;
pub use targets::{TARGETS, Target, on_all, on_both, on_host, on_lean, on_module};
