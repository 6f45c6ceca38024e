//! A disk made one of the console's, with nothing on it.

use std::path::{Path, PathBuf};

use ps2_apa::{Access, Content, Disk as _, Table, Timestamp, format};

use super::error::Error;
use super::open;

/// What is going to become of a disk. Nothing has been written.
#[derive(Debug)]
pub struct Initialization {
    disk: PathBuf,
    /// Size of the disk, in bytes.
    pub bytes: u64,
    /// What is on it now.
    pub content: Content,
}

impl Initialization {
    /// Looks at the disk; one with anything on it is taken with `force` alone.
    pub fn new(path: &Path, force: bool) -> Result<Self, Error> {
        // What this system uses is refused before anybody is asked.
        let mut disk = open(path, Access::Write)?;
        format::check_size(&disk).map_err(Error::disk(path))?;
        let content = Content::of(&mut disk).map_err(Error::disk(path))?;
        let bytes = disk.sectors() * ps2_apa::SECTOR_SIZE as u64;
        let disk = path.to_owned();
        match content {
            Content::Nothing => {}
            _ if force => {}
            content => {
                return Err(Error::Content {
                    path: disk,
                    content,
                });
            }
        }
        Ok(Self {
            disk,
            bytes,
            content,
        })
    }

    /// Does it, unless something else is on the disk by now.
    pub fn run(&self) -> Result<Table, Error> {
        let mut disk = open(&self.disk, Access::Write)?;
        let now = Content::of(&mut disk).map_err(Error::disk(&self.disk))?;
        match now == self.content {
            true => format::format(&mut disk, Timestamp::now()),
            false => Err(ps2_apa::Error::Changed),
        }
        .map_err(Error::disk(&self.disk))
    }
}
