//! Games on the console's own hard disk, each in a partition, as HD Loader has begun it and other loaders go on.
//!
//! | module | what it does |
//! |---|---|
//! | [`install`] | an image onto a disk: shown first, written, read back, and then put into the table |
//! | [`list`] | which games a disk has, and which of them is meant |
//! | [`stored`] | an image that is on a disk, read as loaders read it |
//! | [`extract`](mod@extract), [`verify`](mod@verify) | an image from a disk to a file, or to a verdict |
//!
//! The table itself is the crate [`ps2_apa`]'s, which says why a failure leaves it as it was.

mod error;
pub mod extract;
pub mod install;
pub mod list;
pub mod stored;
pub mod verify;

pub use error::Error;
pub use extract::extract;
pub use install::{Installed, Preparation, Wishes};
pub use list::Overview;
pub use verify::verify;
