//! The advice for people.

use std::fmt;

use super::verdict::{Excuse, Reason, Verdict};
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
        self.conclusion(f)
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
            "  {:<10} {:>6} {:>6} {:>8}{raw}  what to do",
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
        Ok(())
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
        let named = |wanted: fn(&Verdict) -> bool| {
            let devices = self.devices.iter().filter(|device| wanted(&device.verdict));
            let names: Vec<_> = devices.map(|device| device.name).collect();
            names.join("; ")
        };
        let raw: Vec<_> = self
            .raw
            .iter()
            .map(|pattern| format!("--raw '{pattern}'"))
            .collect();
        let raw = format!("convert with {}", raw.join(" "));
        let all = [
            (
                named(|verdict| matches!(verdict, Verdict::Convert(_))),
                "convert",
            ),
            (
                named(|verdict| matches!(verdict, Verdict::ConvertRaw(_))),
                raw.as_str(),
            ),
            (
                named(|verdict| matches!(verdict, Verdict::Leave(_))),
                "leave as ISO",
            ),
        ];
        writeln!(f)?;
        for (names, what) in all.into_iter().filter(|(names, _)| !names.is_empty()) {
            writeln!(f, "  {names}: {what}")?;
        }
        Ok(())
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

/// What to do, and what comes of it.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with_raw = match self.verdict {
            Verdict::ConvertRaw(_) => " with --raw",
            _ => "",
        };
        let seconds = match self.verdict {
            Verdict::ConvertRaw(_) => self.raw_seconds.unwrap_or(self.best_seconds()),
            _ => self.best_seconds(),
        };
        let (faster, slower) = (self.iso_seconds / seconds, seconds / self.iso_seconds);
        match self.verdict {
            Verdict::Convert(reason) | Verdict::ConvertRaw(reason) => match reason {
                Reason::Faster => write!(f, "convert{with_raw}: {faster:.2} times as fast"),
                Reason::AsFast => write!(f, "convert{with_raw}: about as fast"),
                Reason::AsFastAsTheDrive => write!(
                    f,
                    "convert{with_raw}: takes {slower:.1} times as long, no longer than the console's own drive"
                ),
            },
            Verdict::Leave(Excuse::HardlySmaller) => f.write_str("leave as ISO: hardly smaller"),
            Verdict::Leave(Excuse::Slower) => {
                write!(f, "leave as ISO: takes {slower:.1} times as long")
            }
        }
    }
}
