//! The advice for people.

use std::fmt;

use super::verdict::{Action, Loading, Verdict};
use super::{Advice, Device};
use crate::info::grouped;
use crate::shown;

/// Letters of a path that are shown.
const PATH: usize = 32;

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", shown(&self.path))?;
        self.sizes(f)?;
        self.times(f)?;
        self.largest(f)?;
        self.conclusion(f)?;
        self.curve.iter().try_for_each(|curve| curve.fmt(f))
    }
}

impl Advice {
    fn sizes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  disc  {} bytes", grouped(self.disc_bytes))?;
        let (zso, percent) = (grouped(self.zso_bytes), self.percent());
        if self.is_zso {
            return writeln!(f, "  ZSO   {zso} bytes, {percent:.1} %");
        }
        let error = self.zso_bytes_error as f64 * 100.0 / self.disc_bytes.max(1) as f64;
        writeln!(
            f,
            "  ZSO   about {zso} bytes, {percent:.1} % (give or take {error:.1}, {} blocks compressed)",
            grouped(self.sampled_blocks as u64)
        )
    }

    fn times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nTime to load 32 MiB in seconds, as models of devices and of this project's readers have it; the one with \
             overlap decodes while the device reads:\n"
        )?;
        let raw = if self.raw.is_empty() { "" } else { "  --raw" };
        writeln!(
            f,
            "  {:<10} {:>6} {:>6} {:>8}{raw}  beside the ISO",
            "device", "ISO", "ZSO", "overlap"
        )?;
        for device in &self.devices {
            let (name, iso, zso) = (device.name, device.iso_seconds, device.zso_seconds);
            let overlap = device.overlap_seconds;
            let overlap = overlap.map_or("-".to_owned(), |overlap| format!("{overlap:.1}"));
            let raw = device.raw_seconds.map(|raw| format!("  {raw:>5.1}"));
            let raw = raw.unwrap_or_default();
            writeln!(
                f,
                "  {name:<10} {iso:>6.1} {zso:>6.1} {overlap:>8}{raw}  {device}"
            )?;
        }
        writeln!(
            f,
            "\n  The console's own drive takes {:.1} for it, in the middle of a disc, and without seeking.",
            self.drive_seconds
        )
    }

    fn largest(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "\nThe largest files: what is left, and how many times as fast they load from a ZSO:\n"
        )?;
        write!(f, "  {:<PATH$} {:>6} {:>6}", "file", "MB", "left")?;
        for device in &self.devices {
            write!(f, " {:>1$}", device.name, width(device))?;
        }
        writeln!(f)?;
        for file in &self.files {
            let path = shortened(&file.path);
            let (megabytes, left) = (f64::from(file.bytes) / 1e6, 100.0 * file.ratio);
            write!(f, "  {path:<PATH$} {megabytes:>6.1} {left:>4.0} %")?;
            for (speedup, device) in file.speedups.iter().zip(&self.devices) {
                write!(f, " {speedup:>width$.2}", width = width(device))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    fn conclusion(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let saved = 100.0 - self.percent();
        let saves_room = self.devices.iter().any(|device| device.verdict.saves_room);
        let room = if saves_room { "Yes" } else { "Hardly" };
        writeln!(f, "\n  Does it save room? {room}, {saved:.1} %.")?;
        let answers = [
            ("Yes", Loading::Faster),
            ("About as fast", Loading::AsFast),
            ("No", Loading::Slower),
        ];
        write!(f, "  Does it load faster?")?;
        for (answer, loading) in answers {
            let names = self.named(|verdict| verdict.loading == loading);
            if !names.is_empty() {
                write!(f, " {answer}: {names}.")?;
            }
        }
        writeln!(f, "\n")?;
        let patterns = self.raw.iter().map(|pattern| format!(" --raw '{pattern}'"));
        let raw = format!(" with{}", patterns.collect::<String>());
        for (action, is_raw) in [Action::Convert, Action::Choose, Action::Leave]
            .into_iter()
            .flat_map(|action| [(action, false), (action, true)])
        {
            let names = self.named(|verdict| (verdict.action, verdict.raw) == (action, is_raw));
            let raw = if is_raw { &raw } else { "" };
            let what = match action {
                _ if names.is_empty() => continue,
                Action::Convert => format!("convert{raw}"),
                Action::Leave => "leave as ISO".to_owned(),
                Action::Choose => format!(
                    "convert{raw} to save room, leave as ISO to load faster; --prefer space or --prefer speed decides"
                ),
            };
            writeln!(f, "  {names}: {what}")?;
        }
        Ok(())
    }

    /// Devices with such a verdict.
    fn named(&self, wanted: impl Fn(&Verdict) -> bool) -> String {
        let devices = self.devices.iter().filter(|device| wanted(&device.verdict));
        devices
            .map(|device| device.name)
            .collect::<Vec<_>>()
            .join("; ")
    }
}

fn width(device: &Device) -> usize {
    device.name.len().max(5)
}

/// The end of a path that is too long.
fn shortened(path: &str) -> String {
    let letters = path.chars().count();
    match letters.checked_sub(PATH) {
        None | Some(0) => path.to_owned(),
        Some(over) => format!("…{}", path.chars().skip(over + 1).collect::<String>()),
    }
}

/// How long it takes, beside an image and the console's own drive.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict {
            raw,
            loading,
            keeps_up_with_drive,
            ..
        } = self.verdict;
        let plain = self.raw_seconds.filter(|_| raw);
        let seconds = plain.unwrap_or(self.best_seconds());
        let (faster, slower) = (self.iso_seconds / seconds, seconds / self.iso_seconds);
        match loading {
            Loading::Faster => write!(f, "{faster:.2} times as fast")?,
            Loading::AsFast => f.write_str("about as fast")?,
            Loading::Slower => {
                let than = if keeps_up_with_drive {
                    "no longer"
                } else {
                    "longer"
                };
                write!(
                    f,
                    "takes {slower:.1} times as long, {than} than from a disc"
                )?;
            }
        }
        f.write_str(if raw { ", with --raw" } else { "" })
    }
}
