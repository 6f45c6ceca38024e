//! What our reader is meant to reach, and whether it does.

use super::play::{Played, Reader, speedup};
use super::trace::Scene;
use ziso::backend::{BACKENDS, Backend};

/// Mean speed-up over OPL's C reader that is wanted on each backend.
const SPEEDUP: f64 = 1.3;
/// Requests on archives that are allowed, as a part of those of OPL's C reader.
const REQUESTS: f64 = 0.5;
/// Backends on which a level loads faster than from a plain image.
const FASTER_THAN_ISO: [&str; 4] = ["USB", "USB, slim", "MX4SIO", "MMCE"];
/// Backends on which a level loads as fast as the device delivers the file.
pub const AS_FAST_AS_DEVICE: [&str; 5] = ["USB", "USB, slim", "MX4SIO", "MMCE", "SMB"];
/// Time above that which is allowed.
const ABOVE_DEVICE: f64 = 0.10;
/// Archives that Neutrino loads as many times as fast as from a plain image, and from where.
const ARCHIVES: [(Scene, &str, f64); 3] = [
    (Scene::Archive, "USB", 0.99),
    (Scene::LargeArchive, "USB", 0.81),
    (Scene::LargeArchive, "MX4SIO", 0.78),
];

/// A goal, and how far it is reached.
pub struct Goal {
    /// What is wanted.
    pub wanted: String,
    /// What is the case.
    pub found: String,
    /// Whether that does.
    pub holds: bool,
}

/// All goals of a reader.
pub fn all(played: &[Played], reader: Reader) -> Vec<Goal> {
    let mut goals = vec![
        never_slower(played, reader),
        faster_in_the_mean(played, reader),
        fewer_requests(played, reader),
        faster_than_iso(played, reader),
        as_fast_as_device(played, reader),
    ];
    if reader == Reader::Neutrino {
        goals.extend(ARCHIVES.map(|archive| small_reads(played, archive)));
    }
    goals
}

fn small_reads(played: &[Played], (scene, name, limit): (Scene, &str, f64)) -> Goal {
    let archives = played.iter().filter(|played| played.trace.scene == scene);
    let backends = BACKENDS.iter().filter(|backend| backend.name == name);
    let ratios = backends.flat_map(|backend| {
        archives.clone().map(|played| {
            let ratio =
                played.seconds(Reader::Iso, backend) / played.seconds(Reader::Neutrino, backend);
            (played.trace.name.to_owned(), ratio)
        })
    });
    let scene = scene.short();
    let wanted = format!("{scene} on {name} at least {limit} times as fast as from a plain image");
    least(&wanted, ratios, limit)
}

fn never_slower(played: &[Played], reader: Reader) -> Goal {
    let pairs = BACKENDS
        .iter()
        .flat_map(|backend| played.iter().map(move |played| (backend, played)));
    let ratios = pairs.map(|(backend, played)| {
        let ratio = played.seconds(Reader::C, backend) / played.seconds(reader, backend);
        (format!("{} on {}", played.trace.name, backend.name), ratio)
    });
    least(
        "on every trace and backend at least as fast as OPL's C reader",
        ratios,
        1.0,
    )
}

fn faster_in_the_mean(played: &[Played], reader: Reader) -> Goal {
    let ratios = BACKENDS.iter().map(|backend| {
        let ratio = speedup(played, reader, Reader::C, backend);
        (backend.name.to_owned(), ratio)
    });
    least(
        "on every backend at least 1.3 times as fast as OPL's C reader, in the mean of all traces",
        ratios,
        SPEEDUP,
    )
}

fn faster_than_iso(played: &[Played], reader: Reader) -> Goal {
    let ratios = levels(played, &FASTER_THAN_ISO).map(|(backend, played)| {
        let ratio = played.seconds(Reader::Iso, backend) / played.seconds(reader, backend);
        (format!("{} on {}", played.trace.name, backend.name), ratio)
    });
    least(
        "on USB, MX4SIO and MMCE a level loads faster than from a plain image",
        ratios,
        1.0,
    )
}

/// The smallest of some speed-ups is large enough.
fn least(wanted: &str, ratios: impl Iterator<Item = (String, f64)>, limit: f64) -> Goal {
    let least = ratios.min_by(|a, b| a.1.total_cmp(&b.1));
    let (place, ratio) = least.unwrap_or_default();
    Goal {
        wanted: wanted.to_owned(),
        found: format!("at least {ratio:.2} times ({place})"),
        holds: ratio >= limit,
    }
}

fn fewer_requests(played: &[Played], reader: Reader) -> Goal {
    let archives = played
        .iter()
        .filter(|played| matches!(played.trace.scene, Scene::Archive | Scene::LargeArchive));
    let pairs =
        archives.flat_map(|played| BACKENDS.iter().map(move |backend| (played, backend.cache)));
    let parts = pairs.map(|(played, cache)| {
        let requests = |reader| played.recording(reader, cache).requests().count() as f64;
        let part = requests(reader) / requests(Reader::C);
        (format!("{}, cache {cache}", played.trace.name), part)
    });
    most(
        "on archives at most half the device requests of OPL's C reader",
        parts,
        REQUESTS,
    )
}

fn as_fast_as_device(played: &[Played], reader: Reader) -> Goal {
    let above = levels(played, &AS_FAST_AS_DEVICE).map(|(backend, played)| {
        let device = played.compressed as f64 / backend.sustained();
        let part = played.seconds(reader, backend) / device;
        (format!("{} on {}", played.trace.name, backend.name), part)
    });
    most(
        "on USB, MX4SIO, MMCE and SMB a level loads in 1.1 times what the device needs for its compressed bytes",
        above,
        1.0 + ABOVE_DEVICE,
    )
}

/// The largest of some parts is small enough.
fn most(wanted: &str, parts: impl Iterator<Item = (String, f64)>, limit: f64) -> Goal {
    let most = parts.max_by(|a, b| a.1.total_cmp(&b.1));
    let (place, part) = most.unwrap_or_default();
    Goal {
        wanted: wanted.to_owned(),
        found: format!("at most {part:.2} times ({place})"),
        holds: part <= limit,
    }
}

/// Level loads on some backends.
fn levels<'p>(
    played: &'p [Played],
    names: &'p [&str],
) -> impl Iterator<Item = (&'static Backend, &'p Played)> {
    let backends = BACKENDS
        .iter()
        .filter(|backend| names.contains(&backend.name));
    backends.flat_map(|backend| {
        let levels = played
            .iter()
            .filter(|played| played.trace.scene == Scene::Level);
        levels.map(move |played| (backend, played))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_case_decides() {
        let cases = || [("a", 1.5), ("b", 0.9), ("c", 2.0)].map(|(name, x)| (name.to_owned(), x));
        let goal = least("", cases().into_iter(), 1.0);
        assert!(!goal.holds && goal.found == "at least 0.90 times (b)");
        assert!(least("", cases().into_iter(), 0.9).holds);
        let goal = most("", cases().into_iter(), 1.9);
        assert!(!goal.holds && goal.found == "at most 2.00 times (c)");
        assert!(most("", cases().into_iter(), 2.0).holds);
    }

    #[test]
    fn the_goals_name_backends_that_exist() {
        let archives = ARCHIVES.map(|(_, name, _)| name);
        for name in FASTER_THAN_ISO
            .iter()
            .chain(&AS_FAST_AS_DEVICE)
            .chain(&archives)
        {
            assert!(
                BACKENDS.iter().any(|backend| backend.name == *name),
                "{name}"
            );
        }
    }
}
