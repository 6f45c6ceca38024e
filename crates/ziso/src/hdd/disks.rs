//! The disks of this system, and which of them are the console's.

use std::io;

use ps2_apa::system::{Candidate, disks};
use ps2_apa::{Access, Content, FileDisk};

/// A disk, and what is on it.
#[derive(Debug)]
pub struct Seen {
    pub disk: Candidate,
    /// What is on it, or why that cannot be told, in words.
    pub content: Result<Content, String>,
}

/// Looks at all disks of this system.
///
/// # Errors
/// The system's, if it does not list its disks.
pub fn see() -> io::Result<Vec<Seen>> {
    let see = |disk: Candidate| {
        let opened = FileDisk::open(&disk.path, Access::Read);
        let content = opened
            .map_err(|error| error.to_string())
            .and_then(|mut opened| {
                let content = Content::of(&mut opened);
                content.map_err(|error| error.to_string())
            });
        Seen { disk, content }
    };
    Ok(disks()?.into_iter().map(see).collect())
}
