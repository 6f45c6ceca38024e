//! Size against load time, for one device: what a larger file is worth.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::LOAD;
use super::fastest::Setting;
use super::model::Load;
use crate::backend::Backend;
use crate::shown;

/// Letters of the longest bar.
const BAR: usize = 30;

/// Files that load the faster the larger they are.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Curve {
    /// The device's name.
    pub device: &'static str,
    /// Seconds of loading 32 MiB from the image.
    pub iso_seconds: f64,
    /// The files, the largest first.
    pub points: Vec<Point>,
    #[serde(skip)]
    path: PathBuf,
}

/// A file that can be made.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Point {
    /// Percentage of the disc that it may have at most.
    pub max_size: u64,
    /// Its bytes, as places of the disc have it.
    pub file_bytes: u64,
    /// Seconds of loading 32 MiB.
    pub seconds: f64,
}

impl Curve {
    /// Of the settings for a device, the fastest first, with which the disc at `path` can be compressed.
    #[must_use]
    pub fn new(path: &Path, backend: &Backend, settings: &[Setting]) -> Self {
        let mut points = Vec::new();
        // The image itself.
        let mut smallest = 100;
        for setting in settings {
            let max_size = (setting.file_bytes * 100).div_ceil(setting.disc_bytes.max(1));
            // One that is slower and not smaller is for nobody.
            if max_size < smallest {
                smallest = max_size;
                points.push(Point {
                    max_size,
                    file_bytes: setting.file_bytes,
                    seconds: setting.seconds,
                });
            }
        }
        Self {
            device: backend.name,
            iso_seconds: Load::plain(LOAD).iso_seconds(backend),
            points,
            path: path.to_owned(),
        }
    }

    /// What makes the file of a point.
    #[must_use]
    pub fn command(&self, point: &Point) -> String {
        let (device, path) = (self.device.to_lowercase(), shown(&self.path));
        format!(
            "ziso compress --for {device} --max-size {} {path}",
            point.max_size
        )
    }
}

/// A bar for each file, and the command that makes it.
impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nFrom {}: the size of the file, and the time to load 32 MiB:\n",
            self.device
        )?;
        let seconds = self.points.iter().map(|point| point.seconds);
        let most = seconds.fold(self.iso_seconds, f64::max);
        let mut row = |size: u64, seconds: f64, makes: &str| {
            let bar = "#".repeat((BAR as f64 * seconds / most).round() as usize);
            writeln!(f, "  {size:>3} % {seconds:>6.2} s {bar:<BAR$} {makes}")
        };
        row(100, self.iso_seconds, "the image as it is")?;
        self.points
            .iter()
            .try_for_each(|point| row(point.max_size, point.seconds, &self.command(point)))
    }
}

#[cfg(test)]
mod tests {
    use zso_write::Options;

    use super::*;
    use crate::backend::BACKENDS;

    #[test]
    fn larger_files_are_there_only_if_they_are_faster() {
        let settings = [(1.0, 995), (2.0, 900), (2.5, 895), (3.0, 950), (4.0, 500)];
        let settings = settings.map(|(seconds, file_bytes)| Setting {
            options: Options::default(),
            disc_bytes: 1000,
            file_bytes,
            seconds,
        });
        let curve = Curve::new("a game.iso".as_ref(), &BACKENDS[8], &settings);
        let sizes: Vec<_> = curve.points.iter().map(|point| point.max_size).collect();
        assert_eq!(sizes, [90, 50]);
        let text = curve.to_string();
        let row = "   50 %   4.00 s ############################## ziso compress --for hdd --max-size 50 \"a game.iso\"\n";
        assert!(text.ends_with(row), "{text}");
    }
}
