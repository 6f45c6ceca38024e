//! Whether a disc is worth compressing: how small it becomes, and how fast a game then loads from each kind of device.
//!
//! | module | what it knows |
//! |---|---|
//! | [`model`], [`replay`] | how long loading takes: in the mean, and block by block where plain runs matter |
//! | `loads`, `group` | what a game loads, and files that compress alike |
//! | [`fastest`], [`curve`] | the settings with which it loads fastest from a device, and all that are worth it |
//! | [`verdict`] | what to do |
//! | `text` | all of it for people |

pub mod curve;
pub mod fastest;
mod group;
mod loads;
pub mod model;
pub mod replay;
mod text;
pub mod verdict;

use std::ops::Range;
use std::path::{Path, PathBuf};

use discs::iso9660::{FileEntry, Layers, Listing};
use discs::{Disc, Form, ReadAt};
use serde::Serialize;
use zso_write::{index_end, smallest_align};

use crate::backend::{BACKENDS, Backend};
use crate::sample::{Part, Sample, SampleError, Watch};
use loads::Loads;
use model::Load;
use verdict::{Preference, Verdict};

/// What a load is to be: the console's memory, 32 MiB.
const LOAD: f64 = (32 << 20) as f64;
/// The middle of a disc of one layer: where the console's drive is neither at its slowest nor at its fastest.
const MIDDLE: u32 = 1_147_552;
/// Files that are looked at one by one.
const FILES: usize = 10;
/// Blocks of a file that must have been compressed to say anything of it.
const ENOUGH: u64 = 32;

/// What is known of a disc, and what to do with it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Advice {
    /// The file.
    #[serde(serialize_with = "crate::info::lossy")]
    pub path: PathBuf,
    /// Bytes of the disc.
    pub disc_bytes: u64,
    /// Bytes of the ZSO file.
    pub zso_bytes: u64,
    /// How far off that may be, in 19 of 20 cases; 0 if it is known.
    pub zso_bytes_error: u64,
    /// Whether the file is a ZSO already.
    pub is_zso: bool,
    /// Blocks that were compressed to find out.
    pub sampled_blocks: usize,
    /// Cycles that the console's reader works for a byte.
    pub cycles_per_byte: f64,
    /// Patterns for files that would better be stored plain.
    pub raw: Vec<String>,
    /// Bytes of the ZSO file if they are.
    pub raw_zso_bytes: u64,
    /// Seconds that the console's own drive takes for 32 MiB in the middle of a disc, without seeking.
    pub drive_seconds: f64,
    /// Device by device, the slowest first.
    pub devices: Vec<Device>,
    /// The largest files, the largest first.
    pub files: Vec<FileAdvice>,
    /// Size against load time, for the device that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<curve::Curve>,
}

/// What to do for a device: seconds are those of loading 32 MiB.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Device {
    /// Its name.
    pub name: &'static str,
    /// From the image.
    pub iso_seconds: f64,
    /// From a ZSO.
    pub zso_seconds: f64,
    /// From a ZSO, by the reader that decodes while the device works; nothing where that cannot be.
    pub overlap_seconds: Option<f64>,
    /// From a ZSO in which some files are stored plain, by the faster reader; nothing if none had better be.
    pub raw_seconds: Option<f64>,
    /// What to do.
    pub verdict: Verdict,
}

/// A file of the disc.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FileAdvice {
    /// Its path.
    pub path: String,
    /// Its size.
    pub bytes: u32,
    /// Its first sector.
    pub lsn: u32,
    /// What is left of a byte.
    pub ratio: f64,
    /// How far off that may be.
    pub ratio_error: f64,
    /// For each device, how many times as fast it loads from a ZSO, by the faster reader.
    pub speedups: Vec<f64>,
}

