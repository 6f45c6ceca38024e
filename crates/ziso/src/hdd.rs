//! Games on the console's own hard disk, each in a partition, as HD Loader has begun it and other loaders go on.
//!
//! | module | what it does |
//! |---|---|
//! | [`install`] | an image onto a disk: shown first, written, read back, and then put into the table |
//! | [`disks`] | the disks of this system |
//! | [`edit`] | a game off a disk, or another title for it |
//! | [`initialize`], [`info`] | a disk made one of the console's; what else is on one |
//! | [`list`] | which games a disk has, and which of them is meant |
//! | [`stored`] | an image that is on a disk, as if it were a file |
//! | [`extract`](mod@extract), [`verify`](mod@verify) | an image from a disk to a file, or to a verdict |
//!
//! The table itself is the crate [`ps2_apa`]'s, which says why a failure leaves it as it was.

use std::path::Path;

use ps2_apa::{Access, FileDisk, GameHeader};

pub mod disks;
pub mod edit;
mod error;
pub mod extract;
pub mod info;
pub mod initialize;
pub mod install;
pub mod list;
pub mod stored;
pub mod verify;

pub use edit::Editing;
pub use error::Error;
pub use extract::extract;
pub use info::Info;
pub use initialize::Initialization;
pub use install::{Destination, Installed, Preparation, Wishes};
pub use list::Overview;
pub use verify::verify;

fn open(path: &Path, access: Access) -> Result<FileDisk, Error> {
    FileDisk::open(path, access).map_err(|source| Error::Open {
        path: path.to_owned(),
        source,
    })
}

/// What a disk keeps of a title.
pub fn kept_title(title: &str) -> &str {
    let end = title.floor_char_boundary(GameHeader::MAX_TITLE);
    title.get(..end).unwrap_or_default()
}
