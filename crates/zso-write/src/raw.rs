//! Which parts of an image are stored plain whatever they would compress to.

use std::ops::Range;

/// Parts of an image, in bytes, in their order and apart from each other.
#[derive(Clone, Default, Debug)]
pub(crate) struct Raw(Vec<Range<u64>>);

impl Raw {
    /// Takes parts in any order, which may touch and cover each other.
    pub(crate) fn new(parts: &[Range<u64>]) -> Self {
        let mut parts: Vec<_> = parts
            .iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect();
        parts.sort_by_key(|part| part.start);
        let mut merged: Vec<Range<u64>> = Vec::new();
        for part in parts {
            match merged.last_mut() {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => merged.push(part),
            }
        }
        Self(merged)
    }

    /// Whether some of `len` bytes from `at` on belong to these parts.
    pub(crate) fn touches(&self, at: u64, len: u64) -> bool {
        let next = self.0.partition_point(|part| part.end <= at);
        self.0.get(next).is_some_and(|part| part.start < at + len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_in_any_order() {
        let parts = [100..200, 10..20, 150..250, 20..30, 500..500];
        let raw = Raw::new(&parts);
        assert_eq!(raw.0, [10..30, 100..250]);
        for at in 0..600 {
            let inside = parts.iter().any(|part| part.contains(&at));
            assert_eq!(raw.touches(at, 1), inside, "{at}");
        }
        assert!(raw.touches(0, 11) && !raw.touches(0, 10));
        assert!(raw.touches(249, 10) && !raw.touches(250, 250));
        assert!(!Raw::default().touches(0, u64::MAX));
    }
}
