//! Endings that files go by.

use std::path::{Component, Path, PathBuf};

/// Endings that images go by.
pub const IMAGE_ENDINGS: [&str; 7] = ["iso", "bin", "img", "mdf", "nrg", "cso", "chd"];
/// Endings that ZSO files go by.
pub const ZSO_ENDINGS: [&str; 2] = ["zso", "ziso"];

/// Endings of files that lead to an image: archives, and lists of tracks.
pub const HOLDER_ENDINGS: [&str; 3] = ["cue", "zip", "7z"];

/// Whether a file goes by the name of an image.
pub fn is_image(path: &Path) -> bool {
    ends_with(path, &IMAGE_ENDINGS)
}

/// Whether a file goes by the name of a ZSO file.
pub fn is_zso(path: &Path) -> bool {
    ends_with(path, &ZSO_ENDINGS)
}

/// Whether a file goes by the name of an archive, or of a list of tracks.
pub fn is_holder(path: &Path) -> bool {
    ends_with(path, &HOLDER_ENDINGS)
}

/// Whether a file goes by the name of a list of tracks.
pub fn is_cue(path: &Path) -> bool {
    ends_with(path, &["cue"])
}

/// The name of the file that a part was split from: `game.iso` of `game.iso.00`, `ul.0123ABCD.SLES_123.45` of the same
/// with `.00` after it; nothing of other files.
pub fn whole_of_part(name: &str) -> Option<&str> {
    let (whole, part) = name.rsplit_once('.')?;
    let path = Path::new(whole);
    let is_split = is_image(path) || is_zso(path) || whole.starts_with("ul.");
    (is_split && part.len() == 2 && u8::from_str_radix(part, 16).is_ok()).then_some(whole)
}

/// Whether a file goes by the name of a list of known discs.
pub fn is_list(path: &Path) -> bool {
    ends_with(path, &["dat", "xml"])
}

/// Whether text out of an image, a list or a partition can be part of a file's name: letters, digits and the like, so
/// that it never leads to another folder.
pub fn is_part(text: &str) -> bool {
    let is_allowed = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => false,
        c => c.is_ascii_graphic() || c == ' ',
    };
    !text.starts_with('.') && !text.is_empty() && text.chars().all(is_allowed)
}

/// Whether a letter could change a terminal, or the order in which letters are seen: control characters, and marks that
/// turn or break lines.
pub fn can_mislead(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A title that can be part of a file's name, whatever is in it, where `longest` bytes are the most.
///
/// What file systems on removable disks do not allow in a name is left out, or becomes `-`.
pub fn part_of_title(title: &str, longest: usize) -> String {
    let allowed = |c: char| match c {
        ':' | '/' | '\\' | '|' => Some('-'),
        '*' | '?' | '"' | '<' | '>' | char::REPLACEMENT_CHARACTER => None,
        c if can_mislead(c) => None,
        c => Some(c),
    };
    let title: String = title.chars().filter_map(allowed).collect();
    let words: Vec<_> = title.split_whitespace().collect();
    let title = words.join(" ");
    let end = (0..=title.len().min(longest)).rfind(|&end| title.is_char_boundary(end));
    let title = title.get(..end.unwrap_or(0)).unwrap_or_default();
    match title.trim_matches([' ', '.']) {
        "" => "Unnamed".to_owned(),
        title => title.to_owned(),
    }
}

/// The file of this name beside another one; nothing if the name would lead elsewhere. Folders in it are left out:
/// texts name files as they lay when they were written.
pub fn beside(path: &Path, name: &str) -> Option<PathBuf> {
    let name = name.rsplit(['/', '\\']).next()?;
    let mut components = Path::new(name).components();
    let is_name = matches!(components.next(), Some(Component::Normal(_)));
    (is_name && components.next().is_none()).then(|| path.with_file_name(name))
}

/// Whether a file has one of these endings, in capital letters or not.
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

    #[test]
    fn titles_become_names_of_one_file() {
        for (title, part) in [
            (" A:  B / \"C\"? ", "A- B - C"),
            ("../../etc", "-..-etc"),
            ("a\u{1b}[2J\u{9b}\u{202e}b\n", "a[2Jb"),
            ("...", "Unnamed"),
            ("\0", "Unnamed"),
        ] {
            assert_eq!(part_of_title(title, 64), part);
        }
        assert_eq!(part_of_title(&"ä".repeat(50), 9), "ää ää".replace(' ', ""));
    }

    #[test]
    fn texts_lead_to_files_beside_them() {
        let of = |name| beside(Path::new("cds/game.cue"), name);
        assert_eq!(of("game.bin"), Some("cds/game.bin".into()));
        assert_eq!(of(r"C:\rips\a 1.bin"), Some("cds/a 1.bin".into()));
        assert_eq!(of("../../x.bin"), Some("cds/x.bin".into()));
        for nowhere in ["", "..", ".", "a/..", "/"] {
            assert_eq!(of(nowhere), None, "{nowhere}");
        }
    }
}
