//! `ziso advise`

use std::path::{Path, PathBuf};

use anyhow::bail;
use ziso::advise::curve::Curve;
use ziso::advise::verdict::Preference;
use ziso::backend::Backend;
use ziso::{Options, name, picture};

use super::args::Common;
use super::batch::{self, Report};
use super::compress::device;
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
  ziso advise --svg times.svg game.iso
  ziso advise --for hdd --svg curve.svg game.iso")]
pub(crate) struct Advise {
    /// Images or ZSO files, and folders whose files are meant
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// What counts where it cannot be both: space or speed [default: both are told, and neither is chosen]
    #[arg(long, value_name = "WHAT", value_parser = preference)]
    prefer: Option<Preference>,
    /// Show what a larger file is worth on this device, and the commands that make such files: usb, mx4sio, mmce, smb,
    /// ilink, udpfs, udpbd or hdd
    #[arg(long = "for", value_name = "DEVICE", value_parser = device)]
    device: Option<&'static Backend>,
    /// Draw the times as a chart; with --for, those of the files for that device
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
        let watch = &mut |progress| bar.watch(progress);
        let mut advice = ziso::advise::advise(path, watch)?;
        if let Some(device) = self.device {
            let settings = ziso::advise::fastest(path, &Options::default(), device, watch)?;
            advice.curve = Some(Curve::new(path, device, &settings));
        }
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
