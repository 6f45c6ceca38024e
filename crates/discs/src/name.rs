//! Endings that files go by.

use std::path::Path;

/// Endings that images go by.
pub const IMAGE_ENDINGS: [&str; 6] = ["iso", "bin", "img", "mdf", "cso", "chd"];
/// Endings that ZSO files go by.
pub const ZSO_ENDINGS: [&str; 2] = ["zso", "ziso"];

/// Endings of files that lead to an image: archives, and lists of tracks.
pub const HOLDER_ENDINGS: [&str; 3] = ["cue", "zip", "7z"];

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

/// Whether a file goes by the name of an archive, or of a list of tracks.
#[must_use]
pub fn is_holder(path: &Path) -> bool {
    ends_with(path, &HOLDER_ENDINGS)
}

/// Whether a file goes by the name of a list of tracks.
#[must_use]
pub fn is_cue(path: &Path) -> bool {
    ends_with(path, &["cue"])
}

/// Whether text out of an image, a list or a partition can be part of a file's name: letters, digits and the like, so
/// that it never leads to another folder.
#[must_use]
pub fn is_part(text: &str) -> bool {
    let is_allowed = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => false,
        c => c.is_ascii_graphic() || c == ' ',
    };
    !text.starts_with('.') && !text.is_empty() && text.chars().all(is_allowed)
}

/// Whether a file has one of these endings, in capital letters or not.
#[must_use]
pub fn ends_with(path: &Path, known: &[&str]) -> bool {
    let is_known =
        |ending: &std::ffi::OsStr| known.iter().any(|known| ending.eq_ignore_ascii_case(known));
    path.extension().is_some_and(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leads_to_another_folder() {
        for good in ["SLES_123.45", "MAIN.ELF", "A B"] {
            assert!(is_part(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "../evl",
            "a/../../evl",
            "a\\b",
            "C:",
            "\u{202E}x",
            "a\n",
            "\x1b[2J",
            "ä",
        ] {
            assert!(!is_part(bad), "{bad}");
        }
    }
}