impl Advice {
    /// Looks at a disc in a file that goes by the name `path`, samples it, and works out what to do.
    ///
    /// # Errors
    /// [`SampleError`].
    pub fn of<F: ReadAt>(
        disc: &Disc<F>,
        path: &Path,
        watch: Watch<'_>,
    ) -> Result<(Self, Sample), SampleError> {
        let mut memory = disc.memory();
        let mut reader = disc.reader(&mut memory)?;
        let files = match Layers::of(&mut reader)? {
            Some(layers) => Listing::of(&mut reader, &layers)?.files,
            None => Vec::new(),
        };
        let sample = Sample::take(&mut reader, watch)?;
        Ok((Self::new(disc, path, &files, &sample), sample))
    }

    fn new<F: ReadAt>(disc: &Disc<F>, path: &Path, files: &[FileEntry], sample: &Sample) -> Self {
        let sizes = Sizes::of(disc.bytes(), sample.whole());
        let loads = Loads::of(disc.bytes(), files, sample);
        let saved = sizes.saved(disc.bytes());
        let of_device = |backend| device(backend, &loads, saved);
        let devices = BACKENDS.iter().map(of_device).collect();
        let is_zso = matches!(disc.form(), Form::Zso(_));
        let (zso_bytes, zso_bytes_error) = match is_zso {
            true => (disc.file_bytes(), 0),
            false => (sizes.bytes, sizes.error),
        };
        Self {
            path: path.to_owned(),
            disc_bytes: disc.bytes(),
            zso_bytes,
            zso_bytes_error,
            is_zso,
            sampled_blocks: sample.blocks(),
            cycles_per_byte: loads.usual.cycles / LOAD,
            raw: loads.patterns,
            raw_zso_bytes: sizes.bytes + loads.growth as u64,
            drive_seconds: drive_seconds(),
            devices,
            files: largest(files, sample),
            curve: None,
        }
    }

    /// The same for a player to whom this counts.
    #[must_use]
    pub fn preferring(mut self, preference: Preference) -> Self {
        for device in &mut self.devices {
            device.verdict = device.verdict.preferring(preference);
        }
        self
    }

    /// What is left of the disc, in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        self.zso_bytes as f64 * 100.0 / self.disc_bytes.max(1) as f64
    }
}

/// What a ZSO file takes up.
struct Sizes {
    bytes: u64,
    error: u64,
}

impl Sizes {
    fn of(disc_bytes: u64, whole: Part) -> Self {
        let block_size = zso::format::DEFAULT_BLOCK_SIZE;
        let align = smallest_align(disc_bytes, block_size).unwrap_or(0);
        let blocks = disc_bytes.div_ceil(block_size.into());
        // Half of the largest padding after each block, and the index.
        let padding = ((1_u64 << align) - 1) * blocks / 2;
        let data = disc_bytes as f64 * whole.ratio;
        Self {
            bytes: index_end(blocks) + padding + data as u64,
            error: (disc_bytes as f64 * whole.error).ceil() as u64,
        }
    }

    /// Part of the disc that is saved.
    fn saved(&self, disc_bytes: u64) -> f64 {
        1.0 - self.bytes as f64 / disc_bytes.max(1) as f64
    }
}

fn drive_seconds() -> f64 {
    model::drive_seconds(LOAD, MIDDLE)
}

fn device(backend: &Backend, loads: &Loads, saved: f64) -> Device {
    let times = verdict::Times {
        iso: loads.usual.iso_seconds(backend),
        zso: loads.usual.best_seconds(backend),
        raw: loads.raw.map(|raw| raw.best_seconds(backend)),
        drive: drive_seconds(),
    };
    Device {
        name: backend.name,
        iso_seconds: times.iso,
        zso_seconds: loads.usual.zso_seconds(backend),
        overlap_seconds: loads.usual.overlap_seconds(backend),
        raw_seconds: times.raw,
        verdict: Verdict::of(times, saved),
    }
}

impl Device {
    /// From a ZSO, by the faster reader.
    #[must_use]
    pub fn best_seconds(&self) -> f64 {
        let zso = self.zso_seconds;
        self.overlap_seconds.map_or(zso, |overlap| overlap.min(zso))
    }
}

