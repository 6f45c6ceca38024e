//! `ziso FILE...`, without a subcommand: files that are dropped on the program's icon, or typed in a hurry.
//!
//! Without files, too, there is something to say: a page of what to type.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use anyhow::Context;
use clap::{CommandFactory, Parser};
use ziso::{Options, Unpacking, name};
use zso_report::shown;

use super::args::{AnyData, Args, Common};
use super::batch::{Files, Kind};
use super::exit::Exit;
use super::{compress, decompress, output, window};

const KIND: Kind = Kind {
    takes: name::is_disc,
    becomes: |path| match name::is_zso(path) {
        true => name::for_image(path),
        false => name::for_zso(path),
    },
    only_discs: true,
};

/// What is said to somebody who types nothing.
const PAGE: &str = "\
ziso makes smaller files of PlayStation 2 disc images, which loaders read as they are.

  ziso game.iso                    makes game.zso, beside it
  ziso game.zso                    makes game.iso again
  ziso compress games              makes ZSO files of all images in a folder
  ziso advise game.iso             tells whether that is worth it
  ziso info game.iso               tells which game it is, and what would trouble a console
  ziso verify game.zso             tells whether a file is sound
  ziso hdd list /dev/sdb           shows the games on a console's hard disk

Files and folders can also be dropped on the program's icon. `ziso --help` has all commands, and
`ziso compress --help` the options of one, with examples.
";

/// Makes ZSO files of disc images, and images of ZSO files, beside the files.
#[derive(Parser, Debug)]
#[command(name = "ziso", override_usage = "ziso [OPTIONS] FILE...")]
pub(crate) struct Bare {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    any: AnyData,
    #[command(flatten)]
    common: Common,
}

/// Whether the words are files, with options perhaps, and no subcommand.
pub(crate) fn is_meant(words: &[OsString]) -> bool {
    let mut words = words.iter().skip(1);
    let first = words.find(|word| !is_option(word));
    first.is_some_and(|word| !is_subcommand(word) && is_file(word))
}

fn is_option(word: &OsStr) -> bool {
    word.as_encoded_bytes().starts_with(b"-")
}

fn is_subcommand(word: &OsStr) -> bool {
    let args = Args::command();
    word == "help" || args.get_subcommands().any(|known| known.get_name() == word)
}

/// Whether a word is a file, or was meant to be one: no subcommand has a dot or a folder in it.
fn is_file(word: &OsStr) -> bool {
    let path = Path::new(word);
    path.extension().is_some() || path.components().count() > 1 || path.exists()
}

/// Shows what to type.
pub(crate) fn page() -> anyhow::Result<Exit> {
    output::print(PAGE)?;
    window::keep_open();
    Ok(Exit::Fine)
}

impl Bare {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let done = self.each();
        if let Err(error) = &done {
            // Now, while the window is there.
            output::error(error);
        }
        window::keep_open();
        Ok(done.unwrap_or_else(|error| Exit::of(&error)))
    }

    fn each(&self) -> anyhow::Result<Exit> {
        // Two names can be the input and the output that somebody means: nothing is done if the second is missing.
        for path in self.files.named() {
            path.metadata()
                .with_context(|| format!("cannot open {}", shown(path)))?;
        }
        let options = Options {
            any_data: self.any.any_data,
            force: self.files.force,
            threads: self.common.jobs,
            ..Options::default()
        };
        let unpacking = Unpacking {
            force: self.files.force,
            threads: self.common.jobs,
        };
        let kind = Kind {
            only_discs: !self.any.any_data,
            ..KIND
        };
        self.files.each(
            &kind,
            &self.common,
            |task, bar, screen| match name::is_zso(&task.input) {
                true => decompress::file(task, &unpacking, bar, screen),
                false => compress::file(task, &options, bar, screen),
            },
        )
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
        Bare::command().debug_assert();
    }

    #[test]
    fn files_are_known_by_their_names() {
        for line in [
            "ziso a.iso",
            "ziso -q folder/a b",
            "ziso /",
            "ziso --force a.zso b.iso",
        ] {
            assert!(meant(line), "{line}");
        }
        for line in [
            "ziso",
            "ziso --help",
            "ziso compress a.iso",
            "ziso help compress",
            "ziso compres",
            "ziso -q info a.iso",
        ] {
            assert!(!meant(line), "{line}");
        }
    }
}
