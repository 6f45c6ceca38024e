//! The map as one line of a terminal.

use super::Map;

/// From nothing left to all of it.
const BARS: [char; 7] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'];
/// All of it: what is stored as it is must be told from what is not.
const FULL: char = '█';
/// Nothing was looked at there.
const UNKNOWN: char = '·';
/// Bars of a line in a terminal that is not wide.
const WIDTH: usize = 64;

impl Map {
    /// A line of bars that every terminal has room for.
    pub fn line(&self) -> String {
        self.bar(WIDTH)
    }

    /// A line of `width` bars, as high as what is left of the disc there; shorter for small discs.
    pub fn bar(&self, width: usize) -> String {
        let bar = |ratio: Option<f64>| match ratio {
            None => UNKNOWN,
            Some(ratio) if ratio >= 0.999 => FULL,
            Some(ratio) => {
                let step = (ratio * BARS.len() as f64) as usize;
                BARS.get(step).copied().unwrap_or(UNKNOWN)
            }
        };
        let columns = self.narrowed(width);
        columns.iter().map(|column| bar(column.ratio())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights() {
        let mut map = Map::new(6 * 2048);
        for (at, stored) in [(0, 0), (1, 1023), (2, 2000), (3, 2048), (5, 4000)] {
            map.add(at * 2048, 2048, stored);
        }
        assert_eq!(map.bar(80), "▁▄▇█·█");
        assert_eq!(map.bar(2), "▄█");
    }
}
