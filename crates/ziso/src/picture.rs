//! Pictures to files.

use std::path::Path;

use crate::error::Error;
use crate::input::Input;
use crate::target::{self, Target};

/// Writes a picture of the disc in `input` to a file, which is replaced if `force` is set.
///
/// # Errors
/// Those of outputs; the file is then as it was.
pub fn write(path: &Path, svg: &str, input: &Path, force: bool) -> Result<(), Error> {
    let input = Input::open(input, &target::folder(input))?;
    let mut target = Target::create(path, &input, force)?;
    target.write(svg.as_bytes())?;
    target.finish()
}
