//! Names for files that the user did not name.

use std::path::{Path, PathBuf};

/// Endings that images go by.
const IMAGE_ENDINGS: [&str; 3] = ["iso", "bin", "img"];
/// Endings that ZSO files go by.
const ZSO_ENDINGS: [&str; 2] = ["zso", "ziso"];

/// The ZSO file that the image `path` becomes: `game.iso` to `game.zso`.
#[must_use]
pub fn for_zso(path: &Path) -> PathBuf {
    exchange(path, &IMAGE_ENDINGS, "zso")
}

/// The image that the ZSO file `path` becomes: `game.zso` to `game.iso`.
#[must_use]
pub fn for_image(path: &Path) -> PathBuf {
    exchange(path, &ZSO_ENDINGS, "iso")
}

/// Exchanges one of the endings `known` for `new`, or adds `new`: what follows a dot in
/// `SLES_123.45.Some Title` is no ending.
fn exchange(path: &Path, known: &[&str], new: &str) -> PathBuf {
    let is_known =
        |ending: &std::ffi::OsStr| known.iter().any(|known| ending.eq_ignore_ascii_case(known));
    if path.extension().is_some_and(is_known) {
        path.with_extension(new)
    } else {
        path.with_added_extension(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_endings_are_exchanged() {
        assert_eq!(
            for_zso(Path::new("dir.iso/GAME.ISO")),
            Path::new("dir.iso/GAME.zso")
        );
        assert_eq!(for_zso(Path::new("track.bin")), Path::new("track.zso"));
        assert_eq!(
            for_image(Path::new("SLES_123.45.Title.zso")),
            Path::new("SLES_123.45.Title.iso")
        );
    }

    #[test]
    fn other_endings_belong_to_the_name() {
        assert_eq!(
            for_zso(Path::new("SLES_123.45.Title")),
            Path::new("SLES_123.45.Title.zso")
        );
        assert_eq!(for_image(Path::new("image")), Path::new("image.iso"));
    }
}
