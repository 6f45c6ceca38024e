//! How often which values are met.

/// Counts by ranges of values.
pub struct Histogram {
    /// The first value of each range; the next one's first ends it.
    firsts: &'static [usize],
    counts: Vec<(u64, u64)>,
}

pub struct Bin {
    /// `1`, `2-4`, `5 and more`.
    pub label: String,
    pub count: u64,
    /// The weights of these.
    pub weight: u64,
}

impl Histogram {
    /// An empty one. No value is below the first range.
    pub fn new(firsts: &'static [usize]) -> Self {
        Self {
            firsts,
            counts: vec![(0, 0); firsts.len()],
        }
    }

    pub fn add(&mut self, value: usize, weight: usize) {
        let after = self.firsts.partition_point(|&first| first <= value);
        if let Some((count, sum)) = self.counts.get_mut(after.saturating_sub(1)) {
            *count += 1;
            *sum += weight as u64;
        }
    }

    pub fn bins(&self) -> impl Iterator<Item = Bin> {
        let ends = self.firsts.iter().skip(1).map(Some).chain([None]);
        let ranges = self.firsts.iter().zip(ends);
        ranges
            .zip(&self.counts)
            .map(|((first, end), &(count, weight))| Bin {
                label: match end {
                    None => format!("{first} and more"),
                    Some(end) if end - first == 1 => first.to_string(),
                    Some(end) => format!("{first}-{}", end - 1),
                },
                count,
                weight,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_in_their_range() {
        let mut histogram = Histogram::new(&[0, 1, 5]);
        for value in [0, 1, 4, 4, 5, 900] {
            histogram.add(value, value);
        }
        let bins: Vec<_> = histogram
            .bins()
            .map(|bin| (bin.label, bin.count, bin.weight))
            .collect();
        let expected = [("0", 1, 0), ("1-4", 3, 9), ("5 and more", 2, 905)];
        assert_eq!(bins, expected.map(|(l, c, w)| (l.to_owned(), c, w)));
    }
}
