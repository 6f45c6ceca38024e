//! What the ROM has to say: the expected lines are in a file beside the ROM's sources.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::verdict::Fault;
use crate::paths;

fn expected_file() -> PathBuf {
    paths::root().join("crates/bootrom/transcript.txt")
}

/// Takes a transcript for the expected one.
pub fn bless(lines: &[String]) -> Result<()> {
    let path = expected_file();
    fs::write(&path, lines.join("\n") + "\n")
        .with_context(|| format!("cannot write {}", paths::shown(&path)))
}

/// Compares a transcript with the expected one, and shows where they differ.
pub fn compare(lines: &[String]) -> Result<Result<(), Fault>> {
    let path = expected_file();
    let expected = fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", paths::shown(&path)))?;
    let expected: Vec<&str> = expected.lines().collect();
    let differences = differences(&expected, lines);
    for difference in &differences {
        eprintln!("{difference}");
    }
    if differences.is_empty() {
        return Ok(Ok(()));
    }
    eprintln!(
        "not as in {}; type `scripts/boot --bless` if it is meant",
        paths::shown(&path)
    );
    Ok(Err(Fault::Transcript))
}

/// Lines that differ, with what was expected. Order matters, and so does the number of lines.
fn differences(expected: &[&str], found: &[String]) -> Vec<String> {
    let lines = expected.len().max(found.len());
    let line = |n: usize| (expected.get(n).copied(), found.get(n).map(String::as_str));
    let pairs = (0..lines)
        .map(line)
        .filter(|(expected, found)| expected != found);
    pairs
        .flat_map(|(expected, found)| {
            let expected = expected.map(|line| format!("- {line}"));
            let found = found.map(|line| format!("+ {line}"));
            [expected, found].into_iter().flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_too_few_or_another_one_is_shown() {
        let found = ["a", "x", "c"].map(str::to_owned);
        assert_eq!(differences(&["a", "x", "c"], &found), [""; 0]);
        assert_eq!(differences(&["a", "b"], &found), ["- b", "+ x", "+ c"]);
        assert_eq!(differences(&["a", "x", "c", "d"], &found), ["- d"]);
    }
}
