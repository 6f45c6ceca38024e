//! What to do with a disc, for one device: two questions, whether it saves room and whether it loads faster, and what
//! comes of the two answers.

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
pub struct Verdict {
    /// What to do.
    #[serde(rename = "do")]
    pub action: Action,
    /// Whether some files had better be stored plain; the other answers are for such a file then.
    pub raw: bool,
    /// Whether a ZSO is much smaller than the image.
    pub saves_room: bool,
    /// How long a load takes, beside one from the image.
    pub loading: Loading,
    /// Whether it takes about as long as from a disc in the console's own drive, or less.
    pub keeps_up_with_drive: bool,
}

/// What to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Convert the image.
    Convert,
    /// Leave the image as it is.
    Leave,
    /// Convert it to save room, leave it to load faster: it is for the player to say what counts.
    Choose,
}

/// How long a load takes from a ZSO, beside one from an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loading {
    /// Less.
    Faster,
    /// About as long.
    AsFast,
    /// Longer.
    Slower,
}

/// What counts for a player who can have only one of both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Preference {
    /// Room on the device.
    Space,
    /// Short loading.
    Speed,
}

impl Verdict {
    /// What to do if `saved` is the part of the disc that is saved.
    #[must_use]
    pub fn of(times: Times, saved: f64) -> Self {
        // Files are stored plain only where that makes the load faster.
        let raw = times.raw.filter(|raw| *raw < times.zso);
        let zso = raw.unwrap_or(times.zso);
        let loading = match zso {
            zso if zso <= times.iso => Loading::Faster,
            zso if zso <= HARDLY * times.iso => Loading::AsFast,
            _ => Loading::Slower,
        };
        let saves_room = saved >= SAVING;
        Self {
            action: match (saves_room, loading) {
                (false, _) => Action::Leave,
                (true, Loading::Faster | Loading::AsFast) => Action::Convert,
                (true, Loading::Slower) => Action::Choose,
            },
            raw: raw.is_some(),
            saves_room,
            loading,
            keeps_up_with_drive: zso <= HARDLY * times.drive,
        }
    }

    /// The same for a player to whom this counts.
    #[must_use]
    pub fn preferring(self, preference: Preference) -> Self {
        let action = match (self.action, preference) {
            (Action::Choose, Preference::Space) => Action::Convert,
            (Action::Choose, Preference::Speed) => Action::Leave,
            (action, _) => action,
        };
        Self { action, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Action::{Choose, Convert, Leave};
    use Loading::{AsFast, Faster, Slower};

    fn verdict(iso: f64, zso: f64, raw: Option<f64>, saved: f64) -> Verdict {
        let drive = 8.0;
        let times = Times {
            iso,
            zso,
            raw,
            drive,
        };
        Verdict::of(times, saved)
    }

    #[test]
    fn what_to_do() {
        for (iso, zso, raw, saved, expected) in [
            (20.0, 15.0, None, 0.3, (Convert, false, Faster, false)),
            (20.0, 21.0, None, 0.3, (Convert, false, AsFast, false)),
            (2.0, 7.0, None, 0.3, (Choose, false, Slower, true)),
            (2.0, 9.0, None, 0.3, (Choose, false, Slower, false)),
            (2.0, 9.0, Some(8.5), 0.3, (Choose, true, Slower, true)),
            (20.0, 15.0, Some(16.0), 0.3, (Convert, false, Faster, false)),
            (20.0, 16.0, Some(15.0), 0.3, (Convert, true, Faster, false)),
            (20.0, 10.0, None, 0.04, (Leave, false, Faster, false)),
        ] {
            let found = verdict(iso, zso, raw, saved);
            let Verdict {
                action,
                raw,
                loading,
                keeps_up_with_drive,
                ..
            } = found;
            assert_eq!(
                (action, raw, loading, keeps_up_with_drive),
                expected,
                "{iso} {zso} {saved}"
            );
        }
    }

    #[test]
    fn who_cannot_have_both_is_asked_what_counts() {
        let both = verdict(2.0, 7.0, None, 0.3);
        assert_eq!(both.preferring(Preference::Space).action, Convert);
        assert_eq!(both.preferring(Preference::Speed).action, Leave);
        for preference in [Preference::Space, Preference::Speed] {
            for (zso, saved, action) in [(1.0, 0.3, Convert), (1.0, 0.01, Leave)] {
                let one = verdict(2.0, zso, None, saved).preferring(preference);
                assert_eq!(one.action, action, "{preference:?} {saved}");
            }
        }
    }
}
