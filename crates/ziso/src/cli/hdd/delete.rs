//! `ziso hdd delete`

use std::path::{Path, PathBuf};

use serde_json::json;
use ziso::hdd::Editing;
use zso_report::shown;

use super::super::args::Common;
use super::super::batch::{self, Report};
use super::super::exit::Exit;
use super::super::screen::Screen;
use super::list::line;

/// Delete games from a disk
///
/// Which games that are is shown, and they are deleted if you agree. Their room is free then. A game is deleted wholly
/// or not at all, whatever goes wrong.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd delete /dev/sdb SLES_123.45
  ziso hdd delete /dev/sdb --yes PP.SLES-12345..SOME_GAME")]
pub(crate) struct Delete {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
    /// The games: title, startup file or partition, as `ziso hdd list` shows them
    #[arg(required = true, value_name = "GAME")]
    games: Vec<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Delete {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let disk = self.disk.as_path();
        let found: Vec<_> = self
            .games
            .iter()
            .map(|game| Editing::delete(disk, game))
            .collect::<Result<_, _>>()?;
        let disks = vec![disk; found.len()];
        let screen = Screen::new(common, &disks)?;
        if !common.json && (!common.quiet || !self.yes) {
            let lines: String = found.iter().map(|editing| line(editing.game())).collect();
            screen.print(&format!("to be deleted from {}:\n{lines}", shown(disk)))?;
        }
        screen.consent(self.yes, "Delete this for good?")?;
        batch::run_on(&screen, &disks, common, |i, _, _| {
            one(disk, &found[i].game().partition)
        })
    }
}

/// Deletes a game, which is looked for anew: the table is another one after each.
fn one(disk: &Path, partition: &str) -> anyhow::Result<Report> {
    Editing::delete(disk, partition)?.run()?;
    Ok(Report::done(
        format!("deleted {partition}\n"),
        json!({"partition": partition, "deleted": true}),
    ))
}
