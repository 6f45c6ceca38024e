//! What the ROM has to say: the expected lines are in tests/golden/boot.txt.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use similar::TextDiff;
use testkit::golden;

use super::verdict::Fault;
use common::paths;

fn expected_file() -> PathBuf {
    golden::path("boot.txt")
}

/// The page that shows the expected lines.
fn page() -> PathBuf {
    paths::root().join("docs/boot.md")
}

/// Takes a transcript for the expected one, also on the page that shows it.
pub fn bless(lines: &[String]) -> Result<()> {
    let shown =
        fs::read_to_string(page())?.replace(&fs::read_to_string(expected_file())?, &text(lines));
    for (path, text) in [(expected_file(), text(lines)), (page(), shown)] {
        fs::write(&path, text).with_context(|| format!("cannot write {}", paths::shown(&path)))?;
    }
    Ok(())
}

pub fn check(lines: &[String]) -> Result<Result<(), Fault>> {
    let path = expected_file();
    let expected = fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", paths::shown(&path)))?;
    Ok(same(&expected, &text(lines)).map_err(Fault::Transcript))
}

pub fn compare(first: &[String], later: &[String]) -> Result<(), Fault> {
    same(&text(first), &text(later)).map_err(Fault::Differs)
}

fn text(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Fails with the lines that differ.
fn same(expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let diff = TextDiff::from_lines(expected, found);
    Err(diff.unified_diff().context_radius(1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_shows_it() {
        let read = |path| fs::read_to_string(path).unwrap();
        assert!(
            read(page()).contains(&read(expected_file())),
            "copy {} to docs/boot.md",
            paths::shown(&expected_file())
        );
    }

    #[test]
    fn lines_that_differ_are_shown() {
        assert_eq!(same("a\nb\n", "a\nb\n"), Ok(()));
        let Err(diff) = same("a\nb\nc\nd\n", "a\nx\nc\n") else {
            panic!("passed");
        };
        for line in ["-b", "+x", "-d"] {
            assert!(diff.lines().any(|found| found == line), "{line}: {diff}");
        }
    }

    #[test]
    fn boots_that_differ_are_told_from_what_is_not_expected() {
        let said = |line: &str| [line.to_owned()];
        assert_eq!(compare(&said("a"), &said("a")), Ok(()));
        let Err(Fault::Differs(diff)) = compare(&said("a"), &said("b")) else {
            panic!("passed");
        };
        assert!(diff.contains("-a") && diff.contains("+b"), "{diff}");
    }
}
