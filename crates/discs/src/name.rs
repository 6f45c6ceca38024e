//! Endings that files go by.

use std::path::Path;

/// Endings that images go by.
pub const IMAGE_ENDINGS: [&str; 6] = ["iso", "bin", "img", "mdf", "cso", "chd"];
/// Endings that ZSO files go by.
pub const ZSO_ENDINGS: [&str; 2] = ["zso", "ziso"];

/// Whether a file goes by the name of an image.
#[must_use]
pub fn is_image(path: &Path) -> bool {
    ends_with(path, &IMAGE_ENDINGS)
}

/// Whether a file goes by the name of a ZSO file.
#[must_use]
pub fn is_zso(path: &Path) -> bool {
    ends_with(path, &ZSO_ENDINGS)
}

/// Whether a file has one of these endings, in capital letters or not.
#[must_use]
pub fn ends_with(path: &Path, known: &[&str]) -> bool {
    let is_known =
        |ending: &std::ffi::OsStr| known.iter().any(|known| ending.eq_ignore_ascii_case(known));
    path.extension().is_some_and(is_known)
}
