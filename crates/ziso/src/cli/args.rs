//! What can be typed. Each subcommand has a file of its own, with its arguments and what they do.

use std::num::NonZeroUsize;

use clap::{Parser, Subcommand};

use super::advise::Advise;
use super::compress::Compress;
use super::decompress::Decompress;
use super::generate::{Completions, Man};
use super::hdd::Hdd;
use super::info::Info;
use super::split::SplitFiles;
use super::verify::Verify;

/// Makes, unpacks and verifies ZSO compressed disc images.
#[derive(Parser, Debug)]
#[command(
    name = "ziso",
    version,
    after_help = "\
Examples:
  ziso game.iso
  ziso compress games --output-dir usb/DVD
  ziso info game.zso

Files alone, without a command, are compressed, or made images of again if they are ZSO files.

The form of the script that comes with Open PS2 Loader does as well: `ziso -c 2 IN.iso OUT.zso`; see `ziso -c 2 -h`.

Exit codes: 0 all is well, 1 a damaged image or a difference, 2 wrong usage or a file trouble"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What every subcommand takes.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Common {
    /// Show no progress, and no results that are not asked for
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print results as JSON, one line for each file
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// How many cores to use [default: all]
    #[arg(short, long, value_name = "N", global = true)]
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// What commands take that make a file of a disc.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct AnyData {
    /// Take files, too, that are no disc images: they have no volume
    #[arg(long)]
    pub(crate) any_data: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Compress(Compress),
    Decompress(Decompress),
    Verify(Verify),
    Info(Info),
    Advise(Advise),
    Split(SplitFiles),
    Hdd(Hdd),
    Completions(Completions),
    Man(Man),
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory, Parser};

    use super::Args;
    use crate::cli::bare;

    #[test]
    fn command_line_is_consistent() {
        Args::command().debug_assert();
    }

    /// Every help has examples, and each of them is one that the program understands.
    #[test]
    fn examples_can_be_typed() {
        let mut all = Args::command().disable_help_subcommand(true);
        all.build();
        try_examples(&all);
    }

    fn try_examples(command: &Command) {
        let help = command.clone().render_help().to_string();
        let examples: Vec<_> = help
            .lines()
            .filter(|line| line.starts_with("  ziso "))
            .collect();
        assert!(!examples.is_empty(), "{help}");
        for example in examples {
            let words: Vec<_> = example.split_whitespace().map(Into::into).collect();
            assert!(
                bare::is_meant(&words) || Args::try_parse_from(&words).is_ok(),
                "{example}"
            );
        }
        command.get_subcommands().for_each(try_examples);
    }
}
