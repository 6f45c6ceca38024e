//! Names of files: what they say, and those for files that the user did not name.

use std::path::{Path, PathBuf};

use discs::name::{HOLDER_ENDINGS, IMAGE_ENDINGS, ZSO_ENDINGS, ends_with};
pub use discs::name::{is_cue, is_image, is_zso};

use crate::parts;

/// What stands for standard input and output.
pub const STDIO: &str = "-";

/// Whether a path stands for standard input or output.
#[must_use]
pub fn is_stdio(path: &Path) -> bool {
    path == Path::new(STDIO)
}

/// Whether a file in a folder is one to be converted, by its name.
pub fn is_disc(path: &Path) -> bool {
    is_image(path) || is_cue(path)
}

/// Whether a file in a folder is one to be looked at, by its name: converted or not.
#[must_use]
pub fn is_readable(path: &Path) -> bool {
    is_zso(path) || is_disc(path)
}

/// The ZSO file that the image `path` becomes: `game.iso` to `game.zso`.
pub fn for_zso(path: &Path) -> PathBuf {
    compressed(path, "zso")
}

/// The CSO file that the image `path` becomes: `game.iso` to `game.cso`.
pub fn for_cso(path: &Path) -> PathBuf {
    compressed(path, "cso")
}

fn compressed(path: &Path, ending: &str) -> PathBuf {
    // Such a file can be compressed anew; it then keeps its name, and has to go elsewhere.
    exchange(path, ending)
}

/// The image that a file becomes: `game.zso` and `game.chd` to `game.iso`.
pub fn for_image(path: &Path) -> PathBuf {
    // What was made of parts is whole again.
    let whole = match parts::is_first(path) {
        true => &path.with_extension(""),
        false => path,
    };
    exchange(whole, "iso")
}

/// Exchanges the ending of an image in any form for `new`, or adds `new`: what follows a dot in
/// `SLES_123.45.Some Title` is no ending.
///
/// What comes from standard input goes to standard output.
fn exchange(path: &Path, new: &str) -> PathBuf {
    let known = [&IMAGE_ENDINGS[..], &ZSO_ENDINGS, &HOLDER_ENDINGS].concat();
    if is_stdio(path) {
        path.to_owned()
    } else if ends_with(path, &known) {
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
        assert_eq!(for_cso(Path::new("game.zso")), Path::new("game.cso"));
        assert_eq!(
            for_image(Path::new("SLES_123.45.Title.zso")),
            Path::new("SLES_123.45.Title.iso")
        );
        for name in [
            "a.zso", "a.zso.00", "a.iso.00", "a.bin", "a.cue", "a.CSO", "a.chd", "a.7z",
        ] {
            assert_eq!(for_image(Path::new(name)), Path::new("a.iso"), "{name}");
        }
    }

    #[test]
    fn zso_files_keep_their_names_and_streams_have_none() {
        assert_eq!(for_zso(Path::new("a.ziso")), Path::new("a.zso"));
        assert_eq!(for_zso(Path::new("-")), Path::new("-"));
        assert_eq!(for_image(Path::new("-")), Path::new("-"));
        assert!(is_image(Path::new("A.Iso")) && !is_image(Path::new("a.zso")));
        assert!(is_zso(Path::new("A.ZSO")) && !is_zso(Path::new("zso")));
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
