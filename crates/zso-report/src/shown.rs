//! Paths and other texts in messages, as people write them.

use std::fmt::{self, Write as _};
use std::path::Path;

use discs::name::can_mislead;

/// Windows' own mark of paths that it is not to look into; users never type it.
const VERBATIM: &str = r"\\?\";

/// A path between quotes. What could change the terminal, or the order in which letters are seen, is escaped; nothing
/// else is: no backslash is doubled, and letters of any script stay as they are.
pub fn shown(path: &Path) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        let text = path.to_string_lossy();
        let text = text.strip_prefix(VERBATIM).unwrap_or(&text);
        write!(f, "\"{}\"", plain(text))
    })
}

/// Text of a disc, a list or a partition in one line, escaped in the same way.
pub fn plain(text: &str) -> impl fmt::Display {
    fmt::from_fn(move |f| escape(text, can_mislead, f))
}

/// Lines that are going to be printed: whatever is in them, they stay lines.
pub fn lines(text: &str) -> impl fmt::Display {
    fmt::from_fn(move |f| escape(text, |letter| letter != '\n' && can_mislead(letter), f))
}

/// The same for lines of JSON, which has escapes of its own.
pub fn json_lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter != '\n' && can_mislead(letter) {
            // invariant: all of them are in the first plane.
            true => lines.push_str(&format!("\\u{:04x}", letter as u32)),
            false => lines.push(letter),
        }
    }
    lines
}

fn escape(text: &str, is_escaped: fn(char) -> bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    text.chars()
        .try_for_each(|letter| match is_escaped(letter) {
            true => write!(f, "{}", letter.escape_default()),
            false => f.write_char(letter),
        })
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

    #[test]
    fn lines_stay_lines_and_json_stays_json() {
        assert_eq!(
            lines("a\u{1b}\nb\u{202e}\n").to_string(),
            "a\\u{1b}\nb\\u{202e}\n"
        );
        assert_eq!(plain("a\nb").to_string(), "a\\nb");
        let value = "a\u{7f}\u{9b}\u{2066}\n\"";
        let json = json_lines(&serde_json::to_string(value).unwrap());
        assert!(json.is_ascii(), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }
}
