//! A disk of the console's, opened by the path that was typed.

use std::path::Path;

use ps2_apa::{Access, FileDisk};

use super::error::Error;

/// A disk to be read.
pub(crate) fn open(path: &Path) -> Result<FileDisk, Error> {
    open_for(path, Access::Read)
}

/// A disk to be changed: nobody else uses it.
pub(crate) fn open_to_change(path: &Path) -> Result<FileDisk, Error> {
    open_for(path, Access::Write)
}

fn open_for(path: &Path, access: Access) -> Result<FileDisk, Error> {
    FileDisk::open(path, access).map_err(|source| Error::Open {
        path: path.to_owned(),
        source,
    })
}
