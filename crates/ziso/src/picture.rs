//! Pictures to files.

use std::io::Write as _;
use std::path::Path;

use crate::error::Error;
use crate::target::Target;

/// Writes a picture of the disc in `input` to a file, which is replaced if `force` is set.
///
/// # Errors
/// Those of outputs; the file is then as it was.
pub fn write(path: &Path, svg: &str, input: &Path, force: bool) -> Result<(), Error> {
    let mut target = Target::create(path, input, force)?;
    let written = target.file().write_all(svg.as_bytes());
    written.map_err(|error| target.failed(error))?;
    target.finish()
}
