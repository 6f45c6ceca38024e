//! Files to read.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use crate::error::Error;

/// Opens a file to be read from its start, and finds out its size in bytes.
///
/// # Errors
/// [`Error::Open`]; [`Error::NotAFile`] for a folder; [`Error::Read`] for what has no size, as pipes have none.
pub(crate) fn open(path: &Path) -> Result<(File, u64), Error> {
    let file = File::open(path).map_err(|error| Error::open(path, error))?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        return Err(Error::NotAFile {
            path: path.to_owned(),
        });
    }
    let len = rewind(&file, path)?;
    Ok((file, len))
}

/// Goes to the start of a file, and finds out its size in bytes.
pub(crate) fn rewind(mut file: &File, path: &Path) -> Result<u64, Error> {
    // Not from the metadata: those of a disc drive say 0.
    let len = file.seek(SeekFrom::End(0));
    len.and_then(|len| file.rewind().map(|()| len))
        .map_err(|error| Error::read(path, error))
}
