//! Paths in messages, as people write them.

use std::fmt::{self, Write as _};
use std::path::Path;

/// Windows' own mark of paths that it is not to look into; users never type it.
const VERBATIM: &str = r"\\?\";

/// A path between quotes. What could change the terminal, or the order in which letters are seen, is escaped; nothing
/// else is: no backslash is doubled, and letters of any script stay as they are.
#[must_use]
pub fn shown(path: &Path) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        let text = path.to_string_lossy();
        f.write_char('"')?;
        for letter in text.strip_prefix(VERBATIM).unwrap_or(&text).chars() {
            match can_mislead(letter) {
                true => write!(f, "{}", letter.escape_default())?,
                false => f.write_char(letter)?,
            }
        }
        f.write_char('"')
    })
}

/// Control characters, and those that turn the direction of writing.
fn can_mislead(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> String {
        shown(Path::new(path)).to_string()
    }

    #[test]
    fn names_are_as_they_are_typed() {
        assert_eq!(text("in.iso"), "\"in.iso\"");
        assert_eq!(text(r"C:\games\a.iso"), "\"C:\\games\\a.iso\"");
        assert_eq!(text(r"\\?\C:\games\a.iso"), "\"C:\\games\\a.iso\"");
        // The second letter is two: a base, and a mark above it.
        assert_eq!(text("ゲーム/か\u{3099}.iso"), "\"ゲーム/か\u{3099}.iso\"");
    }

    #[test]
    fn what_could_change_the_terminal_is_escaped() {
        assert_eq!(text("a\u{1b}[2Jb\n"), "\"a\\u{1b}[2Jb\\n\"");
        assert_eq!(text("a\u{202e}osi.exe"), "\"a\\u{202e}osi.exe\"");
        assert_eq!(text("a\u{9b}2J"), "\"a\\u{9b}2J\"");
    }
}
