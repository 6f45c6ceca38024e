//! `ziso hdd`

mod extract;
mod install;
mod list;
mod verify;

use clap::{Subcommand, ValueEnum};

use super::args::Common;
use super::exit::Exit;

/// List, install, extract and verify games on the console's own hard disk
///
/// The disk is one with a partition table of the console (APA), or a file with an image of one. Disks that this system
/// uses are refused.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  ziso hdd list /dev/sdb
  ziso hdd install /dev/sdb game.zso
  ziso hdd extract /dev/sdb SLES_123.45")]
pub(crate) struct Hdd {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(list::List),
    Install(install::Install),
    Extract(extract::Extract),
    Verify(verify::Verify),
}

impl Hdd {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        match self.command {
            Command::List(command) => command.run(common),
            Command::Install(command) => command.run(common),
            Command::Extract(command) => command.run(common),
            Command::Verify(command) => command.run(common),
        }
    }
}

/// What a game came on, as it is typed.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum MediaName {
    Cd,
    Dvd,
}

impl MediaName {
    pub(crate) fn media(self) -> ps2_apa::Media {
        match self {
            Self::Cd => ps2_apa::Media::CD,
            Self::Dvd => ps2_apa::Media::DVD,
        }
    }
}

/// Bytes in MiB, rounded up, for people.
fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// What an image is called.
fn form(compressed: bool) -> &'static str {
    match compressed {
        true => "ZSO",
        false => "ISO",
    }
}
