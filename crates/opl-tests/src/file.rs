//! A file on the medium: runs of bytes, and junk between them, so that it may be larger than any memory.

/// What is on the medium where the file is not.
const JUNK: u8 = 0xE7;

/// A file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiscFile {
    /// By ascending position.
    runs: Vec<(u64, Vec<u8>)>,
}

impl DiscFile {
    /// A file of these runs, `(position, bytes)`, by ascending position.
    #[must_use]
    pub fn sparse(runs: Vec<(u64, Vec<u8>)>) -> Self {
        Self { runs }
    }

    /// Bytes of the file.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.runs
            .last()
            .map_or(0, |(start, bytes)| start + bytes.len() as u64)
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sectors of 2048 bytes, a last partial one included.
    #[must_use]
    pub fn sectors(&self) -> u64 {
        self.len().div_ceil(2048)
    }

    /// What a device has at a position; junk past the end.
    #[must_use]
    pub fn read(&self, position: u64, len: usize) -> Vec<u8> {
        let mut read = vec![JUNK; len];
        let end = position + len as u64;
        for (start, bytes) in &self.runs {
            let from = position.max(*start);
            let to = end.min(start + bytes.len() as u64);
            if from < to {
                let source = &bytes[(from - start) as usize..(to - start) as usize];
                read[(from - position) as usize..(to - position) as usize].copy_from_slice(source);
            }
        }
        read
    }
}

impl From<Vec<u8>> for DiscFile {
    fn from(bytes: Vec<u8>) -> Self {
        Self::sparse(vec![(0, bytes)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_where_they_are() {
        let file = DiscFile::sparse(vec![(2, vec![1, 2]), (1 << 32, vec![3])]);
        assert_eq!(file.len(), (1 << 32) + 1);
        assert_eq!(file.read(1, 4), [JUNK, 1, 2, JUNK]);
        assert_eq!(file.read(3, 1), [2]);
        assert_eq!(file.read(1 << 32, 2), [3, JUNK]);
    }
}
