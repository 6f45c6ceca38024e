//! `ziso advise`

use std::path::{Path, PathBuf};

use anyhow::bail;
use ziso::advise::verdict::Preference;
use ziso::{name, picture};

use super::args::Common;
use super::batch::{self, Report};
use super::exit::Exit;
use super::screen::FileBar;

/// Tell whether a game is worth compressing: its size, and how fast it then loads from each kind of device
///
/// A sample of the disc is compressed. Times are those of models: of devices as users measured them, and of this
/// project's reader on the console.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso advise game.iso
  ziso advise games
  ziso advise --prefer speed game.iso
  ziso advise --svg times.svg game.iso")]
pub(crate) struct Advise {
    /// Images or ZSO files, and folders whose files are meant
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// What counts where it cannot be both: space or speed [default: both are told, and neither is chosen]
    #[arg(long, value_name = "WHAT", value_parser = preference)]
    prefer: Option<Preference>,
    /// Draw the times as a chart
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
    /// Replace an existing chart
    #[arg(short, long, requires = "svg")]
    force: bool,
}

impl Advise {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let is_meant = |path: &Path| name::is_zso(path) || name::is_disc(path);
        let paths = batch::paths(&self.inputs, is_meant)?;
        batch::refuse_stdio(&paths)?;
        if self.svg.is_some() && paths.len() != 1 {
            bail!("--svg is for one file, and there are {}", paths.len());
        }
        let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
        batch::run(&paths, common, |i, bar, _| self.one(paths[i], bar))
    }

    fn one(&self, path: &Path, bar: &mut FileBar) -> anyhow::Result<Report> {
        let advice = ziso::advise::advise(path, &mut |progress| bar.watch(progress))?;
        if let Some(svg) = &self.svg {
            picture::write(svg, &ziso::advise::chart(&advice)?, path, self.force)?;
        }
        let advice = match self.prefer {
            Some(preference) => advice.preferring(preference),
            None => advice,
        };
        let json = serde_json::to_value(&advice)?;
        Ok(Report::answer(advice.to_string(), json, Exit::Fine))
    }
}

/// The preference that a word means.
fn preference(word: &str) -> Result<Preference, String> {
    match word {
        "space" => Ok(Preference::Space),
        "speed" => Ok(Preference::Speed),
        _ => Err("type --prefer space, or --prefer speed".to_owned()),
    }
}
