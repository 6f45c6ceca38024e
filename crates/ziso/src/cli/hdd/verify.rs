//! `ziso hdd verify`

use std::path::PathBuf;

use anyhow::bail;
use serde_json::json;
use ziso::hdd::{self, Overview};

use super::super::args::Common;
use super::super::batch::{self, Report};
use super::super::exit::Exit;
use super::super::output;
use super::super::verify::checksums;
use super::{form, warn_of};

/// Read games on a disk to their ends, and print the checksums of the discs in them
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd verify /dev/sdb
  ziso hdd verify /dev/sdb SLES_123.45 --against game.iso")]
pub(crate) struct Verify {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
    /// The games: title, startup file or partition, as `ziso hdd list` shows them [default: all]
    #[arg(value_name = "GAME")]
    games: Vec<String>,
    /// Compare with the disc in this ISO or ZSO file
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

impl Verify {
    pub(crate) fn run(mut self, common: &Common) -> anyhow::Result<Exit> {
        if self.against.is_some() && self.games.len() != 1 {
            bail!("--against compares one game; name it");
        }
        if self.games.is_empty() {
            let all = Overview::of(&self.disk)?.games;
            self.games = all.into_iter().map(|listed| listed.partition).collect();
        }
        if self.games.is_empty() {
            output::print(if common.json { "" } else { "no games\n" })?;
            return Ok(Exit::Fine);
        }
        let disks = vec![self.disk.as_path(); self.games.len()];
        batch::run(&disks, common, |i, bar, screen| {
            let (game, against) = (&self.games[i], self.against.as_deref());
            let mut watch = |progress| bar.watch(progress);
            let verified = hdd::verify(&self.disk, game, against, &mut watch)?;
            warn_of(screen, &verified.game, verified.never_stored.as_ref());
            Ok(report(&verified))
        })
    }
}

fn report(verified: &hdd::verify::Verified) -> Report {
    let (hashes, header) = (&verified.hashes, &verified.game.header);
    let (form, bytes) = (form(verified.compressed), verified.disc_bytes);
    let text = format!("{:?}: {form}, {bytes} bytes\n", header.title) + &checksums(hashes);
    let mut json = json!(hashes);
    json["title"] = header.title.as_str().into();
    json["startup"] = header.startup.as_str().into();
    json["partition"] = verified.game.id.to_string().into();
    json["compressed"] = verified.compressed.into();
    json["image_bytes"] = bytes.into();
    json["never_stored"] = json!(verified.never_stored);
    Report::answer(text, json, Exit::of_damage(verified.never_stored.is_some()))
}
