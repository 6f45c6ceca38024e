//! `ziso hdd initialize`

use std::path::PathBuf;

use serde_json::json;
use ziso::hdd::Initialization;
use ziso::hdd::info::unused_bytes;
use zso_report::shown;

use super::super::args::Common;
use super::super::batch::{self, Report};
use super::super::exit::Exit;
use super::super::screen::Screen;
use super::unused;

/// Make a disk one of the console's, with no games on it
///
/// All that is on the disk is lost. An empty disk is taken when you agree, and one with anything on it with --force
/// besides; one that this system uses is refused. The disk gets the beginning of a table, which is all that loaders
/// need; partitions of the console's own software are not made.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd initialize /dev/sdb
  ziso hdd initialize --force /dev/sdb")]
pub(crate) struct Initialize {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
    /// Take a disk that is not empty
    #[arg(short, long)]
    force: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Initialize {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let planned = Initialization::new(&self.disk, self.force)?;
        let disks = [self.disk.as_path()];
        let screen = Screen::new(common, &disks)?;
        let (disk, mib, content) = (shown(&self.disk), planned.bytes >> 20, &planned.content);
        if !common.json && (!common.quiet || !self.yes) {
            let unused = unused(unused_bytes(planned.bytes / ps2_apa::SECTOR_SIZE as u64));
            screen.print(&format!(
                "{disk} becomes an empty disk of the console:\n  size       {mib} MiB\n{unused}  \
                 now        {content}\n"
            ))?;
        }
        screen.consent(self.yes, "All that is on it is lost.")?;
        batch::run_on(&screen, &disks, common, |_, _, _| {
            planned.run()?;
            Ok(Report::done(
                "done; type: ziso hdd install\n".to_owned(),
                json!({"disk_bytes": planned.bytes}),
            ))
        })
    }
}
