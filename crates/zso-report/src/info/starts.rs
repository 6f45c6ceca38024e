//! Which core of the console starts the file, from which device.

use serde::Serialize;
use zso::launch::{Core, Image, Launch, Readers, Transport, launch};

/// What else may read ZSO, and where that is said of a device.
const CASES: [(&str, Readers); 2] = [
    ("", NOTHING),
    (
        " with a server that decompresses (Neutrino's with --enable-compression)",
        Readers {
            udpfs_server: true,
            ..NOTHING
        },
    ),
];
const NOTHING: Readers = Readers {
    neutrino: false,
    udpfs_server: false,
};

/// What happens when a core is asked to start the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Start {
    /// The core that is asked.
    pub core: &'static str,
    /// What happens.
    pub outcome: String,
    /// From where that is so.
    pub from: Vec<String>,
}

impl Start {
    /// All that can happen, with Neutrino as it is, which does not read ZSO itself; its server may.
    pub(super) fn all(image: Image) -> Vec<Self> {
        [(Core::Opl, "OPL"), (Core::Neutrino, "Neutrino")]
            .into_iter()
            .flat_map(|(core, name)| Self::of(core, name, image))
            .collect()
    }

    fn of(core: Core, name: &'static str, image: Image) -> Vec<Self> {
        let mut outcomes: Vec<(Launch, Vec<String>)> = Vec::new();
        for (transport, (when, readers)) in Transport::ALL
            .into_iter()
            .flat_map(|transport| CASES.map(|case| (transport, case)))
        {
            let outcome = launch(core, transport, image, readers);
            if readers != NOTHING && outcome == launch(core, transport, image, NOTHING) {
                continue;
            }
            let from = format!("{transport}{when}");
            match outcomes.iter_mut().find(|(known, _)| *known == outcome) {
                Some((_, all)) => all.push(from),
                None => outcomes.push((outcome, vec![from])),
            }
        }
        let start = |(outcome, from): (Launch, _)| Self {
            core: name,
            outcome: outcome.to_string(),
            from,
        };
        outcomes.into_iter().map(start).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_device_is_told_once_for_each_core() {
        for image in [Image::Iso, Image::Zso] {
            for core in ["OPL", "Neutrino"] {
                let starts = Start::all(image);
                let of_core = starts.iter().filter(|start| start.core == core);
                let mut from: Vec<_> = of_core.flat_map(|start| start.from.clone()).collect();
                from.retain(|from| !from.contains("server"));
                from.sort();
                let mut all = Transport::ALL.map(|transport| transport.to_string());
                all.sort();
                assert_eq!(from, all);
            }
        }
    }

    #[test]
    fn neutrino_cannot_read_zso_but_a_server_can() {
        let starts = Start::all(Image::Zso);
        let [.., refused, served] = starts.as_slice() else {
            panic!("{starts:?}")
        };
        assert_eq!(
            (refused.core, refused.from.join(" ").as_str()),
            ("Neutrino", "UDPBD UDPFS")
        );
        assert!(refused.outcome.contains("ziso decompress"));
        assert_eq!(
            (served.core, served.outcome.as_str()),
            ("Neutrino", "Neutrino")
        );
        assert!(served.from.join(" ").starts_with("UDPFS with a server"));
        let told = |start: &Start| start.from.iter().any(|from| from.contains("server"));
        assert!(!Start::all(Image::Iso).iter().any(told));
    }
}
