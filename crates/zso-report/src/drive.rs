//! The drive that all of this replaces: how long it takes at least.
//!
//! It turns at one speed, so that it reads faster the further out it is: 2250 KiB/s at the centre, 5400 at the rim, as
//! programs that imitate it have it. How long it seeks nobody has published: without that, this is a drive that is
//! never in the wrong place.

/// KiB per second at the centre and at the rim.
const RATES: [f64; 2] = [2250.0, 5400.0];
/// Sectors of a disc of one layer.
const SECTORS: f64 = 2_295_104.0;

/// Seconds for some reads, `(lsn, count)`, without any seek.
pub fn seconds(reads: &[(u32, u32)]) -> f64 {
    reads
        .iter()
        .map(|&(lsn, count)| f64::from(count) * 2.0 / rate(lsn))
        .sum()
}

/// KiB per second at a sector. What is read in a turn grows with the radius, and what lies inside with its square.
pub fn rate(lsn: u32) -> f64 {
    let inside = (f64::from(lsn) / SECTORS).min(1.0);
    let [centre, rim] = RATES.map(|rate| rate * rate);
    (centre + inside * (rim - centre)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_faster_at_the_rim() {
        assert_eq!(rate(0), 2250.0);
        assert_eq!(rate(2_295_104), 5400.0);
        // Half of the sectors are inside of 0.76 of the radius.
        assert!(
            (rate(1_147_552) - 4136.0).abs() < 1.0,
            "{}",
            rate(1_147_552)
        );
        assert!((seconds(&[(0, 9), (0, 1116)]) - 1.0).abs() < 1e-9);
    }
}
