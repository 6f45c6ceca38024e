//! The facts for people.

use std::fmt;

use super::problem::Problem;
use super::{Info, Start, TitleSource};
use crate::{plain, shown};

impl fmt::Display for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", shown(&self.path))?;
        for (name, value) in self.facts() {
            writeln!(f, "  {name:<9} {}", plain(&value))?;
        }
        for problem in &self.problems {
            let severity = format!("{:?}", problem.severity()).to_lowercase();
            writeln!(f, "  {severity:<9} {}", plain(&problem.to_string()))?;
        }
        Ok(())
    }
}

impl Info {
    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        let mut add = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
        add("game", self.game_line());
        add("title", self.title_line());
        add("volume", self.volume_line());
        add("layers", self.layers_line());
        add("disc", Some(format!("{} bytes", grouped(self.disc_bytes))));
        let size = format!(
            "{} bytes, {:.1} % of the disc",
            grouped(self.file_bytes),
            self.percent()
        );
        add(
            "file",
            Some(size).filter(|_| self.zso.is_some() || self.is_packed()),
        );
        add("format", Some(self.format_line()));
        add("OPL name", self.opl_name.clone());
        facts.extend(self.starts.iter().map(start_line));
        facts
    }

    fn is_packed(&self) -> bool {
        [Problem::Cso, Problem::Chd]
            .iter()
            .any(|form| self.problems.contains(form))
    }

    fn game_line(&self) -> Option<String> {
        let game = self.game.as_ref()?;
        let mut parts = vec![match (&game.id, &game.serial) {
            (Some(id), Some(serial)) => format!("{id} ({serial})"),
            _ => game.program.clone(),
        }];
        parts.push(format!("{:?}", game.console).to_uppercase());
        parts.extend(
            game.version
                .as_ref()
                .map(|version| format!("version {version}")),
        );
        parts.extend(game.video.clone());
        Some(parts.join(", "))
    }

    fn title_line(&self) -> Option<String> {
        let title = self.title.as_ref()?;
        let source = match title.source {
            TitleSource::Given => "as given",
            TitleSource::Dat => "by its checksums",
            TitleSource::FileName => "the file's name",
            TitleSource::Volume => "the disc's own name",
        };
        Some(format!("{} ({source})", title.text))
    }

    fn volume_line(&self) -> Option<String> {
        let volume = self.volume.as_ref()?;
        let name = Some(&volume.name).filter(|name| !name.is_empty());
        let name = name.map_or_else(|| "without a name".to_owned(), String::clone);
        let (sectors, files) = (grouped(volume.sectors), grouped(volume.files as u64));
        Some(format!("{name}, {sectors} sectors, {files} files"))
    }

    fn layers_line(&self) -> Option<String> {
        let start = self.volume.as_ref()?.second_layer?;
        let start = grouped(start.into());
        Some(format!(
            "two, the second one's volume from sector {start} on"
        ))
    }

    fn format_line(&self) -> String {
        let Some(zso) = &self.zso else {
            let form = match () {
                () if self.problems.contains(&Problem::Cso) => "CSO",
                () if self.problems.contains(&Problem::Chd) => "CHD",
                () => "image, not compressed",
            };
            return form.to_owned();
        };
        let percent = zso.plain_blocks as f64 * 100.0 / f64::from(zso.blocks.max(1));
        format!(
            "ZSO, {} blocks of {} bytes, {percent:.1} % stored plain, align {}",
            grouped(zso.blocks.into()),
            zso.block_size,
            zso.align
        )
    }
}

/// What happens when a core is asked; the devices first, as the outcome may end in what to type.
fn start_line(start: &Start) -> (&'static str, String) {
    let Start {
        core,
        outcome,
        from,
    } = start;
    (core, format!("{}: {outcome}", from.join(", ")))
}

/// A number with commas between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
