//! `ziso hdd list`

use std::path::PathBuf;

use serde_json::{Value, json};
use ziso::hdd::Overview;
use ziso::hdd::list::{Entry, Listed};
use zso_report::plain;

use super::super::args::Common;
use super::super::exit::Exit;
use super::super::output;
use super::{form, mib};

/// List the games on a disk, and what is free of it
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd list /dev/sdb")]
pub(crate) struct List {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
}

impl List {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let overview = Overview::of(&self.disk)?;
        match common.json {
            true => output::print_json(&as_json(&overview))?,
            false => output::print(&as_text(&overview))?,
        }
        let damaged = overview.games.iter().any(|listed| listed.game.is_err());
        Ok(Exit::of_damage(damaged))
    }
}

fn as_text(overview: &Overview) -> String {
    let mut text: String = overview.games.iter().map(line).collect();
    text += &format!(
        "{} games, {} of {} MiB free\n",
        overview.games.len(),
        overview.free_bytes >> 20,
        overview.disk_bytes >> 20
    );
    if overview.interrupted {
        text +=
            "a change of this disk was interrupted; the console or the next change completes it\n";
    }
    text
}

/// What is known of a game, in a line.
pub(super) fn line(listed: &Listed) -> String {
    let partition = &listed.partition;
    match &listed.game {
        Ok(Entry { game, compressed }) => {
            let header = &game.header;
            let layers = if header.layer_break > 0 {
                ", two layers"
            } else {
                ""
            };
            format!(
                "{:<12} {:>6} MiB  {} {}  {}  [{partition}]{layers}\n",
                plain(&header.startup).to_string(),
                mib(header.bytes()),
                form(*compressed),
                header.media,
                plain(&header.title),
            )
        }
        Err(error) => format!(
            "{:<12} {:>6} MiB  [{partition}]: {}\n",
            "damaged",
            mib(listed.partition_bytes),
            plain(&error.to_string()),
        ),
    }
}

fn as_json(overview: &Overview) -> Value {
    json!({
        "games": overview.games.iter().map(game).collect::<Vec<_>>(),
        "disk_bytes": overview.disk_bytes,
        "free_bytes": overview.free_bytes,
        "interrupted": overview.interrupted,
    })
}

fn game(listed: &Listed) -> Value {
    let mut value = json!({
        "partition": listed.partition,
        "partition_bytes": listed.partition_bytes,
    });
    match &listed.game {
        Ok(Entry { game, compressed }) => {
            value["title"] = game.header.title.as_str().into();
            value["startup"] = game.header.startup.as_str().into();
            value["media"] = game.header.media.to_string().into();
            value["layer_break"] = game.header.layer_break.into();
            value["image_bytes"] = game.header.bytes().into();
            value["compressed"] = (*compressed).into();
        }
        Err(error) => value["error"] = error.to_string().into(),
    }
    value
}
