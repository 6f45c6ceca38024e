//! Files that compress alike: those of the same ending.

use std::collections::BTreeMap;
use std::ops::Range;

use super::model::Load;
use super::{ENOUGH, sectors};
use crate::sample::{Part, Sample};
use discs::iso9660::FileEntry;

/// Groups that are smaller than this part of the disc are not worth a word.
const SMALLEST: f64 = 0.01;
/// Files of which more than this is left are hardly worth decoding.
const HARDLY_SMALLER: f64 = 0.9;
/// The processor's work that has to be saved: a tenth.
const SAVED: f64 = 0.9;
/// More groups than these are not told apart.
const MOST: usize = 4096;

/// Files of an ending, or a single file without one.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Group {
    /// The pattern that means these files.
    pub(super) pattern: String,
    /// What the sample says of them.
    pub(super) part: Part,
    /// All of them.
    pub(super) load: Load,
}

impl Group {
    /// All groups, by their patterns.
    pub(super) fn all(files: &[FileEntry], sample: &Sample) -> Vec<Self> {
        let mut groups: BTreeMap<String, (f64, Vec<Range<u32>>)> = BTreeMap::new();
        for file in files.iter().filter(|file| file.extent.bytes > 0) {
            let pattern = match file.ending() {
                Some(ending) => format!("*.{}", escaped(&ending)),
                None => escaped(file.name()),
            };
            if groups.len() >= MOST && !groups.contains_key(&pattern) {
                continue;
            }
            let (bytes, ranges) = groups.entry(pattern).or_default();
            *bytes += f64::from(file.extent.bytes);
            ranges.push(sectors(file));
        }
        let group = |(pattern, (bytes, ranges)): (String, (f64, Vec<Range<u32>>))| {
            let part = sample.part(joined(ranges));
            Self {
                pattern,
                part,
                load: Load::of(bytes, part),
            }
        };
        let groups = groups.into_iter().map(group);
        groups.filter(|group| group.part.blocks > 0).collect()
    }

    /// Whether these files had better be stored plain: hardly anything is lost then, and the processor has less to do.
    pub(super) fn is_better_plain(&self, disc_bytes: u64) -> bool {
        let plain = Load::plain(self.load.bytes);
        self.part.blocks >= ENOUGH
            && self.load.bytes >= SMALLEST * disc_bytes as f64
            && self.part.ratio >= HARDLY_SMALLER
            && plain.cycles <= SAVED * self.load.cycles
    }

    /// What changes when they are.
    pub(super) fn change(&self) -> Load {
        let plain = Load::plain(self.load.bytes);
        Load {
            bytes: 0.0,
            stored: plain.stored - self.load.stored,
            cycles: plain.cycles - self.load.cycles,
        }
    }
}

/// Ranges in the order of the disc, none of them twice: files can lie on each other.
fn joined(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    ranges
}

/// A name that means itself in a pattern.
fn escaped(name: &str) -> String {
    glob::Pattern::escape(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_joined() {
        let ranges = vec![9..12, 0..3, 2..5, 20..21, 11..11];
        assert_eq!(joined(ranges), [0..5, 9..12, 20..21]);
    }

    fn group(ratio: f64, cycles: f64) -> Group {
        let part = Part {
            blocks: 1000,
            ratio,
            error: 0.0,
            cycles,
        };
        Group {
            pattern: String::new(),
            part,
            load: Load::of(1e6, part),
        }
    }

    #[test]
    fn what_had_better_be_plain() {
        assert!(group(0.95, 5.0).is_better_plain(10_000_000));
        // It is plain already; it becomes smaller; it is a small part of the disc; too little is known.
        assert!(!group(1.0, 3.6).is_better_plain(10_000_000));
        assert!(!group(0.8, 8.0).is_better_plain(10_000_000));
        assert!(!group(0.95, 5.0).is_better_plain(1_000_000_000));
        let mut unknown = group(0.95, 5.0);
        unknown.part.blocks = 3;
        assert!(!unknown.is_better_plain(10_000_000));
        let change = group(0.95, 5.0).change();
        assert!((change.stored - 50_000.0).abs() < 1e-3 && change.cycles < -1.4e6);
    }
}
