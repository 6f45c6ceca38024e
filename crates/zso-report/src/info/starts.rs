//! Which core of the console starts the file, from which device.

use serde::Serialize;
use zso::launch::{Core, Image, Launch, Transport, launch};

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
    /// All that can happen, with Neutrino as it is, which does not read ZSO.
    pub(super) fn all(image: Image) -> Vec<Self> {
        [(Core::Opl, "OPL"), (Core::Neutrino, "Neutrino")]
            .into_iter()
            .flat_map(|(core, name)| Self::of(core, name, image))
            .collect()
    }

    fn of(core: Core, name: &'static str, image: Image) -> Vec<Self> {
        let mut outcomes: Vec<(Launch, Vec<String>)> = Vec::new();
        for transport in Transport::ALL {
            let outcome = launch(core, transport, image, false);
            match outcomes.iter_mut().find(|(known, _)| *known == outcome) {
                Some((_, from)) => from.push(transport.to_string()),
                None => outcomes.push((outcome, vec![transport.to_string()])),
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
                from.sort();
                let mut all = Transport::ALL.map(|transport| transport.to_string());
                all.sort();
                assert_eq!(from, all);
            }
        }
    }

    #[test]
    fn neutrino_cannot_read_zso() {
        let starts = Start::all(Image::Zso);
        let refused = starts.last().unwrap();
        assert_eq!(
            (refused.core, refused.from.join(" ").as_str()),
            ("Neutrino", "UDPBD UDPFS")
        );
        assert!(refused.outcome.contains("ziso decompress"));
    }
}
