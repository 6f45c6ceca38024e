//! `ziso hdd extract`

use std::path::PathBuf;

use anyhow::bail;
use serde_json::json;
use ziso::hdd;
use zso_report::shown;

use super::super::args::Common;
use super::super::batch::{self, Report};
use super::super::exit::Exit;
use super::{mib, warn_of};

/// Copy games' images from a disk to files, as they were installed
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd extract /dev/sdb SLES_123.45
  ziso hdd extract /dev/sdb Game -o game.zso")]
pub(crate) struct Extract {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
    /// The games: title, startup file or partition, as `ziso hdd list` shows them
    #[arg(required = true, value_name = "GAME")]
    games: Vec<String>,
    /// The file to write [default: SLES_123.45.Title.iso or .zso here]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Replace existing files
    #[arg(short, long)]
    force: bool,
}

impl Extract {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        if self.output.is_some() && self.games.len() != 1 {
            bail!(
                "--output names one file, and there are {} games",
                self.games.len()
            );
        }
        let disks = vec![self.disk.as_path(); self.games.len()];
        batch::run(&disks, common, |i, bar, screen| {
            let (game, output) = (&self.games[i], self.output.as_deref());
            let mut watch = |progress| bar.watch(progress);
            let extracted = hdd::extract(&self.disk, game, output, self.force, &mut watch)?;
            warn_of(screen, &extracted.game, extracted.never_stored.as_ref());
            let bytes = extracted.game.header.bytes();
            Ok(Report::done(
                format!("{}: {} MiB\n", shown(&extracted.output), mib(bytes)),
                json!({
                    "title": extracted.game.header.title,
                    "output": extracted.output.to_string_lossy(),
                    "output_bytes": bytes,
                }),
            ))
        })
    }
}
