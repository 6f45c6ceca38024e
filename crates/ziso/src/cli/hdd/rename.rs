//! `ziso hdd rename`

use std::path::PathBuf;

use serde_json::json;
use ziso::hdd::{Editing, kept_title};

use super::super::args::Common;
use super::super::batch::{self, Report};
use super::super::exit::Exit;
use super::warn_cut;

/// Give a game on a disk another title, which menus then show
///
/// The partition keeps its name, and the game all that loaders know it by.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd rename /dev/sdb SLES_123.45 Game
  ziso hdd rename /dev/sdb PP.SLES-12345..SOME_GAME Game")]
pub(crate) struct Rename {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
    /// The game: title, startup file or partition, as `ziso hdd list` shows them
    game: String,
    /// The new title, 64 bytes at most
    title: String,
}

impl Rename {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        batch::run(&[&self.disk], common, |_, _, screen| {
            let editing = Editing::rename(&self.disk, &self.game, &self.title)?;
            warn_cut(screen, &self.title);
            editing.run()?;
            let (partition, title) = (&editing.game().partition, kept_title(self.title.trim()));
            Ok(Report::done(
                format!("{partition} is {title:?} now\n"),
                json!({"partition": partition, "title": title}),
            ))
        })
    }
}
