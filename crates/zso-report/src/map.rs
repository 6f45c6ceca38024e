//! A map of a disc: where it compresses, and how well.
//!
//! | module | what it draws |
//! |---|---|
//! | `bar` | a line for the terminal |
//! | `svg` | a picture with the names of files |

mod bar;
mod svg;

use serde::Serialize;

/// Columns that a map has at most.
const COLUMNS: u64 = 1024;

/// Part by part, from the disc's start to its end, how small it becomes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Map {
    /// Bytes of the disc.
    bytes: u64,
    columns: Vec<Column>,
}

/// A part of a disc; all parts are of the same size.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Column {
    /// Bytes of the disc that were looked at.
    pub image: u64,
    /// What they take up when compressed.
    pub stored: u64,
}

impl Column {
    /// What is left of a byte; nothing if none was looked at.
    pub fn ratio(self) -> Option<f64> {
        (self.image > 0).then(|| self.stored as f64 / self.image as f64)
    }

    fn add(&mut self, other: Self) {
        self.image = self.image.saturating_add(other.image);
        self.stored = self.stored.saturating_add(other.stored);
    }
}

impl Map {
    /// An empty map of a disc of so many bytes.
    pub fn new(bytes: u64) -> Self {
        let sectors = bytes.div_ceil(zso::SECTOR_SIZE as u64);
        Self {
            bytes,
            columns: vec![Column::default(); sectors.min(COLUMNS) as usize],
        }
    }

    /// Enters that what is at `at` becomes `stored` bytes of `image`.
    pub fn add(&mut self, at: u64, image: u64, stored: u64) {
        let column = column(at, self.bytes, self.columns.len());
        if let Some(column) = self.columns.get_mut(column) {
            column.add(Column { image, stored });
        }
    }

    /// The parts.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The same in fewer parts, or as many as there are.
    pub fn narrowed(&self, width: usize) -> Vec<Column> {
        let width = width.clamp(1, self.columns.len().max(1));
        let mut columns = vec![Column::default(); width];
        for (n, part) in self.columns.iter().enumerate() {
            let at = n * width / self.columns.len();
            if let Some(column) = columns.get_mut(at) {
                column.add(*part);
            }
        }
        columns
    }
}

/// Which of `columns` the byte `at` of `bytes` is in.
fn column(at: u64, bytes: u64, columns: usize) -> usize {
    let bytes = bytes.max(1);
    let column = match at.checked_mul(columns as u64) {
        Some(product) => product / bytes,
        // Slower, and for no disc that there is.
        None => {
            let column = u128::from(at) * columns as u128 / u128::from(bytes);
            u64::try_from(column).unwrap_or(u64::MAX)
        }
    };
    usize::try_from(column).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_where_it_belongs() {
        let mut map = Map::new(4096 * 2048);
        assert_eq!(map.columns().len(), 1024);
        map.add(0, 2048, 100);
        map.add(3 * 2048, 2048, 50);
        map.add(4 * 2048, 2048, 7);
        map.add(4095 * 2048, 2048, 8);
        map.add(4096 * 2048, 2048, 9);
        let column = |image, stored| Column { image, stored };
        assert_eq!(map.columns()[..2], [column(4096, 150), column(2048, 7)]);
        assert_eq!(map.columns()[1023], column(2048, 8));
        assert_eq!(map.narrowed(2), [column(6144, 157), column(2048, 8)]);
        assert_eq!(map.narrowed(5000).len(), 1024);
        assert_eq!(map.narrowed(0).len(), 1);
    }

    #[test]
    fn small_discs() {
        assert_eq!(Map::new(0).columns(), []);
        assert_eq!(Map::new(0).narrowed(80), [Column::default()]);
        assert_eq!(Map::new(2049).columns().len(), 2);
        let mut huge = Map::new(u64::MAX);
        huge.add(u64::MAX, u64::MAX, u64::MAX);
        huge.add(u64::MAX - 1, u64::MAX, u64::MAX);
        assert_eq!(huge.columns().len(), 1024);
    }
}
