//! `ziso hdd`

mod delete;
mod disks;
mod extract;
mod info;
mod initialize;
mod install;
mod list;
mod rename;
mod verify;

use clap::{Subcommand, ValueEnum};

use ps2_apa::Game;
use ziso::hdd::kept_title;
use ziso::info::Problem;

use super::args::Common;
use super::exit::Exit;
use super::screen::Screen;

/// The console's own hard disk: list, install, extract, verify, rename and delete games; find and initialize disks
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
    Disks(disks::Disks),
    Info(info::Info),
    List(list::List),
    Install(install::Install),
    Extract(extract::Extract),
    Verify(verify::Verify),
    Rename(rename::Rename),
    Delete(delete::Delete),
    Initialize(initialize::Initialize),
}

impl Hdd {
    pub(crate) fn run(self, common: &Common) -> anyhow::Result<Exit> {
        match self.command {
            Command::Disks(command) => command.run(common),
            Command::Info(command) => command.run(common),
            Command::List(command) => command.run(common),
            Command::Install(command) => command.run(common),
            Command::Extract(command) => command.run(common),
            Command::Verify(command) => command.run(common),
            Command::Rename(command) => command.run(common),
            Command::Delete(command) => command.run(common),
            Command::Initialize(command) => command.run(common),
        }
    }
}

/// Compatibility modes as loaders store them, one bit for each from 1 on.
pub(crate) fn modes(numbers: &[u8]) -> u8 {
    let bit = |&number: &u8| {
        number
            .checked_sub(1)
            .and_then(|bit| 1_u8.checked_shl(bit.into()))
    };
    numbers
        .iter()
        .filter_map(bit)
        .fold(0, |modes, bit| modes | bit)
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

/// Says that a disk does not keep all of a title, if so.
fn warn_cut(screen: &Screen, title: &str) {
    let kept = kept_title(title.trim());
    if kept.len() < title.trim().len() {
        screen.warn(&format!("{title:?} is too long: the disk keeps {kept:?}"));
    }
}

/// Says what is wrong with the image of a game.
fn warn_of(screen: &Screen, game: &Game, problem: Option<&Problem>) {
    if let Some(problem) = problem {
        screen.warn(&format!("{:?}: {problem}", game.header.title));
    }
}

/// Says that a part of a disk stays unused, if so.
fn unused(bytes: u64) -> String {
    match bytes >> 20 {
        0 => String::new(),
        mib => format!(
            "  unused     {mib} MiB above 2 TiB, which the console's table does not reach\n"
        ),
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
