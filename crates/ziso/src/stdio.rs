//! Standard input and output, where files are expected: `-`.
//!
//! Images are read more than once, and a ZSO file's header is written last. So what comes through a pipe is put into a
//! file first that has no name, and what goes into one comes out of such a file.

use std::fs::File;
use std::io::{self, Seek};
use std::path::Path;

use crate::error::Error;

/// Standard input as a file: itself if it is one, else a copy in `folder`.
pub(crate) fn input(folder: &Path) -> Result<File, Error> {
    if let Some(file) = redirected() {
        return Ok(file);
    }
    let mut file =
        tempfile::tempfile_in(folder).map_err(|error| Error::on_its_way(folder, error))?;
    let mut stdin = io::stdin().lock();
    // `io::copy` does not tell which of the two failed; what fails in practice is a disk that is full.
    io::copy(&mut stdin, &mut file).map_err(|error| Error::on_its_way(folder, error))?;
    Ok(file)
}

/// Standard input, if it is a file from its start on.
fn redirected() -> Option<File> {
    let mut file = same_as_stdin().ok()?;
    // Windows tells nothing of pipes and terminals.
    let is_file = file.metadata().is_ok_and(|meta| meta.is_file());
    let whole = is_file && file.stream_position().is_ok_and(|position| position == 0);
    whole.then_some(file)
}

#[cfg(unix)]
fn same_as_stdin() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn same_as_stdin() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}

/// Copies a file from its start to standard output.
pub(crate) fn output(file: &mut File) -> io::Result<()> {
    file.rewind()?;
    let mut stdout = io::stdout().lock();
    io::copy(file, &mut stdout)?;
    io::Write::flush(&mut stdout)
}
