//! The command line of `ziso.py`, the script that comes with Open PS2 Loader, with the same meanings and defaults.
//!
//! Programs around loaders type it; so it replaces an existing output, as the script does, but only by a complete one.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{CommandFactory, Parser};
use ziso::{Options, Unpacking};

use super::args::{Args, Common};
use super::batch::{self, Task};
use super::exit::Exit;
use super::{compress, decompress, level};

/// Makes a ZSO file from a disc image, or the other way round, as the script does that comes with Open PS2 Loader.
#[derive(Parser, Debug)]
#[command(
    name = "ziso",
    override_usage = "ziso -c LEVEL [-b BYTES] [-m] [-t PERCENT] [-a N] [-p CHARACTER] IN OUT",
    after_help = "An existing OUT is replaced, when the new one is complete. `ziso --help` has the other commands."
)]
pub(crate) struct Script {
    /// 1 (fast) to 12 (smallest) compress an ISO to a ZSO, 0 decompresses a ZSO to an ISO
    #[arg(short = 'c', value_name = "LEVEL", value_parser = level::parse)]
    level: u8,
    /// Uncompressed bytes per block; readers on the console take 2048 only
    #[arg(short = 'b', value_name = "BYTES", default_value_t = Options::default().block_size)]
    block_size: u32,
    /// Use all cores [always so]
    #[arg(short = 'm')]
    multiprocessing: bool,
    /// Store a block plain if it compresses to this percentage of its size or more
    #[arg(short = 't', value_name = "PERCENT", default_value_t = 95)]
    threshold: u8,
    /// Let blocks begin at multiples of 2^N bytes; a larger N is taken if the file needs it
    #[arg(short = 'a', value_name = "N", default_value_t = 0)]
    align: u8,
    /// What fills up blocks to a multiple of 2^N bytes
    #[arg(short = 'p', value_name = "CHARACTER", default_value = "X", value_parser = padding)]
    padding: u8,
    /// The file to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write
    #[arg(value_name = "OUT")]
    output: PathBuf,
}

/// Whether the words are the script's: an option `-c`, and no subcommand before it.
pub(crate) fn is_meant(words: &[OsString]) -> bool {
    let args = Args::command();
    let is_subcommand = |word: &OsStr| args.get_subcommands().any(|known| known.get_name() == word);
    let own = words.iter().skip(1).take_while(|word| !is_subcommand(word));
    own.filter_map(|word| word.to_str()).any(has_level)
}

/// Whether a word is `-c`, also with other options before it or the level after: `-mc2`.
fn has_level(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    letters.trim_start_matches(['m', 'h']).starts_with('c')
}

fn padding(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("type one ASCII character: -p X".to_owned()),
    }
}

impl Script {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let common = Common {
            quiet: false,
            json: false,
            jobs: None,
        };
        let task = Task::named(&self.input, &self.output);
        batch::run(&[&self.input], &common, |_, bar, screen| match self.level {
            0 => decompress::file(&task, &self.unpacking(), bar, screen),
            _ => compress::file(&task, &self.options(), bar, screen),
        })
    }

    fn unpacking(&self) -> Unpacking {
        Unpacking {
            force: true,
            ..Unpacking::default()
        }
    }

    fn options(&self) -> Options {
        Options {
            level: self.level,
            block_size: self.block_size,
            threshold: self.threshold,
            align: self.align,
            padding: self.padding,
            // The script has none, and a file is to be no larger than its.
            gaps: 0,
            // Whoever types this has decided what is an image: the script takes anything.
            any_data: true,
            force: true,
            ..Options::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(line: &str) -> bool {
        let words: Vec<_> = line.split(' ').map(OsString::from).collect();
        is_meant(&words)
    }

    #[test]
    fn command_line_is_consistent() {
        Script::command().debug_assert();
    }

    #[test]
    fn script_is_known_by_its_level() {
        for line in [
            "ziso -c 2 a b",
            "ziso -c2 a b",
            "ziso -mc 2 a b",
            "ziso a b -c 0",
            "ziso -m -c 2 -h",
        ] {
            assert!(meant(line), "{line}");
        }
        for line in [
            "ziso compress a -c 2",
            "ziso -h",
            "ziso",
            "ziso --completions",
            "ziso -q compress -c",
        ] {
            assert!(!meant(line), "{line}");
        }
    }
}
