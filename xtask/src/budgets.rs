//! How large an object may be: as large as it was, and a little more. `tests/golden/sizes.txt` has what it was.
//!
//! An object that grows beyond that is refused until `cargo xtask bless` has taken the new size: a line in a commit.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::check::Looked;
use crate::contract::OBJECTS;
use crate::paths;

/// Bytes that an object may grow by at least; more for those above 3,200 bytes, of which it is 2 %.
const SLACK: u32 = 64;

/// The most bytes of code and constants, by the object's name.
pub struct Budgets(Option<BTreeMap<String, u32>>);

impl Budgets {
    pub fn recorded() -> Result<Self> {
        let path = path();
        let text = fs::read_to_string(&path);
        let text = text.with_context(|| format!("cannot read {}", paths::shown(&path)))?;
        Ok(Self(Some(text.lines().filter_map(entry).collect())))
    }

    /// Whatever they come to.
    pub fn any() -> Self {
        Self(None)
    }

    /// The most bytes for an object. One that is not recorded yet has none.
    pub fn of(&self, name: &str) -> u32 {
        let Some(recorded) = &self.0 else {
            return u32::MAX;
        };
        recorded
            .get(name)
            .map_or(0, |&size| size + SLACK.max(size / 50))
    }
}

/// Records the sizes of these objects, which are all of the contract's; what stands after a number stays.
pub fn record(objects: &[Looked]) -> Result<()> {
    let path = path();
    let mut text = fs::read_to_string(&path).unwrap_or_default();
    for (object, looked) in OBJECTS.iter().zip(objects) {
        let sizes = &looked.report.sizes;
        let size = sizes.text + sizes.rodata;
        let old = text
            .lines()
            .find(|line| entry(line).is_some_and(|(name, _)| name == object.name));
        let reason = old
            .and_then(|line| line.split_once(" # "))
            .map_or(String::new(), |(_, reason)| format!(" # {reason}"));
        let new = format!("{:<20} {size:>5}{reason}", object.name);
        text = match old {
            Some(old) => text.replace(old, &new),
            None => format!("{text}{new}\n"),
        };
    }
    fs::write(&path, text).with_context(|| format!("cannot write {}", paths::shown(&path)))
}

fn entry(line: &str) -> Option<(String, u32)> {
    let mut words = line.split_whitespace();
    let name = words.next()?.to_owned();
    Some((name, words.next()?.parse().ok()?))
}

fn path() -> PathBuf {
    paths::root().join("tests/golden/sizes.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_recorded_and_nothing_else() {
        let recorded = Budgets::recorded().unwrap().0.unwrap();
        let expected = OBJECTS.iter().map(|object| object.name.to_owned());
        let mut expected: Vec<_> = expected.collect();
        expected.sort();
        assert_eq!(recorded.into_keys().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn slack_is_64_bytes_or_2_percent() {
        let sizes = [("a.o", 100), ("b.o", 5000)];
        let sizes = sizes.map(|(name, size)| (name.to_owned(), size));
        let budgets = Budgets(Some(sizes.into()));
        assert_eq!(
            ["a.o", "b.o", "c.o"].map(|name| budgets.of(name)),
            [164, 5100, 0]
        );
    }

    #[test]
    fn reasons_are_no_numbers() {
        let line = "zso.o 4600 # 4096 are the cache";
        assert_eq!(entry(line), Some(("zso.o".to_owned(), 4600)));
        assert_eq!(entry("Bytes of code and constants"), None);
        assert_eq!(entry(""), None);
    }
}
