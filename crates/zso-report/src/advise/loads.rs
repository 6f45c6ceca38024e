//! What a game loads: all of its files, in their proportions.

use super::LOAD;
use super::group::Group;
use super::model::Load;
use crate::sample::Sample;
use discs::iso9660::FileEntry;

/// A load of 32 MiB that is like the disc, and what it becomes when some files are stored plain.
pub(super) struct Loads {
    /// As it is.
    pub(super) usual: Load,
    /// With some files plain; nothing if none had better be.
    pub(super) raw: Option<Load>,
    /// The patterns of these files.
    pub(super) patterns: Vec<String>,
    /// Bytes by which the ZSO file grows when they are.
    pub(super) growth: f64,
}

impl Loads {
    pub(super) fn of(disc_bytes: u64, files: &[FileEntry], sample: &Sample) -> Self {
        let groups = Group::all(files, sample);
        let sum = |load, group: &Group| load + group.load;
        // What lies between files is not loaded; a disc without files is taken as a whole.
        let usual = match groups.is_empty() {
            true => Load::of(disc_bytes as f64, sample.whole()),
            false => groups.iter().fold(Load::default(), sum),
        };
        let plain = |group: &&Group| group.is_better_plain(disc_bytes);
        let plain: Vec<&Group> = groups.iter().filter(plain).collect();
        let change = |load, group: &&Group| load + group.change();
        let raw = plain.iter().fold(usual, change);
        Self {
            usual: scale(usual),
            raw: (!plain.is_empty()).then(|| scale(raw)),
            patterns: plain.iter().map(|group| group.pattern.clone()).collect(),
            growth: plain.iter().map(|group| group.change().stored).sum(),
        }
    }
}

/// As much of the same as a load is.
fn scale(load: Load) -> Load {
    load.times(LOAD / load.bytes.max(1.0))
}
