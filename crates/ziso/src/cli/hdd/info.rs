//! `ziso hdd info`

use std::path::PathBuf;

use ps2_apa::header::Kind;
use serde_json::{Value, json};
use ziso::hdd;
use ziso::hdd::info::Partition;

use super::super::args::Common;
use super::super::exit::Exit;
use super::super::output;
use super::{mib, unused};

/// Show what is on a disk: its partitions, what is free, and what is wrong with its table
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd info /dev/sdb")]
pub(crate) struct Info {
    /// The disk, as /dev/sdb, or an image of one
    disk: PathBuf,
}

impl Info {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        let info = hdd::Info::of(&self.disk)?;
        match common.json {
            true => output::print_json(&as_json(&info))?,
            false => output::print(&as_text(&info))?,
        }
        Ok(Exit::Fine)
    }
}

fn as_text(info: &hdd::Info) -> String {
    let mut text: String = info.partitions.iter().map(line).collect();
    text += &format!("  size       {} MiB\n", info.bytes >> 20);
    text += &unused(info.unused_bytes);
    if info.pc_bytes > 0 {
        text += &format!("  of PCs     {} MiB\n", mib(info.pc_bytes));
    }
    text += &format!("  free       {} MiB\n", info.free_bytes >> 20);
    if info.interrupted {
        text +=
            "a change of this disk was interrupted; the console or the next change completes it\n";
    }
    if let Some(why) = &info.read_only {
        text += &format!("nothing is written to this disk: {why}\n");
    }
    text
}

fn line(partition: &Partition) -> String {
    let (name, mib) = (&partition.name, partition.bytes >> 20);
    let parts = match partition.subs {
        0 => String::new(),
        subs => format!(", in {} parts", subs + 1),
    };
    let kind = kind(partition.kind);
    format!(
        "{:#010x} {mib:>7} MiB  {kind:<9}  {name}{parts}\n",
        partition.start
    )
}

/// What people call it.
fn kind(kind: Kind) -> String {
    match kind {
        Kind::EMPTY => "free".to_owned(),
        Kind::MBR => "table".to_owned(),
        Kind::PFS => "files".to_owned(),
        Kind::GAME => "game".to_owned(),
        Kind(other) => format!("kind {other:#x}"),
    }
}

fn as_json(info: &hdd::Info) -> Value {
    let partition = |partition: &Partition| {
        json!({
            "name": partition.name,
            "kind": partition.kind.0,
            "start_sector": partition.start,
            "parts": partition.subs + 1,
            "bytes": partition.bytes,
        })
    };
    json!({
        "partitions": info.partitions.iter().map(partition).collect::<Vec<_>>(),
        "disk_bytes": info.bytes,
        "unused_bytes": info.unused_bytes,
        "pc_bytes": info.pc_bytes,
        "free_bytes": info.free_bytes,
        "interrupted": info.interrupted,
        "read_only": info.read_only.as_ref().map(ToString::to_string),
    })
}