/// The sectors of a file.
fn sectors(file: &FileEntry) -> Range<u32> {
    let start = file.extent.lsn;
    start..start.saturating_add(file.extent.sectors())
}

/// The largest files of which enough is known.
fn largest(files: &[FileEntry], sample: &Sample) -> Vec<FileAdvice> {
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by_key(|file| (std::cmp::Reverse(file.extent.bytes), file.extent.lsn));
    let parts = files
        .into_iter()
        .map(|file| (file, sample.part(std::iter::once(sectors(file)))));
    let known = parts.filter(|(file, part)| {
        part.blocks >= ENOUGH || part.blocks == u64::from(file.extent.sectors()) && part.blocks > 0
    });
    let advice = known.map(|(file, part)| {
        let load = Load::of(file.extent.bytes.into(), part);
        let speedup = |backend: &Backend| load.iso_seconds(backend) / load.best_seconds(backend);
        FileAdvice {
            path: file.path.clone(),
            bytes: file.extent.bytes,
            lsn: file.extent.lsn,
            ratio: part.ratio,
            ratio_error: part.error,
            speedups: BACKENDS.iter().map(speedup).collect(),
        }
    });
    advice.take(FILES).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::ops::ControlFlow;

    use proptest::prelude::*;
    use testkit::data::{film, game_like, noise, text};
    use testkit::iso::Iso;

    use super::verdict::{Action, Loading};
    use super::*;

    fn advise(file: Vec<u8>) -> Result<Advice, SampleError> {
        let watch: Watch<'_> = &mut |_, _| ControlFlow::Continue(());
        let (advice, _) = Advice::of(&Disc::new(file)?, Path::new("game.iso"), watch)?;
        Ok(advice)
    }

    fn advice(image: &[u8]) -> Advice {
        advise(image.to_vec()).unwrap()
    }

    /// About a game on a small disc.
    fn game() -> Advice {
        let game = Iso::of_game("G", "SLES_123.45").file("A.BIN", game_like(1, 900_000));
        advice(&game.build())
    }

    fn verdict(advice: &Advice, name: &str) -> Verdict {
        let device = advice.devices.iter().find(|device| device.name == name);
        device.unwrap().verdict
    }

    #[test]
    fn what_compresses_is_converted() {
        let advice = game();
        assert!(advice.percent() < 60.0);
        let (usb, hdd) = (verdict(&advice, "USB"), verdict(&advice, "HDD"));
        assert_eq!(
            (usb.action, usb.loading),
            (Action::Convert, Loading::Faster)
        );
        assert_eq!((hdd.action, hdd.loading), (Action::Choose, Loading::Slower));
        assert!(hdd.saves_room && hdd.keeps_up_with_drive);
        assert_eq!(advice.raw, [""; 0]);
        assert_eq!(
            (advice.files[0].path.as_str(), advice.files[0].bytes),
            ("A.BIN", 900_000)
        );
        assert!(advice.files[0].speedups[0] > 1.0 && advice.files[0].speedups[8] < 0.5);
    }

    #[test]
    fn what_does_not_compress_is_left() {
        let advice = advice(
            &Iso::of_game("G", "SLES_123.45")
                .file("A.PSS", noise(1, 900_000))
                .build(),
        );
        for device in &advice.devices {
            let Verdict {
                action, saves_room, ..
            } = device.verdict;
            assert_eq!(
                (action, saves_room),
                (Action::Leave, false),
                "{}",
                device.name
            );
        }
        assert_eq!(advice.raw, [""; 0]);
    }

    #[test]
    fn films_had_better_be_plain() {
        let iso = Iso::of_game("G", "SLES_123.45")
            .file("DATA.BIN", text(1, 900_000))
            .file("MOVIE/A.PSS", film(600_000))
            .file("MOVIE/B.PSS", film(300_000));
        let advice = advice(&iso.build());
        assert_eq!(advice.raw, ["*.PSS"]);
        assert!(advice.raw_zso_bytes > advice.zso_bytes);
        let hdd = advice.devices.last().unwrap();
        assert!(hdd.raw_seconds.unwrap() < hdd.zso_seconds);
        assert!(hdd.verdict.raw, "{:?}", hdd.verdict);
        let text = advice.clone().preferring(Preference::Space).to_string();
        assert!(text.contains("HDD: convert with --raw '*.PSS'\n"), "{text}");
    }

    /// Two questions, two answers; what counts, the player says.
    #[test]
    fn who_wants_room_and_speed_is_told_of_both() {
        let advice = game();
        let told = |advice: Advice, says: &str| {
            let text = advice.to_string();
            assert!(text.contains(says), "{text}");
        };
        told(advice.clone(), "  Does it save room? Yes, ");
        told(
            advice.clone(),
            "HDD: convert to save room, leave as ISO to load faster",
        );
        told(advice.clone(), "--prefer speed");
        told(advice.clone(), "no longer than from a disc");
        told(
            advice.clone().preferring(Preference::Space),
            "HDD: convert\n",
        );
        told(advice.preferring(Preference::Speed), "HDD: leave as ISO\n");
    }

    /// The size that is told before is the size that the file has in the end.
    #[test]
    fn sizes_come_true() {
        let image = Iso::of_game("G", "SLES_123.45")
            .file("A.BIN", game_like(4, 2 << 20))
            .build();
        let mut zso = Cursor::new(Vec::new());
        let options = zso_write::Options::default();
        let len = image.len() as u64;
        let progress = &mut |_| ControlFlow::Continue(());
        zso_write::compress(&image[..], len, &mut zso, &options, progress).unwrap();
        let zso = zso.into_inner();
        let made = zso.len() as u64;
        let told = advice(&image);
        // All of a small disc is compressed; files are whole sectors, and have gaps.
        let margin = 2048 + made * u64::from(options.gaps) / 1000;
        assert!(
            told.zso_bytes.abs_diff(made) <= margin,
            "{} {made} {margin}",
            told.zso_bytes
        );
        assert_eq!(told.zso_bytes_error, 0);
        let known = advice(&zso);
        assert_eq!(
            (known.zso_bytes, known.zso_bytes_error, known.is_zso),
            (made, 0, true)
        );
        assert_eq!(known.devices, told.devices);
        assert_eq!(known.files, told.files);
    }

    #[test]
    fn images_without_files_are_taken_as_a_whole() {
        let advice = advice(&text(3, 500_000));
        assert_eq!(verdict(&advice, "USB").loading, Loading::Faster);
        assert!(advice.files.is_empty());
        let json = serde_json::to_value(&advice).unwrap();
        assert!(json["devices"][0]["verdict"]["do"].is_string(), "{json}");
        assert!(advice.to_string().contains("USB"));
    }

    proptest! {
        /// Whatever becomes of index, blocks and directories: advice or an error, and no panic.
        #[test]
        fn any_file_gets_an_answer(
            changes in prop::collection::vec((0_usize..30_000, any::<u8>()), 0..30),
            len in 0_usize..60_000,
            compressed in any::<bool>(),
        ) {
            let disc = Iso::of_game("G", "SLES_123.45").file("A/B.PSS", vec![9; 4000]).build();
            let mut bytes = match compressed {
                true => testkit::image::Builder::default().build(&disc).bytes,
                false => disc,
            };
            for (at, byte) in changes {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            bytes.truncate(len);
            if let Ok(advice) = advise(bytes) {
                prop_assert!(serde_json::to_string(&advice).is_ok());
                prop_assert!(!advice.to_string().is_empty());
                prop_assert!(advice.devices.iter().all(|device| device.zso_seconds.is_finite()));
            }
        }
    }
}
