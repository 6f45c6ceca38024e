//! What to do with a disc, for one device.

use serde::Serialize;

/// Less than this part of the disc is not worth compressing for.
const SAVING: f64 = 0.05;
/// A load that takes so many times as long is hardly longer.
const HARDLY: f64 = 1.1;
/// Seconds that the same load takes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Times {
    /// From an image.
    pub iso: f64,
    /// From a ZSO.
    pub zso: f64,
    /// From a ZSO in which some files are stored plain.
    pub raw: Option<f64>,
    /// From the console's own drive.
    pub drive: f64,
}

/// What to do, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "do", content = "why", rename_all = "kebab-case")]
pub enum Verdict {
    /// Convert the image.
    Convert(Reason),
    /// Convert it, but store some files plain.
    ConvertRaw(Reason),
    /// Leave the image as it is.
    Leave(Excuse),
}

/// Why to convert.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It loads faster from a ZSO.
    Faster,
    /// It takes about as long.
    AsFast,
    /// It takes longer, but no longer than from the console's own drive.
    AsFastAsTheDrive,
}

/// Why not to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Excuse {
    /// It becomes hardly smaller.
    HardlySmaller,
    /// It loads slower from a ZSO, and slower than from the console's own drive.
    Slower,
}

impl Verdict {
    /// What to do if `saved` is the part of the disc that is saved.
    #[must_use]
    pub fn of(times: Times, saved: f64) -> Self {
        if saved < SAVING {
            return Self::Leave(Excuse::HardlySmaller);
        }
        let reason = |zso: f64| match zso {
            zso if zso <= times.iso => Some(Reason::Faster),
            zso if zso <= HARDLY * times.iso => Some(Reason::AsFast),
            zso if zso <= HARDLY * times.drive => Some(Reason::AsFastAsTheDrive),
            _ => None,
        };
        let with_raw = times.raw.and_then(reason).map(Self::ConvertRaw);
        let without = reason(times.zso).map(Self::Convert);
        // Files are stored plain only where that makes the load faster.
        let is_raw_faster = times.raw.is_some_and(|raw| raw < times.zso);
        let verdict = match is_raw_faster {
            true => with_raw,
            false => without,
        };
        verdict.unwrap_or(Self::Leave(Excuse::Slower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(iso: f64, zso: f64, raw: Option<f64>) -> Verdict {
        let drive = 8.0;
        Verdict::of(
            Times {
                iso,
                zso,
                raw,
                drive,
            },
            0.3,
        )
    }

    #[test]
    fn what_to_do() {
        assert_eq!(verdict(20.0, 15.0, None), Verdict::Convert(Reason::Faster));
        assert_eq!(verdict(20.0, 21.0, None), Verdict::Convert(Reason::AsFast));
        assert_eq!(
            verdict(2.0, 7.0, None),
            Verdict::Convert(Reason::AsFastAsTheDrive)
        );
        assert_eq!(verdict(2.0, 9.0, None), Verdict::Leave(Excuse::Slower));
        assert_eq!(
            verdict(2.0, 9.0, Some(8.5)),
            Verdict::ConvertRaw(Reason::AsFastAsTheDrive)
        );
        assert_eq!(
            verdict(20.0, 15.0, Some(16.0)),
            Verdict::Convert(Reason::Faster)
        );
        assert_eq!(
            verdict(20.0, 16.0, Some(15.0)),
            Verdict::ConvertRaw(Reason::Faster)
        );
        let times = Times {
            iso: 20.0,
            zso: 10.0,
            raw: None,
            drive: 8.0,
        };
        assert_eq!(
            Verdict::of(times, 0.04),
            Verdict::Leave(Excuse::HardlySmaller)
        );
    }
}
